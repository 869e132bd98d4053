"""Our own drawings of a filled limb segment: sections, and front and back views. All are schematic.

Sections are seen from distal with the front up, so medial is on the right of a right limb and on the left of
a left one; views turn with the side likewise. Only the drawing is mirrored: a segment is held once, as a
right one, and words stay readable. Shades only part neighbours; every shape is named in words, so the
drawings hold in grey and in print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import Landmark, Structure
from endplate.outputs.labels import Label, inside, leaders
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
from endplate.outputs.marks import Mark, crosses
from endplate.outputs.outlines import Mask, Points, ToScreen, outlines, path, roomiest, tints
from endplate.physiology.spread.limb import BONE, OUTSIDE, Limb

Picture = NDArray[np.int16]
SIDES = ("right", "left")

_WIDTH, _HEIGHT = 860, 560
_VIEW_HEIGHT = 700
_MIDDLE = (_WIDTH / 2, _HEIGHT / 2 + 8)
_SECTION_PX = 400.0
_VIEW_PX = 580.0
_VIEW_TOP = 60.0
_HEADING_LETTERS, _HEADING_PX = 84, 18
_COLUMNS = (232.0, 628.0)
_VIEW_COLUMNS = (240.0, 600.0)
_NEAR_MM = 10.0
_SLIVER = 1.5
_CONTOURS = (1.0, 10.0, 100.0)  # U h/mL
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


def section_svg(
    limb: Limb,
    at: float,
    names: Sequence[str],
    *,
    structures: Sequence[Structure] = (),
    sites: Sequence[Site] = (),
    contours: Mapping[str, Mask] | None = None,
    title: str = "Limb segment",
    front: str = "front",
    back: str = "back",
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
        front: the word for the upper edge.
        back: the word for the lower edge.
        limb_side: ``right`` or ``left``.
        labelled: whether muscles carry their names.
        over: draws more, given where places of the limb lie on the screen.
    """
    across, level = across_of(limb, at, limb_side), slice_at(limb, at)
    turn, cut = across.turn, limb.labels[level]
    to_screen, px = section_frame(cut, turn)
    regions = regions_of(cut, names)
    marked = [row for row in structures if row.start <= at <= row.end]
    near = [
        site for site in sites if abs(site.z_mm - (limb.origin_mm[0] + level * limb.spacing_mm)) <= _NEAR_MM
    ]
    labels, kept = _named(regions if labelled else {}, to_screen, px)
    labels += [_structure_label(row, across) for row in marked]
    told = [*(map(words, regions) if labelled else ()), *(held(row.name) for row in marked)]
    parts = [
        *_open(section_heading(title, at, limb_side), _HEIGHT, told),
        *shapes(cut, regions, to_screen),
        *(_circle(row, across) for row in marked),
        *_contours(contours or {}, to_screen),
        *kept,
        *crosses([(*across.place(site.x_mm, site.y_mm), site.name) for site in near]),
        *(over(across) if over else ()),
        *leaders(labels, _COLUMNS, (64.0, _HEIGHT - 40.0)),
        *_directions(front, back, turn),
        _scale_bar(px / limb.spacing_mm, _HEIGHT),
        "</g></svg>",
    ]
    return "".join(parts)


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
        *leaders([label.on_right() for label in labels], _VIEW_COLUMNS, (_VIEW_TOP, _VIEW_HEIGHT - 60.0)),
        *_view_words(turn, zones),
        _scale_bar(px / limb.spacing_mm, _VIEW_HEIGHT),
        "</g></svg>",
    ]
    return "".join(parts)


def slice_at(limb: Limb, at: float) -> int:
    """The slice at a share of the length."""
    return min(int(at * len(limb.labels)), len(limb.labels) - 1)


def contours_of(exposure: NDArray[np.float64]) -> dict[str, Mask]:
    """Where a section's exposure, U h/mL, reaches each of the levels that are outlined, by their names."""
    return {f"{level:g} U h/mL": exposure >= level for level in _CONTOURS if (exposure >= level).any()}


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
    return {"top_px": _VIEW_TOP, "length_px": _VIEW_PX}


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


def section_frame(cut: Picture, turn: int) -> tuple[ToScreen, float]:
    """From (x, y) voxel indices to the screen, and pixels per voxel: front up."""
    half = (cut.shape[0] - 1) / 2
    rows, columns = np.nonzero(cut != OUTSIDE)
    reach = max(np.hypot(rows - half, columns - half).max(initial=1.0), 1.0) + 1
    px = _SECTION_PX / 2 / float(reach)

    def to_screen(points: Points) -> Points:
        x, y = (points - half).T
        return np.stack([_MIDDLE[0] + turn * y * px, _MIDDLE[1] - x * px], axis=1)

    return to_screen, px


def view_frame(seen: Picture, turn: int) -> tuple[ToScreen, float]:
    """From (z, y) voxel indices to the screen, and pixels per voxel: proximal up."""
    half = (seen.shape[1] - 1) / 2
    px = _VIEW_PX / seen.shape[0]

    def to_screen(points: Points) -> Points:
        z, y = points.T
        return np.stack([_WIDTH / 2 + turn * (y - half) * px, _VIEW_TOP + (z + 0.5) * px], axis=1)

    return to_screen, px


@dataclass(frozen=True)
class Across:
    """Where a place of the limb lies in a section on the screen; the radius of the section is in mm."""

    turn: int
    px_per_mm: float
    radius_mm: float

    def place(self, x_mm: float, y_mm: float) -> tuple[float, float]:
        """A place, to the front and to the medial side, in pixels."""
        return _MIDDLE[0] + self.turn * y_mm * self.px_per_mm, _MIDDLE[1] - x_mm * self.px_per_mm

    def centre(self, row: Structure) -> tuple[float, float]:
        """The middle of a structure in pixels."""
        angle, distance = np.deg2rad(row.angle_deg), row.radius * self.radius_mm
        return self.place(float(distance * np.cos(angle)), float(distance * np.sin(angle)))


def _open(heading: str, height: int, names: Sequence[str]) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-label="{escape(heading, quote=True)}">',
        f"<title>{escape(heading)}</title><desc>{escape(shown(names))}</desc>{_STYLE}{_HATCH}",
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/><g class="limb">',
        *_headings(heading),
    ]


def _headings(heading: str) -> Iterator[str]:
    """The heading in as many lines as its letters need."""
    for k, line in enumerate(wrap(heading, _HEADING_LETTERS)):
        y = 22 + k * _HEADING_PX
        yield f'<text class="h" x="{_WIDTH / 2:.0f}" y="{y}" text-anchor="middle">{escape(line)}</text>'


def shapes(picture: Picture, regions: Mapping[str, Mask], to_screen: ToScreen) -> Iterator[str]:
    """Bones and muscles as filled outlines."""
    shades = tints(regions)
    for name, mask in regions.items():
        shape = path(outlines(mask), to_screen)
        yield f'<path class="m" data-muscle="{name}" fill="{shades[name]}" fill-rule="evenodd" d="{shape}"/>'
    if (bone := picture == BONE).any():
        yield f'<path class="b" fill-rule="evenodd" d="{path(outlines(bone), to_screen)}"/>'


def _named(regions: Mapping[str, Mask], to_screen: ToScreen, px: float) -> tuple[list[Label], list[str]]:
    """Labels that need a leader line, and those that fit inside as SVG text."""
    outer, kept = [], []
    for name, mask in regions.items():
        place, room = roomiest(mask)
        x, y = to_screen(place[None, :])[0].tolist()
        label = Label(words(name), x, y, right=x >= _MIDDLE[0])
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
    return Label(held(row.name), x, y, right=x >= _MIDDLE[0], marked=True)


def _contours(contours: Mapping[str, Mask], to_screen: ToScreen) -> Iterator[str]:
    for name, mask in contours.items():
        if mask.any():
            x, y = to_screen(np.argwhere(mask)[:1].astype(float))[0].tolist()
            yield f'<path class="c" d="{path(outlines(mask), to_screen)}"/>'
            yield f'<text x="{x:.1f}" y="{y + 14:.1f}" text-anchor="middle">{escape(name)}</text>'


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


def _landmarks(landmarks: Sequence[Landmark], limb: Limb, px: float) -> Iterator[str]:
    for mark in landmarks:
        y = _VIEW_TOP + mark.at * limb.labels.shape[0] * px
        yield f'<line class="t" x1="222" x2="{_WIDTH / 2:.0f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="o" x="216" y="{y + 4:.1f}" text-anchor="end">{escape(held(mark.words))}</text>'


def _directions(front: str, back: str, turn: int) -> Iterator[str]:
    x, y = _MIDDLE
    edge = _SECTION_PX / 2
    for word, at_x, at_y in (
        (held(front), x, y - edge - 8),
        (held(back), x, y + edge + 16),
        (held(LATERAL), x - turn * (edge - 8), y + edge + 16),
        (held(MEDIAL), x + turn * (edge - 8), y + edge + 16),
    ):
        yield f'<text class="o" x="{at_x:.0f}" y="{at_y:.0f}" text-anchor="middle">{escape(word)}</text>'


def _view_words(turn: int, zones: Sequence[Band]) -> Iterator[str]:
    y, x = _VIEW_HEIGHT - 34, _WIDTH / 2
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
