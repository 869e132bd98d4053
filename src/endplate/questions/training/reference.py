"""What a placement by the book does: the least of the ranges held, given at the endplate zones.

It is the measure of parts of the score, so that nobody is asked for what the limb does not allow; it is never
shown as a plan. Where no range is held, the budget stands in, divided by muscle volume.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from endplate.case import Needle, PlannedInjection, Training, volume_shares
from endplate.knowledge.labels import Rule, rules_for
from endplate.knowledge.vocabulary.quantity import Quantity
from endplate.physiology.spread import Tips
from endplate.questions.checking.muscles import members
from endplate.questions.training.effects import Effects, followed
from endplate.questions.training.limb import ShownLimb, limb_for
from endplate.questions.training.needles import place
from endplate.simulation.injection import Needles, person_of, reach_at, rows_of, tips_of
from endplate.simulation.parameters import OneAtATime

_TURNS_DEG = tuple(sign * step for step in range(0, 91, 5) for sign in (1, -1))
_FULL_TURN_DEG = 360.0


@dataclass(frozen=True)
class Held:
    """The range held for muscles of a task: units of one side, and where the numbers come from."""

    rule: Rule
    muscles: tuple[str, ...]
    low_U: float | None
    high_U: float | None


def held_ranges(training: Training) -> tuple[Held, ...]:
    """The row of the label rules that is shown for each muscle of the task, each row once."""
    plan = training.plan
    found: list[Held] = []
    if plan is None:
        return ()
    age = training.patient.age
    rules = rules_for(
        plan.product, plan.jurisdiction, plan.date, age_y=None if age is None else age.to("y").value
    )
    doses = [rule for rule in rules if rule.family == "muscle_dose" and rule.extent != "session"]
    for muscle in training.muscles:
        rule = next((rule for rule in doses if muscle in members(rule)), None)
        if rule is None or any(row.rule == rule for row in found):
            continue
        own = tuple(m for m in training.muscles if m in members(rule))
        low, high = rule.minimum_for(training.mass_kg), rule.maximum_for(training.mass_kg)
        found.append(Held(rule, own, low, high))
    return tuple(found)


def least_doses(training: Training) -> dict[str, tuple[float, int]]:
    """Units and sites of each muscle of the task in the placement by the book."""
    found: dict[str, tuple[float, int]] = {}
    for row in held_ranges(training):
        units = row.low_U or row.high_U or 0.0
        each = row.rule.per == "each"
        shares = dict.fromkeys(row.muscles, 1.0) if each else volume_shares(*row.muscles)
        sites = max((row.rule.sites_min or 1) // (1 if each else len(row.muscles)), 1)
        found |= {muscle: (units * share, sites) for muscle, share in shares.items()}
    missing = [muscle for muscle in training.muscles if not found.get(muscle, (0.0, 0))[0]]
    budget = training.task.budget
    if missing and budget is not None:
        left = max(float(budget.value) - sum(units for units, _ in found.values()), 0.0)
        found |= {muscle: (left * share, 1) for muscle, share in volume_shares(*missing).items()}
    return found


@lru_cache(maxsize=64)
def _book(text: str) -> tuple[Effects, tuple[Needle, ...]]:
    training = Training.model_validate_json(text)
    needles = _book_needles(training)
    given = sum(shot.dose_U for shot, _ in needles)
    reached = reach_at(needles, frozenset(), training.mass_kg, OneAtATime(()))
    answers = tuple(needle for each in needles for needle in _as_needles(limb_for(training), *each))
    return followed(training, reached, needles, given), answers


def by_the_book(training: Training) -> Effects:
    """What the placement by the book does, kept for the training."""
    return _book(training.model_dump_json())[0]


def book_needles(training: Training) -> tuple[Needle, ...]:
    """The placement by the book as an answer, on ways that cross no structure where there are such."""
    shown, found = limb_for(training), []
    for needle in _book(training.model_dump_json())[1]:
        found.append(clear(training, shown, needle))
    return tuple(found)


def _book_needles(training: Training) -> tuple[Needles, ...]:
    """Every muscle's needles in a median person without error, at the middle of its endplate zone."""
    assert training.plan is not None
    doses = least_doses(training)
    shots = tuple(
        PlannedInjection(
            f"book[{muscle}]",
            muscle,
            training.show.side,
            training.plan.product,
            doses[muscle][0],
            1 if training.most_needles == 1 else doses[muscle][1],
            doses[muscle][0] / float(training.plan.dilution.value),
            None,
            training.plan.guidance,
        )
        for muscle in training.muscles
    )
    person = person_of(shots, training.mass_kg, OneAtATime(()))
    return tuple((row.shot, tips_of(row, person)) for row in rows_of(shots))


def _as_needles(shown: ShownLimb, shot: PlannedInjection, tips: Tips) -> list[Needle]:
    found = []
    for z, x, y in tips.mm[0]:
        at = min(max(float(z) / shown.length_mm, 0.0), 1.0)
        depth = max(shown.radius_mm(at) - math.hypot(x, y), 1.0)
        angle = math.degrees(math.atan2(y, x)) % _FULL_TURN_DEG
        dose = Quantity(round(shot.dose_U / shot.sites, 1), "U")
        found.append(Needle(at=round(at, 4), angle_deg=round(angle, 1), depth_mm=round(depth, 1), dose=dose))
    return found


def clear(training: Training, shown: ShownLimb, needle: Needle) -> Needle:
    """The needle, entering elsewhere where its straight way would cross a structure."""
    radius = shown.radius_mm(needle.at)
    here = math.radians(needle.angle_deg)
    tip = ((radius - needle.depth_mm) * math.cos(here), (radius - needle.depth_mm) * math.sin(here))
    for turn in _TURNS_DEG:
        around = here + math.radians(turn)
        way = (radius * math.cos(around) - tip[0], radius * math.sin(around) - tip[1])
        tilt = math.degrees(math.atan2(way[1], way[0]) - around)
        tilt = (tilt + _FULL_TURN_DEG / 2) % _FULL_TURN_DEG - _FULL_TURN_DEG / 2
        moved = needle.model_copy(
            update={
                "angle_deg": round(math.degrees(around) % _FULL_TURN_DEG, 1),
                "tilt_deg": round(tilt, 1),
                "depth_mm": round(math.hypot(*way), 1),
            }
        )
        if not place(training, shown, (moved,))[0].crossed:
            return moved
    return needle
