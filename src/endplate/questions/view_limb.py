"""Where needles go: the segments of a plan's muscles and the tips of its needles, in one median person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from endplate.case import Case, PlannedInjection, plan_of, planned_injections
from endplate.errors import InputError
from endplate.knowledge.anatomy import bodies_of, load_segments
from endplate.knowledge.units import MM_PER_CM
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology.spread.limb import Limb
from endplate.simulation.anatomy import limb_of, segment_of
from endplate.simulation.injection import person_of, rows_of, tips_of
from endplate.simulation.parameters import OneAtATime

_FINE_MM = {"hand": 0.5, "foot": 0.5, "forearm": 1.0}
_QUICK_MM = {"hand": 1.0, "foot": 1.0}
_COARSE_MM = 2.0


@dataclass(frozen=True)
class LimbView:
    """A segment with the needles that go into it.

    Attributes:
        document: segments of the plan, this one, its sites and endplate zones in mm along it in the table's
            adult, and ``scale``, the person's lengths over that adult's.
        limb: the filled segment.
        names: the muscle of every label.
    """

    document: dict[str, Any]
    limb: Limb
    names: tuple[str, ...]


def segments_of(case: Case) -> list[str]:
    """The segments into which a plan injects, in the order of its rows."""
    plan_of(case)
    return list(dict.fromkeys(segment_of(shot.muscle) for shot in planned_injections(case)))


def view_limb(
    case: Case, segment: str | None = None, side: str | None = None, *, fine: bool = True
) -> LimbView:
    """The segment of a plan and where its needles come to lie; the needle does not err.

    Args:
        case: a case with a plan.
        segment: id of a segment; the first of the plan without it.
        side: left or right; the first on which the segment is injected without it.
        fine: whether small segments are filled finely; else every one as a simulation does, which is quicker.

    Raises:
        InputError: the case has no plan, or there is no such segment.
    """
    injected = segments_of(case)
    shown = segment or injected[0]
    if shown not in load_segments():
        remedy = Sentence("Name one of {segments}.", segments=", ".join(load_segments()))
        message = Sentence("There is no segment {segment}", segment=repr(shown))
        raise InputError(message, rule="unknown_segment", remedy=remedy, field="segment")
    here = [shot for shot in planned_injections(case) if segment_of(shot.muscle) == shown]
    sides = [shot.side for shot in here]
    on = side or (sides[0] if sides else "right")
    shots = tuple(shot for shot in here if shot.side == on)
    mass = case.patient.weight_kg
    limb, names = _filled(shown, (_FINE_MM if fine else _QUICK_MM).get(shown, _COARSE_MM))
    length = load_segments()[shown].length_cm * MM_PER_CM
    document = {
        "segments": injected,
        "segment": shown,
        "side": on,
        "sides": sorted(set(sides)),
        "length_mm": length,
        "scale": _scale(mass),
        "sites": _sites(shots, mass),
        "zones": [
            {"muscle": row.muscle, "low_mm": row.along(low) * length, "high_mm": row.along(high) * length}
            for row in bodies_of(shown)
            for low, high in row.zones
        ],
    }
    return LimbView(document, limb, names)


@lru_cache(maxsize=8)
def _filled(segment: str, spacing_mm: float) -> tuple[Limb, tuple[str, ...]]:
    """A segment once filled: both sides of a plan are one and the same."""
    return limb_of(segment, spacing_mm=spacing_mm)


def _scale(mass_kg: float | None) -> float:
    """Lengths of the person over those of the table's adult."""
    return float(person_of((), mass_kg, OneAtATime(())).scale[0])


def _sites(shots: tuple[PlannedInjection, ...], mass_kg: float | None) -> list[dict[str, Any]]:
    """Tips of the needles in the table's adult, mm."""
    if not shots:
        return []
    person = person_of(shots, mass_kg, OneAtATime(()))
    scale = float(person.scale[0])
    found: list[dict[str, Any]] = []
    for row in rows_of(shots):
        for tip in tips_of(row, person).mm[0]:
            z, x, y = (round(float(number) / scale, 1) for number in tip)
            place = {"z_mm": z, "x_mm": x, "y_mm": y}
            whose = {"muscle": row.shot.muscle, "side": row.shot.side}
            found.append({"name": str(len(found) + 1), **whose, **place})
    return found
