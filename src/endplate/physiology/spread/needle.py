"""Where the needle's tip comes to lie: the plan's sites, the hand that places them, and the muscle missed.

Sites lie in pairs on both sides of the belly's middle, pair after pair along it, about the level aimed at
(the middle of the endplate zone unless the plan says where); an odd one lies on the midline. A hand errs
along the belly and across it. With the chance of a miss, which depends on muscle and guidance, the tip lies
in a neighbour instead, chosen by how much surface it shares with the muscle aimed at among those present at
that level. Errors do not change which muscle is hit: a tip that would leave it stops at its rim.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit
from endplate.physiology.spread.geometry import Geometry

Array = NDArray[np.float64]
Muscles = NDArray[np.int64]

_INSIDE = 9.0  # squared distance of a box's corner from its middle, in variances of the box


@dataclass(frozen=True)
class Hand:
    """How exactly a needle is placed, (draws,) each: mm along and across, chance of the right muscle."""

    along_mm: Array
    across_mm: Array
    hit: Array


@dataclass(frozen=True)
class Chance:
    """What chance decides: standard normal errors (draws, sites, 3) and uniform numbers (draws, sites, 2)."""

    error: Array
    luck: Array


@dataclass(frozen=True)
class Aim:
    """What one row of a plan aims at: muscle, level of the belly (draws,), and which of the sites there.

    ``first`` and ``total`` place the row's sites among all that are given into the muscle at that level.
    """

    muscle: int
    at: Array
    sites: int
    first: int
    total: int


@dataclass(frozen=True)
class Tips:
    """Tips of needles, person's mm, (draws, sites, 3), and the muscle that holds each, (draws, sites)."""

    mm: Array
    host: Muscles


def place(geometry: Geometry, aim: Aim, spacing_mm: Array, scale: Array, hand: Hand, chance: Chance) -> Tips:
    """Where the needles of one row of the plan come to lie.

    Args:
        geometry: the segment.
        aim: muscle, level and sites.
        spacing_mm: distance along the belly between pairs of sites, (draws,).
        scale: a person's lengths over the reference adult's, (draws,).
        hand: how exactly the needle is placed.
        chance: what chance decides.
    """
    step, bank = _layout(aim)
    ends = geometry.centre_mm[:, [0, -1], 0]
    reach = (ends[aim.muscle, 1] - ends[aim.muscle, 0]) * scale[:, None]
    apart = np.minimum(spacing_mm[:, None], reach / (aim.total + 1))
    share = np.clip(aim.at[:, None] + step * apart / reach, 0, 1)
    belly = (geometry.centre_mm, geometry.width_mm[aim.muscle], geometry.side[aim.muscle])
    beside = (ends, geometry.contact[aim.muscle])
    tip, host = _aimed(belly, beside, aim.muscle, share, bank, scale, hand.hit, chance.luck)
    tip += chance.error * np.stack([hand.along_mm, hand.across_mm, hand.across_mm], axis=1)[:, None]
    _confine(geometry.points_mm, geometry.spread_mm2, host, scale, tip)
    return Tips(tip, host)


def _layout(aim: Aim) -> tuple[Array, Array]:
    """Pair by pair along the belly about the level, and the bank of each site: -1, 0 or 1."""
    index = np.arange(aim.total)
    rows = index // 2
    bank = np.where(index % 2 == 0, -1.0, 1.0)
    if aim.total % 2:
        bank[-1] = 0.0
    own = slice(aim.first, aim.first + aim.sites)
    return (rows - rows.mean())[own], bank[own]


@njit(cache=True, nogil=True, inner=True)
def _interval(ascending: Array, x: float) -> tuple[int, float]:
    """The interval that holds x and the part of it below, 0 to 1."""
    low = 0
    while low < ascending.size - 2 and x >= ascending[low + 1]:
        low += 1
    part = (x - ascending[low]) / (ascending[low + 1] - ascending[low])
    return low, min(1.0, max(0.0, part))


@njit(cache=True, nogil=True, inner=True)
def _host(ends: Array, contact: Array, muscle: int, height: float, luck: float) -> int:
    """The neighbour a needle that misses lies in, of those present at its height; none: the one aimed at."""
    total = 0.0
    for m in range(contact.size):
        if ends[m, 0] <= height <= ends[m, 1]:
            total += contact[m]
    if total == 0.0:
        return muscle
    passed, chosen = 0.0, -1
    while chosen < 0 or passed < luck * total:
        chosen += 1
        if ends[chosen, 0] <= height <= ends[chosen, 1]:
            passed += contact[chosen]
    return chosen


@njit(cache=True, nogil=True)
def _aimed(
    belly: tuple[Array, Array, Array],
    beside: tuple[Array, Array],
    muscle: int,
    share: Array,
    bank: Array,
    scale: Array,
    hit: Array,
    luck: Array,
) -> tuple[Array, Muscles]:
    """Tips without the hand's errors and the muscle of each; those that miss lie in its middle."""
    centre, width, side = belly
    tip, host = np.empty((*share.shape, 3)), np.full(share.shape, muscle)
    for d in range(share.shape[0]):
        for s in range(share.shape[1]):
            at = share[d, s] * (width.size - 1)
            low, near = min(int(at), width.size - 2), round(at)
            part = at - low
            for k in range(3):
                middle = centre[muscle, low, k]
                tip[d, s, k] = (middle + part * (centre[muscle, low + 1, k] - middle)) * scale[d]
            height = tip[d, s, 0] / scale[d]
            if luck[d, s, 0] > hit[d]:
                host[d, s] = _host(beside[0], beside[1], muscle, height, luck[d, s, 1])
            if host[d, s] == muscle:
                half = (width[low] + part * (width[low + 1] - width[low])) * scale[d] / math.sqrt(2.0)
                tip[d, s, 1] += bank[s] * half * side[near, 0]
                tip[d, s, 2] += bank[s] * half * side[near, 1]
            else:
                other = centre[host[d, s]]
                low, part = _interval(other[:, 0], height)
                for k in range(1, 3):
                    tip[d, s, k] = (other[low, k] + part * (other[low + 1, k] - other[low, k])) * scale[d]
    return tip, host


@njit(cache=True, nogil=True)
def _confine(points: Array, spread: Array, host: Muscles, scale: Array, tip: Array) -> None:
    """Move tips that lie outside their host to the middle of its nearest part."""
    for d in range(tip.shape[0]):
        for s in range(tip.shape[1]):
            m, nearest, best = host[d, s], 0, np.inf
            for i in range(points.shape[1]):
                distance = 0.0
                for k in range(3):
                    away = tip[d, s, k] / scale[d] - points[m, i, k]
                    distance += away * away / spread[m, i, k]
                if distance < best:
                    nearest, best = i, distance
                if best <= _INSIDE:
                    break
            if best > _INSIDE:
                for k in range(3):
                    tip[d, s, k] = points[m, nearest, k] * scale[d]
