r"""What joints answer to the stretch battery, tabulated once and read for any gain, force and spindle.

Excitation of the lambda law is tonic drive plus :math:`g\,\sigma` times a function of stretch alone, so
reflex gain g and the share of drive :math:`\sigma` that spindles still give are one number, the drive; on a
rigid tendon torque is proportional to residual force. The battery is therefore run at some drives (and, where
a tendon is elastic, two residual forces), and everything later is read between them: linear in drive, as
torque is until activation saturates, and linear in residual force from none, where there is only tissue.

What an examiner grades is the **mean resistance** of the one-second stretch beyond that of the healthy
joint: the work of the hand over the way. Means add up over muscles, so a grade needs no angle. **R1** is the
first angle at which the fast stretch is felt apart from the slow one. **R2** is where tissue and tonic drive
meet the torque that ends a stretch: the hand waits there until the reflex has faded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.joint import reflex, stretch
from endplate.physiology.joint import response_kernel as kernel

Array = NDArray[np.float64]
Places = NDArray[np.int64]

RAMPS = ("V1", "one_second", "V3")
_POINTS = 25
_STEPS = stretch.Steps(96, 2 / 5)


class _Knots(NamedTuple):
    """At which drives and residual forces the battery is run."""

    drives: Array
    residual: Array


_RIGID = _Knots(np.array([0, 1 / 16, 1 / 6, 1 / 3, 3 / 5, 1, 9 / 5, 10 / 3, 10]), np.array([1.0]))
# An elastic tendon is dear to run, and the gains of a leg are low.
_ELASTIC = _Knots(np.array([0, 1 / 32, 1 / 12, 1 / 5, 1 / 2, 5 / 4, 4]), np.array([1 / 3, 1]))
LARGEST_GAIN = float(_RIGID.drives[-1])


@dataclass(frozen=True)
class Responses:
    """Joints that may be the one examined; every one has the same muscles.

    Attributes:
        angle_rad: even angles to the end of the slow stretch, (joints, points).
        passive_Nm: passive torque, (joints, points).
        excess_Nm: what tissue alone resists in the mean of the one-second stretch beyond the healthy joint,
            (joints,), infinite where it does not let the stretch begin.
        end_Nm: torque that ends the slow stretch, (joints,).
        drives: knots of drive, from 0.
        residual: knots of residual force, ending in 1.
        muscle_Nm: torque made by active force, (joints, ramps, muscles, residuals, drives, points).
    """

    angle_rad: Array
    passive_Nm: Array
    excess_Nm: Array
    end_Nm: Array
    drives: Array
    residual: Array
    muscle_Nm: Array

    def rows(self, order: Places) -> Responses:
        """The same joints in another order, (joints,)."""
        each = ("angle_rad", "passive_Nm", "excess_Nm", "end_Nm", "muscle_Nm")
        return replace(self, **{name: getattr(self, name)[order] for name in each})

    @property
    def knots(self) -> tuple[Array, Array]:
        """Knots of drive and of residual force."""
        return self.drives, self.residual

    @cached_property
    def mean_Nm(self) -> Array:
        """Mean of that torque in the one-second stretch, (joints, muscles, residuals, drives)."""
        return np.ascontiguousarray(self.muscle_Nm[:, kernel.SECOND].mean(axis=-1))


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
    each: Callable[..., Iterable[stretch.Battery]] = map,
) -> Responses:
    """Run the battery of every joint at every knot, to where passive torque ends the slow stretch.

    Args:
        joint: the joints, (joints, ...).
        spinal: their reflex under the lambda law; gain and residual force are not used.
        examiner: how they are stretched.
        healthy_Nm: passive torque of the joints without contracture, (joints, grid).
        end_Nm: passive torque that ends the stretch, (joints,); above all of the range, the range ends it.
        each: as :func:`map`, or that in threads.
    """
    last = np.array(
        [_last(joint.angle_rad, row - end) for row, end in zip(joint.passive_Nm, end_Nm, strict=True)]
    )
    ramps = stretch.examiner_ramps(examiner, np.zeros_like(last), last)
    wanted = np.ascontiguousarray(ramps[:, [stretch.RAMPS.index(name) for name in RAMPS]])
    knots = _ELASTIC if np.any(joint.muscles.tendon_m > 0) else _RIGID
    alike, onset = np.ones_like(spinal.delay_s), float(examiner.onset_s[0])

    def run(knot: tuple[float, float]) -> stretch.Battery:
        left, drive = knot
        own = spinal.with_gain(drive).left(left * alike, alike)
        return stretch.battery(joint, own, wanted, onset, _POINTS, _STEPS)

    places = [(0.0, 0.0), *((left, drive) for left in knots.residual for drive in knots.drives)]
    tissue, *found = each(run, places)
    rows = [there.reflex_Nm - tissue.reflex_Nm for there in found]
    torque = np.stack(rows, axis=-2)
    shape = (*torque.shape[:-2], knots.residual.size, knots.drives.size, _POINTS)
    angle, passive = tissue.angle_rad, tissue.passive_Nm
    healthy = [np.interp(x, joint.angle_rad, y) for x, y in zip(angle, healthy_Nm, strict=True)]
    excess = (tissue.total_Nm()[:, kernel.SECOND] - healthy).mean(axis=1)
    excess[joint.passive_Nm[:, 0] > end_Nm] = np.inf
    table = np.ascontiguousarray(torque.reshape(shape))
    return Responses(angle, passive, excess, end_Nm, knots.drives, knots.residual, table)


def _last(angle_rad: Array, beyond: Array) -> float:
    """Where a torque passes its limit, the last angle if it never does or already has at the first."""
    return float(angle_rad[-1] if beyond[0] > 0 else kernel.crossing(angle_rad, beyond))


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
        *kernel.choose(
            *(held.angle_rad, held.passive_Nm, held.end_Nm, held.knots, held.muscle_Nm, total),
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
    tables = (held.excess_Nm, held.knots, held.mean_Nm)
    return np.asarray(kernel.resistance(*tables, chosen.joint, chosen.gain, residual, spindle))


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
    tables = (held.angle_rad, held.passive_Nm, held.end_Nm, held.knots, held.muscle_Nm)
    r1, r2 = kernel.over_time(*tables, chosen.joint, chosen.gain, felt, residual, spindle)
    return r1, r2


def curves(held: Responses, chosen: Chosen, residual: Array, spindle: Array) -> Array:
    """Total torque of every ramp at one time, (copies, ramps, points), Nm, over ``held.angle_rad``.

    Args:
        held: the joints.
        chosen: the joint of each copy.
        residual: residual force of each muscle, (copies, muscles).
        spindle: share of its reflex drive that each muscle keeps, (copies, muscles).
    """
    tables = (held.passive_Nm, held.knots, held.muscle_Nm)
    return np.asarray(kernel.curves(*tables, chosen.joint, chosen.gain, residual, spindle))
