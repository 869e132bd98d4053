"""The limbs of a plan with its needles, drawn for a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from endplate.case.models import Case


def drawings(case: Case) -> list[dict[str, Any]]:
    """One drawing for every segment and side injected: its rows, the view, and the SVG (``print``).

    Needles are numbered through all drawings, so that a number names one of them.

    Args:
        case: with a plan or without; without one there is nothing to draw.
    """
    from endplate.outputs.limb_view import plan_svg
    from endplate.questions.view_limb import segments_of, view_limb

    if case.plan is None:
        return []
    found: list[dict[str, Any]] = []
    needles = 0
    for segment in segments_of(case):
        first = view_limb(case, segment, fine=False)
        for side in first.document["sides"]:
            same = side == first.document["side"]
            seen = first if same else view_limb(case, segment, side, fine=False)
            sites = [{**row, "name": str(needles + k + 1)} for k, row in enumerate(seen.document["sites"])]
            needles += len(sites)
            document = {**seen.document, "sites": sites}
            view, svg = plan_svg(document, seen.limb, seen.names, len(found))
            found.append({**document, "view": view, "print": svg})
    return found
