r"""Bone grows, a spastic muscle grows less, and the joint loses range.

.. math::
    \frac{dL_m}{da} = \frac{dL_b}{da}\,(1 - d_0 - d_S\,S(a)\,(1 - B_i) - d_B\,B_e),
    \qquad D = 1 - \frac{L_m}{L_b}

L_b is the length that bone asks of a muscle and L_m the length that its fibres have grown to, both over their
value at birth; S is spasticity over age, 1 at its peak; B_e and B_i are what toxin blocks of extrafusal and
intrafusal fibres, 0 to 1; D is the deficit. The joint loses what healthy children lose and, beyond that,

.. math:: F(a) = F_0 - H(a) - k_D\,D(a)

d_0 + d_S is told by the range that untreated children lose; how it is shared,
:math:`\varphi = d_S/(d_0 + d_S)`, is what nobody knows in children.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from endplate.knowledge.evidence import get, value

Array = NDArray[np.float64]
VolumeAccount = Literal["early", "departs"]


@lru_cache(maxsize=1)
def _tone() -> PchipInterpolator:
    knots = ("start_age", "rise_age", "peak_age", "late_age")
    ages = [value(f"development.tone.{name}") for name in knots]
    shares = [0.0, value("development.tone.rise_share"), 1.0, value("development.tone.late_share")]
    return PchipInterpolator(ages, shares)


def spasticity(age_y: Array) -> Array:
    """Spasticity over its peak, same shape as the age; as at the last knot for those older.

    The shape is that of how many children have raised tone (Linden et al. 2019), which is no measured
    intensity.
    """
    held = _tone()
    return np.asarray(held(np.clip(age_y, held.x[0], held.x[-1])))


@dataclass(frozen=True)
class Growing:
    """How a muscle's growth depends on tone and toxin, (members,) each.

    Attributes:
        resting: d_0, share of growth that is lost whatever the tone.
        by_tone: d_S, share that is lost at peak tone.
        by_block: d_B, share that is lost under complete block of the muscle.
    """

    resting: Array
    by_tone: Array
    by_block: Array


@dataclass(frozen=True)
class Growth:
    """What came of it, (members, ages) each.

    Attributes:
        deficit: D, how much shorter the muscle is than bone asks.
        dorsiflexion_loss_deg: lost beyond what healthy children lose.
        sarcomere_ratio: length of a sarcomere over that of a muscle that kept up.
    """

    deficit: Array
    dorsiflexion_loss_deg: Array
    sarcomere_ratio: Array


def shares_lost(bone: Array, tone: Array, phi: Array, deficit: Array) -> tuple[Array, Array]:
    """d_0 and d_S of untreated children who end with a deficit, of which a share phi is due to tone.

    Args:
        bone: L_b, rising, (ages,).
        tone: S, (ages,).
        phi: share, 0 to 1, (members,).
        deficit: D at the last age, (members,).
    """
    steps = np.diff(bone)
    between = (tone[1:] + tone[:-1]) / 2
    at_rest, by_tone = steps.sum() / bone[-1], (steps * between).sum() / bone[-1]
    total = deficit / ((1 - phi) * at_rest + phi * by_tone)
    return (1 - phi) * total, phi * total


def grow(bone: Array, tone: Array, p: Growing, intrafusal: Array, extrafusal: Array) -> Growth:
    """Follow a muscle over the ages.

    Args:
        bone: L_b over its first value, rising, (ages,).
        tone: S at each age, (ages,) or (members, ages).
        p: how growth depends on tone and toxin.
        intrafusal: B_i between one age and the next, (members or 1, ages - 1).
        extrafusal: B_e between one age and the next, (members or 1, ages - 1).
    """
    tone = np.atleast_2d(tone)
    between = (tone[:, 1:] + tone[:, :-1]) / 2
    lost = p.resting[:, None] + p.by_tone[:, None] * between * (1 - intrafusal)
    lost = lost + p.by_block[:, None] * extrafusal
    steps = np.diff(bone) * np.clip(1 - lost, 0, None)
    muscle = bone[0] + np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
    deficit = 1 - muscle / bone
    return Growth(deficit, value("development.range_per_deficit") * deficit, bone / muscle)


def kept_by_activity(bone: Array, resting: Array, activity: Array) -> Array:
    """Dorsiflexion kept where activity lowers what growth loses at rest, deg, (members, ages).

    Exact as long as a muscle grows at all, since growth is linear in what is lost.

    Args:
        bone: L_b over its value at birth, rising, (ages,).
        resting: d_0, (members,).
        activity: share of d_0 that activity takes off at each age, (members, ages).
    """
    between = (activity[:, 1:] + activity[:, :-1]) / 2
    grown = np.cumsum(resting[:, None] * between * np.diff(bone), axis=1)
    return np.asarray(value("development.range_per_deficit") * np.pad(grown, ((0, 0), (1, 0))) / bone)


def healthy_loss_deg(age_y: Array) -> Array:
    """Dorsiflexion that healthy children have lost since the youngest group measured, deg, same shape."""
    held = {
        name: value(f"development.healthy_dorsiflexion.{name}")
        for name in ("young_age", "old_age", "young", "old")
    }
    ages, ranges = (held["young_age"], held["old_age"]), (held["young"], held["old"])
    return np.asarray(held["young"] - np.interp(age_y, ages, ranges))


def range_lost_deg(score: Array, own_score: Array) -> Array:
    """Dorsiflexion lost by untreated children while followed, deg, (members,).

    Args:
        score: of the mean of children, standard normal.
        own_score: of the child about that mean, standard normal.
    """
    record = get("development.range_loss")
    mean = record.value + (record.distribution.sd or 0.0) * score
    return np.asarray(mean + value("development.range_spread") * own_score)


def deficit_of(loss_deg: Array) -> Array:
    """Deficit that explains what untreated children lose beyond healthy ones, (members,)."""
    beyond = loss_deg - healthy_loss_deg(np.asarray(value("development.range_followed_to")))
    return np.asarray(np.maximum(beyond, 0) / value("development.range_per_deficit"))


def volume_share(age_y: Array, account: VolumeAccount) -> Array:
    """Calf muscle volume untreated over that of typical children, same shape.

    Two studies contradict each other: ``early``, already small at one year; ``departs``, as in typical
    children until then. Both end at the deficit that adolescents have.

    Args:
        age_y: ages.
        account: which study is followed.
    """
    late = value("development.volume.late_age"), value("development.volume.late_share")
    if account == "early":
        first = value("development.volume.early_age"), value("development.volume.early_share")
    else:
        first = value("development.volume.departs_age"), 1.0
    return np.asarray(np.interp(age_y, (first[0], late[0]), (first[1], late[1])))


def mouse_shortness(block: float) -> float:
    """How much shorter than bone a spastic mouse's calf ends, with a share of the tone blocked from onset.

    The same equation with the mouse's own numbers: tone at its peak throughout.

    Args:
        block: share of tone that toxin takes off, 0 to 1.
    """
    left = value("development.mouse.growth_left")
    p = Growing(np.zeros(1), np.full(1, value("development.mouse.growth_lost")), np.zeros(1))
    ends = np.array([1 - left, 1.0])
    return float(grow(ends, np.ones(2), p, np.full((1, 1), block), np.zeros((1, 1))).deficit[0, -1])


def mouse_block() -> float:
    """Share of a spastic mouse's tone that one early injection takes off; fitted."""
    return value("development.mouse.block")
