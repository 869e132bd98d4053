"""Joints in a chain: what the muscles of a joint can still do while the other joints that they cross balance.

Moment arms are those of the anatomical position, forces the largest isometric ones of the tables' adult; a
linear programme shares the load without regard to length, speed or nerve, so that it is an upper bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import load_moment_arms
from endplate.knowledge.units import CM_PER_M
from endplate.physiology.joint import moment_arm_cm, voluntary
from endplate.simulation.joints.mechanics import turns
from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]


@dataclass(frozen=True)
class KineticChain:
    """A joint with those that its stretched muscles cross too.

    Attributes:
        muscles: all with an arm about any of the axes.
        axes: joint and axis, that of the movement first.
        arms_m: (axes, muscles).
        most_N: largest force of each muscle, (muscles,).
        sign: direction, about the first axis, in which the stretched muscles pull.
    """

    muscles: tuple[str, ...]
    axes: tuple[tuple[str, str], ...]
    arms_m: Array
    most_N: Array
    sign: int

    def capacity_Nm(self, left: Mapping[str, float]) -> float:
        """Largest torque about the first axis while the others balance, at residual force of some muscles."""
        force = self.most_N * np.array([left.get(muscle, 1.0) for muscle in self.muscles])
        return voluntary.chain_capacity(self.arms_m, force, 0, self.sign)


def kinetic_chain_of(joint: str, movement: str, stretched: tuple[str, ...], draws: Draws) -> KineticChain:
    """The chain of a movement in the first copy of ``draws``.

    Args:
        joint: the joint.
        movement: the passive movement that stretches.
        stretched: the muscles that it stretches.
        draws: where architecture comes from.
    """
    rows, turned = load_moment_arms(), turns(joint, movement)[0][0]
    first = (turned.joint, turned.axis)
    crossed = {key[1:] for key in rows if key[0] in stretched}
    axes = (first, *sorted(crossed - {first}))
    muscles = tuple(sorted({key[0] for key in rows if key[1:] in axes}))
    arms = np.zeros((len(axes), len(muscles)))
    for (muscle, *axis), row in rows.items():
        if tuple(axis) in axes:
            ends = np.deg2rad([row.from_deg, row.to_deg])
            at = float(moment_arm_cm(np.zeros(()), row.coefficients_cm, *ends)) / CM_PER_M
            arms[axes.index((axis[0], axis[1])), muscles.index(muscle)] = at
    area = [
        draws.of(f"muscle.{m}.volume_mL", m)[0] / draws.of(f"muscle.{m}.optimal_fibre_length_cm", m)[0]
        for m in muscles
    ]
    return KineticChain(
        muscles, axes, arms, np.array(area) * draws.of("joint.specific_tension")[0], -turned.sign
    )
