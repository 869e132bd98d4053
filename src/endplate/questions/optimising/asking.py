"""Whether a plan may be searched for at all, and the goals where the user gives none."""

from __future__ import annotations

from endplate.case import Case, JointBaseline, joint_baselines, plan_of, planned_injections
from endplate.case.goals import Goals, Target
from endplate.errors import InputError
from endplate.knowledge.labels import house_rule, outside_model, rules_for
from endplate.knowledge.labels.warnings import GMFCS_OUTSIDE
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.knowledge.vocabulary.wording import PRODUCT
from endplate.questions.readings import joint_place
from endplate.simulation.injection import one_product

_GOALS = "goals."  # begins the field of an error about the goals file
LIMITED = ("session_total", "cumulative_3_months", "muscle_dose", "site_dose", "site_volume")
"""Families of rules that limit what a session may hold."""
BARRED = ("age_required", "optimise_under_18", "outside_model")
"""Rules of the errors that close the search for a person, whatever the goals."""


def goals_error(message: str, rule: str, remedy: str, field: str) -> InputError:
    """An error about the goals file, whose field begins with ``goals.``."""
    return InputError(message, rule=rule, remedy=remedy, field=f"{_GOALS}{field}")


def goals_field(field: str | None) -> str | None:
    """The field of the goals file that an error is about; None where it is about another file."""
    return field.removeprefix(_GOALS) if field and field.startswith(_GOALS) else None


def may_search(case: Case) -> None:
    """Raise unless plans may be searched for this person.

    Raises:
        InputError: there is no plan, it mixes products, the age is not known or under 18, or a caution lies
            outside the model.
    """
    plan_of(case)
    one_product(planned_injections(case))
    _grown_up(case)
    outside = outside_model(case.patient.cautions, case.patient.gmfcs)
    if outside:
        named = [Sentence(each) if each == GMFCS_OUTSIDE else Word(each) for each in outside]
        raise InputError(
            Sentence("Outside the model: {cautions}", cautions=Sentence.joined(", ", named)),
            rule="outside_model",
            remedy="No plan is searched for a person whom the model does not represent.",
            field="patient.cautions" if case.patient.cautions else "patient.gmfcs",
        )


def _grown_up(case: Case) -> None:
    house = house_rule("weight_age")
    adult, age = house.age_to_y or 0, case.patient.age
    if age is None:
        remedy = "Add patient.age: no plan is searched without it."
        raise InputError("The age is not known", rule="age_required", remedy=remedy, field="patient.age")
    if age.to("y").value < adult:
        raise InputError(
            Sentence("The optimiser is closed under {years} years", years=f"{adult:g}"),
            rule="optimise_under_18",
            remedy="It stays closed until children's data alone identify the child model.",
            field="patient.age",
        )


def goals_of(case: Case, goals: Goals | None) -> Goals:
    """The goals, or those made from the examination: every joint with raised tone a grade better.

    Raises:
        InputError: the goals are of another product, name a joint that was not examined or a rule that is
            not held, ask for more grades than were recorded, or loosen a rule; or none are given and no joint
            was examined.
    """
    if goals is None:
        return _own_goals(case)
    if case.plan is not None and goals.product != case.plan.product:
        text = "The goals are in units of {goals}, the plan is of {plan}"
        message = Sentence(text, goals=goals.product, plan=case.plan.product)
        raise goals_error(message, "product_changed", PRODUCT, "product")
    known = {joint_place(base): base for base in joint_baselines(case)}
    for place, target in enumerate(goals.targets):
        _examined(target.place, known, f"targets[{place}].joint")
        _reachable(target, known[target.place], f"targets[{place}].improve_by")
    for place, kept in enumerate(goals.keep.strength):
        _examined(kept.place, known, f"keep.strength[{place}].joint")
    _only_tighter(case, goals)
    return goals


def _own_goals(case: Case) -> Goals:
    raised = [base for base in joint_baselines(case) if base.coded > 0]
    if not raised or case.plan is None:
        raise InputError(
            "No joint with raised tone was examined, so there is nothing to improve",
            rule="goals_required",
            remedy="Assess a joint, or give goals.",
            field="assessment",
        )
    named = ("joint", "side", "movement")
    targets = [dict(zip(named, joint_place(base), strict=True)) | {"improve_by": 1} for base in raised]
    return Goals.model_validate({"endplate": 1, "product": case.plan.product, "targets": targets})


def _examined(
    place: tuple[str, str, str], known: dict[tuple[str, str, str], JointBaseline], field: str
) -> None:
    """Raise unless a joint was examined and its tone is raised."""
    if place in known and known[place].coded > 0:
        return
    held, lacking = "{place} has no raised tone", "{place} was not graded before the plan"
    message = Sentence(held if place in known else lacking, place=_place(place))
    raised = [_place(each) for each, base in known.items() if base.coded > 0]
    remedy: str = "Add its grade to the assessment."
    if raised:
        remedy = Sentence("Graded with raised tone: {places}.", places=Sentence.joined(", ", raised))
    raise goals_error(message, "target_not_assessed", remedy, field)


def _reachable(target: Target, base: JointBaseline, field: str) -> None:
    """Raise where a target asks for more grades than were recorded."""
    if target.improve_by <= base.coded:
        return
    message = Sentence(
        "{place} cannot improve by {wanted} grades from grade {grade}",
        place=_place(target.place),
        wanted=f"{target.improve_by:g}",
        grade=base.value,
    )
    remedy = Sentence("Write at most {most}.", most=f"{base.coded:g}")
    raise goals_error(message, "target_beyond_grade", remedy, field)


def _place(place: tuple[str, str, str]) -> Sentence:
    joint, side, movement = (Word(each, each) for each in place)
    return Sentence("{joint} {side} {movement}", joint=joint, side=side, movement=movement)


def _only_tighter(case: Case, goals: Goals) -> None:
    """Raise where a tightened limit is none that is held, or lies above it."""
    if case.plan is None or case.patient.age is None:
        return
    plan, age_y = case.plan, case.patient.age.to("y").value
    held = {rule.id: rule for rule in rules_for(plan.product, plan.jurisdiction, plan.date, age_y=age_y)}
    held = {each: rule for each, rule in held.items() if rule.family in LIMITED and rule.maximum is not None}
    for place, row in enumerate(goals.tighten):
        rule = held.get(row.rule)
        if rule is None:
            message = Sentence("{rule} is no maximum held for this plan", rule=shown(row.rule))
            remedy = "'endplate labels limits' lists the ids of those held."
            raise goals_error(message, "limit_unknown", remedy, f"tighten[{place}].rule")
        if row.maximum > (rule.maximum or 0):
            message = Sentence(
                "{maximum} {unit} is more than the {held} {unit} held",
                maximum=f"{row.maximum:g}",
                held=f"{rule.maximum:g}",
                unit=rule.unit,
            )
            remedy = "A held limit may be tightened, never raised or dropped."
            raise goals_error(message, "limit_raised", remedy, f"tighten[{place}].maximum")


def weeks_read(goals: Goals) -> tuple[int, ...]:
    """Days of whole weeks from 0 to the last that the goals name."""
    return tuple(range(0, goals.last_week * DAYS_PER_WEEK + 1, DAYS_PER_WEEK))
