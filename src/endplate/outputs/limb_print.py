"""Limbs with needles for a report: cropped to the limb, letters that print, what is injected grey.

A muscle that lies deep in a view is outlined with dashes whatever lies over it. Numbers are kept apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import numpy as np

from endplate.knowledge.anatomy import Landmark, Structure
from endplate.outputs.limb_frame import (
    Across,
    Band,
    Picture,
    Site,
    across_of,
    marks_near,
    regions_of,
    section_frame,
    shapes,
    slice_at,
    turn_of,
    view_frame,
    view_place,
    view_places,
    visible,
    zone_bands,
)
from endplate.outputs.limb_words import LATERAL, MEDIAL, held
from endplate.outputs.needle_marks import crosses
from endplate.outputs.outlines import outlines, path
from endplate.physiology.spread.limb import OUTSIDE, Limb

_VIEW_PX, _MARK_PX = 24.0, 30.0  # sizes of letters in a view
_CUT_PX, _CUT_MARK_PX = 28.0, 36.0  # in a section, which is printed smaller
_LETTER = 0.62
_LANDMARK_LETTERS = 15
_GAP_PX, _EDGE_PX = 14.0, 6.0
_WORDS_PX = 118.0  # from the middle of a view to the ends of the words below it
_LINE_MM = 10.0
_BAR_PX = 4.0
_DASHES = "7 4"
_STYLE = (
    "<style>.plimb{{font-family:'DejaVu Sans',Arial,sans-serif;font-size:{size:g}px;fill:#111}}"
    ".plimb .m{{stroke:#4a3f3a;stroke-width:1}}.plimb .b{{fill:#fff;stroke:#111;stroke-width:1.6}}"
    ".plimb .z{{stroke:#111;stroke-width:.8}}.plimb .s{{stroke:#000;stroke-width:2.4;fill:none}}"
    ".plimb .l{{stroke:#000;stroke-width:1}}.plimb .t{{stroke:#777;stroke-dasharray:3 3;fill:none}}"
    ".plimb .d{{fill:none;stroke:#111;stroke-width:2;stroke-dasharray:" + _DASHES + "}}"
    ".plimb .k{{font-weight:bold;paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}}"
    ".plimb .k path{{paint-order:normal}}"
    ".plimb .artery,.plimb .vein,.plimb .vessels{{fill:#555;stroke:#111}}"
    ".plimb .nerve{{fill:#fff;stroke:#111;stroke-width:1.6;stroke-dasharray:3 2}}"
    ".plimb .pleura{{fill:#fff;stroke:#111;stroke-width:2.5}}</style>"
)
_GREY = "#9fabb4"
_PALE = "#f4f1ee"
_HATCH = (
    '<defs><pattern id="{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="6" stroke="#111" stroke-width="1.2"/>'
    "</pattern></defs>"
)


@dataclass(frozen=True)
class Frame:
    """The part of the drawing that is shown, px."""

    left: float
    top: float
    right: float
    bottom: float


def printed_view(
    limb: Limb,
    names: Sequence[str],
    face: str,
    *,
    zones: Sequence[Band],
    sites: Sequence[Site],
    landmarks: Sequence[Landmark],
    grey: Collection[str],
    deep: Collection[str],
    limb_side: str,
    number: int,
) -> str:
    """A limb from one face as one SVG element without a heading.

    Args:
        limb: the filled segment in the person's size.
        names: the muscle of every label.
        face: ``front`` or ``back``.
        zones: endplate zones, hatched where their muscle lies at the surface.
        sites: needles.
        landmarks: bony landmarks, in words at their level.
        grey: the muscles injected from this face.
        deep: those of them that are outlined with dashes.
        limb_side: ``right`` or ``left``.
        number: of this drawing on its page, so that its pattern is its own.
    """
    seen = visible(limb, face)
    turn = turn_of(limb_side) * (1 if face == "front" else -1)
    to_screen, px = view_frame(seen, turn)
    regions, hatch = regions_of(seen, names), f"limb-hatch-{number}"
    places = view_places(sites, limb, to_screen)
    frame = _view_frame(seen, px, [(x, y) for x, y, _ in places])
    masks = {muscle: (limb.labels == names.index(muscle)).any(axis=1) for muscle in deep}
    bands = zone_bands(zones, regions, limb, to_screen)
    parts = [
        *_landmarks(landmarks, seen, px, frame),
        *_filled(shapes(seen, regions, to_screen), grey),
        *(band.replace('class="z"', f'class="z" fill="url(#{hatch})"', 1) for band in bands),
        *(f'<path class="d" d="{path(outlines(mask), to_screen)}"/>' for mask in masks.values()),
        *_numbered(crosses(places, _MARK_PX), _MARK_PX),
        *_below(turn, frame),
        _bar(px / limb.spacing_mm, frame, _VIEW_PX),
    ]
    return _svg(frame, _VIEW_PX, parts, _HATCH.format(name=hatch))


def printed_section(
    limb: Limb,
    at: float,
    names: Sequence[str],
    *,
    structures: Sequence[Structure],
    sites: Sequence[Site],
    grey: Collection[str],
    front: str,
    limb_side: str,
) -> str:
    """A section across a limb as one SVG element without a heading: small, one muscle grey.

    Args:
        limb: the filled segment in the person's size.
        at: where it is cut, share of the length.
        names: the muscle of every label.
        structures: nerves and vessels; those that reach the cut are marked.
        sites: needles; those within 1 cm of the cut are marked.
        grey: the muscles to be grey.
        front: the word for the upper edge.
        limb_side: ``right`` or ``left``.
    """
    across, level = across_of(limb, at, limb_side), slice_at(limb, at)
    cut = limb.labels[level]
    to_screen, px = section_frame(cut, across.turn)
    x, y = across.place(0.0, 0.0)
    reach = across.place(0.0, across.turn * _reach_mm(cut, limb.spacing_mm))[0] - x
    wide = reach + 2 * _EDGE_PX
    frame = Frame(x - wide, y - reach - _CUT_PX - _EDGE_PX, x + wide, y + reach + 2 * _CUT_PX)
    left, right = _sides(across.turn)
    own = {muscle: cut == names.index(muscle) for muscle in grey}
    parts = [
        *_filled(shapes(cut, {**regions_of(cut, names), **own}, to_screen), grey),
        *(_round(row, across) for row in structures if row.start <= at <= row.end),
        *_numbered(crosses(marks_near(sites, limb, level, across), _CUT_MARK_PX), _CUT_MARK_PX),
        _word(held(front.split(" (")[0]), x, frame.top + _CUT_PX, "middle"),
        _word(left, frame.left + _EDGE_PX, y + reach + _CUT_PX / 2, "start"),
        _word(right, frame.right - _EDGE_PX, y + reach + _CUT_PX / 2, "end"),
        _bar(px / limb.spacing_mm, frame, _CUT_PX),
    ]
    return _svg(frame, _CUT_PX, parts, "")


def _reach_mm(cut: Picture, spacing_mm: float) -> float:
    """From the middle of a section to its outermost voxel, mm."""
    half = (cut.shape[0] - 1) / 2
    rows, columns = np.nonzero(cut != OUTSIDE)
    return float(np.hypot(rows - half, columns - half).max(initial=1.0) + 1) * spacing_mm


def _svg(frame: Frame, size: float, parts: Sequence[str], hatch: str) -> str:
    """The whole element."""
    wide, tall = frame.right - frame.left, frame.bottom - frame.top
    box = f"{frame.left:.1f} {frame.top:.1f} {wide:.1f} {tall:.1f}"
    ground = (
        f'<rect x="{frame.left:.1f}" y="{frame.top:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="#fff"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="">'
        f'{_STYLE.format(size=_VIEW_PX)}{hatch}{ground}<g class="plimb" style="font-size:{size:g}px">'
        f"{''.join(parts)}</g></svg>"
    )


def _filled(drawn: Iterator[str], grey: Collection[str]) -> Iterator[str]:
    """Outlines with what is injected grey and all else pale."""
    for shape in drawn:
        muscle = shape.partition('data-muscle="')[2].partition('"')[0]
        before, fill, after = shape.partition(' fill="')
        if not muscle or not fill:
            yield shape
        else:
            yield f'{before} fill="{_GREY if muscle in grey else _PALE}{after[after.index(chr(34)) :]}'


def _numbered(drawn: Iterator[str], size: float) -> Iterator[str]:
    """Crosses with their numbers bold on a white edge."""
    for line in drawn:
        yield line.replace("<text ", f'<text class="k" style="font-size:{size:g}px" ', 1)


def _round(row: Structure, across: Across) -> str:
    """A nerve or vessel."""
    x, y = across.centre(row)
    r = max(row.size_mm / 2 * across.px_per_mm, _BAR_PX)
    return f'<circle class="{row.kind}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'


def _view_frame(seen: Picture, px: float, places: Sequence[tuple[float, float]]) -> Frame:
    """What holds the limb, its needles, the landmarks on the left and the words below."""
    to_screen = view_frame(seen, 1)[0]
    middle = float(to_screen(np.array([[0.0, (seen.shape[1] - 1) / 2]]))[0, 0])
    columns = np.flatnonzero((seen != OUTSIDE).any(axis=0))
    half = max(
        abs(columns - (seen.shape[1] - 1) / 2).max(initial=0) * px, *(abs(x - middle) for x, _ in places)
    )
    words = _LANDMARK_LETTERS * _LETTER * _VIEW_PX
    place = view_place()
    return Frame(
        middle - max(half + _GAP_PX + words, _WORDS_PX) - _EDGE_PX,
        place["top_px"] - 2 * _VIEW_PX,
        middle + max(half, _WORDS_PX) + _EDGE_PX,
        place["top_px"] + place["length_px"] + 3.5 * _VIEW_PX,
    )


def _landmarks(landmarks: Sequence[Landmark], seen: Picture, px: float, frame: Frame) -> Iterator[str]:
    """Landmarks in words left of the limb, apart from each other, each with a line at its level."""
    place = view_place()
    end = frame.left + _EDGE_PX + _LANDMARK_LETTERS * _LETTER * _VIEW_PX
    to_screen = view_frame(seen, 1)[0]
    middle = float(to_screen(np.array([[0.0, (seen.shape[1] - 1) / 2]]))[0, 0])
    free = frame.top + _VIEW_PX
    for mark in sorted(landmarks, key=lambda one: one.at):
        level = place["top_px"] + mark.at * place["length_px"]
        lines = wrap(held(mark.words), _LANDMARK_LETTERS)
        first = max(level - (len(lines) - 1) * _VIEW_PX / 2 + _VIEW_PX / 3, free)
        free = first + len(lines) * _VIEW_PX + _BAR_PX
        at = first + (len(lines) - 1) * _VIEW_PX / 2 - _VIEW_PX / 3
        yield (
            f'<path class="t" d="M{end + _BAR_PX:.1f},{at:.1f}L{end + _GAP_PX:.1f},{level:.1f}'
            f'H{middle:.1f}"/>'
        )
        for k, line in enumerate(lines):
            yield _word(line, end, first + k * _VIEW_PX, "end")


def _below(turn: int, frame: Frame) -> Iterator[str]:
    """Which side is which."""
    left, right = _sides(turn)
    middle, y = frame.right - _EDGE_PX, frame.bottom - 1.4 * _VIEW_PX
    yield _word(right, middle, y, "end")
    yield _word(left, middle - 2 * _WORDS_PX, y, "start")


def _sides(turn: int) -> tuple[str, str]:
    """The words for the left and the right edge."""
    left, right = (held(LATERAL), held(MEDIAL))[::turn]
    return left, right


def _bar(px_per_mm: float, frame: Frame, size: float) -> str:
    """One centimetre."""
    x, y, wide = frame.left + _EDGE_PX, frame.bottom - _EDGE_PX - size / 3, _LINE_MM * px_per_mm
    line = f"M{x:.1f},{y - _BAR_PX:.1f}v8M{x:.1f},{y:.1f}h{wide:.1f}M{x + wide:.1f},{y - _BAR_PX:.1f}v8"
    return f'<path class="s" d="{line}"/>{_word("1 cm", x + wide + 2 * _BAR_PX, y + size / 3, "start")}'


def _word(text: str, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
