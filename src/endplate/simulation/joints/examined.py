"""The joint as its recorded examination has it: grade, where a catch is felt, what reaching the end tells.

The **grade** stands for a mean resistance of the one-second stretch beyond that of the healthy joint: the
reflex gain is the one with which the joint has it.

**R1** is the first angle at which the fast stretch is felt apart from the slow one: their difference in
torque exceeds the least torque told and a share of the passive torque. The recorded R1 sets the reflex
threshold: the one whose own R1, found by that rule before treatment, is the one recorded.

**R2** is the end of the slow stretch, where the hand waits until the reflex has faded: tissue and tonic drive
meet the torque that ends it. The recorded one, or the healthy end where none was recorded, was reached by
hand, so contracture is at most what leaves that torque within what hands apply (or within that of the joint
without contracture, where it is more). After treatment it is where they meet the torque that ended it before,
never past the angle of the largest passive torque: where the arms of the tables let that fall again, no end
of range can be read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence
from endplate.physiology.joint import reflex, response, stretch
from endplate.simulation.joints.mechanics import Mechanics

Array = NDArray[np.float64]

R1_TOLERANCE_DEG = 0.5
RESISTANCE_TOLERANCE = 0.01  # of the resistance wanted
_FELT = ("V1", "V3")
_ROUNDS, _GAIN_ROUNDS = 14, 20


@dataclass(frozen=True)
class Parameters:
    """What the examiner's hand tells and applies, of the joint's strength; every field has shape (draws,)."""

    catch_of_strength: Array = evidence("joint.catch_of_strength")
    catch_weber: Array = evidence("joint.catch_weber")
    end_of_strength: Array = evidence("joint.end_of_strength")

    def hand(self, hand_Nm: Array) -> response.Hand:
        """The hand at a joint; ``hand_Nm`` stands for its strength, see :class:`scales.Parameters`."""
        return response.Hand(self.catch_of_strength * hand_Nm, self.catch_weber)

    def end_Nm(self, hand_Nm: Array) -> Array:
        """Largest torque with which such a joint is taken to the end of a slow stretch, (draws,)."""
        return np.asarray(self.end_of_strength * hand_Nm)


@dataclass(frozen=True)
class Conditioned:
    """A joint with the R1 that its examiner finds before treatment, (draws,), infinite where none is felt."""

    held: Mechanics
    r1_deg: Array


def first_above_deg(angle_rad: Array, torque_Nm: Array) -> float:
    """First angle (deg) at which torque rises above 0, linear between points; infinite if never."""
    above = np.flatnonzero(torque_Nm > 0)
    if not above.size:
        return float("inf")
    k = int(above[0])
    if k == 0:
        return float(np.rad2deg(angle_rad[0]))
    share = -torque_Nm[k - 1] / (torque_Nm[k] - torque_Nm[k - 1])
    return float(np.rad2deg(angle_rad[k - 1] + share * (angle_rad[k] - angle_rad[k - 1])))


def apart_Nm(hand: response.Hand, found: stretch.Battery, blocked: stretch.Battery) -> tuple[Array, Array]:
    """Torque of the fast stretch beyond the slow one, and the least that is felt, (draws, points) each.

    Args:
        hand: the examiner's.
        found: a battery whose first ramp is the slow stretch and whose last is the fast one.
        blocked: the same without any force, so that what tissue alone resists is no catch.
    """
    made = (found.reflex_Nm - blocked.reflex_Nm).sum(axis=2)
    least = np.maximum(hand.least_Nm[:, None], hand.weber[:, None] * found.passive_Nm)
    return np.asarray(made[:, -1] - made[:, 0]), np.asarray(least)


def r1_deg(hand: response.Hand, found: stretch.Battery, blocked: stretch.Battery) -> Array:
    """Angle of the catch, (draws,), infinite where none is felt; arguments as :func:`apart_Nm`."""
    apart, least = apart_Nm(hand, found, blocked)
    angle = np.broadcast_to(found.angle_rad, apart.shape)
    return np.array([first_above_deg(x, row) for x, row in zip(angle, apart - least, strict=True)])


def stretched(
    held: Mechanics, spinal: reflex.Reflex, names: tuple[str, ...], end_rad: Array
) -> stretch.Battery:
    """The ramps of these names from the least stretch to an end, (draws,)."""
    ramps = stretch.examiner_ramps(held.examiner, np.zeros_like(end_rad), end_rad)
    wanted = ramps[:, [stretch.RAMPS.index(name) for name in names]]
    return stretch.battery(held.joint, spinal, wanted, float(held.examiner.onset_s[0]))


def blocked(spinal: reflex.Reflex) -> reflex.Reflex:
    """The reflex of muscles without any force."""
    return spinal.left(np.zeros_like(spinal.residual), spinal.spindle)


def faded(spinal: reflex.Reflex) -> reflex.Reflex:
    """The reflex while the hand waits: tonic drive alone is left."""
    return spinal.left(spinal.residual, np.zeros_like(spinal.spindle))


def resistance_Nm(held: Mechanics, spinal: reflex.Reflex, end_rad: Array) -> Array:
    """Mean torque of the one-second stretch to an end beyond that of the healthy joint, (draws,).

    Args:
        held: the joint.
        spinal: its reflex.
        end_rad: end of the stretch, (draws,).
    """
    found = stretched(held, spinal, ("one_second",), end_rad)
    healthy = stretch.passive_at(replace(held.joint, passive_Nm=held.healthy_Nm), found.angle_rad)
    return np.asarray((found.total_Nm()[:, 0] - healthy).mean(axis=1))


def with_resistance(held: Mechanics, target_Nm: Array, end_rad: Array) -> Mechanics:
    """The joint of the lambda law whose gain gives it a resistance, as near as gains of the tables allow.

    A larger gain resists more: the way between none and the largest is halved. No gain is left where tissue
    and tonic drive resist as much.

    Args:
        held: the joint.
        target_Nm: mean resistance of the one-second stretch, (draws,).
        end_rad: end of that stretch, (draws,).
    """

    def short_with(gain: Array) -> NDArray[np.bool_]:
        return resistance_Nm(held, held.spinal.with_gain(gain[:, None]), end_rad) < target_Nm

    low, high = np.zeros_like(target_Nm), np.full_like(target_Nm, response.LARGEST_GAIN)
    none = ~short_with(low)
    for _ in range(_GAIN_ROUNDS):
        gain = (low + high) / 2
        short = short_with(gain)
        low, high = np.where(short, gain, low), np.where(short, high, gain)
    return replace(held, spinal=held.spinal.with_gain(np.where(none, 0, high)[:, None]))


def with_catch(
    build: Callable[[Array], Mechanics], hand: response.Hand, recorded_rad: Array, end_rad: Array
) -> Conditioned:
    """The joint whose R1 before treatment is the recorded one, as near as delay and gain allow.

    A later start of the drive is felt later: the way between the least stretch and the recorded catch is
    halved; before the least stretch no drive starts.

    Args:
        build: the joint whose delayed drive begins at an angle of a fast stretch (rad), (draws,).
        hand: the examiner's.
        recorded_rad: the recorded R1, (draws,).
        end_rad: end of the stretch, (draws,).
    """

    def tried(start_rad: Array) -> Conditioned:
        held = build(start_rad)
        pair = [stretched(held, spinal, _FELT, end_rad) for spinal in (held.spinal, blocked(held.spinal))]
        return Conditioned(held, r1_deg(hand, *pair))

    low, high = np.zeros_like(recorded_rad), recorded_rad
    for _ in range(_ROUNDS):
        start = (low + high) / 2
        late = tried(start).r1_deg > np.rad2deg(recorded_rad)
        low, high = np.where(late, low, start), np.where(late, start, high)
    return tried((low + high) / 2)


@dataclass(frozen=True)
class SlowEnd:
    """End of the slow stretch of one person: R2 after treatment and how it came about.

    Attributes:
        r2_deg: R2 after.
        torque_Nm: torque that ended the stretch before.
        active_Nm: what tonic drive made of the torque at its end.
        met: whether that torque is met after treatment.
    """

    r2_deg: float
    torque_Nm: float
    active_Nm: float
    met: bool


def slow_end(before: stretch.Battery, after: stretch.Battery) -> SlowEnd:
    """R2 after treatment, of one person.

    Args:
        before: slow stretch to the end before treatment, the reflex faded.
        after: the same after treatment, to the healthy end.
    """
    total, angle = before.total_Nm()[0, 0], np.rad2deg(after.angle_rad[0])
    ended, end = float(total.max()), float(np.rad2deg(before.angle_rad[0, -1]))
    met = first_above_deg(after.angle_rad[0], after.total_Nm()[0, 0] - ended)
    last = max(end, float(angle[int(after.passive_Nm[0].argmax())]))
    active = float(total[-1] - before.passive_Nm[0, -1])
    return SlowEnd(min(max(end, met), last), ended, active, met <= last)


def contracture_share(build: Callable[[Array], Mechanics], end_Nm: Array, end_rad: Array) -> Array:
    """Share of the drawn contracture with which an examiner still reaches the end, (draws,), at most 1.

    Args:
        build: the joint with a share of its contracture, (draws,).
        end_Nm: largest torque with which the examiner takes the joint there, (draws,).
        end_rad: the end reached, (draws,).
    """

    def ends_at(share: Array) -> Array:
        held = build(share)
        return stretched(held, faded(held.spinal), ("V1",), end_rad).total_Nm()[:, 0, -1]

    none, whole = np.zeros_like(end_rad), np.ones_like(end_rad)
    most = np.maximum(end_Nm, ends_at(none))
    if np.all(ends_at(whole) <= most):
        return whole
    low, high = none, np.where(ends_at(whole) <= most, 2 * whole, whole)
    for _ in range(_ROUNDS):
        share = (low + high) / 2
        fits = ends_at(np.minimum(share, 1)) <= most
        low, high = np.where(fits, share, low), np.where(fits, high, share)
    return np.minimum(low, 1)
