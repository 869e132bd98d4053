"""Where the needle's tip comes to lie: the plan's sites, the hand that places them, and the muscle missed.

Sites lie in pairs on both sides of the belly's middle, pair after pair along it, about the level aimed at
(the middle of the endplate zone unless the plan says where); an odd one lies on the midline. A hand errs
along the belly and across it. With the chance of a miss, which depends on muscle and guidance, the tip lies
in a neighbour instead, chosen by how much surface it shares with the muscle aimed at among those present at
that level. Errors do not change which muscle is hit: a tip that would leave it stops at its rim.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
    ends = geometry.centre_mm[aim.muscle, [0, -1], 0]
    reach = ((ends[1] - ends[0]) * scale)[:, None]
    apart = np.minimum(spacing_mm[:, None], reach / (aim.total + 1))
    share = np.clip(aim.at[:, None] + step * apart / reach, 0, 1)
    middle, width, side = _level(geometry, aim.muscle, share)
    tip = middle * scale[:, None, None]
    tip[..., 1:] += (bank * width * scale[:, None])[..., None] / np.sqrt(2.0) * side
    host = _hosts(geometry, aim.muscle, tip[..., 0] / scale[:, None], hand, chance)
    moved = _beside(geometry, host, aim.muscle, tip, scale)
    spread = np.stack([hand.along_mm, hand.across_mm, hand.across_mm], axis=1)
    moved = moved + chance.error * spread[:, None, :]
    return Tips(_confined(geometry.points_mm, geometry.spread_mm2, host, scale, moved), host)


def _layout(aim: Aim) -> tuple[Array, Array]:
    """Pair by pair along the belly about the level, and the bank of each site: -1, 0 or 1."""
    index = np.arange(aim.total)
    rows = index // 2
    bank = np.where(index % 2 == 0, -1.0, 1.0)
    if aim.total % 2:
        bank[-1] = 0.0
    own = slice(aim.first, aim.first + aim.sites)
    return (rows - rows.mean())[own], bank[own]


def _level(geometry: Geometry, muscle: int, share: Array) -> tuple[Array, Array, Array]:
    """Middle, half-width and its direction at shares of the belly, (draws, sites, ...)."""
    levels = np.linspace(0, 1, geometry.centre_mm.shape[1])
    middle = np.stack([np.interp(share, levels, geometry.centre_mm[muscle, :, k]) for k in range(3)], axis=-1)
    width = np.interp(share, levels, geometry.width_mm[muscle])
    nearest = np.rint(share * (levels.size - 1)).astype(np.intp)
    return middle, width, geometry.side[muscle][nearest]


def _hosts(geometry: Geometry, muscle: int, z_mm: Array, hand: Hand, chance: Chance) -> Muscles:
    """The muscle each needle lies in, the one aimed at or a neighbour present at its level."""
    ends = geometry.centre_mm[:, [0, -1], 0]
    present = (z_mm[..., None] >= ends[:, 0]) & (z_mm[..., None] <= ends[:, 1])
    weight = np.cumsum(present * geometry.contact[muscle], axis=-1)
    chosen = (weight < chance.luck[..., 1:] * weight[..., -1:]).sum(axis=-1)
    missed = (chance.luck[..., 0] > hand.hit[:, None]) & (weight[..., -1] > 0)
    return np.asarray(np.where(missed, chosen, muscle), dtype=np.int64)


def _beside(geometry: Geometry, host: Muscles, muscle: int, tip: Array, scale: Array) -> Array:
    """Tips, those that missed moved to the middle of their host at the same height."""
    moved, sizes = tip.copy(), np.broadcast_to(scale[:, None], host.shape)
    for other in np.unique(host[host != muscle]):
        here = host == other
        heights = geometry.centre_mm[other, :, 0]
        height = tip[here, 0] / sizes[here]
        across = [np.interp(height, heights, geometry.centre_mm[other, :, k]) for k in (1, 2)]
        moved[here] = np.stack([height, *across], axis=1) * sizes[here][:, None]
    return moved


@njit(cache=True, nogil=True)
def _confined(points: Array, spread: Array, host: Muscles, scale: Array, tip: Array) -> Array:
    """Tips, those outside their host moved to the middle of its nearest part."""
    out = tip.copy()
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
            if best > _INSIDE:
                for k in range(3):
                    out[d, s, k] = points[m, nearest, k] * scale[d]
    return out
