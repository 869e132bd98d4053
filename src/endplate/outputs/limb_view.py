"""A limb segment with the needles of a plan as one SVG: from the front, the back, or across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from endplate.knowledge.anatomy import load_segments, structures_of
from endplate.outputs.limbs import Band, Site, section_svg, view_svg
from endplate.physiology.spread.limb import Limb


def limb_svg(
    document: Mapping[str, Any], limb: Limb, names: Sequence[str], view: str, at: float = 0.5
) -> str:
    """One drawing of what `view_limb` found.

    Args:
        document: segment, sites and zones.
        limb: the filled segment.
        names: the muscle of every label.
        view: ``front``, ``back`` or ``section``.
        at: where to cut, share of the segment's length.
    """
    segment = load_segments()[document["segment"]]
    title = f"{segment.name}, {document['side']} side".capitalize()
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
    zones = [Band(row["muscle"], row["low_mm"], row["high_mm"]) for row in document["zones"]]
    return view_svg(
        limb,
        names,
        view,
        zones=zones,
        sites=sites,
        landmarks=segment.landmarks,
        title=title,
        limb_side=document["side"],
    )
