"""A limb segment with the needles of a plan as one SVG: from the front, the back, or across."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from endplate.knowledge.anatomy import load_segments, structures_of
from endplate.outputs.limb_frame import Band, Site
from endplate.outputs.limb_print import printed_section, printed_view
from endplate.outputs.limb_words import of_side
from endplate.outputs.limbs import section_svg, view_svg
from endplate.physiology.spread.limb import Limb

FACES = ("front", "back")
_PLACE = ("z_mm", "x_mm", "y_mm")


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
            edges=(segment.front, segment.back),
            limb_side=document["side"],
        )
    scale = document["scale"]
    zones = [Band(row["muscle"], row["low_mm"] * scale, row["high_mm"] * scale) for row in document["zones"]]
    return view_svg(
        sized(limb, scale),
        names,
        view,
        zones=zones,
        sites=[Site(one.name, *(scale * mm for mm in (one.z_mm, one.x_mm, one.y_mm))) for one in sites],
        landmarks=segment.landmarks,
        title=title,
        limb_side=document["side"],
        named=named,
    )


def sized(limb: Limb, scale: float) -> Limb:
    """The table's adult limb in the lengths of a person."""
    z, x, y = (scale * mm for mm in limb.origin_mm)
    return replace(limb, spacing_mm=scale * limb.spacing_mm, origin_mm=(z, x, y))


def drawn(
    document: Mapping[str, Any],
    limb: Limb,
    names: Sequence[str],
    muscles: Sequence[Mapping[str, Any]],
    number: int,
) -> dict[str, Any]:
    """What a report shows of a segment, in the language spoken.

    ``views``, one for every face with needles, ``sections``, one for every muscle, and ``starts_at``.

    Args:
        document: segment, sites and zones.
        limb: the filled segment of the table's adult.
        names: the muscle of every label.
        muscles: where the needles of each lie, as `endplate.questions.needle_places` tells it.
        number: of drawings before these on the page.
    """
    scale = document["scale"]
    own = sized(limb, scale)
    sites = {
        row["name"]: Site(row["name"], *(scale * row[key] for key in _PLACE)) for row in document["sites"]
    }
    faces = [face for face in FACES if any(row["face"] == face for row in muscles)]
    views = [
        {"view": face, "print": _viewed(document, own, names, muscles, sites, face, number + k)}
        for k, face in enumerate(faces)
    ]
    sections = [
        {"muscle": row["muscle"], "names": row["names"], "print": _cut(document, own, names, row, sites)}
        for row in muscles
    ]
    return {"views": views, "sections": sections, "starts_at": load_segments()[document["segment"]].starts_at}


def _viewed(
    document: Mapping[str, Any],
    own: Limb,
    names: Sequence[str],
    muscles: Sequence[Mapping[str, Any]],
    sites: Mapping[str, Site],
    face: str,
    number: int,
) -> str:
    """The view from one face with the needles of the muscles that are told of there."""
    here, scale = [row for row in muscles if row["face"] == face], document["scale"]
    return printed_view(
        own,
        names,
        face,
        zones=[
            Band(row["muscle"], row["low_mm"] * scale, row["high_mm"] * scale) for row in document["zones"]
        ],
        sites=[sites[name] for row in here for name in row["names"]],
        landmarks=load_segments()[document["segment"]].landmarks,
        grey=[row["muscle"] for row in here],
        deep=[row["muscle"] for row in here if row["deep"]],
        limb_side=document["side"],
        number=number,
    )


def _cut(
    document: Mapping[str, Any],
    own: Limb,
    names: Sequence[str],
    row: Mapping[str, Any],
    sites: Mapping[str, Site],
) -> str:
    """The section at the needle of a muscle that is nearest to the middle of its needles."""
    segment = load_segments()[document["segment"]]
    return printed_section(
        own,
        row["cut"],
        names,
        structures=structures_of(segment.id),
        sites=[sites[name] for name in row["names"]],
        grey=[row["muscle"]],
        front=segment.front,
        limb_side=document["side"],
    )
