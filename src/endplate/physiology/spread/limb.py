r"""A limb segment filled with its muscles: who owns which voxel.

Coordinates: z from proximal (0) to distal along the segment, x to the front and y to the medial side, mm.
A muscle of volume :math:`V` whose belly runs from :math:`z_0` to :math:`z_1` has the cross-section

.. math:: A(z) = \frac{V}{z_1 - z_0}\,\frac{\pi}{2}\,\sin(\pi u), \qquad u = (z - z_0)/(z_1 - z_0)

Every slice is a disc just large enough for its muscles and bones. Muscles share it as a power diagram:
a voxel belongs to the muscle with the least :math:`|x - c_m|^2 - w_m`, and the weights :math:`w_m` are
moved until every area is the one wanted, so volumes are kept and bodies do not overlap. Assumption:
bellies are spindles in a round segment (schematic).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.units import MM3_PER_ML

Array = NDArray[np.float64]
Labels = NDArray[np.int16]

OUTSIDE, BONE = -1, -2
_ROUNDS = 60
_GAIN = 0.35


@dataclass(frozen=True)
class Bodies:
    """The muscles of one segment, one row each, (muscles,).

    Attributes:
        volume_mL: volume of each belly.
        start: proximal end of the belly, share of the segment's length.
        end: distal end of the belly, likewise.
        angle_deg: direction of the belly from the segment's axis: 0 front, 90 medial, 180 back, 270 lateral.
        radius: distance of the belly's middle from the axis, share of the segment's radius there.
    """

    volume_mL: Array
    start: Array
    end: Array
    angle_deg: Array
    radius: Array


@dataclass(frozen=True)
class Bones:
    """The bones of one segment as straight rods, one row each: share of the radius and half-width in mm."""

    angle_deg: Array
    radius: Array
    half_width_mm: Array


@dataclass(frozen=True)
class Limb:
    """A segment as voxels.

    Attributes:
        spacing_mm: edge of a voxel.
        origin_mm: centre of voxel (0, 0, 0) as z, x, y.
        labels: index of the muscle that owns a voxel; BONE or OUTSIDE else, (z, x, y).
    """

    spacing_mm: float
    origin_mm: tuple[float, float, float]
    labels: Labels

    def points_mm(self, muscle: int) -> Array:
        """Centres of the voxels of one muscle, (voxels, 3) as z, x, y."""
        place = np.argwhere(self.labels == muscle) * self.spacing_mm + np.asarray(self.origin_mm)
        return np.asarray(place, dtype=np.float64)


def areas_mm2(bodies: Bodies, length_mm: float, z_mm: Array) -> Array:
    """Cross-section of every muscle at every height, (muscles, heights)."""
    start, end = (bodies.start * length_mm)[:, None], (bodies.end * length_mm)[:, None]
    along = np.clip((z_mm - start) / (end - start), 0, 1)
    mm3 = (bodies.volume_mL * MM3_PER_ML)[:, None]
    inside = (along > 0) & (along < 1)
    return np.asarray(mm3 / (end - start) * np.pi / 2 * np.sin(np.pi * along) * inside)


def fill(bodies: Bodies, bones: Bones, length_mm: float, spacing_mm: float) -> Limb:
    """Divide a segment among its muscles.

    Args:
        bodies: the muscles.
        bones: the bones.
        length_mm: length of the segment.
        spacing_mm: edge of a voxel.
    """
    z = np.arange(spacing_mm / 2, length_mm, spacing_mm)
    wanted = areas_mm2(bodies, length_mm, z)
    bone_mm2 = float((np.pi * bones.half_width_mm**2).sum())
    radii = np.sqrt((wanted.sum(axis=0) + bone_mm2) / np.pi)
    half = int(np.ceil(radii.max() / spacing_mm)) + 1
    axis = np.arange(-half, half + 1) * spacing_mm
    x, y = np.meshgrid(axis, axis, indexing="ij")
    labels = np.full((z.size, axis.size, axis.size), OUTSIDE, dtype=np.int16)
    weights = np.zeros(len(bodies.volume_mL))
    for k in range(z.size):
        labels[k], weights = _slice(bodies, bones, wanted[:, k], float(radii[k]), x, y, weights)
    return Limb(spacing_mm, (float(z[0]), float(axis[0]), float(axis[0])), labels)


def _slice(
    bodies: Bodies, bones: Bones, wanted_mm2: Array, radius_mm: float, x: Array, y: Array, weights: Array
) -> tuple[Labels, Array]:
    """One slice: labels (x, y), and the weights to start the next slice from."""
    owner = np.full(x.shape, OUTSIDE, dtype=np.int16)
    voxel = (x[1, 0] - x[0, 0]) ** 2
    inside = np.hypot(x, y) <= radius_mm
    for angle, share, thick in zip(
        np.deg2rad(bones.angle_deg), bones.radius, bones.half_width_mm, strict=True
    ):
        bone_x, bone_y = share * radius_mm * np.cos(angle), share * radius_mm * np.sin(angle)
        rod = np.hypot(x - bone_x, y - bone_y) <= thick
        owner[rod] = BONE
        inside &= ~rod
    present = np.flatnonzero(wanted_mm2 > 0)
    if present.size == 0 or not inside.any():
        return owner, weights
    angle = np.deg2rad(bodies.angle_deg[present])
    distance = bodies.radius[present] * radius_mm
    centre = np.stack([distance * np.cos(angle), distance * np.sin(angle)], axis=1)
    px, py = x[inside], y[inside]
    squared = (px[:, None] - centre[:, 0]) ** 2 + (py[:, None] - centre[:, 1]) ** 2
    share = wanted_mm2[present] / wanted_mm2[present].sum() * px.size * voxel
    held = weights[present].copy()
    for _ in range(_ROUNDS):
        mine = (squared - held).argmin(axis=1)
        missing = share - np.bincount(mine, minlength=present.size) * voxel
        if np.abs(missing).max() <= voxel:
            break
        held += _GAIN * missing / np.pi
    owner[inside] = present[mine]
    weights = weights.copy()
    weights[present] = held
    return owner, weights
