"""The limbs of a plan with its needles, drawn for a report."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from endplate.case.models import Case


def drawings(case: Case, language: str = "en") -> list[dict[str, Any]]:
    """Every segment and side injected: its views, a section for each muscle, and where its needles lie.

    Needles are numbered through all drawings, so that a number names one of them.

    Args:
        case: with a plan or without; without one there is nothing to draw.
        language: of the words in the drawings, one of ``endplate.outputs.language.LANGUAGES``.
    """
    from endplate.outputs.language import speaking
    from endplate.outputs.limb_view import drawn
    from endplate.questions.needle_places import needle_places
    from endplate.questions.view_limb import LimbView, segments_of, view_limb

    if case.plan is None:
        return []
    found: list[dict[str, Any]] = []
    needles, views = 0, 0
    for segment in segments_of(case):
        first = view_limb(case, segment, fine=False)
        for side in first.document["sides"]:
            same = side == first.document["side"]
            seen = first if same else view_limb(case, segment, side, fine=False)
            sites = [{**row, "name": str(needles + k + 1)} for k, row in enumerate(seen.document["sites"])]
            needles += len(sites)
            seen = LimbView({**seen.document, "sites": sites}, seen.limb, seen.names)
            muscles = [asdict(row) for row in needle_places(seen)]
            with speaking(language):
                limb = drawn(seen.document, seen.limb, seen.names, muscles, views)
            views += len(limb["views"])
            found.append({**seen.document, "muscles": muscles, **limb})
    return found
