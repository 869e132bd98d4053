r"""Planar joint with Hill muscles and a lambda reflex whose gain grows with stretch velocity.

For muscle m stretched at angular speed :math:`\omega` with moment arm r (l, w in optimal lengths):

.. math::
   l = l_s + r\,\theta / L_0, \quad w = r\,\omega / L_0, \quad
   e = G (1 + \nu w^+) (l - \lambda + \mu w)^+ \ \text{delayed}, \quad
   \tau_m = r F_0\, \rho_m\, e\, f_l(l)

(Feldman's threshold; velocity-dependent gain after mcpherson2018.) Passive torque grows
exponentially towards the end of range. Angles count from the position of least stretch. The reflex
gain G and the passive torque are not inputs: a baseline grade fixes the largest torque of a one-second
stretch, of which the passive share is reached at the end of range. Residual force :math:`\rho_m`
multiplies each muscle's own profile, so the profiles are computed once per virtual copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]

_MS_PER_S = 1000.0


@dataclass(frozen=True)
class Parameters:
    """Joint parameters of each virtual copy; every field has shape (draws,)."""

    start_length: Array = evidence("joint.start_length")
    force_length_width: Array = evidence("joint.force_length_width")
    velocity_gain_s: Array = evidence("joint.reflex_velocity_gain")
    velocity_threshold_s: Array = evidence("joint.reflex_velocity_threshold")
    reflex_delay_ms: Array = evidence("joint.reflex_delay")
    threshold_share: Array = evidence("joint.reflex_threshold_share")
    passive_share: Array = evidence("joint.passive_share")
    passive_steepness: Array = evidence("joint.passive_steepness")
    spindle_share: Array = evidence("joint.spindle_share")
    slow_speed_deg_per_s: Array = evidence("joint.slow_stretch_speed")
    fast_speed_deg_per_s: Array = evidence("joint.fast_stretch_speed")


@dataclass(frozen=True)
class JointState:
    """One joint at baseline: range of movement, catch angle and largest torque of a 1-s stretch.

    ``range_deg``, ``catch_deg`` and ``torque`` (relative to that of grade 3) are (draws,);
    ``moment_arm_m``, ``force_N`` and ``fibre_m`` describe the stretched muscles, (draws, muscles).
    """

    range_deg: Array
    catch_deg: Array
    torque: Array
    moment_arm_m: Array
    force_N: Array
    fibre_m: Array


@dataclass(frozen=True)
class Stretch:
    """Torque over angle: passive (draws, angles), reflex per muscle (draws, muscles, angles)."""

    angle_deg: Array
    passive: Array
    reflex_slow: Array
    reflex_second: Array
    reflex_fast: Array


def _reflex(p: Parameters, state: JointState, angle_deg: Array, speed: Array, threshold_deg: Array) -> Array:
    """Unit-gain reflex torque of every muscle over the range, (draws, muscles, angles)."""
    arm, fibre = state.moment_arm_m[:, :, None], state.fibre_m[:, :, None]
    per_degree = np.deg2rad(1.0) * arm / fibre
    delayed = angle_deg - (speed * p.reflex_delay_ms / _MS_PER_S)[:, None]
    velocity = per_degree * speed[:, None, None]
    stretch = per_degree * (delayed - threshold_deg[:, None])[:, None, :]
    started = (delayed > 0)[:, None, :]
    drive = np.maximum(stretch + p.velocity_threshold_s[:, None, None] * velocity, 0) * started
    drive *= 1 + p.velocity_gain_s[:, None, None] * velocity
    length = p.start_length[:, None, None] + per_degree * angle_deg[:, None, :]
    active = np.exp(-(((length - 1) / p.force_length_width[:, None, None]) ** 2))
    return np.asarray(arm * state.force_N[:, :, None] * drive * active)


def stretch_profiles(p: Parameters, state: JointState, angles: int) -> Stretch:
    """Torque profiles scaled so that the largest torque of the one-second stretch is the baseline's.

    Args:
        p: joint parameters, fields (draws,).
        state: the joint at baseline.
        angles: points over the range of movement.
    """
    share = np.linspace(0, 1, angles)
    angle = state.range_deg[:, None] * share
    lag = p.fast_speed_deg_per_s * p.reflex_delay_ms / _MS_PER_S
    threshold = (state.catch_deg - lag) * p.threshold_share  # felt at the catch once the delay has passed
    profiles = [
        _reflex(p, state, angle, speed, threshold)
        for speed in (p.slow_speed_deg_per_s, state.range_deg, p.fast_speed_deg_per_s)
    ]
    steep = p.passive_steepness[:, None]
    passive = (p.passive_share * state.torque)[:, None] * np.expm1(steep * share) / np.expm1(steep)
    reflex = np.maximum(profiles[1].sum(axis=1), np.finfo(float).tiny)
    gain = ((state.torque[:, None] - passive) / reflex).min(axis=1)  # the largest total is the torque given
    return Stretch(angle, passive, *(profile * gain[:, None, None] for profile in profiles))


def earliest_catch_deg(p: Parameters) -> Array:
    """No catch can be felt before this angle: the reflex delay at the fast speed, twice over, (draws,)."""
    return np.asarray(2 * p.fast_speed_deg_per_s * p.reflex_delay_ms / _MS_PER_S)


def condition(p: Parameters, residual: Array, spindle: Array) -> Array:
    """Share of its reflex torque that each muscle still makes: residual force times spindle efficacy."""
    share = p.spindle_share[:, None, None]
    return np.asarray(residual * (1 - share * (1 - spindle)))
