r"""What joints answer to the stretch battery, tabulated once and read for any gain, force and spindle.

Excitation of the lambda law is tonic drive plus :math:`g\,\sigma` times a function of stretch alone, so
reflex gain g and the share of drive :math:`\sigma` that spindles still give are one number, the drive; on a
rigid tendon torque is proportional to residual force. The battery is therefore run at some drives (and, where
a tendon is elastic, three residual forces), and everything later is read between them: linear in drive, as
torque is until activation saturates, and linear in residual force from none, where there is only tissue.

What an examiner grades is the **mean resistance** of the one-second stretch beyond that of the healthy
joint: the work of the hand over the way. Means add up over muscles, so a grade needs no angle. **R1** is the
first angle at which the fast stretch is felt apart from the slow one. **R2** is where tissue and tonic drive
meet the torque that ends a stretch: the hand waits there until the reflex has faded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from endplate.physiology.joint import reflex, stretch

Array = NDArray[np.float64]
Places = NDArray[np.int64]

RAMPS = ("V1", "one_second", "V3")
SLOW, SECOND, FAST = range(3)
DRIVES: Array = np.array([0, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 2 / 5, 5 / 8, 1, 8 / 5, 5 / 2, 4, 13 / 2, 10])
_POINTS = 25
_ELASTIC: tuple[Array, stretch.Steps] = (np.array([1 / 4, 1 / 2, 1]), stretch.Steps(192, 1 / 5))
_RIGID: tuple[Array, stretch.Steps] = (np.array([1.0]), stretch.Steps(128, 1 / 5))

_compiled: Any = njit(cache=True, nogil=True, error_model="numpy")


@dataclass(frozen=True)
class Responses:
    """Joints that may be the one examined; every one has the same muscles.

    Attributes:
        angle_rad: even angles to the end of the slow stretch, (joints, points).
        passive_Nm: passive torque, (joints, points).
        excess_Nm: what tissue alone resists in the mean of the one-second stretch beyond the healthy joint,
            (joints,), infinite where it does not let the stretch begin.
        end_Nm: torque that ends the slow stretch, (joints,).
        residual: knots of residual force, ending in 1.
        muscle_Nm: torque made by active force, (joints, ramps, muscles, residuals, drives, points).
    """

    angle_rad: Array
    passive_Nm: Array
    excess_Nm: Array
    end_Nm: Array
    residual: Array
    muscle_Nm: Array

    def rows(self, order: Places) -> Responses:
        """The same joints in another order, (joints,)."""
        angle, passive, excess = (part[order] for part in (self.angle_rad, self.passive_Nm, self.excess_Nm))
        return Responses(angle, passive, excess, self.end_Nm[order], self.residual, self.muscle_Nm[order])

    @property
    def mean_Nm(self) -> Array:
        """Mean of that torque in the one-second stretch, (joints, muscles, residuals, drives)."""
        return np.ascontiguousarray(self.muscle_Nm[:, SECOND].mean(axis=-1))


@dataclass(frozen=True)
class Hand:
    """What the examiner's hand tells apart, fields (copies,): least torque (Nm), share of passive torque."""

    least_Nm: Array
    weber: Array


@dataclass(frozen=True)
class Recorded:
    """Angles on record with the spread of one reading, rad, fields (copies,); a spread of infinity: none."""

    r1_rad: Array
    r1_sd: Array
    r2_rad: Array
    r2_sd: Array


@dataclass(frozen=True)
class Chosen:
    """A joint for every copy, fields (copies,): its place, its gain, how many were as good as it."""

    joint: Places
    gain: Array
    effective: Array


def tabulate(
    joint: stretch.Joint,
    spinal: reflex.Reflex,
    examiner: stretch.Parameters,
    healthy_Nm: Array,
    end_Nm: Array,
) -> Responses:
    """Run the battery of every joint at every knot, to where passive torque ends the slow stretch.

    Args:
        joint: the joints, (joints, ...).
        spinal: their reflex under the lambda law; gain and residual force are not used.
        examiner: how they are stretched.
        healthy_Nm: passive torque of the joints without contracture, (joints, grid).
        end_Nm: passive torque that ends the stretch, (joints,); above all of the range, the range ends it.
    """
    last = np.array(
        [_first(joint.angle_rad, row - end) for row, end in zip(joint.passive_Nm, end_Nm, strict=True)]
    )
    ramps = stretch.examiner_ramps(examiner, np.zeros_like(last), last)
    wanted = np.ascontiguousarray(ramps[:, [stretch.RAMPS.index(name) for name in RAMPS]])
    residual, steps = _ELASTIC if np.any(joint.muscles.tendon_m > 0) else _RIGID
    alike, onset = np.ones_like(spinal.delay_s), float(examiner.onset_s[0])

    def run(left: float, drive: float) -> stretch.Battery:
        own = spinal.with_gain(drive).left(left * alike, alike)
        return stretch.battery(joint, own, wanted, onset, _POINTS, steps)

    tissue = run(0, 0)
    rows = [run(left, drive).reflex_Nm - tissue.reflex_Nm for left in residual for drive in DRIVES]
    torque = np.stack(rows, axis=-2)
    shape = (*torque.shape[:-2], residual.size, DRIVES.size, _POINTS)
    angle, passive = tissue.angle_rad, tissue.passive_Nm
    healthy = [np.interp(x, joint.angle_rad, y) for x, y in zip(angle, healthy_Nm, strict=True)]
    excess = (tissue.total_Nm()[:, SECOND] - healthy).mean(axis=1)
    excess[joint.passive_Nm[:, 0] > end_Nm] = np.inf
    return Responses(angle, passive, excess, end_Nm, residual, np.ascontiguousarray(torque.reshape(shape)))


def _first(angle_rad: Array, beyond: Array) -> float:
    """First angle at which a torque passes its limit, the last angle if none does."""
    above = np.flatnonzero(beyond > 0)
    if not above.size or above[0] == 0:
        return float(angle_rad[-1])
    k = above[0]
    return float(np.interp(0, beyond[k - 1 : k + 1], angle_rad[k - 1 : k + 1]))


def choose(
    held: Responses,
    target_Nm: Array,
    median_gain: Array,
    sd_log_gain: float,
    places: Places,
    score: Array,
    hand: Hand,
    recorded: Recorded,
) -> Chosen:
    r"""The joint of every copy, given the mean resistance that its grade stands for and angles on record.

    Importance sampling: a joint's gain is solved for the resistance, so that every candidate has it exactly;
    it weighs what the gain's distribution and that of a reading give it, :math:`p(\ln g)\,|d\ln g/d\tau|\,
    p(R_1)\,p(R_2)`. One is drawn by the copy's own number. Joints stand in the order of their passive torque,
    so that the number says how much of the resistance is tissue. Where no joint reaches the resistance, the
    nearest is taken and ``effective`` is 0.

    Args:
        held: the joints.
        target_Nm: mean resistance beyond the healthy one, (copies,).
        median_gain: median reflex gain of each joint, (joints,).
        sd_log_gain: its spread between people.
        places: first joint and the one after the last that a copy may have, (copies, 2).
        score: the copy's number between 0 and 1, (copies,).
        hand: the examiner's hand.
        recorded: angles on record.
    """
    felt = np.stack([hand.least_Nm, hand.weber], axis=1)
    angles = np.stack([recorded.r1_rad, recorded.r1_sd, recorded.r2_rad, recorded.r2_sd], axis=1)
    total = held.excess_Nm[:, None] + held.mean_Nm[:, :, -1].sum(axis=1)
    return Chosen(
        *_choose(
            *(held.angle_rad, held.passive_Nm, held.end_Nm, held.residual, held.muscle_Nm, total),
            *(target_Nm, np.log(median_gain), sd_log_gain, places, score, felt, angles),
        )
    )


def resistance_Nm(held: Responses, chosen: Chosen, residual: Array, spindle: Array) -> Array:
    """Mean resistance of the one-second stretch beyond the healthy joint's, (copies, times).

    Args:
        held: the joints.
        chosen: the joint of each copy.
        residual: residual force of each muscle, (copies, muscles, times).
        spindle: share of its reflex drive that each muscle keeps, (copies, muscles, times).
    """
    tables = (held.excess_Nm, held.residual, held.mean_Nm)
    return np.asarray(_resistance(*tables, chosen.joint, chosen.gain, residual, spindle))


def angles_rad(
    held: Responses, chosen: Chosen, hand: Hand, residual: Array, spindle: Array
) -> tuple[Array, Array]:
    """R1 and R2, (copies, times) each; the other arguments as :func:`resistance_Nm`.

    Args:
        held: the joints.
        chosen: the joint of each copy.
        hand: the examiner's hand.
        residual: residual force.
        spindle: share of reflex drive kept.
    """
    felt = np.stack([hand.least_Nm, hand.weber], axis=1)
    tables = (held.angle_rad, held.passive_Nm, held.end_Nm, held.residual, held.muscle_Nm)
    r1, r2 = _over_time(*tables, chosen.joint, chosen.gain, felt, residual, spindle)
    return r1, r2


def curves(held: Responses, chosen: Chosen, residual: Array, spindle: Array) -> Array:
    """Total torque of every ramp at one time, (copies, ramps, points), Nm, over ``held.angle_rad``.

    Args:
        held: the joints.
        chosen: the joint of each copy.
        residual: residual force of each muscle, (copies, muscles).
        spindle: share of its reflex drive that each muscle keeps, (copies, muscles).
    """
    tables = (held.passive_Nm, held.residual, held.muscle_Nm)
    return np.asarray(_curves(*tables, chosen.joint, chosen.gain, residual, spindle))


@_compiled
def _knot(drive: float) -> tuple[int, float]:
    """The knot below a drive, and how far beyond it the drive is; past the last, the last."""
    k = 0
    while k < DRIVES.size - 2 and drive > DRIVES[k + 1]:
        k += 1
    return k, min(1.0, (drive - DRIVES[k]) / (DRIVES[k + 1] - DRIVES[k]))


@_compiled
def _left(left: float, residual: Array) -> tuple[int, int, float, float]:
    """Two knots of residual force and their weights; below the first, torque falls to none."""
    k = 0
    while k < residual.size - 1 and left > residual[k]:
        k += 1
    if k == 0 or left > residual[k]:
        return k, k, left / residual[k], 0.0
    part = (left - residual[k - 1]) / (residual[k] - residual[k - 1])
    return k - 1, k, 1.0 - part, part


@_compiled
def _torque(table: Array, residual: Array, gain: float, left: float, spindle: float, out: Array) -> None:
    """Add one muscle's torque: ``table`` (residuals, drives, points) at a gain and residual force."""
    k, part = _knot(gain * spindle)
    low, high, by_low, by_high = _left(left, residual)
    for p in range(out.size):
        below = (1 - part) * table[low, k, p] + part * table[low, k + 1, p]
        out[p] += by_low * below
        if by_high > 0.0:
            out[p] += by_high * ((1 - part) * table[high, k, p] + part * table[high, k + 1, p])


@_compiled
def _crossing(angle: Array, height: Array) -> float:
    """First angle at which a height passes 0, linear between points; the last angle if it never does."""
    if height[0] > 0.0:
        return float(angle[0])
    for p in range(1, angle.size):
        if height[p] > 0.0:
            part = -height[p - 1] / (height[p] - height[p - 1])
            return float(angle[p - 1] + part * (angle[p] - angle[p - 1]))
    return float(angle[-1])


@_compiled
def _angles(
    angle: Array, passive: Array, end: float, felt: Array, table: Array, residual: Array, gain: float,
    left: Array, spindle: Array, slow: Array, fast: Array,
) -> tuple[float, float]:  # fmt: skip
    """R1 and R2 of one joint; ``left`` and ``spindle`` (muscles,); the last two are worked in."""
    slow[:] = passive - end
    for m in range(left.size):
        _torque(table[SLOW, m], residual, 0.0, left[m], spindle[m], slow)
    r2 = _crossing(angle, slow)
    slow[:], fast[:] = 0.0, 0.0
    for m in range(left.size):
        _torque(table[SLOW, m], residual, gain, left[m], spindle[m], slow)
        _torque(table[FAST, m], residual, gain, left[m], spindle[m], fast)
    for p in range(angle.size):
        fast[p] -= slow[p] + max(felt[0], felt[1] * passive[p])
    return min(_crossing(angle, fast), r2), r2


@_compiled
def _choose(
    angle: Array, passive: Array, end: Array, knots: Array, table: Array, total: Array, target: Array,
    log_gain: Array, sd: float, places: Places, score: Array, felt: Array, recorded: Array,
) -> tuple[Places, Array, Array]:  # fmt: skip
    copies, points, muscles = target.size, angle.shape[1], table.shape[2]
    joint, gain, effective = np.zeros(copies, np.int64), np.zeros(copies), np.zeros(copies)
    slow, fast, whole = np.empty(points), np.empty(points), np.ones(muscles)
    weight, solved, last = np.zeros(len(total)), np.zeros(len(total)), DRIVES.size - 1
    for d in range(copies):
        first, after = places[d, 0], places[d, 1]
        nearest, off = first, np.inf
        for j in range(first, after):
            row = total[j]
            weight[j], solved[j] = -np.inf, 0.0 if target[d] <= row[0] else DRIVES[last]
            away = max(row[0] - target[d], target[d] - row[last])
            if away < off:
                nearest, off = j, away
            if away >= 0.0:
                continue
            k = 0
            while row[k + 1] < target[d]:
                k += 1
            slope = (row[k + 1] - row[k]) / (DRIVES[k + 1] - DRIVES[k])
            solved[j] = DRIVES[k] + (target[d] - row[k]) / slope
            z = (np.log(solved[j]) - log_gain[j]) / sd
            weight[j] = -z * z / 2 - np.log(solved[j] * slope)
            if np.isfinite(recorded[d, 1]) or np.isfinite(recorded[d, 3]):
                found = _angles(
                    angle[j], passive[j], end[j], felt[d], table[j], knots, solved[j], whole, whole, slow,
                    fast,
                )  # fmt: skip
                for k in range(2):
                    if np.isfinite(recorded[d, 2 * k + 1]):
                        z = (found[k] - recorded[d, 2 * k]) / recorded[d, 2 * k + 1]
                        weight[j] -= z * z / 2
        joint[d], top = nearest, weight[first:after].max()
        if top > -np.inf:
            weight[first:after] = np.exp(weight[first:after] - top)
            sum_, reached = weight[first:after].sum(), 0.0
            effective[d] = sum_ * sum_ / (weight[first:after] ** 2).sum()
            for j in range(first, after):
                reached += weight[j]
                if weight[j] > 0.0:
                    joint[d] = j
                if reached > score[d] * sum_:
                    break
        gain[d] = solved[joint[d]]
    return joint, gain, effective


@_compiled
def _resistance(
    excess: Array, knots: Array, mean: Array, joint: Places, gain: Array, residual: Array, spindle: Array
) -> Array:  # fmt: skip
    copies, muscles, times = residual.shape
    resistance, one = np.empty((copies, times)), np.zeros(1)
    for d in range(copies):
        for i in range(times):
            one[0] = excess[joint[d]]
            for m in range(muscles):
                rows = mean[joint[d], m].reshape(knots.size, DRIVES.size, 1)
                _torque(rows, knots, gain[d], residual[d, m, i], spindle[d, m, i], one)
            resistance[d, i] = one[0]
    return resistance


@_compiled
def _over_time(
    angle: Array, passive: Array, end: Array, knots: Array, table: Array, joint: Places, gain: Array,
    felt: Array, residual: Array, spindle: Array,
) -> tuple[Array, Array]:  # fmt: skip
    copies, _, times = residual.shape
    r1, r2 = np.empty((copies, times)), np.empty((copies, times))
    slow, fast = np.empty(angle.shape[1]), np.empty(angle.shape[1])
    for d in range(copies):
        j = joint[d]
        for i in range(times):
            r1[d, i], r2[d, i] = _angles(
                angle[j], passive[j], end[j], felt[d], table[j], knots, gain[d], residual[d, :, i],
                spindle[d, :, i], slow, fast,
            )  # fmt: skip
    return r1, r2


@_compiled
def _curves(
    passive: Array, knots: Array, table: Array, joint: Places, gain: Array, residual: Array, spindle: Array
) -> Array:  # fmt: skip
    copies, muscles = residual.shape
    torque = np.empty((copies, table.shape[1], passive.shape[1]))
    for d in range(copies):
        for s in range(table.shape[1]):
            torque[d, s] = passive[joint[d]]
            for m in range(muscles):
                _torque(table[joint[d], s, m], knots, gain[d], residual[d, m], spindle[d, m], torque[d, s])
    return torque
