"""One arm at a ladder of doses: doses of half effect, and what does not need the dose a study leaves out.

The rungs share all chance, so that the effect rises along the ladder in every draw; between rungs it is
linear in the logarithm of the dose. An arm that lists no injection gets one into the muscle measured; where
only its product is missing and the answer has no units, any product will do, since its units cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome, PlannedInjection, Study, StudyInjection
from endplate.knowledge.evidence import value
from endplate.questions.reproducing.arms import are_children, body_mass_kg, injections_of
from endplate.questions.reproducing.groups import CannotSimulate, Group, people_reported
from endplate.questions.reproducing.measures import (
    cleaved_over_intact,
    in_unit,
    muscle_course,
    release_and_cleavage,
)
from endplate.questions.reproducing.reported import Statistic, of_people
from endplate.questions.reproducing.simulated import Simulated
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, time_grid

Array = NDArray[np.float64]

_FOLDS: Array = np.geomspace(1e-2, 1e3, 11)  # of the arm's dose, or of 1 U/kg
_ANY_PRODUCT = "onabotulinumtoxinA"
_OF_THE_MUSCLE = ("force", "cmap")  # effects read off the muscle injected


def is_on_ladder(arm: Arm, outcome: Outcome) -> bool:
    """Whether an outcome is a dose, or belongs to an arm without a dose that it does not depend on."""
    if outcome.measure == "ed50":
        return True
    without = not arm.injections and outcome.muscle is not None and outcome.versus is None
    boundary = outcome.measure == "cleaved_ratio" and outcome.at is None
    first_peak = outcome.measure == "peak" and outcome.of in _OF_THE_MUSCLE
    return without and (boundary or first_peak)


@dataclass(frozen=True)
class Ladder:
    """The rungs from the least dose up; ``dose_U`` of all muscles together, (rungs,); ``who`` is read."""

    rungs: tuple[Simulated, ...]
    dose_U: Array
    mass_kg: float
    group: Group
    who: slice = field(default_factory=lambda: slice(None))

    def mean(self, values: Array) -> Array:
        """Mean over the people read of values of all copies (copies, ...), (draws, ...)."""
        return np.asarray(self.group.by_draw(values)[:, self.who].mean(axis=1))

    def statistic(self, read: Callable[[Ladder, Outcome], Array], arm: Arm, outcome: Outcome) -> Statistic:
        """What is read from the ladder, with the chance of who stands on it."""
        return of_people(
            lambda who: read(replace(self, who=who), outcome),
            self.group.people,
            people_reported(arm, outcome),
        )

    def courses(self, outcome: Outcome) -> Array:
        """Mean force of the group on every rung, (draws, rungs, times)."""
        means = [self.mean(muscle_course(rung, outcome).force) for rung in self.rungs]
        return np.stack(means, axis=1)

    def losses(self, outcome: Outcome) -> Array:
        """Largest loss of force on every rung, or that on the day stated, never falling, (draws, rungs)."""
        if outcome.at is None:
            lost = 1 - self.courses(outcome).min(axis=2)
        else:
            read = [
                self.mean(rung.at(muscle_course(rung, outcome).force, rung.day(outcome)))
                for rung in self.rungs
            ]
            lost = 1 - np.stack(read, axis=1)
        return np.asarray(np.maximum.accumulate(lost, axis=1))

    def place_of_half(self, outcome: Outcome) -> Array:
        """Where along the ladder the effect stands at half of its largest, in rungs, (draws,).

        Of force or the action potential, half is half. For a score of weakness, the share of the largest loss
        at which the score stands at half is drawn.
        """
        lost = self.losses(outcome)
        drawn = self.group.by_draw(self.group.of("measures.half_score_loss"))[:, 0]
        half = np.full_like(drawn, 1 / 2) if outcome.of in _OF_THE_MUSCLE else drawn
        places = np.arange(len(self.rungs), dtype=np.float64)
        return np.array([np.interp(h * row[-1], row, places) for h, row in zip(half, lost, strict=True)])


def run_ladder(
    study: Study,
    arm: Arm,
    outcome: Outcome,
    group_of: Callable[[Arm, int, str], Group],
    biology: Biology | None = None,
) -> Ladder:
    """Run an arm at every rung; ``group_of`` makes the chance of an arm, a number of people and a species.

    Raises:
        CannotSimulate: neither an injection nor the muscle is held, a product is needed and not held, or the
            dose is 0.
    """
    if outcome.measure == "ed50" and arm.product is None:
        raise CannotSimulate("the preparation is none of the products held, and units are never converted")
    if not arm.injections and outcome.muscle is None:
        raise CannotSimulate("neither the injections nor the muscle measured are held")
    given = arm if arm.injections else _into(arm, outcome)
    mass = body_mass_kg(study.species, study.population)
    named = arm.model_copy(update={"arm": f"{arm.arm} on a ladder"})
    people = int(value("measures.ladder_people"))
    group = group_of(named, people, study.species)
    child = are_children(study.population)
    shots = injections_of(given, mass, paediatric=child, species=study.species)
    total = sum(shot.dose_U for shot in shots)
    if not total:
        raise CannotSimulate("the arm's dose is 0: no other dose can be told from it")
    last = outcome.at.to("d").value if outcome.at else value("measures.ladder_followed")
    time_d = time_grid(max(int(np.ceil(last)), 1))
    rungs = [run_chain(_times(fold, shots), (), mass, group, time_d, biology=biology) for fold in _FOLDS]
    held = tuple(Simulated(chain, group, (), people) for chain in rungs)
    return Ladder(held, total * _FOLDS, mass or value("muscle.reference_body_mass"), group)


def _times(fold: float, shots: tuple[PlannedInjection, ...]) -> tuple[PlannedInjection, ...]:
    """The injections at a multiple of their doses."""
    return tuple(replace(shot, dose_U=shot.dose_U * fold) for shot in shots)


def _into(arm: Arm, outcome: Outcome) -> Arm:
    """The arm with a unit per kilogram into the muscle measured."""
    shot = StudyInjection.model_validate({"muscle": outcome.muscle, "dose": "1 U/kg"})
    return arm.model_copy(update={"product": arm.product or _ANY_PRODUCT, "injections": (shot,)})


def half_dose(ladder: Ladder, outcome: Outcome) -> Array:
    """Dose of half effect in U or U/kg, (draws,).

    A score of weakness is read off muscles beside the one injected, which meet a share of its toxin: the dose
    that brings them to half is larger by that share.

    Raises:
        CannotSimulate: another unit.
    """
    if outcome.unit not in ("U", "U/kg"):
        raise CannotSimulate(f"a dose in {outcome.unit or 'no unit'} is not simulated, only in U or U/kg")
    places = np.arange(ladder.dose_U.size)
    dose_U = np.exp(np.interp(ladder.place_of_half(outcome), places, np.log(ladder.dose_U)))
    if outcome.of not in _OF_THE_MUSCLE:
        dose_U = dose_U / ladder.group.by_draw(ladder.group.of("measures.score_exposure"))[:, 0]
    return np.asarray(dose_U / (ladder.mass_kg if outcome.unit == "U/kg" else 1))


def cleaved_at_boundary(ladder: Ladder, outcome: Outcome) -> Array:
    """Cleaved over intact SNAP-25 of the whole muscle where paralysis begins, (draws,)."""
    shares = [release_and_cleavage(rung.chain, outcome.muscle, None)[1] for rung in ladder.rungs]
    by_rung = np.stack([ladder.mean(share) for share in shares], axis=1)
    places = np.arange(len(ladder.rungs))
    at = ladder.place_of_half(outcome)
    return cleaved_over_intact(
        np.array([np.interp(place, places, row) for place, row in zip(at, by_rung, strict=True)])
    )


def peak_day(ladder: Ladder, outcome: Outcome) -> Array:
    """Day of the largest effect at a dose that is drawn about the dose of half effect, (draws,)."""
    fold = ladder.group.by_draw(ladder.group.of("measures.dose_not_listed_fold"))[:, 0]
    step = np.log(_FOLDS[1] / _FOLDS[0])
    largest = outcome.model_copy(update={"at": None})
    rung = np.rint(ladder.place_of_half(largest) + np.log(fold) / step).astype(int)
    courses = ladder.courses(outcome)[np.arange(fold.size), np.clip(rung, 0, len(ladder.rungs) - 1)]
    return in_unit(ladder.rungs[0].chain.time_d[courses.argmin(axis=1)], outcome)
