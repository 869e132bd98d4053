"""The case on a later day on which its plan is given again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from endplate.case.models import OLDEST_Y, Case, Patient, Plan
from endplate.case.plan import plan_of
from endplate.knowledge.vocabulary.quantity import parse_quantity


def given_again(case: Case, after_d: int, dose: float = 1.0) -> Case:
    """The same person some days later: the plan's session lies behind, and the plan is due again.

    The person is older by these days, and as much further from the onset of the condition. The visits up to
    that day lie behind with the session.

    Args:
        case: a case with a plan.
        after_d: whole days between the two sessions, at least 1.
        dose: dose of the later session over the plan's.

    Raises:
        InputError: the case has no plan.
    """
    given = plan_of(case)
    told = case.to_dict()
    due = given.date + timedelta(days=after_d)
    seen = [row for row, visit in zip(told["visits"], case.visits, strict=True) if visit.date <= due]
    history = [*told["history"], {**_session(given), "visits": seen}]
    plan = told["plan"] | {"date": due}
    plan["injections"] = [
        row | {"dose": f"{item.dose.value * dose:.12g} {item.dose.unit}"}
        for row, item in zip(plan["injections"], given.injections, strict=True)
    ]
    later = {"history": history, "plan": plan, "visits": (), "patient": _older(case.patient, after_d)}
    return Case.model_validate(told | later)


def _older(patient: Patient, days: int) -> dict[str, Any]:
    """The person so many days later, as far as the file tells time; nobody grows older than anybody is."""
    told = patient.model_dump(mode="json")
    if patient.age is not None:
        age = parse_quantity(f"{patient.age.to('d').value + days} d").to(patient.age.unit)
        oldest = parse_quantity(f"{OLDEST_Y} y").to(age.unit)
        told["age"] = f"{min(age.value, oldest.value):.9g} {age.unit}"
    if patient.months_since_onset is not None:
        since = patient.months_since_onset + parse_quantity(f"{days} d").to("mo").value
        told["months_since_onset"] = min(since, parse_quantity(f"{OLDEST_Y} y").to("mo").value)
    return told


def _session(plan: Plan) -> dict[str, Any]:
    """The plan as a session of the history."""
    shots = [{"muscle": i.muscle, "side": i.side, "dose": str(i.dose)} for i in plan.injections]
    held = {"date": plan.date, "product": plan.product, "indication": plan.indication}
    return {**held, "injections": shots}
