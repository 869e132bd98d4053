r"""Strength, active range of movement and what a chain of joints can do, at residual force.

With voluntary drive u, the muscles' torque at an angle held still is :math:`\sum r F_0 \rho\,\min(1, u + e)
f_l`. In an active movement the antagonist is stretched: it is driven by co-contraction c u, tonic drive and
the reflex of the length it has (no speed). The active range ends where net torque crosses 0. Weakening the
antagonist widens it by what it takes off the resistance; the loss of the antagonist's own strength does not
depend on c.

The capacity of a chain is a linear programme: the largest torque about one axis while others balance,
:math:`\max t` with :math:`R_t F = t`, :math:`R_o F = 0`, :math:`0 \le F \le \rho u F_0 f_l`: an upper
bound, as if recruitment were ideal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.joint import hill, reflex, stretch

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """Voluntary drive after the lesion; every field has shape (draws,)."""

    spastic_drive: Array = evidence("joint.spastic_muscle_drive")
    antagonist_drive: Array = evidence("joint.antagonist_drive")
    cocontraction: Array = evidence("joint.cocontraction")


@dataclass(frozen=True)
class Active:
    """Active movement against a muscle group.

    Attributes:
        net_Nm: torque in the direction of the movement, (people, grid).
        end_rad: angle of the grid at which it first crosses 0, (people,).
    """

    net_Nm: Array
    end_rad: Array


def isometric_Nm(joint: stretch.Joint, laws: hill.Parameters, activation: Array, residual: Array) -> Array:
    """Largest torque of each muscle against the stretch at every angle, (people, muscles, grid), Nm.

    Args:
        joint: the joint; tendons count as rigid.
        laws: laws of the muscles, fields (people or 1,).
        activation: 0 to 1, (people, muscles) or (people, muscles, grid).
        residual: residual force, (people, muscles).
    """
    length = hill.rigid_length(joint.muscles, joint.path_m)
    drive = activation if activation.ndim > residual.ndim else activation[..., None]
    force = joint.muscles.force_N[..., None] * hill.force_length(laws, length)
    return np.asarray(joint.arm_m * force * drive * residual[..., None])


def static_drive(joint: stretch.Joint, spinal: reflex.Reflex) -> Array:
    """Excitation of each muscle at every angle held still: (people, muscles, grid)."""
    length = hill.rigid_length(joint.muscles, joint.path_m)
    tonic = np.broadcast_to(
        spinal.tonic[..., None], np.broadcast_shapes(spinal.tonic[..., None].shape, length.shape)
    )
    if not isinstance(spinal.law, reflex.Lambda):
        return tonic
    columns = [np.asarray(column)[..., None] for column in spinal.law.columns()]
    held = reflex.Lambda(*columns).drive(length, np.zeros_like(length))
    return np.asarray(np.minimum(1, tonic + spinal.spindle[..., None] * held))


def active_movement(
    joint: stretch.Joint,
    laws: hill.Parameters,
    spinal: reflex.Reflex,
    agonist_Nm: Array,
    drive: Array,
    shared: Array,
) -> Active:
    """How far the agonists can move the joint against the stretched group.

    Args:
        joint: the joint, whose muscles are those stretched.
        laws: laws of the muscles.
        spinal: their reflex and residual force.
        agonist_Nm: torque of the agonists at full drive, (people or 1, grid).
        drive: voluntary drive of the agonists, (people,).
        shared: share of that drive that reaches the stretched group (co-contraction), (people,).
    """
    pulled = np.minimum(1, static_drive(joint, spinal) + (drive * shared)[:, None, None])
    against = isometric_Nm(joint, laws, pulled, spinal.residual).sum(axis=1) + joint.passive_Nm
    net = drive[:, None] * agonist_Nm - against
    return Active(net, _first_zero(joint.angle_rad, net))


def _first_zero(angle: Array, net: Array) -> Array:
    """First angle at which net torque falls to 0, linear between points; the end of the grid if none."""
    below = net <= 0
    at = np.where(below.any(axis=1), below.argmax(axis=1), angle.size - 1)
    before = np.maximum(at - 1, 0)
    high, low = (np.take_along_axis(net, k[:, None], axis=1)[:, 0] for k in (before, at))
    share = np.clip(high / np.where(high > low, high - low, 1), 0, 1)
    crossed = angle[before] + share * (angle[at] - angle[before])
    return np.asarray(np.where(below[:, 0], angle[0], crossed))


def trade_off(
    joint: stretch.Joint,
    laws: hill.Parameters,
    spinal: reflex.Reflex,
    agonist_Nm: Array,
    p: Parameters,
    residual: Array,
) -> tuple[Array, Array]:
    """Active end angle (rad) and the stretched group's strength (Nm) over residual force, (people, knots).

    Args:
        joint: the joint.
        laws: laws of the muscles.
        spinal: reflex; its residual force is replaced.
        agonist_Nm: torque of the agonists at full drive, (people or 1, grid).
        p: voluntary drive.
        residual: residual force of the whole group, (knots,).
    """
    ends, strengths = [], []
    for rho in residual:
        left = spinal.left(rho * np.ones_like(spinal.residual), spinal.spindle)
        ends.append(
            active_movement(joint, laws, left, agonist_Nm, p.antagonist_drive, p.cocontraction).end_rad
        )
        own = np.broadcast_to(p.spastic_drive[:, None], left.residual.shape)
        strengths.append(isometric_Nm(joint, laws, own, left.residual).sum(axis=1).max(axis=-1))
    return np.stack(ends, axis=1), np.stack(strengths, axis=1)


def chain_capacity(arms_m: Array, most_N: Array, target: int, sign: int = 1) -> float:
    """Largest torque about one axis while the others balance, Nm.

    Args:
        arms_m: moment arms, (axes, muscles).
        most_N: largest force of each muscle, (muscles,).
        target: the axis asked for.
        sign: direction of the torque, 1 or -1.
    """
    from scipy.optimize import linprog

    others = np.delete(arms_m, target, axis=0)
    found = linprog(
        -sign * arms_m[target],
        A_eq=others if len(others) else None,
        b_eq=np.zeros(len(others)) if len(others) else None,
        bounds=np.stack([np.zeros_like(most_N), most_N], axis=1),
        method="highs",
    )
    if found.status != 0:  # no force at all balances, so one exists
        raise ArithmeticError(f"the linear programme of the chain ended with: {found.message}")
    return float(sign * arms_m[target] @ found.x)
