r"""Pendulum test: a limb let go swings against passive torque, reflex and short-range stiffness.

.. math::
   I \ddot\theta = m g c \cos\theta - b \dot\theta - \tau_p(\theta) - \sum r F_0 F

:math:`\theta` counts from the horizontal, downwards (the knee's flexion with a horizontal thigh).
Short-range stiffness acts on the tone at rest: the force grows with stretch from rest to a critical
stretch, is held, and falls with shortening (degroote2018). The relaxation index is the first swing over the
way to the resting angle: above 1 where the limb swings past it, 1 where tone lets it sink there. Tendons
count as rigid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.joint import kernel, reflex, stretch

Array = NDArray[np.float64]

_STEP_S = 0.001
_REST_SHARE = 0.1  # the last tenth of the record tells the resting angle


@dataclass(frozen=True)
class Parameters:
    """What resists the swing beside muscle; every field has shape (draws,)."""

    damping_Nm_s: Array = evidence("joint.swing_damping")


@dataclass(frozen=True)
class Body:
    """The limb, fields (people,): inertia (kg m2), weight times lever (Nm), angle let go (rad)."""

    inertia_kg_m2: Array
    weight_Nm: Array
    released_rad: Array


@dataclass(frozen=True)
class Swing:
    """What is read off.

    Attributes:
        time_s: (times,).
        angle_rad: (people, times).
        first_swing_rad: from letting go to the first turn, (people,).
        resting_rad: mean angle of the last tenth, (people,).
        relaxation_index: first swing over the way to the resting angle, (people,).
    """

    time_s: Array
    angle_rad: Array
    first_swing_rad: Array
    resting_rad: Array
    relaxation_index: Array


def swing(
    p: Parameters, joint: stretch.Joint, spinal: reflex.Reflex, body: Body, seconds: float, refine: int = 1
) -> Swing:
    """Let the limb go.

    Args:
        p: damping, fields (people,).
        joint: the joint; its grid must hold the swing.
        spinal: reflex of each muscle.
        body: the limb.
        seconds: how long to record.
        refine: how many times finer than usual to step.
    """
    grid, *held, muscles, laws = joint.tables()
    limb = np.stack([body.inertia_kg_m2, body.weight_Nm, p.damping_Nm_s, body.released_rad], axis=1)
    step, steps = _STEP_S / refine, round(seconds / _STEP_S) * refine
    angle = kernel.swing(
        spinal.law.law, grid, *held, joint.passive_Nm, muscles, laws, spinal.table(), limb, step, steps
    )
    turned = np.diff(angle, axis=1) < 0
    turn = np.where(turned.any(axis=1), turned.argmax(axis=1), steps)
    first = np.take_along_axis(angle, turn[:, None], axis=1)[:, 0] - body.released_rad
    rest = angle[:, -round(_REST_SHARE * steps) :].mean(axis=1)
    return Swing(np.linspace(0, seconds, steps + 1), angle, first, rest, first / (rest - body.released_rad))
