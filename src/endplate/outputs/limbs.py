"""Our own drawings of a filled limb segment: sections, and front and back views. All are schematic.

Sections are seen from distal with the front up, so medial is on the right of a right limb and on the left of
a left one; views turn with the side likewise. Only the drawing is mirrored: a segment is held once, as a
right one, and words stay readable. Shades only part neighbours; every shape is named in words, so the
drawings hold in grey and in print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

import numpy as np

from endplate.knowledge.anatomy import Landmark, Structure
from endplate.outputs.drawing_names import Label, inside, leaders
from endplate.outputs.limb_frame import (
    HEIGHT,
    MIDDLE,
    SECTION_PX,
    VIEW_TOP,
    WIDTH,
    Across,
    Band,
    Site,
    across_of,
    marks_near,
    regions_of,
    section_frame,
    shapes,
    slice_at,
    turn_of,
    view_frame,
    view_places,
    visible,
    zone_bands,
)
from endplate.outputs.limb_words import (
    LATERAL,
    MEDIAL,
    ZONE,
    held,
    section_heading,
    shown,
    view_heading,
    words,
)
from endplate.outputs.needle_marks import crosses
from endplate.outputs.outlines import Mask, ToScreen, outlines, path, roomiest
from endplate.physiology.spread.limb import Limb

_VIEW_HEIGHT = 700
_HEADING_LETTERS, _HEADING_PX = 84, 18
_NAME_PX, _LINE_PX = 72, 14  # what the name of a contour takes, in width and height
_COLUMNS = (232.0, 628.0)
_COLUMN_SPAN = (64.0, HEIGHT - 40.0)
_VIEW_COLUMNS = (240.0, 600.0)
_STYLE = (
    "<style>"
    ".limb{font:12px 'DejaVu Sans',Arial,sans-serif;fill:#111}.limb .m{stroke:#4a3f3a;stroke-width:.9}"
    ".limb .b{fill:#fff;stroke:#111;stroke-width:1.6}.limb .lead{stroke:#555;stroke-width:.7;fill:none}"
    ".limb .o{font-style:italic;fill:#444}.limb .h{font-weight:bold;font-size:14px}"
    ".limb .artery{fill:#444;stroke:#111}.limb .nerve{fill:#fff;stroke:#111;stroke-dasharray:2 1.5}"
    ".limb .vein{fill:#bbb;stroke:#111}.limb .vessels{fill:#777;stroke:#111}"
    ".limb .pleura{fill:#fff;stroke:#111;stroke-width:2.5}.limb .c{fill:none;stroke:#000;stroke-width:1.6;"
    "stroke-dasharray:6 3}.limb .z{fill:url(#limb-hatch);stroke:#111;stroke-width:.8}"
    ".limb .i{paint-order:stroke;stroke:#fff;stroke-width:2.5px;"
    "stroke-linejoin:round}.limb .s{stroke:#000;stroke-width:2;fill:none}"
    ".limb .t{stroke:#777;stroke-dasharray:3 3}.limb .l{stroke:#000;stroke-width:.8}"
    "</style>"
)
_HATCH = (
    '<defs><pattern id="limb-hatch" width="5" height="5" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><line x1="0" x2="0" y1="0" y2="5" stroke="#111" stroke-width="1.3"/>'
    "</pattern></defs>"
)


def section_svg(
    limb: Limb,
    at: float,
    names: Sequence[str],
    *,
    structures: Sequence[Structure] = (),
    sites: Sequence[Site] = (),
    contours: Mapping[str, Mask] | None = None,
    title: str = "Limb segment",
    edges: tuple[str, str] = ("front", "back"),
    limb_side: str = "right",
    labelled: bool = True,
    over: Callable[[Across], Iterable[str]] | None = None,
) -> str:
    """A section across the segment as one SVG element.

    Args:
        limb: the filled segment.
        at: where to cut, share of the length.
        names: the muscle of every label.
        structures: what a needle keeps away from; those that reach the cut are marked.
        sites: injection sites; those within 1 cm of the cut are marked.
        contours: masks over the section (x, y), outlined and named by their keys.
        title: what is cut.
        edges: the words for the upper and the lower edge.
        limb_side: ``right`` or ``left``.
        labelled: whether muscles carry their names.
        over: draws more, given where places of the limb lie on the screen.
    """
    level = slice_at(limb, at)
    across, cut = across_of(limb, at, limb_side), limb.labels[level]
    to_screen, px = section_frame(cut, across.turn)
    regions = regions_of(cut, names)
    marked = [row for row in structures if row.start <= at <= row.end]
    named = regions if labelled else {}
    labels, kept = _named(named, to_screen, px)
    told = [*map(words, named), *(held(row.name) for row in marked)]
    parts = [
        *_open(section_heading(title, at, limb_side), HEIGHT, told),
        *shapes(cut, regions, to_screen),
        *(_circle(row, across) for row in marked),
        *_contours(contours or {}, to_screen),
        *kept,
        *crosses(marks_near(sites, limb, level, across)),
        *(over(across) if over else ()),
        *leaders([*labels, *(_structure_label(row, across) for row in marked)], _COLUMNS, _COLUMN_SPAN),
        *_directions(*edges, across.turn),
        _scale_bar(px / limb.spacing_mm, HEIGHT),
    ]
    return "".join([*parts, "</g></svg>"])


def view_svg(
    limb: Limb,
    names: Sequence[str],
    side: str,
    *,
    zones: Sequence[Band] = (),
    sites: Sequence[Site] = (),
    landmarks: Sequence[Landmark] = (),
    title: str = "Limb segment",
    limb_side: str = "right",
    named: bool = True,
) -> str:
    """The superficial muscles from the front or the back as one SVG element.

    Args:
        limb: the filled segment.
        names: the muscle of every label.
        side: ``front`` or ``back``.
        zones: endplate zones; hatched where their muscle lies at the surface.
        sites: injection sites, marked whatever lies over them.
        landmarks: bony landmarks, in words at their level.
        title: what is seen.
        limb_side: ``right`` or ``left``.
        named: whether every muscle seen carries its name.
    """
    seen = visible(limb, side)
    turn = turn_of(limb_side) * (1 if side == "front" else -1)
    to_screen, px = view_frame(seen, turn)
    regions = regions_of(seen, names)
    labels, kept = _named(regions if named else {}, to_screen, px)
    parts = [
        *_open(view_heading(title, side, limb_side), _VIEW_HEIGHT, [*map(words, regions)]),
        *_landmarks(landmarks, limb, px),
        *shapes(seen, regions, to_screen),
        *zone_bands(zones, regions, limb, to_screen),
        *kept,
        *crosses(view_places(sites, limb, to_screen)),
        *leaders([label.on_right() for label in labels], _VIEW_COLUMNS, (VIEW_TOP, _VIEW_HEIGHT - 60.0)),
        *_view_words(turn, zones),
        _scale_bar(px / limb.spacing_mm, _VIEW_HEIGHT),
        "</g></svg>",
    ]
    return "".join(parts)


def _open(heading: str, height: int, names: Sequence[str]) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(heading, quote=True)}">',
        f"<title>{escape(heading)}</title><desc>{escape(shown(names))}</desc>{_STYLE}{_HATCH}",
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/><g class="limb">',
        *_headings(heading),
    ]


def _headings(heading: str) -> Iterator[str]:
    """The heading in as many lines as its letters need."""
    for k, line in enumerate(wrap(heading, _HEADING_LETTERS)):
        y = 22 + k * _HEADING_PX
        yield f'<text class="h" x="{WIDTH / 2:.0f}" y="{y}" text-anchor="middle">{escape(line)}</text>'


def _named(regions: Mapping[str, Mask], to_screen: ToScreen, px: float) -> tuple[list[Label], list[str]]:
    """Labels that need a leader line, and those that fit inside as SVG text."""
    outer, kept = [], []
    for name, mask in regions.items():
        place, room = roomiest(mask)
        x, y = to_screen(place[None, :])[0].tolist()
        label = Label(words(name), x, y, right=x >= MIDDLE[0])
        fitted = inside(label, room * px)
        if fitted:
            kept.append(fitted)
        else:
            outer.append(label)
    return outer, kept


def _circle(row: Structure, across: Across) -> str:
    x, y = across.centre(row)
    r = max(row.size_mm / 2 * across.px_per_mm, 3)
    return f'<circle class="{row.kind}" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}"/>'


def _structure_label(row: Structure, across: Across) -> Label:
    x, y = across.centre(row)
    return Label(held(row.name), x, y, right=x >= MIDDLE[0], marked=True)


def _contours(contours: Mapping[str, Mask], to_screen: ToScreen) -> Iterator[str]:
    named: list[tuple[float, float]] = []
    for name, mask in contours.items():
        if mask.any():
            x, y = to_screen(np.argwhere(mask)[:1].astype(float))[0].tolist()
            while any(abs(x - at_x) < _NAME_PX and abs(y - at_y) < _LINE_PX for at_x, at_y in named):
                y += _LINE_PX
            named.append((x, y))
            yield f'<path class="c" d="{path(outlines(mask), to_screen)}"/>'
            yield f'<text x="{x:.1f}" y="{y + _LINE_PX:.1f}" text-anchor="middle">{escape(name)}</text>'


def _landmarks(landmarks: Sequence[Landmark], limb: Limb, px: float) -> Iterator[str]:
    for mark in landmarks:
        y = VIEW_TOP + mark.at * limb.labels.shape[0] * px
        yield f'<line class="t" x1="222" x2="{WIDTH / 2:.0f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="o" x="216" y="{y + 4:.1f}" text-anchor="end">{escape(held(mark.words))}</text>'


def _directions(front: str, back: str, turn: int) -> Iterator[str]:
    x, y = MIDDLE
    edge = SECTION_PX / 2
    for word, at_x, at_y in (
        (held(front), x, y - edge - 8),
        (held(back), x, y + edge + 16),
        (held(LATERAL), x - turn * (edge - 8), y + edge + 16),
        (held(MEDIAL), x + turn * (edge - 8), y + edge + 16),
    ):
        yield f'<text class="o" x="{at_x:.0f}" y="{at_y:.0f}" text-anchor="middle">{escape(word)}</text>'


def _view_words(turn: int, zones: Sequence[Band]) -> Iterator[str]:
    y, x = _VIEW_HEIGHT - 34, WIDTH / 2
    left, right = (held(LATERAL), held(MEDIAL))[::turn]
    for word, at_x in ((left, x - 90), (right, x + 90)):
        yield f'<text class="o" x="{at_x:.0f}" y="{y}" text-anchor="middle">{word}</text>'
    if zones:
        yield f'<text x="{x:.0f}" y="{y + 22}" text-anchor="middle">{held(ZONE)}</text>'


def _scale_bar(px_per_mm: float, height: int) -> str:
    x, y, wide = 24, height - 18, 10 * px_per_mm
    return (
        f'<path class="s" d="M{x},{y - 4}v8M{x},{y}h{wide:.1f}M{x + wide:.1f},{y - 4}v8"/>'
        f'<text x="{x + wide + 8:.1f}" y="{y + 4}">1 cm</text>'
    )
