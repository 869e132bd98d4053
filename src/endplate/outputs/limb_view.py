"""A limb segment with the needles of a plan as one SVG: from the front, the back, or across."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from endplate.knowledge.anatomy import load_segments, structures_of
from endplate.outputs.limb_words import ZONE, held, of_side
from endplate.outputs.limbs import Band, Site, section_svg, view_svg
from endplate.physiology.spread.limb import Limb


def limb_svg(
    document: Mapping[str, Any],
    limb: Limb,
    names: Sequence[str],
    view: str,
    at: float = 0.5,
    *,
    named: bool = True,
) -> str:
    """One drawing of what `view_limb` found.

    Args:
        document: segment, sites and zones.
        limb: the filled segment.
        names: the muscle of every label.
        view: ``front``, ``back`` or ``section``.
        at: where to cut, share of the segment's length.
        named: whether a view carries the names of its muscles.
    """
    segment = load_segments()[document["segment"]]
    title = of_side(segment.id, document["side"])
    sites = [Site(row["name"], row["z_mm"], row["x_mm"], row["y_mm"]) for row in document["sites"]]
    if view == "section":
        return section_svg(
            limb,
            at,
            names,
            structures=structures_of(segment.id),
            sites=sites,
            title=title,
            front=segment.front,
            back=segment.back,
            limb_side=document["side"],
        )
    scale = document["scale"]
    zones = [Band(row["muscle"], row["low_mm"] * scale, row["high_mm"] * scale) for row in document["zones"]]
    return view_svg(
        _sized(limb, scale),
        names,
        view,
        zones=zones,
        sites=[Site(one.name, *(scale * mm for mm in (one.z_mm, one.x_mm, one.y_mm))) for one in sites],
        landmarks=segment.landmarks,
        title=title,
        limb_side=document["side"],
        named=named,
    )


def _sized(limb: Limb, scale: float) -> Limb:
    """The table's adult limb in the lengths of a person."""
    z, x, y = (scale * mm for mm in limb.origin_mm)
    return replace(limb, spacing_mm=scale * limb.spacing_mm, origin_mm=(z, x, y))


_CROPPED = 'viewBox="14 40 606 662"'
_VIEW_BOX = re.compile(r'viewBox="[^"]*"')
_PRINT = (
    ".limb{{font-size:19px}}.limb .h{{display:none}}.limb .z{{fill:url(#limb-hatch-{k})}}"
    ".limb .s+text{{font-weight:bold;font-size:22px;paint-order:stroke;stroke:#fff;stroke-width:3px}}"
)
_INJECTED = '.limb .m[data-muscle="{muscle}"]{{fill:#a9b4bc}}'


def plan_svg(document: Mapping[str, Any], limb: Limb, names: Sequence[str], number: int) -> tuple[str, str]:
    """The view from which most needles lie near, and the drawing for print: numbers large, no other names.

    Args:
        document: segment, sites and zones.
        limb: the filled segment.
        names: the muscle of every label.
        number: of this drawing on its page, so that its pattern is its own.
    """
    view = "front" if sum(row["x_mm"] for row in document["sites"]) >= 0 else "back"
    svg = limb_svg(document, limb, names, view, named=False)
    injected = dict.fromkeys(row["muscle"] for row in document["sites"])
    styles = _PRINT.format(k=number) + "".join(_INJECTED.format(muscle=muscle) for muscle in injected)
    svg = (
        svg.replace(f">{held(ZONE)}<", "><")
        .replace("limb-hatch", f"limb-hatch-{number}")
        .replace("</style>", f"{styles}</style>", 1)
    )
    return view, _VIEW_BOX.sub(_CROPPED, svg, count=1)
