"""Compiled readings of the tables of :mod:`endplate.physiology.joint.response`: one file, as numba wants it.

Arrays are worked on number by number: an expression or assignment of whole ones takes seconds to compile.
``knots`` are those of drive and of residual force, ``table`` torque made by active force, (joints, ramps,
muscles, residuals, drives, points), ``felt`` the hand's least torque (Nm) and share of passive torque.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]
Places = NDArray[np.int64]

SLOW, SECOND, FAST = range(3)
_NOTHING = 40.0  # how far the logarithm of a weight lies below the best before it counts for nothing

_compiled: Any = njit(cache=True, nogil=True, error_model="numpy")
_inner: Any = njit(cache=True, nogil=True, error_model="numpy", inner=True)


@_inner
def _knot(drive: float, drives: Array) -> tuple[int, float]:
    """The knot below a drive, and how far beyond it the drive is; past the last, the last."""
    k = 0
    while k < drives.size - 2 and drive > drives[k + 1]:
        k += 1
    return k, min(1.0, (drive - drives[k]) / (drives[k + 1] - drives[k]))


@_inner
def _left(left: float, residual: Array) -> tuple[int, int, float, float]:
    """Two knots of residual force and their weights; below the first, torque falls to none."""
    k = 0
    while k < residual.size - 1 and left > residual[k]:
        k += 1
    if k == 0 or left > residual[k]:
        return k, k, left / residual[k], 0.0
    part = (left - residual[k - 1]) / (residual[k] - residual[k - 1])
    return k - 1, k, 1.0 - part, part


@_inner
def _torque(
    table: Array, knots: tuple[Array, Array], gain: float, left: float, spindle: float, out: Array
) -> None:  # fmt: skip
    """Add one muscle's torque: ``table`` (residuals, drives, points) at a gain and residual force."""
    k, part = _knot(gain * spindle, knots[0])
    low, high, by_low, by_high = _left(left, knots[1])
    for p in range(out.size):
        below = (1 - part) * table[low, k, p] + part * table[low, k + 1, p]
        out[p] += by_low * below
        if by_high > 0.0:
            out[p] += by_high * ((1 - part) * table[high, k, p] + part * table[high, k + 1, p])


@_compiled
def crossing(angle: Array, height: Array) -> float:
    """First angle at which a height passes 0, linear between points; the last angle if it never does."""
    if height[0] > 0.0:
        return float(angle[0])
    for p in range(1, angle.size):
        if height[p] > 0.0:
            part = -height[p - 1] / (height[p] - height[p - 1])
            return float(angle[p - 1] + part * (angle[p] - angle[p - 1]))
    return float(angle[-1])


@_inner
def _end(
    angle: Array, passive: Array, end: float, table: Array, knots: tuple[Array, Array], left: Array,
    spindle: Array, slow: Array,
) -> float:  # fmt: skip
    """R2 of one joint; ``left`` and ``spindle`` (muscles,); the last is worked in."""
    for p in range(slow.size):
        slow[p] = passive[p] - end
    for m in range(left.size):
        _torque(table[SLOW, m], knots, 0.0, left[m], spindle[m], slow)
    return float(crossing(angle, slow))


@_inner
def _catch(
    angle: Array, passive: Array, felt: Array, table: Array, knots: tuple[Array, Array], gain: float,
    left: Array, spindle: Array, slow: Array, fast: Array,
) -> float:  # fmt: skip
    """Angle of one joint at which V3 is felt apart from V1, the last if none; the last two are worked in."""
    slow[:], fast[:] = 0.0, 0.0
    for m in range(left.size):
        _torque(table[SLOW, m], knots, gain, left[m], spindle[m], slow)
        _torque(table[FAST, m], knots, gain, left[m], spindle[m], fast)
    for p in range(angle.size):
        fast[p] -= slow[p] + max(felt[0], felt[1] * passive[p])
    return float(crossing(angle, fast))


@_compiled
def choose(
    angle: Array, passive: Array, end: Array, knots: tuple[Array, Array], table: Array, total: Array,
    target: Array, log_gain: Array, sd: float, places: Places, score: Array, felt: Array, recorded: Array,
) -> tuple[Places, Array, Array]:  # fmt: skip
    """A joint, its gain and how many were as good, of every copy; see :func:`response.choose`."""
    copies, points, muscles = target.size, angle.shape[1], table.shape[2]
    joint, gain, effective = np.zeros(copies, np.int64), np.zeros(copies), np.zeros(copies)
    slow, fast, whole = np.empty(points), np.empty(points), np.ones(muscles)
    weight, solved, drives = np.zeros(len(total)), np.zeros(len(total)), knots[0]
    ends = np.empty(len(total))
    for j in range(len(total)):
        ends[j] = _end(angle[j], passive[j], end[j], table[j], knots, whole, whole, slow)
    for d in range(copies):
        first, after = places[d, 0], places[d, 1]
        nearest, off, best = first, np.inf, -np.inf
        for j in range(first, after):
            row = total[j]
            weight[j], solved[j] = -np.inf, 0.0 if target[d] <= row[0] else drives[-1]
            away = max(row[0] - target[d], target[d] - row[-1])
            if away < off:
                nearest, off = j, away
            if away >= 0.0:
                continue
            k = 0
            while row[k + 1] < target[d]:
                k += 1
            slope = (row[k + 1] - row[k]) / (drives[k + 1] - drives[k])
            solved[j] = drives[k] + (target[d] - row[k]) / slope
            z = (np.log(solved[j]) - log_gain[j]) / sd
            weight[j] = -z * z / 2 - np.log(solved[j] * slope)
            weight[j] -= ((ends[j] - recorded[d, 2]) / recorded[d, 3]) ** 2 / 2
            if np.isfinite(recorded[d, 1]) and weight[j] > best - _NOTHING:
                at = _catch(
                    angle[j], passive[j], felt[d], table[j], knots, solved[j], whole, whole, slow, fast
                )  # fmt: skip
                weight[j] -= ((min(at, ends[j]) - recorded[d, 0]) / recorded[d, 1]) ** 2 / 2
            best = max(best, weight[j])
        joint[d], top = nearest, -np.inf
        for j in range(first, after):
            top = max(top, weight[j])
        if top > -np.inf:
            sum_, squares, reached = 0.0, 0.0, 0.0
            for j in range(first, after):
                weight[j] = np.exp(weight[j] - top)
                sum_ += weight[j]
                squares += weight[j] * weight[j]
            effective[d] = sum_ * sum_ / squares
            for j in range(first, after):
                reached += weight[j]
                if weight[j] > 0.0:
                    joint[d] = j
                if reached > score[d] * sum_:
                    break
        gain[d] = solved[joint[d]]
    return joint, gain, effective


@_compiled
def resistance(
    excess: Array, knots: tuple[Array, Array], mean: Array, joint: Places, gain: Array, residual: Array,
    spindle: Array,
) -> Array:  # fmt: skip
    """Mean resistance beyond the healthy joint, (copies, times)."""
    copies, muscles, times = residual.shape
    resistance, one = np.empty((copies, times)), np.zeros(1)
    for d in range(copies):
        for i in range(times):
            one[0] = excess[joint[d]]
            for m in range(muscles):
                rows = mean[joint[d], m].reshape(knots[1].size, knots[0].size, 1)
                _torque(rows, knots, gain[d], residual[d, m, i], spindle[d, m, i], one)
            resistance[d, i] = one[0]
    return resistance


@_compiled
def over_time(
    angle: Array, passive: Array, end: Array, knots: tuple[Array, Array], table: Array, joint: Places,
    gain: Array, felt: Array, residual: Array, spindle: Array,
) -> tuple[Array, Array]:  # fmt: skip
    """R1 and R2, (copies, times) each."""
    copies, muscles, times = residual.shape
    r1, r2 = np.empty((copies, times)), np.empty((copies, times))
    slow, fast = np.empty(angle.shape[1]), np.empty(angle.shape[1])
    left, kept = np.empty(muscles), np.empty(muscles)
    for d in range(copies):
        j = joint[d]
        for i in range(times):
            for m in range(muscles):
                left[m], kept[m] = residual[d, m, i], spindle[d, m, i]
            r2[d, i] = _end(angle[j], passive[j], end[j], table[j], knots, left, kept, slow)
            at = _catch(
                angle[j], passive[j], felt[d], table[j], knots, gain[d], left, kept, slow, fast
            )  # fmt: skip
            r1[d, i] = min(at, r2[d, i])
    return r1, r2


@_compiled
def curves(
    passive: Array, knots: tuple[Array, Array], table: Array, joint: Places, gain: Array, residual: Array,
    spindle: Array,
) -> Array:  # fmt: skip
    """Total torque of every ramp, (copies, ramps, points)."""
    copies, muscles = residual.shape
    torque = np.empty((copies, table.shape[1], passive.shape[1]))
    for d in range(copies):
        for s in range(table.shape[1]):
            for p in range(passive.shape[1]):
                torque[d, s, p] = passive[joint[d], p]
            for m in range(muscles):
                _torque(table[joint[d], s, m], knots, gain[d], residual[d, m], spindle[d, m], torque[d, s])
    return torque
