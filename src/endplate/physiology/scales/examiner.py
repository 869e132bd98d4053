r"""The examiner: torque in, grade and angles out.

The grade is a read-out of total resistance at the end of a one-second stretch: piecewise linear
between the torques that mark grades 0, 1, 1+, 2, 3 and 4 (relative to grade 3), so it is an output
of the joint and never a gain. R1 is the first angle of a fast stretch at which *reflex* torque
passes the examiner's threshold, R2 the angle of a slow stretch at which total torque reaches the
torque that ended the baseline range. ``visit_change`` adds what a clinic sees beside the drug.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """Scale parameters of each virtual copy; every field has shape (draws,)."""

    torque_grade_1: Array = evidence("scales.torque_grade_1")
    torque_grade_1_plus: Array = evidence("scales.torque_grade_1_plus")
    torque_grade_2: Array = evidence("scales.torque_grade_2")
    torque_grade_3: Array = evidence("scales.torque_grade_3")
    torque_grade_4: Array = evidence("scales.torque_grade_4")
    rater_sd_grade: Array = evidence("scales.rater_sd")
    placebo_change_grade: Array = evidence("scales.placebo_change")
    placebo_study_score: Array = evidence("scales.placebo_study")
    placebo_study_sd_grade: Array = evidence("scales.placebo_study_sd")
    placebo_sd_grade: Array = evidence("scales.placebo_person_sd")
    placebo_time_d: Array = evidence("scales.placebo_time")

    def torques(self) -> Array:
        """Torque at coded grades 0, 1, 1.5, 2, 3, 4, (draws, 6)."""
        marks = (self.torque_grade_1, self.torque_grade_1_plus, self.torque_grade_2)
        return np.stack([np.zeros_like(marks[0]), *marks, self.torque_grade_3, self.torque_grade_4], axis=1)


CODED_GRADES: Array = np.array([0, 1, 3 / 2, 2, 3, 4], dtype=np.float64)


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


def read_stretch(
    angle_deg: Array, passive: Array, reflex: tuple[Array, Array, Array], share: Array, threshold: Array
) -> tuple[Array, Array, Array]:
    """Peak torque of the one-second stretch, R1 and R2, each (draws, times).

    Args:
        angle_deg: (draws, angles), ascending.
        passive: passive torque, (draws, angles).
        reflex: slow, one-second and fast reflex torque per muscle, each (draws, muscles, angles).
        share: reflex torque each muscle still makes, (draws, muscles, times).
        threshold: reflex torque at which the examiner feels the catch, (draws,).
    """
    return _read(angle_deg, passive, reflex[0], reflex[1], reflex[2], share, threshold)


@njit(cache=True, nogil=True)
def _resistance(passive: Array, reflex: Array, share: Array, torque: Array) -> None:
    """Passive and reflex torque of all muscles at every angle, into ``torque``."""
    for k in range(torque.size):
        torque[k] = passive[k]
    for m in range(share.size):
        for k in range(torque.size):
            torque[k] += reflex[m, k] * share[m]


@njit(cache=True, nogil=True)
def _first_crossing(angle: Array, torque: Array, level: float) -> float:
    """First angle at which torque passes level, linear between points; the end of range if never."""
    for k in range(angle.size):
        if torque[k] > level:
            if k == 0:
                return float(angle[0])
            part = (level - torque[k - 1]) / (torque[k] - torque[k - 1])
            return float(angle[k - 1] + part * (angle[k] - angle[k - 1]))
    return float(angle[-1])


@njit(cache=True, nogil=True)
def _read(
    angle: Array, passive: Array, slow: Array, second: Array, fast: Array, share: Array, threshold: Array
) -> tuple[Array, Array, Array]:
    draws, muscles, times = share.shape
    peak, r1, r2 = np.empty((draws, times)), np.empty((draws, times)), np.empty((draws, times))
    nothing, torque, left = np.zeros(angle.shape[1]), np.empty(angle.shape[1]), np.empty(muscles)
    for d in range(draws):
        end = 0.0
        for i in range(times):
            for m in range(muscles):
                left[m] = share[d, m, i]
            _resistance(passive[d], second[d], left, torque)
            peak[d, i] = 0.0
            for k in range(torque.size):
                peak[d, i] = max(peak[d, i], torque[k])
            _resistance(nothing, fast[d], left, torque)
            r1[d, i] = _first_crossing(angle[d], torque, threshold[d])
            _resistance(passive[d], slow[d], left, torque)
            end = end if i else torque[-1] * (1.0 + 1e-12)
            r2[d, i] = _first_crossing(angle[d], torque, end)
    return peak, r1, r2


def torque_at(angle_deg: Array, torque: Array, at_deg: Array) -> Array:
    """Torque where the joint stands at ``at_deg``: (draws, angles), (draws, angles), (draws,) -> (draws,)."""
    return np.asarray(_map_rows(at_deg[:, None], angle_deg, torque)[:, 0])


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
