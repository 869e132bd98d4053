r"""The rater: a true grade in, the category that is written down out.

.. math::
   k = \#\{j : \theta_j \le g + b + e\}, \qquad b \sim N(0, s_b^2), \quad e \sim N(0, s_w^2)

g is the true grade on the coded modified Ashworth scale (0, 1, 1.5, 2, 3, 4, anything between), b the
deviation that a rater keeps with a person, e that of one visit, and theta the midpoints between the true
grades at which the categories of a scale lie. A scale's own codes are what is averaged afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence, value
from endplate.knowledge.vocabulary import SCALES
from endplate.knowledge.vocabulary.anatomy import limb_of
from endplate.physiology.scales.normal import share_below

Array = NDArray[np.float64]
Places = NDArray[np.intp]

TRUE_SCALE = "modified_ashworth"
GRADED = ("ashworth", TRUE_SCALE, "mas_0_5", "modified_modified_ashworth")
"""Scales that record the resistance of a joint."""

_GRID = 121
LEAST_SD = 1e-6
"""Least standard deviation, grade: that of a rater who is never off."""


@dataclass(frozen=True)
class Rater:
    """How far raters are off at one joint, grade, in every virtual copy; fields (draws,).

    Attributes:
        between_sd_grade: standard deviation of what a rater keeps with a person.
        within_sd_grade: standard deviation of what one visit adds.
    """

    between_sd_grade: Array
    within_sd_grade: Array

    @property
    def total_sd_grade(self) -> Array:
        """Standard deviation of one rating about the true grade, (draws,)."""
        return np.hypot(self.between_sd_grade, self.within_sd_grade)


@dataclass(frozen=True)
class RaterParameters:
    """How far raters are off at an arm, and legs over arms; every field has shape (draws,)."""

    rater_between_sd_grade: Array = evidence("scales.rater_between_sd")
    rater_within_sd_grade: Array = evidence("scales.rater_within_sd")
    rater_leg_ratio: Array = evidence("scales.rater_leg_ratio")

    def rater_at(self, joint: str) -> Rater:
        """The rater of a joint of arm or leg."""
        factor = self.rater_leg_ratio if limb_of(joint) == "lower" else np.ones_like(self.rater_leg_ratio)
        return Rater(self.rater_between_sd_grade * factor, self.rater_within_sd_grade * factor)


@dataclass(frozen=True)
class Angles:
    """Standard deviation of one recorded angle about the true one, deg, (draws,)."""

    r1_sd_deg: Array = evidence("scales.r1_sd")
    r2_sd_deg: Array = evidence("scales.r2_sd")


@dataclass(frozen=True)
class Categories:
    """The categories of a scale, lowest first.

    Attributes:
        labels: as written down.
        codes: as the scale averages them, (categories,).
        true_grade: the true grade at which each lies, (categories,).
        thresholds: true grades between neighbours, (categories - 1,).
    """

    labels: tuple[str, ...]
    codes: Array
    true_grade: Array
    thresholds: Array


def categories_of(scale: str) -> Categories:
    """The categories of one of the scales in ``GRADED``; ``KeyError`` for another."""
    if scale not in GRADED:
        raise KeyError(scale)
    coding, ours = SCALES[scale].coding, SCALES[TRUE_SCALE].coding
    # Its grade 2 joins what the modified Ashworth scale calls 1+ and 2; the other labels are the same.
    own = {"2": value("scales.mmas_grade_2")} if scale == "modified_modified_ashworth" else {}
    true_grade = np.array([own.get(label, ours[label]) for label in coding])
    middles = (true_grade[1:] + true_grade[:-1]) / 2
    return Categories(tuple(coding), np.array(list(coding.values())), true_grade, middles)


def within_scale(true_grade: Array) -> Array:
    """A true grade, no lower than none and no higher than rigid, same shape."""
    codes = SCALES[TRUE_SCALE].coding.values()
    return np.clip(true_grade, min(codes), max(codes))


def recorded_place(categories: Categories, true_grade: Array, deviation: Array) -> Places:
    """Place of the category written down, for a true grade and the rater's deviation, same shape."""
    return np.searchsorted(categories.thresholds, true_grade + deviation, side="right")


def recorded_grade(categories: Categories, true_grade: Array, deviation: Array) -> Array:
    """The grade written down, in the scale's own codes, same shape."""
    return np.asarray(categories.codes[recorded_place(categories, true_grade, deviation)])


def probabilities(categories: Categories, true_grade: Array, sd_grade: Array) -> Array:
    """Probability of every category, (..., categories); the shapes of grade and deviation broadcast.

    Args:
        categories: of the scale.
        true_grade: e.g. (draws, times).
        sd_grade: standard deviation of the rater, 0 or more, e.g. (draws, 1): total for any rater, within
            for one whose own deviation is already part of the grade.
    """
    sd = np.maximum(sd_grade, LEAST_SD)[..., None]
    apart = categories.thresholds - np.asarray(true_grade)[..., None]
    below = share_below(apart / sd)
    ends = np.zeros((*below.shape[:-1], 1))
    return np.diff(below, axis=-1, prepend=ends, append=ends + 1)


def true_behind(rater: Rater, scale: str, coded: float, least: Array, share: Array) -> Array:
    """The true grade behind one recorded, by any rater: as likely as each makes the record, (draws,).

    Before the record every grade from ``least`` to the highest is taken as alike.

    Args:
        rater: of the joint.
        scale: on which it was recorded; the modified Ashworth scale for one that records no resistance.
        coded: the grade recorded, on the coded modified Ashworth scale.
        least: the least grade that the joint can have, (draws,).
        share: numbers between 0 and 1, (draws,).
    """
    categories = categories_of(scale if scale in GRADED else TRUE_SCALE)
    place = int(np.abs(categories.true_grade - coded).argmin())
    highest = float(within_scale(np.array(np.inf)))
    grades = least[:, None] + np.linspace(0, 1, _GRID) * (highest - least)[:, None]
    likely = probabilities(categories, grades, rater.total_sd_grade[:, None])[..., place]
    below = np.cumsum((likely[:, 1:] + likely[:, :-1]) / 2, axis=1)
    below = np.concatenate([np.zeros((len(below), 1)), below], axis=1) / below[:, -1:]
    return np.array([np.interp(at, row, own) for at, row, own in zip(share, below, grades, strict=True)])


def category_probabilities(p: Rater, categories: Categories, true_grade: Array) -> Array:
    """Probability of every category, (draws, times, categories), for true grades (draws, times)."""
    return probabilities(categories, true_grade, p.total_sd_grade[:, None])


def expected_grade(categories: Categories, true_grade: Array, sd_grade: Array) -> Array:
    """Mean of the grade written down, in the scale's own codes; shapes as in ``probabilities``."""
    return np.asarray(probabilities(categories, true_grade, sd_grade) @ categories.codes)
