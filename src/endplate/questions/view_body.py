"""The muscles of a plan's segments as spindles along their limb: a schematic view in space."""

from __future__ import annotations

from typing import Any

import numpy as np

from endplate.case import Case, planned_injections
from endplate.knowledge.anatomy import Body, Segment, bodies_of, load_segments
from endplate.knowledge.evidence import value
from endplate.knowledge.units import MM3_PER_ML, MM_PER_CM
from endplate.questions.view_limb import segments_of
from endplate.simulation.anatomy import segment_of

_STEPS = 12  # rings along a spindle
_SLENDER = 6.0  # a segment's length over its radius, for the drawing only


def view_body(case: Case) -> dict[str, Any]:
    """Every segment of a plan with its muscles: centre lines, radii and endplate zones, mm.

    Spindles hold the volume of the table's adult; the axis runs from proximal (0) to distal.

    Args:
        case: a case with a plan.

    Raises:
        InputError: the case has no plan.
    """
    injected: dict[tuple[str, str], set[str]] = {}
    for shot in planned_injections(case):
        injected.setdefault((segment_of(shot.muscle), shot.side), set()).add(shot.muscle)
    return {
        "segments": [
            {
                "id": segment,
                "side": side,
                "length_mm": load_segments()[segment].length_cm * MM_PER_CM,
                "muscles": [
                    _spindle(row, load_segments()[segment], row.muscle in aimed) for row in bodies_of(segment)
                ],
            }
            for segment in segments_of(case)
            for (place, side), aimed in injected.items()
            if place == segment
        ]
    }


def _spindle(body: Body, segment: Segment, injected: bool) -> dict[str, Any]:
    length = segment.length_cm * MM_PER_CM
    start, end = body.start * length, body.end * length
    volume = value(f"muscle.{body.muscle}.volume_mL") * MM3_PER_ML
    share = np.linspace(0, 1, _STEPS + 1)
    shape = np.sin(np.pi * share)  # radius over its greatest; the mean square of a sine is one half
    widest = np.sqrt(2 * volume / (np.pi * (end - start)))
    angle = np.deg2rad(body.angle_deg)
    reach = body.radius * length / _SLENDER
    return {
        "muscle": body.muscle,
        "injected": injected,
        "z_mm": np.round(start + share * (end - start), 1).tolist(),
        "x_mm": round(float(reach * np.cos(angle)), 1),
        "y_mm": round(float(reach * np.sin(angle)), 1),
        "radii_mm": np.round(widest * shape, 2).tolist(),
        "zones": [[round(low, 4), round(high, 4)] for low, high in body.zones],
    }
