"""Where places of a filled limb lie on the screen: sections seen from distal, views from front or back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import Structure
from endplate.outputs.needle_marks import Mark
from endplate.outputs.outlines import Mask, Points, ToScreen, outlines, path, roomiest, tints
from endplate.physiology.spread.limb import BONE, OUTSIDE, Limb

Picture = NDArray[np.int16]
SIDES = ("right", "left")

WIDTH, HEIGHT = 860, 560
MIDDLE = (WIDTH / 2, HEIGHT / 2 + 8)
"""Of a section on its drawing, px."""
SECTION_PX = 400.0
_VIEW_PX = 580.0
VIEW_TOP = 60.0
_NEAR_MM = 10.0
_SLIVER = 1.5
_CONTOURS = (1.0, 10.0, 100.0)  # U h/mL


@dataclass(frozen=True)
class Site:
    """An injection site in limb coordinates, mm (z from proximal, x to the front, y to medial)."""

    name: str
    z_mm: float
    x_mm: float
    y_mm: float


@dataclass(frozen=True)
class Band:
    """An endplate zone: a muscle and where the zone lies along the segment, mm from proximal."""

    muscle: str
    low_mm: float
    high_mm: float


@dataclass(frozen=True)
class Across:
    """Where a place of the limb lies in a section on the screen; the radius of the section is in mm."""

    turn: int
    px_per_mm: float
    radius_mm: float

    def place(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """A place, to the front and to the medial side, in pixels."""
        return MIDDLE[0] + self.turn * y_mm * self.px_per_mm, MIDDLE[1] - x_mm * self.px_per_mm

    def centre(self, row: Structure) -> tuple[float, float]:
        """The middle of a structure in pixels."""
        angle, distance = np.deg2rad(row.angle_deg), row.radius * self.radius_mm
        return self.place(float(distance * np.cos(angle)), float(distance * np.sin(angle)))


def slice_at(limb: Limb, at: float) -> int:
    """The slice at a share of the length."""
    return min(int(at * len(limb.labels)), len(limb.labels) - 1)


def across_of(limb: Limb, at: float, limb_side: str = "right") -> Across:
    """Where places of a section lie on the screen.

    Args:
        limb: the filled segment.
        at: where it is cut, share of the length.
        limb_side: ``right`` or ``left``.
    """
    cut, turn = limb.labels[slice_at(limb, at)], turn_of(limb_side)
    radius = float(np.sqrt((cut != OUTSIDE).sum() / np.pi)) * limb.spacing_mm
    return Across(turn, section_frame(cut, turn)[1] / limb.spacing_mm, radius)


def view_place() -> dict[str, float]:
    """Where a segment begins in a view, and how long it is there, in pixels."""
    return {"top_px": VIEW_TOP, "length_px": _VIEW_PX}


def turn_of(limb_side: str) -> int:
    """1 where medial lies to the right of a limb seen from its front, -1 where to the left."""
    if limb_side not in SIDES:
        raise ValueError(f"limb_side is {limb_side!r}; it is right or left")
    return 1 if limb_side == "right" else -1


def visible(limb: Limb, side: str) -> Picture:
    """What is met first from the front or the back, (z, y)."""
    if side not in ("front", "back"):
        raise ValueError(f"side is {side!r}; it is front or back")
    depth_first = limb.labels[:, ::-1, :] if side == "front" else limb.labels
    first = (depth_first != OUTSIDE).argmax(axis=1)
    return np.asarray(np.take_along_axis(depth_first, first[:, None, :], axis=1)[:, 0, :])


def regions_of(picture: Picture, names: Sequence[str]) -> dict[str, Mask]:
    """The mask of every muscle in the picture but for slivers, in the order of the names."""
    masks = {name: picture == index for index, name in enumerate(names)}
    return {name: mask for name, mask in masks.items() if mask.any() and roomiest(mask)[1] >= _SLIVER}


def contours_of(exposure: NDArray[np.float64]) -> dict[str, Mask]:
    """Where a section's exposure, U h/mL, reaches each of the levels that are outlined, by their names."""
    return {f"{level:g} U h/mL": exposure >= level for level in _CONTOURS if (exposure >= level).any()}


def section_frame(cut: Picture, turn: int) -> tuple[ToScreen, float]:
    """From (x, y) voxel indices to the screen, and pixels per voxel: front up."""
    half = (cut.shape[0] - 1) / 2
    rows, columns = np.nonzero(cut != OUTSIDE)
    reach = max(np.hypot(rows - half, columns - half).max(initial=1.0), 1.0) + 1
    px = SECTION_PX / 2 / float(reach)

    def to_screen(points: Points) -> Points:
        x, y = (points - half).T
        return np.stack([MIDDLE[0] + turn * y * px, MIDDLE[1] - x * px], axis=1)

    return to_screen, px


def view_frame(seen: Picture, turn: int) -> tuple[ToScreen, float]:
    """From (z, y) voxel indices to the screen, and pixels per voxel: proximal up."""
    half = (seen.shape[1] - 1) / 2
    px = _VIEW_PX / seen.shape[0]

    def to_screen(points: Points) -> Points:
        z, y = points.T
        return np.stack([WIDTH / 2 + turn * (y - half) * px, VIEW_TOP + (z + 0.5) * px], axis=1)

    return to_screen, px


def marks_near(sites: Sequence[Site], limb: Limb, level: int, across: Across) -> list[Mark]:
    """Where the tips within 1 cm of a slice lie in its section, px, with their names."""
    z_mm = limb.origin_mm[0] + level * limb.spacing_mm
    near = [site for site in sites if abs(site.z_mm - z_mm) <= _NEAR_MM]
    return [(*across.place(site.x_mm, site.y_mm), site.name) for site in near]


def view_places(sites: Sequence[Site], limb: Limb, to_screen: ToScreen) -> list[Mark]:
    """Where the tips lie in a view, px, with their names."""
    found = []
    for site in sites:
        place = np.array([[site.z_mm - limb.origin_mm[0], site.y_mm - limb.origin_mm[2]]]) / limb.spacing_mm
        x, y = to_screen(place)[0].tolist()
        found.append((x, y, site.name))
    return found


def zone_bands(
    zones: Sequence[Band], regions: Mapping[str, Mask], limb: Limb, to_screen: ToScreen
) -> Iterator[str]:
    """The bands of the muscles that are seen, hatched."""
    for band in zones:
        if band.muscle not in regions:
            continue
        z = limb.origin_mm[0] + np.arange(limb.labels.shape[0]) * limb.spacing_mm
        within = regions[band.muscle] & ((z >= band.low_mm) & (z <= band.high_mm))[:, None]
        if within.any():
            yield f'<path class="z" d="{path(outlines(within), to_screen)}"/>'


def shapes(picture: Picture, regions: Mapping[str, Mask], to_screen: ToScreen) -> Iterator[str]:
    """Bones and muscles as filled outlines."""
    shades = tints(regions)
    for name, mask in regions.items():
        shape = path(outlines(mask), to_screen)
        yield f'<path class="m" data-muscle="{name}" fill="{shades[name]}" fill-rule="evenodd" d="{shape}"/>'
    if (bone := picture == BONE).any():
        yield f'<path class="b" fill-rule="evenodd" d="{path(outlines(bone), to_screen)}"/>'
