"""Crosses where needles go, each with its number, the numbers kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

Mark = tuple[float, float, str]
"""Where a mark lies, px, and its name."""
Box = tuple[float, float, float, float]

_ARM_PX = 6.0
_LETTER, _TALL = 0.62, 0.78  # of the size of letters
_GAP_PX = 3.0
_RINGS = 8
_WAYS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0))
_LED = 2  # from this ring on a line leads from the number to its cross


def crosses(marks: Sequence[Mark], size_px: float = 12.0) -> Iterator[str]:
    """A cross for every mark and its name beside it; no name lies on another name or on a cross.

    Args:
        marks: where they lie.
        size_px: size of the letters.
    """
    arms = [_around(x, y, _ARM_PX, _ARM_PX) for x, y, _ in marks]
    taken: list[Box] = []
    for x, y, name in marks:
        ring, box = _free(x, y, name, size_px, [*arms, *taken])
        taken.append(box)
        left, top, right, bottom = box
        if ring >= _LED:
            yield f'<path class="l" d="M{x:.1f},{y:.1f}L{(left + right) / 2:.1f},{(top + bottom) / 2:.1f}"/>'
        yield f'<path class="s" d="M{x - _ARM_PX:.1f},{y:.1f}h12M{x:.1f},{y - _ARM_PX:.1f}v12"/>'
        yield f'<text x="{left:.1f}" y="{bottom:.1f}">{escape(name)}</text>'


def _free(x: float, y: float, name: str, size_px: float, taken: Sequence[Box]) -> tuple[int, Box]:
    """The nearest place beside a mark that nothing takes, with its ring; the first where all are taken."""
    places = [
        (ring, _beside(x, y, name, size_px, way, ring)) for ring in range(1, _RINGS + 1) for way in _WAYS
    ]
    free = ((ring, box) for ring, box in places if not any(_meet(box, other) for other in taken))
    return next(free, places[0])


def _beside(x: float, y: float, name: str, size_px: float, way: tuple[int, int], ring: int) -> Box:
    """Where a name takes its place beside a mark in a direction."""
    half, tall = len(name) * _LETTER * size_px / 2, _TALL * size_px / 2
    away = ring * _GAP_PX + (ring - 1) * tall
    across = x + way[0] * (_ARM_PX / 2 + away + half)
    down = y + way[1] * ((_ARM_PX / 2 if way[0] else _ARM_PX) + away + tall)
    return _around(across, down, half, tall)


def _around(x: float, y: float, wide: float, tall: float) -> Box:
    """A box by its middle and its halves."""
    return x - wide, y - tall, x + wide, y + tall


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
