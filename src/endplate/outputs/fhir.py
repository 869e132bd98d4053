"""A case as a FHIR R4B Bundle of the type collection: drafts and proposals, and what was measured or given.

Nothing here is an order, and no simulated number stands in it: a result is named by its digest alone. The
bundle is structurally valid; no terminology server has judged it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from datetime import date

from endplate.case import Case, planned_injections
from endplate.case.dose import Dose
from endplate.case.models import Goal, HistoryEntry, PastInjection, Plan
from endplate.case.plan import PlannedInjection, sides_of
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary.wording import BANNER
from endplate.outputs.fhir_findings import observations
from endplate.outputs.fhir_parts import OWN, Ids, Resource, bare, dose_quantity, extension, own_code, quantity

_CODES = "Codes of public terminologies that nobody has looked up officially say so in their display."
_TYPES = {"yaml": "application/yaml", "json": "application/json"}


def fhir_bundle(case: Case, documents: Mapping[str, bytes]) -> Resource:
    """The bundle of a case.

    Args:
        case: what is told.
        documents: content of the case file and of results, by name: only digests of them are told.
    """
    first = next(iter(documents.values()), b"")
    ids = Ids(hashlib.sha256(first).hexdigest())
    resources = [*_everything(case, ids, documents)]
    return {
        "resourceType": "Bundle",
        "id": ids.of("bundle"),
        "meta": {
            "tag": [
                {"system": f"{OWN}:tag", "code": "simulated-plan", "display": BANNER},
                {"system": f"{OWN}:tag", "code": "codes-unverified", "display": _CODES},
            ]
        },
        "identifier": {"system": f"{OWN}:bundle", "value": ids.of("bundle")},
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
    }


def _everything(case: Case, ids: Ids, documents: Mapping[str, bytes]) -> Iterator[Resource]:
    yield _patient(case, ids)
    yield from _conditions(case, ids)
    for place, goal in enumerate(case.goals):
        yield _goal(ids, place, goal)
    yield from observations(case, ids)
    for number, session in enumerate(case.history):
        yield from _given(ids, number, session)
    for name, content in documents.items():
        yield _document(ids, name, content)
    if case.plan is not None:
        yield from _planned(case, case.plan, ids, documents)


def _patient(case: Case, ids: Ids) -> Resource:
    """A code, never a name; a year of birth only where age and date leave one."""
    person = case.patient
    age = person.age
    born = None if age is None else _year_of_birth(age.value, age.unit, _as_of(case))
    told = None if age is None else [extension("age", valueAge=quantity(age.value, age.unit))]
    return bare(
        {
            "resourceType": "Patient",
            "id": ids.of("patient"),
            "extension": told,
            "identifier": [{"system": f"{OWN}:patient-code", "value": person.code}],
            "gender": person.sex,
            "birthDate": born,
        }
    )


def _as_of(case: Case) -> date | None:
    """The day on which the age holds: the plan's, and no other is known."""
    return case.plan.date if case.plan else None


def _year_of_birth(age: float, unit: str, on: date | None) -> str | None:
    """The year, where whoever has this age in whole units on the day can only be born in one."""
    if on is None or unit not in ("y", "mo"):
        return None
    step = MONTHS_PER_YEAR if unit == "y" else 1
    latest = on.year * MONTHS_PER_YEAR + on.month - 1 - int(age) * step
    year, earliest = latest // MONTHS_PER_YEAR, (latest - step) // MONTHS_PER_YEAR
    return str(year) if year == earliest else None


def _conditions(case: Case, ids: Ids) -> Iterator[Resource]:
    plan, cause = case.plan, case.patient.condition
    reasons = [("indication", plan.indication)] if plan else []
    reasons += [("condition", cause)] if cause and cause != "healthy" else []
    for name, reason in reasons:
        public = ("spasticity",) if reason == "spasticity" else ()
        yield {
            "resourceType": "Condition",
            "id": ids.of(name),
            "code": own_code(name, reason, *public),
            "subject": ids.reference("patient"),
        }


def _goal(ids: Ids, place: int, goal: Goal) -> Resource:
    """A proposed goal in the case's own words, with the levels of goal attainment scaling that it holds."""
    levels = (("gas-baseline", goal.gas_baseline), ("gas-achieved", goal.gas_achieved))
    return bare(
        {
            "resourceType": "Goal",
            "id": ids.of(f"goals[{place}]"),
            "extension": [extension(name, valueInteger=level) for name, level in levels if level is not None],
            "lifecycleStatus": "proposed",
            "category": [own_code("goal_kind", goal.kind)] if goal.kind else None,
            "description": {"text": goal.text},
            "subject": ids.reference("patient"),
        }
    )


def _medication(product: str) -> Resource:
    return own_code("product", product, "botulinum_toxin_a")


def _site(muscle: str, side: str) -> Resource:
    """A muscle of one side, by our id."""
    return {**own_code("muscle", muscle), "text": f"{muscle.replace('_', ' ')}, {side}"}


def _given(ids: Ids, number: int, session: HistoryEntry) -> Iterator[Resource]:
    """What an earlier session records as given: muscle by muscle, or its total where no muscle is named."""
    for place, shot in enumerate(session.injections):
        for side in sides_of(shot.side):
            where = f"history[{number}].injections[{place}].{side}"
            yield _administration(
                ids, where, session, _past_dose(shot, session.product), _site(shot.muscle, side)
            )
    if not session.injections and session.total is not None:
        dose = dose_quantity(Dose(session.total.value, session.product), session.product)
        yield _administration(ids, f"history[{number}].total", session, dose, None)


def _past_dose(shot: PastInjection, product: str) -> Resource:
    return dose_quantity(Dose(shot.dose.value, product), product, per_kg=shot.dose.unit == "U/kg")


def _administration(
    ids: Ids, where: str, session: HistoryEntry, dose: Resource, site: Resource | None
) -> Resource:
    return {
        "resourceType": "MedicationAdministration",
        "id": ids.of(where),
        "status": "completed",
        "medicationCodeableConcept": _medication(session.product),
        "subject": ids.reference("patient"),
        "effectiveDateTime": session.date.isoformat(),
        "dosage": bare({"site": site, "dose": dose}),
    }


def _document(ids: Ids, name: str, content: bytes) -> Resource:
    """A file by its digests: SHA-1 is what FHIR R4 names, SHA-256 what a manifest holds."""
    digest = hashlib.sha256(content).hexdigest()
    attachment = {
        "extension": [extension("sha256", valueString=digest)],
        "contentType": _TYPES.get(name.rpartition(".")[2], "application/octet-stream"),
        "url": f"{OWN}:sha256:{digest}",
        "hash": base64.b64encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode(),
        "title": name,
    }
    return {
        "resourceType": "DocumentReference",
        "id": ids.of(f"document/{name}"),
        "status": "current",
        "subject": ids.reference("patient"),
        "content": [{"attachment": attachment}],
    }


def _planned(case: Case, plan: Plan, ids: Ids, documents: Mapping[str, bytes]) -> Iterator[Resource]:
    """The plan: body structures, one request for every product, and the care plan that holds them."""
    shots = planned_injections(case)
    places = dict.fromkeys((shot.muscle, shot.side) for shot in shots)
    yield from (_body(ids, muscle, side) for muscle, side in places)
    products = list(dict.fromkeys(shot.product for shot in shots))
    for product in products:
        own = [shot for shot in shots if shot.product == product]
        yield _request(ids, plan, product, own)
    yield bare(
        {
            "resourceType": "CarePlan",
            "id": ids.of("plan"),
            "status": "draft",
            "intent": "proposal",
            "subject": ids.reference("patient"),
            "period": {"start": plan.date.isoformat()},
            "addresses": [ids.reference("indication")],
            "supportingInfo": [ids.reference(f"document/{name}") for name in documents],
            "goal": [ids.reference(f"goals[{place}]") for place in range(len(case.goals))],
            "activity": [{"reference": ids.reference(f"request/{product}")} for product in products],
            "note": [{"text": BANNER}],
        }
    )


def _body(ids: Ids, muscle: str, side: str) -> Resource:
    return {
        "resourceType": "BodyStructure",
        "id": ids.of(f"body/{muscle}/{side}"),
        "location": own_code("muscle", muscle),
        "locationQualifier": [own_code("side", side)],
        "patient": ids.reference("patient"),
    }


def _request(ids: Ids, plan: Plan, product: str, shots: list[PlannedInjection]) -> Resource:
    """A draft that proposes the injections of one product."""
    return {
        "resourceType": "MedicationRequest",
        "id": ids.of(f"request/{product}"),
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": _medication(product),
        "subject": ids.reference("patient"),
        "reasonReference": [ids.reference("indication")],
        "note": [{"text": BANNER}],
        "dosageInstruction": [
            _instruction(ids, plan, product, number, shot) for number, shot in enumerate(shots, 1)
        ],
    }


def _instruction(ids: Ids, plan: Plan, product: str, number: int, shot: PlannedInjection) -> Resource:
    """One muscle of one side."""
    words = [f"{shot.sites} site(s)", f"{shot.volume_mL:.4g} mL"]
    if shot.at_fraction is not None:
        words.append(f"at {shot.at_fraction:.0%} of the muscle belly from its proximal end")
    structure = ids.reference(f"body/{shot.muscle}/{shot.side}")
    return {
        "extension": [extension("body-structure", valueReference=structure)],
        "sequence": number,
        "text": f"{', '.join(words)}; {plan.date.isoformat()}",
        "site": _site(shot.muscle, shot.side),
        "method": own_code("guidance", shot.guidance),
        "doseAndRate": [{"doseQuantity": dose_quantity(shot.dose, product)}],
    }
