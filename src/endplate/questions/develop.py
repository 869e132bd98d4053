"""`develop`: a child from now to age 18, untreated and under plans repeated, by every assumption."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, plan_of
from endplate.errors import InputError
from endplate.knowledge.evidence import value
from endplate.knowledge.labels import house_rule
from endplate.knowledge.units import DAYS_PER_WEEK, MONTHS_PER_YEAR
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology.development.clock import child_shares
from endplate.questions.answer import Answer
from endplate.questions.developing import loop, rows, told
from endplate.questions.developing.blocks import MOST_FOLLOWED, Blocks, Monthly, blocks_of
from endplate.questions.developing.child import UNTIL_Y, Child
from endplate.questions.developing.circuits import Circuits, circuits_of
from endplate.questions.developing.grown import Mean
from endplate.questions.developing.influence import influence
from endplate.questions.developing.members import PRESETS, Members, ensemble, preset
from endplate.questions.developing.scenarios import MOST_D, Scenario, age_words, scenarios
from endplate.questions.needs import at_least_one
from endplate.simulation import Biology
from endplate.simulation.parameters import RandomDraws

__all__ = ["DevelopResult", "develop"]

Array = NDArray[np.float64]
Row = dict[str, Any]

DRAWS = 500
ENSEMBLE = "ensemble"
EVERY_D = 182
_YOUNGEST_Y = 1 / MONTHS_PER_YEAR


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
    gains: Sequence[float] | None = None,
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
        gains: at which the loop from function back to movement and growth is closed, above 0; the open loop
            is always told.
        decline: whether function is told by the account in which levels III to V decline late.
        progress: told the share done, 0 to 1.
        biology: variants; the default ones without it.

    Raises:
        InputError: no plan, age or GMFCS level, an adult, no calf muscle in the plan, an interval, age or
            gain that cannot be followed.
    """
    age_y = _checked(case, draws, every_d, stop_y)
    swept = loop.gains(gains)
    tell = progress or (lambda _: None)
    planned = scenarios(age_y, every_d, stop_y, UNTIL_Y)
    drawn, child = RandomDraws(seed, draws), Child(case, age_y, decline)
    blocked = {}
    for k, (name, blocks) in enumerate(_blocked(case, child, planned, (drawn, biology or Biology()))):
        blocked[name] = blocks
        tell((k + 1) / (len(planned) + 2))
    maps = circuits_of(child.ages, {name: Mean.of(own) for name, own in blocked.items()})
    tell((len(planned) + 1) / (len(planned) + 2))
    starts = {each.name: each.start_y for each in planned if each.of_course}
    answers = _answers(child, blocked, maps, drawn, swept, starts)
    tell(1.0)
    return DevelopResult(told.document(case, child, planned, answers, drawn))


def _blocked(
    case: Case, child: Child, planned: Sequence[Scenario], how: tuple[RandomDraws, Biology]
) -> Iterator[tuple[str, Monthly]]:
    """What every scenario blocks of the calf, month by month; sessions as far apart are followed once."""
    held: dict[tuple[int, int], Blocks] = {}
    for each in planned:
        run = each.every_d, min(each.sessions, MOST_FOLLOWED)
        if run not in held:
            held[run] = blocks_of(case, how[0], *run, how[1])
        yield each.name, held[run].monthly(each.start_y, child.ages, each.sessions)


def _answers(
    child: Child,
    blocked: dict[str, Monthly],
    maps: Circuits,
    drawn: RandomDraws,
    swept: Sequence[float],
    starts: dict[str, float],
) -> Row:
    """Presets and ensemble under every scenario, the loop under the plan, and what the answer rests on."""
    plan = next(iter(blocked))
    told_of: Row = {}
    looped: list[Row] = [{"gain": gain, "told": {}} for gain in swept]
    by_start: Row = {}
    everyone = ensemble(drawn.seed, drawn.size)
    for name in (*PRESETS, ENSEMBLE):
        life = child.untreated(everyone if name == ENSEMBLE else preset(name, drawn.size))
        effects = {each: child.treated(life, each, own, maps) for each, own in blocked.items()}
        told_of[name] = {"untreated": rows.untreated(child, life)} | {
            key: rows.treated(child, life, own) for key, own in effects.items()
        }
        by_start[name] = rows.starting_age(effects, life, starts)
        for row in looped:
            row["told"][name] = rows.closed(loop.closed(child, life, effects[plan], maps, row["gain"]))

    def gained(members: Members, blocks: Monthly) -> Array:
        life = child.untreated(members)
        treated = child.treated(life, plan, blocks, maps)
        return np.asarray(treated.function[:, -1] - life.function[:, -1])

    return {
        "presets": {name: told_of[name] for name in PRESETS},
        "ensemble": told_of[ENSEMBLE],
        "loop": looped,
        "circuits": rows.circuits(maps, child_shares()),
        "starting_age": by_start,
        "influence": influence(everyone, blocked[plan], gained, value("development.smallest_difference")),
    }


def _checked(case: Case, draws: int, every_d: int, stop_y: float) -> float:
    """Age of a child that can be followed, y."""
    plan_of(case)
    patient, adult = case.patient, house_rule("weight_age").age_to_y or UNTIL_Y
    if patient.age is None:
        raise _wrong("The age is not known", "age_required", "Add patient.age.", "patient.age")
    age_y = float(patient.age.to("y").value)
    if age_y < adult and not _YOUNGEST_Y <= age_y <= UNTIL_Y - _YOUNGEST_Y:
        raise _wrong(
            Sentence("A child of {age} y is not followed", age=f"{age_y:g}"),
            "age_followed",
            "Give 1 month to 17 years and 11 months.",
            "patient.age",
        )
    if age_y >= adult:
        message = Sentence("A person of {age} y is no child", age=f"{age_y:g}")
        remedy = Sentence("Ask under {adult} y.", adult=f"{adult:g}")
        raise _wrong(message, "children_only", remedy, "patient.age")
    if patient.gmfcs is None:
        raise _wrong(
            "The GMFCS level is not stated, and growth and function go by it",
            "gmfcs_required",
            "Add patient.gmfcs, 1 to 5.",
            "patient.gmfcs",
        )
    at_least_one(draws=draws)
    shortest = round(value("clinic.shortest_interval"))
    if not shortest * DAYS_PER_WEEK <= every_d <= MOST_D:
        message = Sentence(
            "Sessions every {weeks} wk are not followed here", weeks=f"{every_d / DAYS_PER_WEEK:.3g}"
        )
        text = "Give {shortest} to {longest} wk: no source held injects again sooner."
        remedy = Sentence(text, shortest=str(shortest), longest=str(MOST_D // DAYS_PER_WEEK))
        raise _wrong(message, "interval", remedy, "every_d")
    if not age_y < stop_y <= UNTIL_Y:
        text = "Treatment of a child of {age} cannot end at {stop} y"
        message = Sentence(text, age=age_words(age_y), stop=f"{stop_y:g}")
        remedy = Sentence("Give an age above the child's, up to {oldest} y.", oldest=f"{UNTIL_Y:g}")
        raise _wrong(message, "stop", remedy, "stop_y")
    return age_y


def _wrong(message: str, rule: str, remedy: str, field: str) -> InputError:
    return InputError(message, rule=rule, remedy=remedy, field=field)
