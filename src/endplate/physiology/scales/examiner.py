r"""The examiner: torque in, grade and angles out.

The grade is a read-out of the mean resistance of a one-second stretch beyond that of a healthy joint:
piecewise linear between the torques that mark grades 0, 1, 1+, 2, 3 and 4 (relative to grade 3), so it is
an output of the joint and never a gain. What is a grade 3, and what is told from none, is a share of the
strength S of the muscles stretched at a joint as strong as the elbow. A hand pushes with its own force, on a
lever that grows more slowly than strength: elsewhere it is the same share of :math:`S_e (S/S_e)^b`,
:math:`S_e` being the elbow's.

``visit_change`` adds what a clinic sees beside the drug.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.knowledge.evidence import evidence
from endplate.knowledge.vocabulary import SCALES
from endplate.physiology.scales.rater import TRUE_SCALE, RaterParameters

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters(RaterParameters):
    """Scale parameters of each virtual copy; every field has shape (draws,)."""

    grade_3_of_strength: Array = evidence("scales.grade_3_of_strength")
    hand_exponent: Array = evidence("scales.hand_exponent")
    hand_reference_Nm: Array = evidence("scales.hand_reference")
    torque_grade_1: Array = evidence("scales.torque_grade_1")
    torque_grade_1_plus: Array = evidence("scales.torque_grade_1_plus")
    torque_grade_2: Array = evidence("scales.torque_grade_2")
    torque_grade_3: Array = evidence("scales.torque_grade_3")
    torque_grade_4: Array = evidence("scales.torque_grade_4")
    placebo_change_grade: Array = evidence("scales.placebo_change")
    placebo_study_score: Array = evidence("scales.placebo_study")
    placebo_study_sd_grade: Array = evidence("scales.placebo_study_sd")
    placebo_sd_grade: Array = evidence("scales.placebo_person_sd")
    placebo_time_d: Array = evidence("scales.placebo_time")

    def hand_Nm(self, strength_Nm: Array | float) -> Array:
        """What stands for a joint's strength to a hand, (draws,): itself at one as strong as an elbow."""
        relative = np.asarray(strength_Nm) / self.hand_reference_Nm
        return np.asarray(self.hand_reference_Nm * relative**self.hand_exponent)

    def grade_3_Nm(self, strength_Nm: Array | float) -> Array:
        """Mean resistance beyond the healthy joint's at grade 3 of such a joint, (draws,)."""
        return self.grade_3_of_strength * self.hand_Nm(strength_Nm)

    def torques(self) -> Array:
        """Torque at coded grades 0, 1, 1.5, 2, 3, 4, (draws, 6)."""
        marks = (self.torque_grade_1, self.torque_grade_1_plus, self.torque_grade_2)
        return np.stack([np.zeros_like(marks[0]), *marks, self.torque_grade_3, self.torque_grade_4], axis=1)


CODED_GRADES: Array = np.array(list(SCALES[TRUE_SCALE].coding.values()))
"""The modified Ashworth grades as they are averaged, lowest first; 1+ lies halfway from 1 to 2."""


@njit(cache=True, nogil=True)
def _map_rows(x: Array, from_marks: Array, to_marks: Array) -> Array:
    """Linear between the marks of each row and level beyond them, as np.interp, which compiles slowly."""
    out, last = np.empty_like(x), from_marks.shape[1] - 1
    for d in range(x.shape[0]):
        for i in range(x.shape[1]):
            k = 0
            while k < last and x[d, i] >= from_marks[d, k + 1]:
                k += 1
            out[d, i] = to_marks[d, k]
            if k < last and not x[d, i] <= from_marks[d, 0]:
                part = (x[d, i] - from_marks[d, k]) / (from_marks[d, k + 1] - from_marks[d, k])
                out[d, i] += part * (to_marks[d, k + 1] - to_marks[d, k])
    return out


def grade_of_torque(p: Parameters, torque: Array) -> Array:
    """Coded modified Ashworth grade of a relative torque, (draws, times)."""
    marks = p.torques()
    return np.asarray(_map_rows(torque, marks, np.broadcast_to(CODED_GRADES, marks.shape).copy()))


def torque_of_grade(p: Parameters, grade: Array) -> Array:
    """Relative torque at a coded modified Ashworth grade, (draws, times): the inverse of the above."""
    marks = p.torques()
    return np.asarray(_map_rows(grade, np.broadcast_to(CODED_GRADES, marks.shape).copy(), marks))


def visit_change(p: Parameters, drug_change: Array, time_d: Array, person: Array) -> Array:
    """Change a clinic expects: drug plus the mean change on placebo of this person, (draws, times).

    Args:
        p: scale parameters, fields (draws,).
        drug_change: modelled drug effect, grade, (draws, times).
        time_d: days, (times,).
        person: standard normal of the person, (draws,).
    """
    level = p.placebo_change_grade + p.placebo_study_sd_grade * p.placebo_study_score
    level = level + p.placebo_sd_grade * person
    return np.asarray(drug_change + level[:, None] * -np.expm1(-time_d[None, :] / p.placebo_time_d[:, None]))
