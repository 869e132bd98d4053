"""`individualise`: what a person's visits teach of them, and what this cycle holds from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.case import Case, assessments_left_out, plan_of
from endplate.case.models import Plan
from endplate.errors import InputError, library
from endplate.knowledge.labels import outside_model
from endplate.knowledge.vocabulary import wording
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.questions.answer import Answer
from endplate.questions.checking.context import gather
from endplate.questions.checking.next_session import next_session
from endplate.questions.goals import GOAL_RECORDS, GoalScore, goal_score
from endplate.questions.individualising.fit import fit_rows, surprises
from endplate.questions.individualising.forecast import information, joint_forecasts, re_emergence
from endplate.questions.individualising.person import Learnt, Person, learn
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.sessions import SESSION_RECORDS
from endplate.questions.individualising.taught import parameter_rows
from endplate.questions.individualising.visits import Followed, followed
from endplate.questions.needs import at_least_one
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.adverse.rates import USED as WEAKNESS_RECORDS
from endplate.simulation.document import calibration_notes, evidence_rows
from endplate.simulation.injection import one_product
from endplate.simulation.joints.document import spread_alone
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws
from endplate.simulation.results import daily

if TYPE_CHECKING:
    import polars
    import xarray

Array = NDArray[np.float64]
Row = dict[str, Any]

METHODS = ("population", "laplace", "smc")
_OWN_RECORDS = (
    *SESSION_RECORDS,
    "clinic.appointment_delay",
    "clinic.shortest_interval",
    "scales.improvement_threshold",
    "visits.recall_sd_log",
    "visits.misreport",
    "visits.drift_sd",
    "visits.drift_fade",
    "visits.learnt_least",
    "visits.months_not_stated",
    "visits.r1_model_sd",
)


@dataclass(frozen=True)
class IndividualiseResult(Answer):
    """What was learnt of a person.

    Attributes:
        scale_change: the drug's change per (joint, side, movement) in copies of the posterior, grade,
            (draws, days of this cycle).
        parameters: values of each parameter in the same copies, (draws,).
        case: the case whose visits taught.
        person: the same copies as draws, from which ``optimise`` makes those of a next session.
    """

    scale_change: dict[tuple[str, str, str], Array]
    parameters: dict[str, Array]
    case: Case
    person: Draws

    def to_polars(self) -> polars.DataFrame:
        """One row a parameter: prior and posterior quantiles, what was learnt.

        Raises:
            InputError: polars is not installed.
        """
        rows = [
            {"parameter": name, "unit": row["unit"], "learnt": row["learnt"], "shrinkage": row["shrinkage"]}
            | {f"{when}_{key}": row[when][key] for when in ("prior", "posterior") for key in row[when]}
            for name, row in self.document["posterior"].items()
        ]
        table: polars.DataFrame = library("polars", "tables").DataFrame(rows)
        return table

    def to_xarray(self) -> xarray.Dataset:
        """Copies of the posterior: every parameter (draw), and scale_change (joint, draw, t_d).

        Raises:
            InputError: xarray is not installed.
        """
        xarray_ = library("xarray", "tables")
        found: dict[str, Any] = {name: ("draw", values) for name, values in self.parameters.items()}
        changes = np.stack(list(self.scale_change.values()))
        found["scale_change"] = (("joint", "draw", "t_d"), changes, {"units": "grade"})
        places = [" ".join(place) for place in self.scale_change]
        about = {"seed": self.document["seed"], "model_version": self.document["model_version"]}
        axes = {"joint": places, "t_d": self.document["forecast"]["t_d"]}
        data: xarray.Dataset = xarray_.Dataset(found, axes, about)
        return data


def individualise(
    case: Case,
    draws: int = 1000,
    seed: int = 1,
    horizon_d: int = 182,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
    method: str | None = None,
) -> IndividualiseResult:
    """Learn from the visits of a case who its person is, and forecast the rest of the cycle.

    Args:
        case: a case with a plan and an assessed joint; without visits the answer is the prior.
        draws: virtual copies.
        seed: of every random stream.
        horizon_d: days forecast from the plan on.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.
        method: ``population``, ``laplace`` or ``smc``; the first that holds without it.

    Raises:
        InputError: no plan, no joint assessed, products mixed, a visit that cannot be read, goals of which
            only some have a weight, an unknown method, or fewer than one draw or day.
    """
    plan_of(case)
    goals = goal_score(case)
    plan, person, learnt = learn_of(case, (draws, seed, horizon_d), progress, biology, method)
    read = person.followed
    document = _document(case, plan, read, learnt, (draws, seed, horizon_d), person.runner.biology, goals)
    on = daily(learnt.after.time_d, horizon_d)
    changes = {place: on(j.change) for place, j in zip(read.places, learnt.after.joints, strict=True)}
    return IndividualiseResult(document, changes, learnt.after.values(), case, learnt.person())


def learn_of(
    case: Case,
    numbers: tuple[int, int, int],
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
    method: str | None = None,
) -> tuple[Plan, Person, Learnt]:
    """The plan of a case, its person as a problem, and what the visits taught of them.

    Args:
        case: as :func:`individualise`.
        numbers: draws, seed and days forecast from the plan on.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.
        method: as :func:`individualise`.

    Raises:
        InputError: as :func:`individualise`.
    """
    draws, seed, horizon_d = numbers
    plan = _checked(case, draws, horizon_d, method)
    read = followed(case, plan)
    if not read.baselines:
        raise InputError(
            "No joint was assessed, so no visit can be compared with anything",
            rule="assessment_required",
            remedy="Add an assessment with a modified Ashworth or Ashworth grade.",
            field="assessment",
        )
    one_product(read.injections)
    last_d = max(read.sessions.plan_d + horizon_d, read.last_seen_d)
    person = Person(read, Runner(read, last_d, seed, biology or Biology()), draws, horizon_d)
    return plan, person, learn(person, seed, method, progress)


def _checked(case: Case, draws: int, horizon_d: int, method: str | None) -> Plan:
    """The plan of a case that can be asked about.

    Raises:
        InputError: it cannot.
    """
    plan = plan_of(case)
    at_least_one(draws=draws, horizon_d=horizon_d)
    if method not in (None, *METHODS):
        message = Sentence("{method} is no method", method=repr(method))
        remedy = Sentence("Use one of {options}.", options=", ".join(METHODS))
        raise InputError(message, rule="method", remedy=remedy, field="method")
    return plan


def _document(
    case: Case,
    plan: Plan,
    read: Followed,
    learnt: Learnt,
    numbers: tuple[int, int, int],
    biology: Biology,
    goals: GoalScore | None,
) -> Row:
    draws, seed, horizon_d = numbers
    before, after = learnt.before, learnt.after
    since_d = read.last_seen_d - read.sessions.plan_d
    fits = fit_rows(read, learnt)
    re = re_emergence(after)
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "seed": seed,
        "draws": draws,
        "biology": asdict(biology),
        "posterior": parameter_rows(before, after),
        "diagnostics": learnt.diagnostics(),
        "visits": fits,
        "not_used": [{"where": where, "reason": reason} for where, reason in read.not_used],
        "sessions": [
            {"where": where, "day": day - read.sessions.plan_d, "dose": round(dose, 5)}
            for where, day, dose in zip(
                (*read.sessions.used, "plan"), read.sessions.days, read.sessions.doses, strict=True
            )
        ],
        "forecast": {
            "t_d": list(range(horizon_d + 1)),
            "from_d": since_d,
            "joints": joint_forecasts(before, after, horizon_d),
        },
        "next": {
            **next_session(gather(case, plan)),
            **re,
            "prior_re_emergence_d": re_emergence(before)["modelled_re_emergence_d"],
            "information": information(after, since_d, horizon_d),
        },
        "goals": goals and goals.to_dict(),
        **grounds(case, read, learnt, fits, () if goals is None else GOAL_RECORDS),
    }


def grounds(case: Case, read: Followed, learnt: Learnt, fits: Sequence[Row], own: Sequence[str] = ()) -> Row:
    """What an answer from visits rests on: what lies outside the model, warnings, inputs and evidence.

    Args:
        case: with its visits.
        read: what of it was followed.
        learnt: what the visits taught.
        fits: how well every finding is fitted.
        own: records that the question itself rests on.
    """
    evidence, sources = evidence_rows(tuple(sorted({*records_used(read, learnt), *own})))
    return {
        "outside_model": outside_model(case.patient.cautions, case.patient.gmfcs),
        "warnings": [*notes_of(case, read), *surprises(fits), *learnt.warnings()],
        "wording": {"banner": wording.BANNER, "simulation": wording.SIMULATION, "product": wording.PRODUCT},
        "inputs": case.to_dict(),
        "evidence": evidence,
        "sources": sources,
    }


def records_used(read: Followed, learnt: Learnt) -> tuple[str, ...]:
    """Records that the copies, their joints and the reading of visits rest on."""
    pools = [joint_pool(base.joint, base.movement) for base in read.baselines]
    held = {*learnt.population.used, *_OWN_RECORDS, *(i for pool in pools for i in pool.used)}
    if any(one.scale == "modified_modified_ashworth" for one in read.seen):
        held.add("scales.mmas_grade_2")
    if read.weakness_asked:
        held.update(WEAKNESS_RECORDS)
    return tuple(sorted(held))


def notes_of(case: Case, read: Followed) -> list[str]:
    """What was left out, assumed or read otherwise, in sentences."""
    notes = [*case.notes, *calibration_notes(), *read.notes]
    if not read.sessions.used:
        notes += assessments_left_out(case)
    if case.history and not read.sessions.used:
        notes.append("No earlier session is followed: the person starts without toxin.")
    stretched = ((base, joint_pool(base.joint, base.movement).muscles) for base in read.baselines)
    notes += spread_alone(stretched, {(shot.muscle, shot.side) for shot in read.injections})
    if case.patient.weight is not None:
        notes.append("Muscle volumes are those of the table's adult, scaled by body mass (assumed).")
    if case.patient.months_since_onset is None:
        notes.append("Months since onset are not stated: grades are taken as no longer drifting much.")
    if not read.seen:
        notes.append("No visit was used: what is shown is what is known before any.")
    return notes
