"""What the simulated change of a grade is made of: drug, placebo, regression to the mean, rater.

In this order, each over what came before, so that the shares add to the change: the true grade under the
drug alone; with the change on placebo, co-therapy within; what enrolment by a recorded grade does, expected
over the rater's deviations; and what rounding to categories and the rater's chance leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome
from endplate.physiology import scales
from endplate.questions.reproducing.grades import rated, when_of
from endplate.questions.reproducing.simulated import Simulated

Array = NDArray[np.float64]

PARTS = ("drug", "placebo", "regression", "rater")


@dataclass(frozen=True)
class ChangeShares:
    """Mean change of a group in the outcome's codes, by what made it.

    Attributes:
        parts: mean over draws and people of each of ``PARTS``; they add to the simulated change.
        person_sd: standard deviation of the true change between people of one group.
        rater_sd: the rest of that of the recorded change, which raters and rounding make.
    """

    parts: Mapping[str, float]
    person_sd: float
    rater_sd: float

    @property
    def total(self) -> float:
        """The simulated change, before the rounding of print."""
        return sum(self.parts.values())

    def minus(self, other: ChangeShares) -> ChangeShares:
        """The difference of two arms; the deviations are those of both pooled."""
        parts = {name: self.parts[name] - other.parts[name] for name in PARTS}
        pooled = [
            float(np.sqrt((a**2 + b**2) / 2))
            for a, b in ((self.person_sd, other.person_sd), (self.rater_sd, other.rater_sd))
        ]
        return ChangeShares(parts, *pooled)

    def to_dict(self, digits: int) -> dict[str, float]:
        """Plain numbers, rounded, for JSON."""
        sds = {"person_sd": self.person_sd, "rater_sd": self.rater_sd}
        sds["sd"] = float(np.hypot(self.person_sd, self.rater_sd))
        return {
            name: round(number, digits) for name, number in {**self.parts, "total": self.total, **sds}.items()
        }


def change_shares(arm: Simulated, outcome: Outcome) -> ChangeShares:
    """The shares of one arm.

    Raises:
        CannotSimulate: the joint or the scale is not simulated.
    """
    seen, day = rated(arm, outcome), arm.day(outcome)
    true = (seen.joint.true_grade, seen.true_at(arm, day, placebo=False), seen.true_at(arm, day))
    start, on_drug, at_visit = (_coded(seen.categories, grade) for grade in true)
    expected = scales.expected_at_visits(seen.rater, seen.categories, seen.enrolment, true[0], true[2])
    anyone = scales.Enrolment(seen.categories)
    free = scales.expected_at_visits(seen.rater, seen.categories, anyone, true[0], true[2])
    change = seen.later(arm, day, when_of(outcome)) - seen.baseline()
    regression = (expected[1] - expected[0]) - (free[1] - free[0])
    parts = (on_drug - start, at_visit - on_drug, regression, change - (at_visit - start) - regression)
    means = {name: float(arm.each(part).mean()) for name, part in zip(PARTS, parts, strict=True)}
    person, seen_sd = (_between_people(arm.each(each)) for each in (at_visit - start, change))
    return ChangeShares(means, person, float(np.sqrt(max(seen_sd**2 - person**2, 0.0))))


def _coded(categories: scales.Categories, true_grade: Array) -> Array:
    """A true grade in the codes of a scale, linear between its categories, same shape."""
    return np.interp(true_grade, categories.true_grade, categories.codes)


def _between_people(values: Array) -> float:
    """Standard deviation between the people of a draw, over all draws; values (draws, people)."""
    return float(np.sqrt(values.var(axis=1, ddof=1).mean())) if values.shape[1] > 1 else 0.0
