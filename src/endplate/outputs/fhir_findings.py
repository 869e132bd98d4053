"""What was measured of a person, as FHIR Observations: size, assessments and visits; never simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from endplate.case import Case
from endplate.case.findings import NONE, days_reported, share_of_strength
from endplate.case.models import AssessmentRow, Tardieu, Visit
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary import SCALES
from endplate.outputs.fhir_parts import Ids, Resource, bare, own_code, quantity

_PUBLIC = {"modified_ashworth": ("modified_ashworth",)}


def observations(case: Case, ids: Ids) -> Iterator[Resource]:
    """Every finding of the case, in the order of the file."""
    person = case.patient
    for name, amount in (("weight", person.weight), ("height", person.height)):
        if amount is not None:
            on = person.weighed_on if name == "weight" else None
            value = {"valueQuantity": quantity(amount.value, amount.unit)}
            yield _observation(ids, f"patient.{name}", name, None, on, value)
    for place, row in enumerate(case.assessment):
        yield from _of_scale(ids, f"assessment[{place}]", row, row.date)
    for number, session in enumerate(case.history):
        yield from _visits(ids, f"history[{number}].", session.visits)
    yield from _visits(ids, "", case.visits)


def _visits(ids: Ids, before: str, visits: tuple[Visit, ...]) -> Iterator[Resource]:
    for place, visit in enumerate(visits):
        where = f"{before}visits[{place}]"
        if visit.measure == "scale":
            yield from _of_scale(ids, where, visit, visit.date)
        else:
            told = _VALUES[visit.measure](visit.value)
            yield _observation(ids, where, visit.measure, visit, visit.date, told)


def _of_scale(ids: Ids, where: str, row: AssessmentRow | Visit, on: date | None) -> Iterator[Resource]:
    """A grade, and angles beside it as an observation of their own."""
    if row.scale is not None and row.value is not None:
        yield _observation(ids, f"{where}.value", row.scale, row, on, _grade(row.scale, row.value))
    if row.tardieu is not None:
        parts = {"component": _angles(row.tardieu)}
        yield _observation(ids, f"{where}.tardieu", "tardieu", row, on, parts)


def _grade(scale: str, value: str) -> Resource:
    """A grade as its label, never as a number; a scale that is a number as a quantity."""
    held = SCALES[scale]
    if held.grades:
        return {"valueCodeableConcept": own_code(f"{scale}_grade", value)}
    bare_number = {"value": float(value), "unit": held.unit}
    return {"valueQuantity": quantity(float(value), "deg") if held.unit == "deg" else bare_number}


def _angles(found: Tardieu) -> list[Resource]:
    angles = (("r1", found.r1), ("r2", found.r2))
    parts = [
        {"code": own_code("measure", f"tardieu_{name}"), "valueQuantity": quantity(angle.value, "deg")}
        for name, angle in angles
    ]
    if found.quality is not None:
        quality = str(found.quality)
        held = own_code("tardieu_quality", quality, f"tardieu_quality_{quality}")
        parts.append({"code": own_code("measure", "tardieu_quality"), "valueCodeableConcept": held})
    return parts


def _observation(
    ids: Ids, where: str, code: str, row: AssessmentRow | Visit | None, on: date | None, told: Resource
) -> Resource:
    """One observation; ``where`` is its place in the case file."""
    rater = getattr(row, "rater", None)
    return bare(
        {
            "resourceType": "Observation",
            "id": ids.of(where),
            "status": "final",
            "code": own_code("measure", code, *_PUBLIC.get(code, ())),
            "subject": ids.reference("patient"),
            "effectiveDateTime": on.isoformat() if on else None,
            "bodySite": _site(row),
            **told,
            "note": [{"text": f"Rater: {rater}"}] if rater else None,
        }
    )


def _site(row: AssessmentRow | Visit | None) -> Resource | None:
    """The joint, its movement and side, in words."""
    if row is None or row.joint is None:
        return None
    parts = [row.joint, row.movement, row.side]
    return {"text": ", ".join(part.replace("_", " ") for part in parts if part)}


def _strength(told: str | None) -> Resource:
    return {"valueQuantity": quantity(share_of_strength(told) * PERCENT, "%")}


def _clock(told: str | None) -> Resource:
    """Days since the injection; none where the day of the visit is meant, a sentence for not yet."""
    days = None if told is None else days_reported(told)
    if days is not None:
        return {"valueQuantity": quantity(days, "d")}
    return {"valueString": "on the day of the visit" if told is None else "not until this visit"}


def _weakness(told: str | None) -> Resource:
    return {"valueBoolean": told == "yes"}


def _again(told: str | None) -> Resource:
    return {"valueBoolean": told != NONE}


_VALUES: dict[str, Any] = {
    "strength": _strength,
    "onset": _clock,
    "wear_off": _clock,
    "weakness": _weakness,
    "reinjection": _again,
}
