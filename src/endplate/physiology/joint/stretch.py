r"""The stretch battery: an examiner turns the joint at several speeds against muscles, tendons and reflexes.

The stretch coordinate x is the angle from the position of least stretch, positive in the direction of the
movement; an arm here is the lengthening of the path per radian of it, so a stretched muscle's torque is a
resistance. Every ramp starts smoothly (its speed rises as a half cosine) and the limb's inertia is left
out: torque is what remains once it has been taken off. Ramps are V1 (slow), the one-second manoeuvre of the
modified Ashworth scale, V2 (the speed at which a limb falls) and V3 (fast).

Muscles do not act on each other in a prescribed stretch. A battery per week and copy would be dear:
:mod:`endplate.physiology.joint.response` runs it at a few gains and residual forces and reads between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.joint import hill, kernel, reflex

Array = NDArray[np.float64]

RAMPS = ("V1", "one_second", "V2", "V3")
_POINTS = 33


class Steps(NamedTuple):
    """How finely a ramp is followed: least steps, longest step (s)."""

    least: int
    longest_s: float

    def finer(self, times: int) -> Steps:
        """Steps a whole number of times as many."""
        return Steps(self.least * times, self.longest_s / times)


STEPS = Steps(288, 1 / 50)


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
    steps: Steps = STEPS,
) -> Battery:
    """Stretch the joint.

    Geometry, muscles, laws and ramps that all people share (first axis 1) are worked out once.

    Args:
        joint: the joint.
        spinal: reflex of each muscle.
        ramps: from, to (rad) and speed (rad/s), (people or 1, ramps, 3); all between the same two angles.
        onset_s: time in which a ramp reaches its speed.
        points: angles told.
        steps: how finely the ramps are followed.
    """
    grid, *held = joint.tables()
    torque, drive = kernel.battery(
        spinal.law.law, grid, *held, spinal.table(), ramps, onset_s, *steps, points
    )
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
