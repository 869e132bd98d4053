r"""The stretch battery: an examiner turns the joint at several speeds against muscles, tendons and reflexes.

The stretch coordinate x is the angle from the position of least stretch, positive in the direction of the
movement; an arm here is the lengthening of the path per radian of it, so a stretched muscle's torque is a
resistance. Every ramp starts smoothly (its speed rises as a half cosine) and the limb's inertia is left
out: torque is what remains once it has been taken off. Ramps are V1 (slow), the one-second manoeuvre of the
modified Ashworth scale, V2 (the speed at which a limb falls) and V3 (fast).

A battery per week and copy would be dear: :func:`tabulate` runs it at a few residual forces,
:func:`interpolate` reads between them. Muscles do not act on each other in a prescribed stretch, so each
has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.joint import hill, kernel, reflex

Array = NDArray[np.float64]

RAMPS = ("V1", "one_second", "V2", "V3")
_LEAST_STEPS = 288
_LONGEST_STEP_S = 0.02
_POINTS = 33


@dataclass(frozen=True)
class Parameters:
    """How an examiner stretches; every field has shape (draws,)."""

    slow_deg_per_s: Array = evidence("joint.slow_stretch_speed")
    falling_deg_per_s: Array = evidence("joint.falling_stretch_speed")
    fast_deg_per_s: Array = evidence("joint.fast_stretch_speed")
    manoeuvre_s: Array = evidence("joint.manoeuvre_time")
    onset_s: Array = evidence("joint.stretch_onset_time")


@dataclass(frozen=True)
class Joint:
    """A joint with its muscles on an even grid of the stretch coordinate.

    Attributes:
        angle_rad: even grid, (grid,).
        arm_m: lengthening of each path per rad, (people or 1, muscles, grid).
        path_m: its lengthening since the first angle, (people or 1, muscles, grid).
        muscles: the muscles.
        rest: their tendon force at rest (F0), (people or 1, muscles, grid); see :func:`hill.resting_force`.
        passive_Nm: passive torque of the joint, (people or 1, grid).
        laws: laws of the muscles as the kernel reads them, (people or 1, 15).
    """

    angle_rad: Array
    arm_m: Array
    path_m: Array
    muscles: hill.Muscles
    rest: Array
    passive_Nm: Array
    laws: Array

    @property
    def grid(self) -> tuple[float, float]:
        """First angle and spacing, rad."""
        return float(self.angle_rad[0]), float(self.angle_rad[1] - self.angle_rad[0])

    def tables(self) -> tuple[tuple[float, float], Array, Array, Array, Array, Array]:
        """Grid, arm, path, resting force, muscles and laws as the kernel reads them."""
        return self.grid, self.arm_m, self.path_m, self.rest, self.muscles.table(), self.laws


@dataclass(frozen=True)
class Battery:
    """What the examiner meets.

    Attributes:
        angle_rad: even angles between the ends, (people or 1, points).
        passive_Nm: (people or 1, points).
        reflex_Nm: torque beyond it by muscle, (people, ramps, muscles, points).
        excitation: of each muscle, (people, ramps, muscles, points).
    """

    angle_rad: Array
    passive_Nm: Array
    reflex_Nm: Array
    excitation: Array

    def total_Nm(self) -> Array:
        """Passive torque and that of all muscles, (people, ramps, points)."""
        return np.asarray(self.passive_Nm[:, None] + self.reflex_Nm.sum(axis=2))


@dataclass(frozen=True)
class Table:
    """Reflex torque at knots of residual force and spindle efficacy.

    Attributes:
        residual: knots, ascending, (knots,).
        spindle: knots, ascending, (efficacies,); one knot says that efficacy is left as it is.
        reflex_Nm: (knots, efficacies, people, ramps, muscles, points).
    """

    residual: Array
    spindle: Array
    reflex_Nm: Array


def examiner_ramps(p: Parameters, start_rad: Array, end_rad: Array) -> Array:
    """From, to (rad) and speed (rad/s) of V1, the one-second manoeuvre, V2 and V3, (people, 4, 3).

    The manoeuvre takes its time over the whole way, its smooth start included.

    Args:
        p: how an examiner stretches, fields (people,).
        start_rad: where the stretch starts, (people,).
        end_rad: where it ends, (people,).
    """
    distance = np.abs(end_rad - start_rad)
    second = distance / (p.manoeuvre_s - p.onset_s / 2)
    speeds = np.deg2rad([p.slow_deg_per_s, p.falling_deg_per_s, p.fast_deg_per_s])
    speed = np.stack([np.broadcast_to(v, distance.shape) for v in (speeds[0], second, *speeds[1:])], axis=1)
    ends = [np.broadcast_to(end[:, None], speed.shape) for end in (start_rad, end_rad)]
    return np.stack([*ends, speed], axis=-1)


def battery(
    joint: Joint,
    spinal: reflex.Reflex,
    ramps: Array,
    onset_s: float,
    points: int = _POINTS,
    refine: int = 1,
) -> Battery:
    """Stretch the joint.

    Geometry, muscles, laws and ramps that all people share (first axis 1) are worked out once.

    Args:
        joint: the joint.
        spinal: reflex of each muscle.
        ramps: from, to (rad) and speed (rad/s), (people or 1, ramps, 3); all between the same two angles.
        onset_s: time in which a ramp reaches its speed.
        points: angles told.
        refine: how many times finer than usual to step.
    """
    law, steps = spinal.law.law, (_LEAST_STEPS * refine, _LONGEST_STEP_S / refine)
    grid, *held = joint.tables()
    torque, drive = kernel.battery(law, grid, *held, spinal.table(), ramps, onset_s, *steps, points)
    share = np.linspace(0, 1, points)
    angle = ramps[:, 0, 0, None] + share * (ramps[:, 0, 1] - ramps[:, 0, 0])[:, None]
    return Battery(angle, passive_at(joint, angle), torque, drive)


def passive_at(joint: Joint, angle_rad: Array) -> Array:
    """Passive torque at angles, (people or 1, points) -> (people or 1, points), Nm."""
    rows = max(len(angle_rad), len(joint.passive_Nm))
    angle = np.broadcast_to(angle_rad, (rows, angle_rad.shape[1]))
    held = np.broadcast_to(joint.passive_Nm, (rows, joint.angle_rad.size))
    return np.stack([np.interp(x, joint.angle_rad, y) for x, y in zip(angle, held, strict=True)])


def length_at(joint: Joint, angle_rad: Array) -> Array:
    """Fibre length (L0), tendon unstretched, at an angle of each person, (people,) -> (people, muscles)."""
    held = hill.rigid_length(joint.muscles, joint.path_m)
    held = np.broadcast_to(held, (angle_rad.size, *held.shape[1:]))
    rows = [[np.interp(x, joint.angle_rad, m) for m in of] for x, of in zip(angle_rad, held, strict=True)]
    return np.asarray(rows)


def tabulate(
    joint: Joint,
    spinal: reflex.Reflex,
    ramps: Array,
    onset_s: float,
    residual: Array,
    spindle: Array,
    points: int = _POINTS,
) -> Table:
    """Run the battery at every pair of knots, all muscles at once; arguments as :func:`battery`.

    Args:
        joint: the joint.
        spinal: reflex of each muscle; its own residual force and spindle efficacy are not used.
        ramps: the ramps.
        onset_s: time in which a ramp reaches its speed.
        residual: knots of residual force, at least three.
        spindle: knots of spindle efficacy, one or at least three.
        points: angles told.
    """
    alike = np.ones_like(spinal.delay_s)
    torque = [
        [battery(joint, spinal.left(r * alike, s * alike), ramps, onset_s, points).reflex_Nm for s in spindle]
        for r in residual
    ]
    return Table(residual, spindle, np.asarray(torque))


def interpolate(table: Table, residual: Array, spindle: Array) -> Array:
    """Reflex torque at residual force and spindle efficacy, each (people, muscles): as :class:`Battery`'s."""
    by_residual, by_spindle = _weights(table.residual, residual), _weights(table.spindle, spindle)
    parts = (table.reflex_Nm, by_residual, by_spindle)
    return np.asarray(np.einsum("ijdsma,dmi,dmj->dsma", *parts, optimize=True))


def _weights(knots: Array, at: Array) -> Array:
    """Weight of every knot: the parabola through the three nearest, (...,) -> (..., knots)."""
    weights = np.zeros((*at.shape, knots.size))
    if knots.size == 1:
        return weights + 1
    middle = np.clip(np.searchsorted((knots[1:] + knots[:-1]) / 2, at), 1, knots.size - 2)
    for own in (-1, 0, 1):
        weight = np.ones_like(at)
        for other in {-1, 0, 1} - {own}:
            weight *= (at - knots[middle + other]) / (knots[middle + own] - knots[middle + other])
        np.put_along_axis(weights, (middle + own)[..., None], weight[..., None], axis=-1)
    return weights
