r"""Who is let into a trial by a recorded grade, and what that does to the grades recorded later.

.. math:: g + b + e_0 \ge \theta_m

People are let in for a true grade g and a rater who was off upwards; what the first visit added, e_0, is gone
at the next. That is regression to the mean; what the rater keeps with the person, b, stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.scales.normal import above, evenly, share_below
from endplate.physiology.scales.rater import (
    LEAST_SD,
    Categories,
    Rater,
    expected_grade,
    probabilities,
    within_scale,
)

Array = NDArray[np.float64]

_NODES, _PEOPLE, _STEPS = 15, 61, 300


@dataclass(frozen=True)
class Enrolment:
    """Those whose recorded grade is a stated one or more; without it, everyone.

    Attributes:
        categories: of the scale of the criterion.
        least: the least grade let in, in the scale's codes; None where there is no criterion.
    """

    categories: Categories
    least: float | None = None

    @property
    def threshold(self) -> float:
        """The least of true grade plus deviation that is let in; minus infinity where all are."""
        place = 0 if self.least is None else int(np.searchsorted(self.categories.codes, self.least))
        if place == 0:
            return -np.inf
        return float(self.categories.thresholds[min(place, self.categories.thresholds.size) - 1])

    def chance(self, true_grade: Array, sd_grade: Array) -> Array:
        """Probability of being let in; shapes broadcast."""
        return share_below((true_grade - self.threshold) / np.maximum(sd_grade, LEAST_SD))

    def deviation(self, true_grade: Array, sd_grade: Array, share: Array) -> Array:
        """Deviation of the rater who let a person in, same shape: the normal one above what is needed.

        Args:
            true_grade: of the person.
            sd_grade: total standard deviation of the rater.
            share: uniform numbers, 0 or more and below 1.
        """
        sd = np.maximum(sd_grade, LEAST_SD)
        return above((self.threshold - true_grade) / sd, share) * sd


def split_deviation(rater: Rater, deviation: Array, normal: Array) -> tuple[Array, Array]:
    """The parts of a deviation that the rater keeps and that the visit made, given their sum, (draws,) each.

    Args:
        rater: standard deviations of both.
        deviation: their sum, (draws,).
        normal: standard normal numbers, (draws,).
    """
    total = np.maximum(rater.total_sd_grade, LEAST_SD)
    kept = deviation * (rater.between_sd_grade / total) ** 2
    kept = kept + normal * rater.between_sd_grade * rater.within_sd_grade / total
    return kept, deviation - kept


def expected_at_visits(
    rater: Rater, categories: Categories, enrolment: Enrolment, baseline: Array, later: Array
) -> tuple[Array, Array]:
    """Mean recorded grade at baseline and later of people let in, by the same rater, (draws,) each.

    Args:
        rater: of the joint.
        categories: of the scale that is recorded.
        enrolment: who is let in.
        baseline: each person's true grade at baseline, (draws,).
        later: the true grade at the later visit, (draws,).
    """
    kept, within = evenly(_NODES) * rater.between_sd_grade[:, None], rater.within_sd_grade[:, None]
    weight = enrolment.chance(baseline[:, None] + kept, within)
    total = weight.sum(axis=1, keepdims=True)
    weight = np.where(total > 0, weight / np.where(total > 0, total, 1), 1 / _NODES)
    before = _expected_of_enrolled(categories, enrolment, baseline[:, None] + kept, within)
    after = expected_grade(categories, later[:, None] + kept, within)
    return np.asarray((weight * before).sum(axis=1)), np.asarray((weight * after).sum(axis=1))


def _expected_of_enrolled(
    categories: Categories, enrolment: Enrolment, true_grade: Array, sd: Array
) -> Array:
    """Mean grade written down at baseline of those let in, given what is not chance; shapes broadcast."""
    let_in, least = enrolment.chance(true_grade, sd), enrolment.threshold
    found = np.full(np.shape(true_grade), categories.codes[0])
    for threshold, step in zip(categories.thresholds, np.diff(categories.codes), strict=True):
        higher = share_below((true_grade - max(threshold, least)) / np.maximum(sd, LEAST_SD))
        certain = float(threshold <= least)
        found = found + step * np.where(let_in > 0, higher / np.where(let_in > 0, let_in, 1), certain)
    return found


def true_of_recorded(rater: Rater, enrolment: Enrolment, mean: float, sd: float) -> tuple[float, float]:
    """Mean and standard deviation of the true grades of a group of which the recorded ones are printed.

    Before enrolment true grades are taken as normal, held within the scale; their mean and spread are those
    with which the recorded grades of the enrolled have the printed mean and spread, or come closest.

    Args:
        rater: with fields (1,).
        enrolment: the criterion; its scale is that of mean and sd.
        mean: of the recorded grades, in the scale's codes.
        sd: their standard deviation; where it is less than raters and rounding make, true grades are alike.
    """
    codes, true = enrolment.categories.codes, enrolment.categories.true_grade
    noise = rater.total_sd_grade[0]
    centre, spread = float(np.interp(mean, codes, true)), sd
    low, high = true[0] - true[-1], 2 * true[-1]
    for _ in range(_STEPS):
        grades = within_scale(centre + spread * evenly(_PEOPLE))
        weight = enrolment.chance(grades, noise)
        weight = weight / weight.sum() if weight.sum() else np.full(_PEOPLE, 1 / _PEOPLE)
        seen, squares = _recorded_moments(grades, noise, enrolment)
        recorded = float(weight @ seen)
        apart = float(weight @ squares) - recorded**2
        centre = float(np.clip(centre + (mean - recorded) / 2, low, high))
        spread = float(np.sqrt(max(spread**2 + (sd**2 - apart) / 2, LEAST_SD**2)))
    average = float(weight @ grades)
    return average, float(np.sqrt(weight @ (grades - average) ** 2))


def _recorded_moments(grades: Array, noise: float, enrolment: Enrolment) -> tuple[Array, Array]:
    """Mean and mean square of the grade recorded of those let in, for every true grade, (people,) each."""
    cut = enrolment.threshold
    likely = probabilities(enrolment.categories, grades, np.array(noise))
    inside = np.append(np.isneginf(cut), enrolment.categories.thresholds >= cut)
    likely = likely * inside
    total = likely.sum(axis=1, keepdims=True)
    likely = np.where(total > 0, likely / np.where(total > 0, total, 1), inside / inside.sum())
    return likely @ enrolment.categories.codes, likely @ enrolment.categories.codes**2
