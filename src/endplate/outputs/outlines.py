"""From a mask of voxels to a drawn shape: smooth closed outlines, and where a label has most room."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]
Points = NDArray[np.float64]
Vertex = tuple[int, int]
ToScreen = Callable[[Points], Points]

_NEIGHBOURS = ((0, -1), (1, 0), (0, 1), (-1, 0))
_CORNERS: tuple[tuple[Vertex, Vertex], ...] = (
    ((0, 0), (1, 0)),
    ((1, 0), (1, 1)),
    ((1, 1), (0, 1)),
    ((0, 1), (0, 0)),
)
_WINDOW = 5
_SMALL_LOOP = 8
_TINTS = ("#f6ece6", "#dccfc8", "#eadfd9", "#c9bbb3", "#fbf6f2", "#d3c5bd")


def outlines(mask: Mask) -> list[Points]:
    """The closed outlines of a mask, outer ones and holes, as rows of (row, column) in voxel indices.

    Specks of one or two voxels are left out.
    """
    following = _edges(np.pad(mask, 1))
    loops = []
    while following:
        loops.append(_walk(following))
    whole = [loop for loop in loops if len(loop) >= _SMALL_LOOP]
    return [_smooth(np.array(loop, dtype=float) - 1.5) for loop in whole]


def path(loops: list[Points], to_screen: ToScreen) -> str:
    """Outlines as the ``d`` of one SVG path, curved through the middles of their edges."""
    return "".join(_curve(to_screen(loop)) for loop in loops)


def roomiest(mask: Mask) -> tuple[Points, float]:
    """The voxel farthest from the mask's edge, as (row, column), and that distance in voxels."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    place = np.unravel_index(int(depth.argmax()), depth.shape)
    return np.array(place, dtype=float), float(depth.max())


def _edges(mask: Mask) -> dict[Vertex, list[Vertex]]:
    """Every edge between inside and outside, by its first corner, with the inside on one hand."""
    following: dict[Vertex, list[Vertex]] = {}
    for (row, column), (start, end) in zip(_NEIGHBOURS, _CORNERS, strict=True):
        open_side = mask & ~np.roll(mask, (-row, -column), axis=(0, 1))
        for i, j in np.argwhere(open_side).tolist():
            following.setdefault((i + start[0], j + start[1]), []).append((i + end[0], j + end[1]))
    return following


def _walk(following: dict[Vertex, list[Vertex]]) -> list[Vertex]:
    """One closed loop, taken out of the edges."""
    first = min(following)
    loop, here = [], first
    while True:
        loop.append(here)
        ends = following[here]
        here, left = ends[-1], ends[:-1]
        if left:
            following[loop[-1]] = left
        else:
            del following[loop[-1]]
        if here == first:
            return loop


def _smooth(loop: Points) -> Points:
    """The loop without its stairs: middles of the edges, averaged with their neighbours."""
    middles = (loop + np.roll(loop, -1, axis=0)) / 2
    reach = _WINDOW // 2
    averaged = sum(np.roll(middles, shift, axis=0) for shift in range(-reach, reach + 1)) / _WINDOW
    return np.asarray(averaged)[::2]


def _curve(points: Points) -> str:
    middles = (points + np.roll(points, -1, axis=0)) / 2
    start = middles[-1]
    bends = "".join(
        f"Q{x:.1f},{y:.1f} {to_x:.1f},{to_y:.1f}"
        for (x, y), (to_x, to_y) in zip(points.tolist(), middles.tolist(), strict=True)
    )
    return f"M{start[0]:.1f},{start[1]:.1f}{bends}Z"


def tints(regions: Mapping[str, Mask]) -> dict[str, str]:
    """A shade for every muscle that no neighbour has, as far as there are shades."""
    found: dict[str, str] = {}
    for name, mask in regions.items():
        grown = np.zeros_like(mask)
        for axis in (0, 1):
            grown |= np.roll(mask, 1, axis) | np.roll(mask, -1, axis)
        taken = {found[other] for other in found if (regions[other] & grown).any()}
        free = [tint for tint in _TINTS if tint not in taken]
        found[name] = free[0] if free else _TINTS[len(found) % len(_TINTS)]
    return found
