r"""Stretch reflex of each muscle: three laws behind one interface, delay, tonic drive.

.. math::
   e_\lambda = G (1 + \nu w^+) (l - \lambda + \mu w)^+, \qquad
   e_v = K_v (w - w_0)^+, \qquad
   \tau_f \dot e_F = -e_F + g\,H(F - T)\,F + g_d\,H(\dot F)\,\dot F, \quad H(x) = (1 + \tanh b x)/2

:math:`e_\lambda` is Feldman's threshold with a gain that grows with velocity (mcpherson2018) and the
default; :math:`e_F` is force feedback (falisse2018); :math:`e_v` is kept for comparison: it cannot follow
the published curve. The first and last act after the delay, force feedback through a lag as long.
Excitation is :math:`\min(1, e_0 + \sigma e)` with tonic drive :math:`e_0` (spastic dystonia) and spindle
efficacy :math:`\sigma`.

Force feedback is a positive loop. With force per excitation k at most that of lengthening, a first-order
lag and activation, it is stable exactly if :math:`k g < 1` and :math:`k g_d < \tau_f + \tau_a`;
:func:`clamped` keeps both below the limit and tells what it took.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.knowledge.units import MS_PER_S
from endplate.physiology.joint import hill, kernel

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parameters:
    """Reflex of each virtual copy before it is fitted to a person; every field has shape (draws,)."""

    gain: Array = evidence("joint.reflex_gain")
    velocity_gain_s: Array = evidence("joint.reflex_velocity_gain")
    velocity_threshold_s: Array = evidence("joint.reflex_velocity_threshold")
    threshold_of_range: Array = evidence("joint.reflex_threshold_of_range")
    force_gain: Array = evidence("joint.force_feedback_gain")
    force_rate_gain_s: Array = evidence("joint.force_feedback_rate_gain")
    force_threshold: Array = evidence("joint.force_feedback_threshold")
    velocity_law_gain_s: Array = evidence("joint.velocity_law_gain")
    velocity_law_threshold_per_s: Array = evidence("joint.velocity_law_threshold")
    tonic_drive: Array = evidence("joint.tonic_drive")
    turnaround_ms: Array = evidence("joint.reflex_turnaround")
    afferent_m_per_s: Array = evidence("joint.afferent_speed")
    motor_m_per_s: Array = evidence("joint.motor_speed")
    loop_gain_limit: Array = evidence("joint.loop_gain_limit")
    spindle_share: Array = evidence("joint.spindle_share")


@dataclass(frozen=True)
class Lambda:
    """Threshold length (L0) with velocity-dependent gain; fields (people, muscles)."""

    gain: Array
    velocity_gain_s: Array
    threshold: Array
    velocity_threshold_s: Array

    law = kernel.LAMBDA

    def columns(self) -> tuple[Array, ...]:
        """The law's four numbers as the kernel reads them."""
        return self.gain, self.velocity_gain_s, self.threshold, self.velocity_threshold_s

    def drive(self, length: Array, speed: Array) -> Array:
        """Excitation before delay, of fibre length (L0) and lengthening speed (L0/s)."""
        return kernel.lambda_drive(length, speed, *self.columns())


@dataclass(frozen=True)
class Force:
    """Force feedback: gain (1/F0), rate gain (s/F0), threshold (F0); fields (people, muscles)."""

    gain: Array
    rate_gain_s: Array
    threshold: Array

    law = kernel.FORCE

    def columns(self) -> tuple[Array, ...]:
        """The law's four numbers as the kernel reads them."""
        return self.gain, self.rate_gain_s, self.threshold, np.zeros_like(self.gain)


@dataclass(frozen=True)
class Velocity:
    """Velocity threshold: gain (s) above a speed (L0/s); fields (people, muscles)."""

    gain_s: Array
    threshold_per_s: Array

    law = kernel.VELOCITY

    def columns(self) -> tuple[Array, ...]:
        """The law's four numbers as the kernel reads them."""
        nothing = np.zeros_like(self.gain_s)
        return self.gain_s, nothing, self.threshold_per_s, nothing

    def drive(self, speed: Array) -> Array:
        """Excitation before delay, of lengthening speed (L0/s)."""
        return kernel.velocity_drive(speed, self.gain_s, self.threshold_per_s)


Law = Lambda | Force | Velocity


@dataclass(frozen=True)
class Reflex:
    """The reflex of each muscle.

    Attributes:
        law: one of the three.
        delay_s: delay, or lag of force feedback, (people, muscles).
        tonic: drive at rest, (people, muscles).
        residual: residual force fraction, (people, muscles).
        spindle: share of its reflex drive that the spindles still give, (people, muscles).
    """

    law: Law
    delay_s: Array
    tonic: Array
    residual: Array
    spindle: Array

    def table(self) -> Array:
        """The reflex as the kernel reads it, (people, muscles, 8)."""
        rest = (self.delay_s, self.tonic, self.residual, self.spindle)
        parts = np.broadcast_arrays(*self.law.columns(), *rest)
        return np.stack(parts, axis=-1).astype(np.float64)

    def with_gain(self, gain: float | Array) -> Reflex:
        """The same reflex with another gain, (people, 1) or one for all, of a law with a gain by length."""
        if not isinstance(self.law, Lambda):
            raise TypeError("only the lambda law's gain is one factor of its drive")
        return replace(self, law=replace(self.law, gain=np.full_like(self.law.gain, gain)))

    def left(self, residual: Array, spindle: Array) -> Reflex:
        """The same reflex with other residual force and spindle efficacy, each (people, muscles)."""
        return replace(self, residual=residual, spindle=spindle)


@dataclass(frozen=True)
class LoopGain:
    """Loop gain of force feedback as asked for, (people, muscles), and where it was clamped."""

    force: Array
    rate: Array
    clamped: NDArray[np.bool_]


def delay_s(p: Parameters, path_m: Array) -> Array:
    """Delay of the reflex over a path between muscle and spinal cord, (draws, ...), s.

    Args:
        p: reflex parameters, fields (draws,).
        path_m: length of nerve one way, (draws, ...).
    """
    over = (slice(None),) + (None,) * (np.ndim(path_m) - 1)
    per_m = 1 / p.afferent_m_per_s + 1 / p.motor_m_per_s
    return np.asarray(p.turnaround_ms[over] / MS_PER_S + per_m[over] * path_m)


def drive_kept(spindle_share: Array, efficacy: Array) -> Array:
    """Share of its reflex drive that each muscle keeps when its spindles fire less, as ``efficacy``.

    Args:
        spindle_share: share of the drive that comes from spindles, (draws,).
        efficacy: spindles over untreated ones, (draws, muscles, ...).
    """
    share = spindle_share.reshape(-1, *[1] * (efficacy.ndim - 1))
    return np.asarray(1 - share * (1 - efficacy))


def clamped(p: Parameters, muscle: hill.Parameters, law: Force, lag_s: Array) -> tuple[Force, LoopGain]:
    """Force feedback that cannot run away, and the loop gain asked for.

    Args:
        p: reflex parameters, fields (draws,).
        muscle: laws of the muscle.
        law: force feedback as asked for, (draws, muscles).
        lag_s: its lag, (draws, muscles).
    """
    most, limit = muscle.lengthening_force[:, None], p.loop_gain_limit[:, None]
    shortest = lag_s + (muscle.activation_ms * muscle.activation_floor)[:, None] / MS_PER_S
    force, rate = most * law.gain, most * law.rate_gain_s / shortest
    kept = Force(
        np.minimum(law.gain, limit / most),
        np.minimum(law.rate_gain_s, limit * shortest / most),
        law.threshold,
    )
    return kept, LoopGain(force, rate, np.asarray((force > limit) | (rate > limit)))


def law_of(name: str, p: Parameters, threshold: Array) -> Law:
    """The law of a name with the copy's own numbers: lambda, force or velocity.

    Args:
        name: which law.
        p: reflex parameters, fields (draws,).
        threshold: threshold length of the lambda law, (draws, muscles).
    """
    alike = np.ones_like(threshold)
    if name == "lambda":
        gains = (p.gain[:, None] * alike, p.velocity_gain_s[:, None] * alike)
        return Lambda(*gains, threshold, p.velocity_threshold_s[:, None] * alike)
    if name == "force":
        parts = (p.force_gain, p.force_rate_gain_s, p.force_threshold)
        return Force(*(part[:, None] * alike for part in parts))
    if name == "velocity":
        speeds = (p.velocity_law_gain_s, p.velocity_law_threshold_per_s)
        return Velocity(*(part[:, None] * alike for part in speeds))
    raise ValueError(f"{name!r} is no reflex law: lambda, force or velocity")
