"""`develop`: a child from now to age 18, untreated and under plans repeated, by every assumption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from endplate.case import Case
from endplate.errors import InputError, no_plan, not_a_case
from endplate.knowledge.labels import house_rule
from endplate.questions.answer import Answer
from endplate.questions.developing import told
from endplate.questions.developing.blocks import blocks_of
from endplate.questions.developing.child import UNTIL_Y, Child
from endplate.questions.developing.members import PRESETS, ensemble, preset
from endplate.questions.developing.scenarios import MOST_D, scenarios
from endplate.simulation import Biology
from endplate.simulation.parameters import RandomDraws

__all__ = ["DevelopResult", "develop"]

DRAWS = 500
EVERY_D = 182
_LEAST_D = 84


@dataclass(frozen=True)
class DevelopResult(Answer):
    """A child over years under every assumption."""


def develop(
    case: Case,
    draws: int = DRAWS,
    seed: int = 1,
    *,
    every_d: int = EVERY_D,
    stop_y: float = UNTIL_Y,
    decline: bool = False,
    progress: Callable[[float], None] | None = None,
    biology: Biology | None = None,
) -> DevelopResult:
    """A child from now to age 18 under no treatment, the plan repeated, and other ages and intervals.

    Args:
        case: a child with age and GMFCS level, and a plan for the calf.
        draws: members of the ensemble.
        seed: of every random stream.
        every_d: days between sessions of the plan.
        stop_y: age from which no session is given.
        decline: whether function is told by the account in which levels III to V decline late.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: no plan, age or GMFCS level, an adult, no calf muscle in the plan, an interval or age that
            cannot be followed.
    """
    age_y = _checked(case, draws, every_d, stop_y)
    tell = progress or (lambda _: None)
    planned = scenarios(age_y, every_d, stop_y)
    drawn = RandomDraws(seed, draws)
    held = {}
    for k, every in enumerate(sorted({each.every_d for each in planned})):
        held[every] = blocks_of(case, drawn, every, biology or Biology())
        tell((k + 1) / (len(planned) + 1))
    child = Child(case, age_y, decline)
    presets = {name: child.told(preset(name, draws), planned, held) for name in PRESETS}
    whole = child.told(ensemble(seed, draws), planned, held)
    tell(1.0)
    return DevelopResult(told.document(case, child, (draws, seed), planned, presets, whole, drawn))


def _checked(case: Case, draws: int, every_d: int, stop_y: float) -> float:
    """Age of a child that can be followed, y."""
    if not isinstance(case, Case):
        raise not_a_case(case)
    if case.plan is None:
        raise no_plan()
    patient, adult = case.patient, house_rule("weight_age").age_to_y or UNTIL_Y
    if patient.age is None:
        raise _wrong("The age is not known", "age_required", "Add patient.age.", "patient.age")
    age_y = float(patient.age.to("y").value)
    if age_y >= adult:
        raise _wrong(
            f"A person of {age_y:g} y is no child", "children_only", f"Ask under {adult:g} y.", "patient.age"
        )
    if patient.gmfcs is None:
        raise _wrong(
            "The GMFCS level is not stated, and growth and function go by it",
            "gmfcs_required",
            "Add patient.gmfcs, 1 to 5.",
            "patient.gmfcs",
        )
    if draws < 1:
        raise _wrong(f"draws cannot be {draws}", "positive", "Ask for at least one.", "draws")
    if not _LEAST_D <= every_d <= MOST_D:
        raise _wrong(
            f"Sessions every {every_d} d are not followed here",
            "interval",
            f"Give {_LEAST_D} to {MOST_D} d.",
            "every_d",
        )
    if not age_y < stop_y <= UNTIL_Y:
        raise _wrong(
            f"Treatment cannot end at {stop_y:g} y", "stop", f"Give an age up to {UNTIL_Y:g} y.", "stop_y"
        )
    return age_y


def _wrong(message: str, rule: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)
