"""What a finding may hold: fields of its measure, a day in reach of its session, what a joint can do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from endplate.case.fields import wrong
from endplate.knowledge.vocabulary import JOINTS
from endplate.knowledge.vocabulary.quantity import parse_quantity, shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word

if TYPE_CHECKING:
    from endplate.case.models import Tardieu, Visit

LONGEST_AFTER = "104 wk"
"""How long after its session a visit may lie: the longest horizon of a run."""

_OPTIONAL = ("joint", "side", "movement", "scale", "value", "tardieu", "rater")
_JOINT = ("joint", "side", "movement", "value")
_FIELDS = {
    "scale": _OPTIONAL,
    "strength": _JOINT,
    "onset": _JOINT,
    "wear_off": _JOINT,
    "reinjection": ("value",),
    "weakness": ("value",),
}


def check_fields(visit: Visit) -> None:
    """Raise for a field that the measure does not have: nobody would read it."""
    allowed = _FIELDS[visit.measure]
    for name in _OPTIONAL:
        if getattr(visit, name) is not None and name not in allowed:
            text = "A visit of {measure} has no {field}"
            message = Sentence(text, measure=Word(visit.measure, visit.measure), field=name)
            remedy = "Write that finding as a visit of its own, or leave it out."
            raise wrong("measure_field", message, remedy, (name,))


def check_days(visits: Iterable[Visit], session: date, at: tuple[str, ...] = ("visits",)) -> None:
    """Raise for a visit that lies further after its session than anything is followed."""
    longest = parse_quantity(LONGEST_AFTER)
    for place, visit in enumerate(visits):
        if (visit.date - session).days > longest.to("d").value:
            message = Sentence(
                "{visit} ({day}) lies more than {longest} after its session ({session})",
                visit=f"visits[{place}]",
                day=str(visit.date),
                longest=str(longest),
                session=str(session),
            )
            raise wrong("visit_too_late", message, "Check the year.", (*at, place, "date"))


def check_angles(joint: str | None, movement: str | None, found: Tardieu | None) -> None:
    """Raise for an end of range that lies far beyond that of a healthy joint."""
    if found is None or joint is None:
        return
    most = _most_deg(joint, movement)
    if most and found.r2.value > most:
        text = "r2 ({r2}) lies beyond what the {joint} can reach ({most} deg)"
        message = Sentence(text, r2=str(found.r2), joint=Word(joint), most=f"{most:g}")
        remedy = "Count the angle from the position of least stretch."
        raise wrong("angle_range", message, remedy, ("tardieu", "r2"))


def check_movement(joint: str | None, movement: str) -> None:
    """Raise unless a movement is one of the joint that was examined or is aimed at."""
    if joint is None:
        raise wrong("movement", "A movement stands without its joint", "Name the joint.", ("joint",))
    movements = JOINTS[joint].movements
    if movement not in movements:
        text = "{movement} is not a movement of the {joint}"
        message = Sentence(text, movement=shown(movement), joint=Word(joint, joint))
        remedy = Sentence("Use one of {options}.", options=", ".join(movements))
        raise wrong("movement", message, remedy, ("movement",))


def _most_deg(joint: str, movement: str | None) -> float:
    """The healthy range of a movement, of the joint's widest without it, with a margin; 0 if not tabled."""
    from endplate.knowledge.anatomy.geometry import axes_of, load_axes
    from endplate.knowledge.evidence import value

    rows = load_axes()
    movements = JOINTS[joint].movements if movement is None else (movement,)
    first = [axes_of(joint, each)[:1] for each in movements]
    spans = [rows[joint, axis].to_deg - rows[joint, axis].from_deg for own in first for axis, _ in own]
    return max(spans) + value("visits.angle_margin") if spans else 0.0
