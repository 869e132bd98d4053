"""Muscles of one segment as weighted points: what the fast path integrates over instead of voxels.

The voxels of a muscle are halved again and again across their longest side until there are as many equal
groups as points are wanted. Each group is kept as its centre and its variance per axis; adding that variance
to a Gaussian integrates it over the group. Of an endplate zone, divided likewise, one voxel of each group is
kept: endplates are points, and their exposures must keep their spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.units import MM3_PER_ML
from endplate.physiology.spread.limb import Limb

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Geometry:
    """The muscles of one segment, mm of the reference adult, axes z (distal), x (front), y (medial).

    Attributes:
        volume_mL: volume of each muscle, (muscles,).
        points_mm: centres of equal parts of each muscle, (muscles, points, 3).
        spread_mm2: variance of each part about its centre, likewise.
        zones_mm: one endplate in each of equal parts of every endplate zone, (muscles, classes, 3).
        centre_mm: belly middle at equal steps from its proximal to its distal end, (muscles, levels, 3).
        width_mm: standard deviation of the cross-section there along its longer side, (muscles, levels).
        side: direction of that longer side in x and y, (muscles, levels, 2).
        contact: share of a muscle's surface that touches each other muscle, (muscles, muscles).
    """

    volume_mL: Array
    points_mm: Array
    spread_mm2: Array
    zones_mm: Array
    centre_mm: Array
    width_mm: Array
    side: Array
    contact: Array

    @cached_property
    def boxes(self) -> Array:
        """Least and most coordinates of a muscle's points and their largest variances, (muscles, 3, 3)."""
        ends = (self.points_mm.min(axis=1), self.points_mm.max(axis=1), self.spread_mm2.max(axis=1))
        return np.stack(ends, axis=1)


def geometry_of(limb: Limb, zones: Sequence[Array], points: int, classes: int, levels: int) -> Geometry:
    """Points, zones, middles and contacts of every muscle of a filled segment.

    Args:
        limb: the filled segment.
        zones: endplate bands of each muscle as shares of its belly from proximal, (bands, 2) each.
        points: parts per muscle, a power of two.
        classes: parts per endplate zone, a power of two.
        levels: steps along the belly for its middle.
    """
    count = len(zones)
    voxels = [limb.points_mm(muscle) for muscle in range(count)]
    parts = [_parts(found, points, limb.spacing_mm) for found in voxels]
    chance = np.random.default_rng(0)  # which voxel of a part stands for it: the same at every build
    bands = [_samples(_band(found, zone), classes, chance) for found, zone in zip(voxels, zones, strict=True)]
    middles = [_middle(found, levels) for found in voxels]
    return Geometry(
        np.array([len(found) * limb.spacing_mm**3 / MM3_PER_ML for found in voxels]),
        np.stack([centre for centre, _ in parts]),
        np.stack([variance for _, variance in parts]),
        np.stack(bands),
        np.stack([centre for centre, _, _ in middles]),
        np.stack([width for _, width, _ in middles]),
        np.stack([side for _, _, side in middles]),
        _contact(limb, count),
    )


def _band(voxels: Array, bands: Array) -> Array:
    """The voxels inside the bands of a belly; at least the layer nearest to their middle."""
    low, high = voxels[:, 0].min(), voxels[:, 0].max()
    along = (voxels[:, 0] - low) / max(high - low, np.finfo(float).tiny)
    inside = ((along[:, None] >= bands[:, 0]) & (along[:, None] <= bands[:, 1])).any(axis=1)
    if not inside.any():
        away = np.abs(along - bands.mean())
        inside = away <= away.min()
    return np.asarray(voxels[inside])


def _groups(voxels: Array, parts: int) -> list[Array]:
    """Equal groups of voxels, halved again and again across their longest side."""
    repeats = -(-parts // len(voxels))
    groups = [np.repeat(voxels, repeats, axis=0)]
    while len(groups) < parts:
        groups = [half for group in groups for half in _halves(group)]
    return groups


def _parts(voxels: Array, parts: int, spacing_mm: float) -> tuple[Array, Array]:
    """Centres and variances of equal groups of voxels, (parts, 3) each."""
    own = spacing_mm**2 / (2 * 2 * 3)  # variance of a uniform voxel
    groups = _groups(voxels, parts)
    centres = np.stack([group.mean(axis=0) for group in groups])
    return centres, np.stack([group.var(axis=0) for group in groups]) + own


def _samples(voxels: Array, parts: int, chance: np.random.Generator) -> Array:
    """One voxel of every equal group, so that the sample has the spread of the whole, (parts, 3)."""
    return np.stack([group[chance.integers(len(group))] for group in _groups(voxels, parts)])


def _halves(group: Array) -> tuple[Array, Array]:
    longest = int(np.ptp(group, axis=0).argmax())
    ordered = group[np.argsort(group[:, longest], kind="stable")]
    middle = len(ordered) // 2
    return ordered[:middle] if middle else ordered, ordered[middle:]


def _middle(voxels: Array, levels: int) -> tuple[Array, Array, Array]:
    """Belly middle, standard deviation along the longer side and its direction, at equal steps."""
    low, high = voxels[:, 0].min(), voxels[:, 0].max()
    heights = np.linspace(low, high, levels)
    reach = (high - low) / (levels - 1) if levels > 1 else 1
    centre, width, side = np.empty((levels, 3)), np.empty(levels), np.empty((levels, 2))
    for level, height in enumerate(heights):
        weight = np.maximum(1 - np.abs(voxels[:, 0] - height) / max(reach, 1), 0) + np.finfo(float).tiny
        weight = weight / weight.sum()
        middle = weight @ voxels[:, 1:]
        away = voxels[:, 1:] - middle
        size, axes = np.linalg.eigh((away * weight[:, None]).T @ away)
        centre[level] = [height, *middle]
        width[level], side[level] = np.sqrt(max(size[-1], 0)), axes[:, -1]
    return centre, width, side


def _contact(limb: Limb, count: int) -> Array:
    """Share of each muscle's surface towards other muscles that touches each of them, (muscles, muscles)."""
    faces = np.zeros((count, count))
    for axis in range(limb.labels.ndim):
        here = np.moveaxis(limb.labels, axis, 0)
        one, other = here[:-1].ravel(), here[1:].ravel()
        touching = (one >= 0) & (other >= 0) & (one != other)
        np.add.at(faces, (one[touching], other[touching]), 1)
    faces = faces + faces.T
    return np.asarray(faces / np.maximum(faces.sum(axis=1, keepdims=True), 1))
