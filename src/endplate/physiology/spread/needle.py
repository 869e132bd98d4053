"""Where the needle's tip comes to lie: the plan's sites, the hand that places them, and the muscle missed.

Sites lie in pairs on both sides of the belly's middle, pair after pair along it, about the level aimed at
(the middle of the endplate zone unless the plan says where). A hand errs along the belly and across it; with
the chance of a miss, which depends on muscle and guidance, the tip lies in a neighbour instead, chosen by how
much surface it shares with the muscle aimed at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.spread.geometry import Geometry

Array = NDArray[np.float64]


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


def place(
    geometry: Geometry,
    muscle: int,
    sites: int,
    at: Array,
    spacing_mm: Array,
    scale: Array,
    hand: Hand,
    chance: Chance,
) -> Array:
    """Tips of the needles of one injection, person's mm, (draws, sites, 3).

    Args:
        geometry: the segment.
        muscle: the muscle aimed at.
        sites: number of needle placements.
        at: level aimed at, share of the belly from proximal, (draws,).
        spacing_mm: distance along the belly between pairs of sites, (draws,).
        scale: a person's lengths over the reference adult's, (draws,).
        hand: how exactly the needle is placed.
        chance: what chance decides.
    """
    rows = np.arange(sites) // 2
    step = rows - rows.max() / 2
    bank = np.where(np.arange(sites) % 2 == 0, -1.0, 1.0) if sites > 1 else np.zeros(1)
    ends = geometry.centre_mm[muscle, [0, -1], 0]
    reach = (ends[1] - ends[0]) * scale
    aimed = at[:, None] * reach[:, None] + step * np.minimum(spacing_mm, reach / (rows.max() + 2))[:, None]
    share = np.clip(aimed / reach[:, None], 0, 1)
    middle, width, side = _level(geometry, muscle, share)
    tip = middle * scale[:, None, None]
    tip[..., 1:] += (bank * width * scale[:, None])[..., None] / np.sqrt(2.0) * side
    tip = _into_muscle(geometry.points_mm[muscle], geometry.spread_mm2[muscle], scale, tip)
    tip = _missed(geometry, muscle, scale, hand, chance, tip)
    spread = np.stack([hand.along_mm, hand.across_mm, hand.across_mm], axis=1)
    return np.asarray(tip + chance.error * spread[:, None, :])


def _level(geometry: Geometry, muscle: int, share: Array) -> tuple[Array, Array, Array]:
    """Middle, half-width and its direction at shares of the belly, (draws, sites, ...)."""
    levels = np.linspace(0, 1, geometry.centre_mm.shape[1])
    middle = np.stack([np.interp(share, levels, geometry.centre_mm[muscle, :, k]) for k in range(3)], axis=-1)
    width = np.interp(share, levels, geometry.width_mm[muscle])
    nearest = np.rint(share * (levels.size - 1)).astype(np.intp)
    return middle, width, geometry.side[muscle][nearest]


def _into_muscle(points_mm: Array, spread_mm2: Array, scale: Array, tip: Array) -> Array:
    """Sites aimed at lie in the muscle: one outside it is moved to the middle of the nearest part."""
    away = tip[..., None, :] / scale[:, None, None, None] - points_mm
    distance2 = (away**2 / (2 * 2 * spread_mm2)).sum(axis=-1)
    nearest = distance2.argmin(axis=-1)
    outside = np.take_along_axis(distance2, nearest[..., None], axis=-1)[..., 0] > 1
    tip[outside] = (points_mm[nearest] * scale[:, None, None])[outside]
    return tip


def _missed(geometry: Geometry, muscle: int, scale: Array, hand: Hand, chance: Chance, tip: Array) -> Array:
    """Tips, those that miss moved to the middle of a neighbour at the same height."""
    contact = geometry.contact[muscle]
    if not contact.any():
        return tip
    missed = chance.luck[..., 0] > hand.hit[:, None]
    chosen = np.searchsorted(np.cumsum(contact), chance.luck[..., 1], side="right").clip(0, contact.size - 1)
    sizes = np.broadcast_to(scale[:, None], missed.shape)
    for other in np.flatnonzero(contact):
        here = missed & (chosen == other)
        if here.any():
            tip[here] = _beside(geometry, int(other), tip[here, 0], sizes[here])
    return tip


def _beside(geometry: Geometry, other: int, z_mm: Array, scale: Array) -> Array:
    """The middle of another muscle at a height, or its nearest end, person's mm, (tips, 3)."""
    heights = geometry.centre_mm[other, :, 0]
    height = np.clip(z_mm / scale, heights[0], heights[-1])
    across = [np.interp(height, heights, geometry.centre_mm[other, :, k]) for k in (1, 2)]
    return np.stack([height, *across], axis=1) * scale[:, None]
