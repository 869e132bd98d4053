"""What is searched: muscles, practical doses, sites and levels, each with what it injects."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, PlannedInjection, planned_injections, volume_shares
from endplate.case.goals import CandidateRow, Goals
from endplate.case.models import Injection, Plan
from endplate.errors import InputError
from endplate.knowledge.labels import Rule, label_status, rules_for
from endplate.knowledge.vocabulary import GROUPS, MUSCLES, PRODUCTS
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.knowledge.vocabulary.sentence import Sentence, Word
from endplate.questions.checking.preparation import fewest_vials
from endplate.questions.optimising.asking import goals_error

Shots = tuple[PlannedInjection, ...]

_STEPS = 40  # of the widest range, where no step is given
_NICE = (1, 2, 5, 10)
_MOST_CHOICES = 400
_TINY = 1e-9


@dataclass(frozen=True)
class Choice:
    """One way to inject a muscle: dose as a row writes it, per side, sites, level in percent of the belly."""

    dose_U: float
    sites: int
    at: float | None


@dataclass(frozen=True)
class Candidate:
    """A muscle that may be injected.

    Attributes:
        muscle: id of a muscle or group.
        side: left, right or bilateral.
        held: whether a dose is held for it.
        choices: ways to inject it, by dose; the first is not to.
        shots: what each choice injects.
    """

    muscle: str
    side: str
    held: bool
    choices: tuple[Choice, ...]
    shots: tuple[Shots, ...]


@dataclass(frozen=True)
class Space:
    """All plans searched at one dilution.

    Attributes:
        case: the case, its plan at that dilution.
        rules: label rules in force.
        candidates: muscles that may be injected.
        tighter: maxima that the user made lower, by id of the rule.
        notes: what was left out or let in, in sentences.
    """

    case: Case
    plan: Plan
    rules: tuple[Rule, ...]
    candidates: tuple[Candidate, ...]
    tighter: dict[str, float]
    notes: tuple[str, ...]

    @property
    def searched(self) -> frozenset[tuple[str, str]]:
        """Muscles with their sides that some choice injects."""
        every = (shot for candidate in self.candidates for shots in candidate.shots for shot in shots)
        return frozenset((shot.muscle, shot.side) for shot in every)

    def plan_of(self, picks: NDArray[np.int64]) -> Case:
        """The case with the plan of one choice for each candidate; at least one must inject."""
        rows = [
            _row(candidate.muscle, candidate.side, candidate.choices[int(pick)])
            for candidate, pick in zip(self.candidates, picks, strict=True)
            if pick
        ]
        shots = [shot for c, pick in zip(self.candidates, picks, strict=True) for shot in c.shots[int(pick)]]
        sizes = PRODUCTS[self.plan.product].vial_sizes_U
        vials = fewest_vials(sum(shot.dose_U for shot in shots), sizes)
        return with_plan(self.case, rows, vials=[f"{size:g} U" for size in vials])


def with_plan(case: Case, rows: Sequence[dict[str, Any]], **others: Any) -> Case:
    """The case with other injections, and other fields of its plan."""
    told = case.to_dict()
    plan = told["plan"] | {"injections": list(rows)} | others
    return Case.model_validate(told | {"plan": plan, "visits": ()}).with_notes(case.notes)


def _row(muscle: str, side: str, choice: Choice) -> dict[str, Any]:
    row = {"muscle": muscle, "side": side, "dose": f"{choice.dose_U:.12g} U", "sites": choice.sites}
    return row if choice.at is None else row | {"at": f"{choice.at:.12g} %"}


def space_of(case: Case, goals: Goals, dilution: Quantity) -> Space:
    """Everything searched at one dilution, before limits.

    Raises:
        InputError: no muscle is left to search, or the steps are too many.
    """
    if case.plan is None or case.patient.age is None:
        raise AssertionError("may_search looked at both")
    plan, age_y = case.plan, case.patient.age.to("y").value
    rules = rules_for(plan.product, plan.jurisdiction, plan.date, age_y=age_y)
    weight = case.patient.weight_kg
    wanted, notes = _wanted(case, plan, goals, rules)
    step = goals.step.value if goals.step else _usual_step(wanted, rules, weight)
    ways = [_choices(place, row, plan, rules, weight, step) for place, row in enumerate(wanted)]
    rows = [
        _row(row.muscle, row.side, choice) for row, own in zip(wanted, ways, strict=True) for choice in own
    ]
    there = with_plan(case, rows, dilution=str(dilution), vials=[])
    by_row: dict[str, list[PlannedInjection]] = {}
    for shot in planned_injections(there):
        by_row.setdefault(shot.where, []).append(shot)
    shots = iter(tuple(each) for each in by_row.values())
    candidates = tuple(
        Candidate(
            row.muscle,
            row.side,
            bool(_ranges(row, rules, weight)),
            (Choice(0.0, 0, None), *own),
            ((), *(next(shots) for _ in own)),
        )
        for row, own in zip(wanted, ways, strict=True)
    )
    tighter = {row.rule: row.maximum for row in goals.tighten}
    return Space(there, plan, rules, candidates, tighter, tuple(notes))


def _wanted(
    case: Case, plan: Plan, goals: Goals, rules: tuple[Rule, ...]
) -> tuple[tuple[CandidateRow, ...], list[str]]:
    """The muscles searched: those named, else those of the plan that are on label with a dose held."""
    if goals.candidates:
        return goals.candidates, [
            Sentence("{muscle}: no dose is held; searched because the goals name it.", muscle=_named(row))
            for row in goals.candidates
            if not _ranges(row, rules, None)
        ]
    found: dict[tuple[str, str], CandidateRow] = {}
    notes: list[str] = []
    for item in plan.injections:
        row = CandidateRow(muscle=item.muscle, side=item.side)
        if why := _left_out(case, plan, row, rules):
            text = "{muscle}: {why}; left out of the search as the goals do not name it."
            notes.append(Sentence(text, muscle=_named(row), why=why))
        else:
            found.setdefault((row.muscle, row.side), row)
    if not found:
        raise InputError(
            Sentence(
                "No muscle is left to search: {notes}", notes=Sentence.joined(" ", list(dict.fromkeys(notes)))
            ),
            rule="no_candidates",
            remedy="Name the muscles under candidates in the goals file.",
            field="plan.injections",
        )
    return tuple(found.values()), list(dict.fromkeys(notes))


def _left_out(case: Case, plan: Plan, row: CandidateRow, rules: Sequence[Rule]) -> str:
    """Why a muscle of the plan is not searched unless it is named; empty where it is."""
    if not _ranges(row, rules, None):
        return Sentence("no dose is held")
    if case.patient.age is None:
        return ""
    answer = label_status(
        product=plan.product,
        indication=plan.indication,
        limb=MUSCLES[_members(row.muscle)[0]].limb,
        age_y=case.patient.age.to("y").value,
        cause=case.patient.condition,
        jurisdiction=plan.jurisdiction,
        on=plan.date,
    )
    return Sentence("off label") if answer.status == "off_label" else ""


def _named(row: CandidateRow) -> str:
    muscle = Word(row.muscle, Word(row.muscle).capitalize())
    return Sentence("{muscle}, {side}", muscle=muscle, side=Word(row.side))


def _members(muscle: str) -> tuple[str, ...]:
    return GROUPS.get(muscle, (muscle,))


def _ranges(
    row: CandidateRow, rules: Iterable[Rule], weight_kg: float | None
) -> list[tuple[float | None, float | None, Rule]]:
    """Least and most that each row of the label lets a muscle or group have alone, U; None where unknown."""
    found = []
    for rule in (rule for rule in rules if rule.family == "muscle_dose"):
        for part in _parts(row.muscle, rule):
            low, high = rule.minimum_for(weight_kg), rule.maximum_for(weight_kg)
            low, high = (None if end is None else end / part for end in (low, high))
            found.append((low, high, rule))
    return found


def covered(rule: Rule) -> set[str]:
    """Muscles that a rule names, groups with their members."""
    return {member for name in rule.muscles for member in (name, *GROUPS.get(name, ()))}


def _parts(muscle: str, rule: Rule) -> list[float]:
    """Shares of the muscle or group whose dose the rule judges: its members together, or each alone."""
    shares = [share for member, share in volume_shares(muscle).items() if member in covered(rule)]
    if not shares:
        return []
    return shares if rule.per == "each" else [sum(shares)]


def _usual_step(wanted: Sequence[CandidateRow], rules: Sequence[Rule], weight_kg: float | None) -> float:
    """A round step of which the widest range has at most as many as fit."""
    most = max(
        (row.most.value if row.most else _ends(row, rules, weight_kg)[1] or 0 for row in wanted), default=0
    )
    rough = most / _STEPS
    if rough <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in _NICE if step * power >= rough - _TINY)


def _ends(
    row: CandidateRow, rules: Sequence[Rule], weight_kg: float | None
) -> tuple[float | None, float | None]:
    """Least and most dose: the user's, else the lowest start and the lowest end of the ranges held."""
    ranges = _ranges(row, rules, weight_kg)
    lows = [low for low, _, _ in ranges if low is not None]
    highs = [high for _, high, _ in ranges if high is not None]
    low, high = min(lows, default=None), min(highs, default=None)
    if row.least is not None:
        low = row.least.value
    if row.most is not None:
        high = row.most.value if high is None else min(high, row.most.value)
    return low, high


def _choices(
    place: int, row: CandidateRow, plan: Plan, rules: Sequence[Rule], weight_kg: float | None, step: float
) -> list[Choice]:
    """Ways to inject a muscle, by dose, then sites, then level."""
    low, high = _ends(row, rules, weight_kg)
    field = f"candidates[{place}]"
    if high is None:
        message = Sentence("{muscle}: no dose is held, so the search has no upper end", muscle=_named(row))
        raise goals_error(message, "most_required", "Give the candidate most.", field)
    doses = _doses(low or 0.0, high, row.step.value if row.step else step)
    if not doses:
        text = "{muscle}: least ({least} U) is above the most that is held ({most} U)"
        message = Sentence(text, muscle=_named(row), least=f"{low:g}", most=f"{high:g}")
        raise goals_error(message, "least_above_limit", "Give the candidate a smaller least.", field)
    sites, levels = _sites(row, plan, rules), _levels(row, plan)
    if len(doses) * len(sites) * len(levels) > _MOST_CHOICES:
        text = "{muscle} has more than {most} ways to be injected"
        message = Sentence(text, muscle=_named(row), most=str(_MOST_CHOICES))
        raise goals_error(message, "step_too_fine", "Give a larger step, or fewer sites and levels.", field)
    return [Choice(dose, count, at) for dose in doses for count in sites for at in levels]


def _doses(low: float, high: float, step: float) -> list[float]:
    """Multiples of the step from low to high; the end where there is none."""
    first = max(1, math.ceil(low / step - _TINY))
    found = [step * k for k in range(first, int(high / step + _TINY) + 1)]
    return [float(f"{dose:.9g}") for dose in found] or ([high] if high >= low else [])


def _sites(row: CandidateRow, plan: Plan, rules: Sequence[Rule]) -> list[int]:
    """Numbers of sites: the user's, else the plan's own and the most that the label lists."""
    if row.sites:
        return sorted(set(row.sites))
    own = _of_plan(row, plan)
    listed = [rule.sites_max for _, _, rule in _ranges(row, rules, None) if rule.sites_max]
    fewest = len(_members(row.muscle))
    found = {own.sites} if own and own.sites else set()
    return sorted(found | {max(max(listed), fewest)} if listed else found or {fewest})


def _levels(row: CandidateRow, plan: Plan) -> list[float | None]:
    """Levels of the belly: the user's, else the plan's own; none stands for the endplate zone."""
    if row.at:
        return [at.value for at in row.at]
    own = _of_plan(row, plan)
    return [own.at.value if own and own.at else None]


def _of_plan(row: CandidateRow, plan: Plan) -> Injection | None:
    wanted = (row.muscle, row.side)
    return next((item for item in plan.injections if (item.muscle, item.side) == wanted), None)
