r"""Hill muscle: force-length, force-velocity, passive fibre, tendon, activation, contracture.

With l the fibre length over the optimal one and w its lengthening speed (L0/s), residual force
:math:`\rho`:

.. math::
   F = F_0\,[\rho\,a\,f_l(l)\,f_v(w) + k_p f_p(l - s)], \quad
   f_l = e^{-((l-1)/w_f)^2}, \quad f_p(x) = \frac{e^{k x^+/x_1} - 1}{e^k - 1}, \quad
   \dot a = (e - a)/\tau(a)

:math:`\tau` is :math:`\tau_+ (a_0 + a_1 a)` in rise and :math:`\tau_- / (a_0 + a_1 a)` in fall. Toxin takes
active force only. **Contracture** is a share c of sarcomeres in series lost, at unchanged fibre length in a
given posture (so :math:`L_0 \to (1 - c) L_0`), a passive stiffness factor and an earlier slack length. A
tendon is rigid (length 0 in :class:`Muscles`) or elastic, :math:`f_T(\epsilon) = (e^{k_T
\epsilon/\epsilon_0} - 1)/(e^{k_T} - 1)` with fibre damping; muscles that share one are told with a tendon
each. Pennation is left out: the force of a muscle is its volume over its fibre length times the specific
tension.

The joint's passive torque is that measured in the healthy joint, fibres included, plus what contracture
adds.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import MS_PER_S
from endplate.physiology.joint import kernel

Array = NDArray[np.float64]

_HALVINGS = 32


@dataclass(frozen=True)
class Parameters:
    """Laws that all muscles of a copy share; every field has shape (draws,)."""

    force_length_width: Array = evidence("joint.force_length_width")
    max_speed_per_s: Array = evidence("joint.max_shortening_speed")
    velocity_curvature: Array = evidence("joint.force_velocity_curvature")
    lengthening_force: Array = evidence("joint.lengthening_force")
    passive_exponent: Array = evidence("joint.passive_fibre_exponent")
    passive_reach: Array = evidence("joint.passive_fibre_reach")
    fibre_damping_s: Array = evidence("joint.fibre_damping")
    tendon_exponent: Array = evidence("joint.tendon_exponent")
    activation_ms: Array = evidence("joint.activation_time")
    deactivation_ms: Array = evidence("joint.deactivation_time")
    activation_floor: Array = evidence("joint.activation_floor")
    activation_slope: Array = evidence("joint.activation_slope")
    threshold_sharpness: Array = evidence("joint.force_threshold_sharpness")
    short_range_stiffness: Array = evidence("joint.short_range_stiffness")
    short_range_stretch: Array = evidence("joint.short_range_stretch")

    def table(self) -> Array:
        """The laws as the kernel reads them, (draws, 15)."""
        return np.stack(
            [
                *(self.force_length_width, self.max_speed_per_s, self.velocity_curvature),
                *(self.lengthening_force, self.passive_exponent, self.passive_reach),
                *(self.fibre_damping_s, self.tendon_exponent),
                *(self.activation_ms / MS_PER_S, self.deactivation_ms / MS_PER_S),
                *(self.activation_floor, self.activation_slope, self.threshold_sharpness),
                *(self.short_range_stiffness, self.short_range_stretch),
            ],
            axis=1,
        )


@dataclass(frozen=True)
class Contracture:
    """What spasticity has done to the muscle's tissue; every field has shape (draws,)."""

    series_loss: Array = evidence("joint.contracture_series_loss")
    stiffening: Array = evidence("joint.contracture_stiffening")
    slack_shift: Array = evidence("joint.contracture_slack_shift")

    def scaled(self, share: Array) -> Contracture:
        """A share of it, (draws,): none at 0, itself at 1."""
        more = self.stiffening - 1
        return Contracture(self.series_loss * share, 1 + more * share, self.slack_shift * share)


@dataclass(frozen=True)
class Muscles:
    """Muscles of one joint, each field (people or 1, muscles).

    Attributes:
        force_N: largest isometric force.
        fibre_m: optimal fibre length.
        start_length: fibre length over the optimal one at the first angle of the grid, tendon unstretched.
        stiffness: passive fibre force over that of a healthy muscle.
        slack: fibre length (L0) above which the fibre resists.
        tendon_m: slack length of an elastic tendon; 0 where it counts as rigid.
        tendon_strain: its strain at the largest isometric force.
    """

    force_N: Array
    fibre_m: Array
    start_length: Array
    stiffness: Array
    slack: Array
    tendon_m: Array
    tendon_strain: Array

    def table(self) -> Array:
        """The muscles as the kernel reads them, (people or 1, muscles, 7)."""
        parts = (self.force_N, self.fibre_m, self.start_length, self.stiffness, self.slack)
        return np.stack(np.broadcast_arrays(*parts, self.tendon_m, self.tendon_strain), axis=-1)


def force_length(p: Parameters, length: Array) -> Array:
    """Active force over maximal at fibre length (L0), (draws, ...)."""
    return kernel.force_length(length, _over(p.force_length_width, length))


def force_velocity(p: Parameters, speed: Array) -> Array:
    """Active force over isometric at fibre lengthening speed (L0/s), (draws, ...)."""
    laws = (p.max_speed_per_s, p.velocity_curvature, p.lengthening_force)
    return kernel.force_velocity(speed, *(_over(law, speed) for law in laws))


def passive_force(p: Parameters, muscles: Muscles, length: Array) -> Array:
    """Passive fibre force over maximal active force at fibre length (L0), (people, muscles, ...)."""
    stretch = length - _over(muscles.slack, length)
    share = kernel.passive_fibre(stretch, _over(p.passive_exponent, length), _over(p.passive_reach, length))
    return np.asarray(_over(muscles.stiffness, length) * share)


def rigid_length(muscles: Muscles, path_m: Array) -> Array:
    """Fibre length (L0) with the tendon unstretched, (people, muscles, grid)."""
    return np.asarray(muscles.start_length[..., None] + path_m / muscles.fibre_m[..., None])


def resting_force(p: Parameters, muscles: Muscles, path_m: Array) -> Array:
    """Tendon force (F0) of the muscle at rest over the grid, (people, muscles, grid).

    An elastic tendon gives way until it pulls as the fibre does: the root of a decreasing function, halved.

    Args:
        p: laws, fields (draws,).
        muscles: the muscles.
        path_m: change of path length since the first angle, (people or 1, muscles, grid).
    """
    free = rigid_length(muscles, path_m)
    force = passive_force(p, muscles, free)
    elastic = np.flatnonzero(np.any(muscles.tendon_m > 0, axis=0))
    if elastic.size:
        some = Muscles(**{item.name: getattr(muscles, item.name)[:, elastic] for item in fields(muscles)})
        force[:, elastic] = passive_force(p, some, _balanced(p, some, free[:, elastic]))
    return force


def _balanced(p: Parameters, muscles: Muscles, free: Array) -> Array:
    """Fibre length (L0) at rest on elastic tendons; ``free`` is that on rigid ones."""
    strain_per_length = (muscles.fibre_m / muscles.tendon_m)[..., None]
    most, toe = _over(muscles.tendon_strain, free), _over(p.tendon_exponent, free)
    low, high = np.minimum(_over(muscles.slack, free), free), free
    for _ in range(_HALVINGS):
        length = (low + high) / 2
        pull = kernel.tendon_force((free - length) * strain_per_length, most, toe)
        longer = pull > passive_force(p, muscles, length)
        low, high = np.where(longer, length, low), np.where(longer, high, length)
    return np.asarray((low + high) / 2)


def contractured(muscles: Muscles, state: Contracture, affected: Array) -> Muscles:
    """The muscles after contracture.

    Args:
        muscles: healthy muscles.
        state: how much, fields (draws,).
        affected: 1 for each muscle that has it, else 0, (muscles,).
    """
    loss = state.series_loss[:, None] * affected
    return replace(
        muscles,
        fibre_m=muscles.fibre_m * (1 - loss),
        start_length=muscles.start_length / (1 - loss),
        stiffness=muscles.stiffness * np.where(affected > 0, state.stiffening[:, None], 1),
        slack=muscles.slack - state.slack_shift[:, None] * affected,
    )


def passive_torque(
    healthy_Nm: Array, arm_m: Array, healthy: tuple[Muscles, Array], now: tuple[Muscles, Array]
) -> Array:
    """Passive torque of the joint, that of the healthy one plus what contracture adds, (people, grid), Nm.

    Args:
        healthy_Nm: (people or 1, grid).
        arm_m: lengthening per rad, (people or 1, muscles, grid).
        healthy: the healthy muscles and their resting force (F0).
        now: the muscles as they are and theirs.
    """
    pull = [muscles.force_N[..., None] * force for muscles, force in (now, healthy)]
    return np.asarray(healthy_Nm + (arm_m * (pull[0] - pull[1])).sum(axis=-2))


def _over(held: Array, like: Array) -> Array:
    """A number per person (and muscle) with axes added to go with ``like``."""
    return np.asarray(held).reshape(np.shape(held) + (1,) * (np.ndim(like) - np.ndim(held)))
