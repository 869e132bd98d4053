"""The trainer's drawings: the section to aim in, and the reveal with needles, units and spread.

What is shown while aiming goes by level: shapes without names where a name is asked for, the skin alone where
the needle is placed by touch, else muscles and structures with their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.anatomy import bodies_of, load_segments, structures_of
from endplate.outputs.language import _
from endplate.outputs.limb_frame import Across, Band, Site, across_of, contours_of, slice_at
from endplate.outputs.limb_words import of_side
from endplate.outputs.limbs import section_svg, view_svg
from endplate.outputs.outlines import outlines, path, roomiest
from endplate.outputs.phrases import SPACE
from endplate.physiology.spread.limb import OUTSIDE, Limb

Array = NDArray[np.float64]
_NEAR_MM = 10.0
_DOT_PX = 3.5


@dataclass(frozen=True)
class Drawn:
    """A needle as it is drawn: number, entry and tip in mm as z, x, y, and its units."""

    number: int
    entry_mm: Sequence[float]
    tip_mm: Sequence[float]
    dose_U: float


def drawn(rows: Sequence[Mapping[str, Any]]) -> tuple[Drawn, ...]:
    """Needles of a result as they are drawn."""
    return tuple(Drawn(row["number"], row["entry_mm"], row["tip_mm"], row["dose_U"]) for row in rows)


def place_of(limb: Limb, at: float, side: str) -> dict[str, Any]:
    """Radius of a section in mm, its middle in pixels and pixels per mm, for a picture that is clicked."""
    across = across_of(limb, at, side)
    return {
        "radius_mm": round(across.radius_mm, 2),
        "centre_px": [round(value, 1) for value in across.place(0.0, 0.0)],
        "px_per_mm": round(across.px_per_mm, 4),
    }


def aiming_svg(
    limb: Limb,
    names: Sequence[str],
    segment: str,
    side: str,
    at: float,
    needles: Sequence[Drawn],
    *,
    shown: str = "names",
    asked: str | None = None,
) -> str:
    """The section in which an attempt is aimed.

    Args:
        limb: the filled segment.
        names: the muscle of every label.
        segment: id of the segment.
        side: left or right.
        at: where to cut, share of the length.
        needles: drawn where they lie near the cut.
        shown: ``names``, ``shapes`` or ``skin``.
        asked: the muscle that carries the question mark; None at other levels.
    """
    told = load_segments()[segment]
    mark = None if asked is None else _middle(limb, names, asked, at)
    if shown == "skin":
        limb, names = _skin(limb), ("limb",)
    elif shown == "shapes":
        names = tuple(str(place + 1) for place in range(len(names)))

    return section_svg(
        limb,
        at,
        names,
        structures=structures_of(segment) if shown == "names" else (),
        title=of_side(segment, side),
        edges=(told.front, told.back),
        limb_side=side,
        labelled=shown == "names",
        over=lambda across: (*_needles(needles, limb, at, across), *_question(mark, across)),
    )


def _question(mark: tuple[float, float] | None, across: Across) -> Iterator[str]:
    """The question mark on the muscle to be named, where there is one."""
    if mark is not None:
        x, y = across.place(*mark)
        yield (
            f'<text x="{x:.1f}" y="{y + 8:.1f}" text-anchor="middle" class="i" '
            'style="font-size:26px;font-weight:bold">?</text>'
        )


def _middle(limb: Limb, names: Sequence[str], muscle: str, at: float) -> tuple[float, float] | None:
    """Where a muscle has most room in a section, front and medial mm; None where it is not cut."""
    cut = limb.labels[slice_at(limb, at)]
    mask = cut == names.index(muscle)
    if not mask.any():
        return None
    place, _ = roomiest(mask)
    x, y = (float(v) * limb.spacing_mm + limb.origin_mm[k + 1] for k, v in enumerate(place))
    return x, y


def _needles(needles: Sequence[Drawn], limb: Limb, at: float, across: Across) -> Iterator[str]:
    """Lines from skin to tip of the needles near the cut, numbered at the skin."""
    z = (slice_at(limb, at) + 0.5) * limb.spacing_mm
    for each in needles:
        if abs(each.tip_mm[0] - z) > _NEAR_MM:
            continue
        (x0, y0), (x1, y1) = (across.place(p[1], p[2]) for p in (each.entry_mm, each.tip_mm))
        mx, my = across.place(0.0, 0.0)
        length = max(float(np.hypot(x0 - mx, y0 - my)), 1.0)
        out = ((x0 - mx) / length, (y0 - my) / length)
        bx, by = x0 + out[0] * 16, y0 + out[1] * 16
        yield (
            f'<g class="needle" data-needle="{each.number}">'
            f'<line x1="{bx:.1f}" y1="{by:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="#fff" stroke-width="5"/>'
            f'<line x1="{bx:.1f}" y1="{by:.1f}" x2="{x1:.1f}" y2="{y1:.1f}" stroke="#0b3d91" '
            'stroke-width="2.2"/>'
            f'<circle cx="{x1:.1f}" cy="{y1:.1f}" r="{_DOT_PX}" fill="#0b3d91" stroke="#fff"/>'
            f'<circle cx="{bx:.1f}" cy="{by:.1f}" r="9" fill="#0b3d91"/>'
            f'<text x="{bx:.1f}" y="{by + 4:.1f}" text-anchor="middle" fill="#fff" '
            f'style="font-weight:bold">{each.number}</text></g>'
        )


def aiming_view(
    limb: Limb, names: Sequence[str], segment: str, side: str, view: str, *, shown: str = "names"
) -> str:
    """The limb from the front or the back, to choose a level on; without endplate zones.

    Args:
        limb: the filled segment.
        names: the muscle of every label.
        segment: id of the segment.
        side: left or right.
        view: ``front`` or ``back``.
        shown: ``names``; the outline alone otherwise.
    """
    told = load_segments()[segment]
    if shown != "names":
        limb, names = _skin(limb), (segment,)
    title = of_side(segment, side)
    return view_svg(limb, names, view, landmarks=told.landmarks, title=title, limb_side=side)


def _skin(limb: Limb) -> Limb:
    """The limb as one shape."""
    return replace(limb, labels=np.where(limb.labels == OUTSIDE, OUTSIDE, 0))


def reveal_section(
    limb: Limb,
    names: Sequence[str],
    segment: str,
    side: str,
    at: float,
    needles: Sequence[Drawn],
    exposure: Array,
    muscles: Sequence[Mapping[str, Any]],
) -> str:
    """One section of the reveal: needles, contours of exposure and the units that every muscle holds.

    Args:
        limb: the filled segment.
        names: the muscle of every label.
        segment: id of the segment.
        side: left or right.
        at: where to cut, share of the length.
        needles: as they came to lie.
        exposure: U h/mL over the section, (x, y).
        muscles: rows of the result, whose units stand beside their names.
    """
    told = load_segments()[segment]
    targets = [names.index(row["muscle"]) for row in muscles if row["target"] and row["muscle"] in names]
    cut = limb.labels[slice_at(limb, at)]
    held = {row["muscle"]: row["held_U"] for row in muscles}
    shown = [f"{name} ({held[name]:.1f}{SPACE}U)" if held.get(name, 0.0) >= 0.05 else name for name in names]
    return section_svg(
        limb,
        at,
        shown,
        structures=structures_of(segment),
        contours=contours_of(exposure),
        title=_("{place}: units held and spread", place=of_side(segment, side)),
        edges=(told.front, told.back),
        limb_side=side,
        over=lambda across: (*_outlined(cut, targets, limb, across), *_needles(needles, limb, at, across)),
    )


def _outlined(cut: NDArray[np.int16], targets: Sequence[int], limb: Limb, across: Across) -> Iterator[str]:
    """A heavy line round every muscle of the task."""
    origin = np.asarray(limb.origin_mm[1:])

    def to_screen(points: Array) -> Array:
        places = (across.place(*row) for row in points * limb.spacing_mm + origin)
        return np.array(list(places))

    for target in targets:
        mask = cut == target
        if mask.any():
            shape = path(outlines(mask), to_screen)
            yield f'<path d="{shape}" fill="none" stroke="#00563f" stroke-width="3"/>'


def reveal_view(
    limb: Limb, names: Sequence[str], segment: str, side: str, view: str, needles: Sequence[Drawn]
) -> str:
    """The limb from the front or the back with the tips of all needles and the endplate zones.

    Args:
        limb: the filled segment.
        names: the muscle of every label.
        segment: id of the segment.
        side: left or right.
        view: ``front`` or ``back``.
        needles: as they came to lie.
    """
    told, length = load_segments()[segment], limb.labels.shape[0] * limb.spacing_mm
    zones = [
        Band(row.muscle, row.along(low) * length, row.along(high) * length)
        for row in bodies_of(segment)
        for low, high in row.zones
    ]
    sites = [Site(escape(str(each.number)), *(float(v) for v in each.tip_mm)) for each in needles]
    title = of_side(segment, side)
    return view_svg(
        limb, names, view, zones=zones, sites=sites, landmarks=told.landmarks, title=title, limb_side=side
    )
