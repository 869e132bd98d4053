"""Every change of what is held: checked against the rules of a case file before it is committed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from endplate.case import Case, from_document, planned_injections
from endplate.case import Given as GivenRecord
from endplate.errors import InputError, hidden
from endplate.store.canonical import checksum
from endplate.store.held import (
    Held,
    HeldCycle,
    case_of,
    document_of,
    held,
    plan_document,
    units_of,
    visits_of,
)
from endplate.store.models import Cycle, Given, Kept, Person, Plan, Run, Visit
from endplate.store.private import check_case, check_code, check_text, check_visit
from endplate.store.session import AuditedSession
from endplate.store.telling import conflict

_UNITS_AGREE = 1e-9  # relative
_LARGEST = 2**63
_RESULT_KEYS = ("inputs", "seed", "draws", "model_version", "endplate")
R = TypeVar("R", bound=Kept)


def person_of(session: Session, code: str, lock: bool = False) -> Person:
    """The person of a code.

    Args:
        session: to read with.
        code: of the person.
        lock: whether others who write wait until this transaction ends.

    Raises:
        InputError: the store holds nobody of that code.
    """
    asked = select(Person).where(Person.code == code)
    person = session.scalar(asked.with_for_update() if lock else asked)
    if person is None:
        remedy = "Look at the codes with 'endplate store list'."
        raise InputError(f"The store holds no {code[:80]!r}", rule="no_person", remedy=remedy, field="CODE")
    return person


def opened(session: AuditedSession, code: str, version: int | None) -> Held:
    """Everything of a person who is about to be changed.

    Args:
        session: that will change it.
        code: of the person.
        version: of the person as it was read; None to change whatever stands there.

    Raises:
        Conflict: somebody changed it since; says who and when.
    """
    person = person_of(session, code, lock=True)
    _unchanged(person, version)
    session.code = code
    return held(session, person)


def _unchanged(person: Person, version: int | None) -> None:
    """Refuse a change by somebody who read an earlier version."""
    if version is not None and version != person.version:
        what = f"{person.code} was changed by {person.changed_by} on {person.changed_at}"
        raise conflict(person.code, f"{what}: it is at version {person.version}, you read version {version}")


def add_case(session: AuditedSession, case: Case, next_cycle: bool, version: int | None = None) -> Held:
    """Keep a case: of somebody new, or as the next cycle of somebody known, unchanged since ``version``."""
    document = case.model_dump(mode="json", exclude_none=True)
    check_case(document)
    code = case.patient.code
    known = session.scalar(select(Person).where(Person.code == code).with_for_update())
    if known is not None and not next_cycle:
        remedy = "Add it as the next cycle (--next-cycle), or change the plan with 'store plan'."
        raise InputError(f"{code} is held already", rule="code_taken", remedy=remedy, field="patient.code")
    if version is not None:
        _unchanged(person_of(session, code), version)
    session.code = code
    person = known or _put(session, _new_person(session, document))
    _put_cycle(session, person.id, known.cycles + 1 if known else 1, document, case.notes)
    return _closed(session, held(session, person))


def _new_person(session: AuditedSession, document: Mapping[str, Any]) -> Person:
    plan = _dated(document.get("plan", {}))
    patient = document["patient"]
    return Person(
        code=patient["code"],
        condition=patient.get("condition"),
        product=plan.get("product"),
        last_date=plan.get("date"),
        cycles=1,
        changed_at=session.at,
        changed_by=session.who,
    )


def _put_cycle(
    session: AuditedSession,
    person_id: int,
    number: int,
    document: Mapping[str, Any],
    notes: tuple[str, ...],
) -> None:
    patient = {key: part for key, part in document["patient"].items() if key != "code"}
    sections = {name: document[name] for name in ("assessment", "goals", "history")}
    row = Cycle(person_id=person_id, number=number, patient=patient, notes=list(notes), **sections)
    cycle = _put(session, row)
    if "plan" in document:
        _put(session, Plan(cycle_id=cycle.id, **_dated(document["plan"])))
    for visit in document["visits"]:
        _put(session, Visit(cycle_id=cycle.id, **_dated(visit)))


def _dated(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section with days where a table has days."""
    days = {name: date.fromisoformat(section[name]) for name in ("date", "expiry") if name in section}
    return {**section, **days}


def _put(session: AuditedSession, row: R) -> R:
    """Write a new row, so that its number is known."""
    session.add(row)
    session.flush()
    return row


def _closed(session: AuditedSession, found: Held) -> Held:
    """Bring the person's own row up to date, having proved that every cycle still makes a valid case."""
    for one in found.cycles:
        case_of(found, one.cycle.number)
    person, last = found.person, found.cycles[-1]
    session_row = last.given[0] if last.given else last.plan
    person.cycles = len(found.cycles)
    person.condition = last.cycle.patient.get("condition")
    person.product = session_row.product if session_row else None
    person.last_date = session_row.date if session_row else None
    person.changed_at, person.changed_by = session.at, session.who
    session.flush()
    return found


def replace_plan(session: AuditedSession, found: Held, case: Case, number: int | None) -> Held:
    """Put the plan of a case in place of that of a cycle; what was given stays."""
    one = found.at(number)
    if case.plan is None:
        raise InputError("The case has no plan", rule="plan_required", remedy="Add one.", field="plan")
    if case.patient.code != found.person.code:
        message = f"The case is of {case.patient.code}, not of {found.person.code}"
        raise InputError(message, rule="other_person", remedy="Give this person's case.", field="CASE")
    section = {"dilution": None, **_dated(case.plan.model_dump(mode="json", exclude_none=True))}
    if one.plan is None:
        one.plan = _put(session, Plan(cycle_id=one.cycle.id, **section))
    else:
        _set(one.plan, section)
    return _closed(session, found)


def _set(row: Kept, section: Mapping[str, Any]) -> None:
    for name, part in section.items():
        setattr(row, name, part)


def put_visit(
    session: AuditedSession,
    found: Held,
    section: Mapping[str, Any],
    note: str | None,
    number: int | None,
    correct: int | None,
) -> int:
    """Add a visit to a cycle, or put it in place of the one numbered ``correct``; its number."""
    one = found.at(number)
    check_text("note", note)
    check_visit(section)
    others = replace(one, visits=[row for row in one.visits if row.id != correct])
    placed = [*visits_of(others), dict(section)]
    proved = from_document(Case, {**document_of(found, number), "visits": placed})
    row = {**_dated(proved.visits[-1].model_dump(mode="json")), "note": note}
    visit = _placed(session, one.visits, Visit(cycle_id=one.cycle.id, **row), row, correct)
    _closed(session, found)
    return visit.id


def _placed(
    session: AuditedSession, rows: list[R], new: R, section: Mapping[str, Any], correct: int | None
) -> R:
    """Add a row to those of a cycle, or change the one numbered ``correct``."""
    if correct is None:
        rows.append(_put(session, new))
        return new
    old = next((row for row in rows if row.id == correct), None)
    if old is None:
        remedy = "'endplate store show CODE' tells the numbers."
        message = f"The cycle holds no {new.__tablename__} with the number {correct}"
        raise InputError(message, rule="no_row", remedy=remedy, field="--correct")
    _set(old, section)
    return old


def put_given(
    session: AuditedSession, found: Held, record: GivenRecord, number: int | None, correct: int | None
) -> tuple[int, list[str]]:
    """Record what was given of one lot; its number, and what is remarkable about it."""
    one = found.at(number)
    if one.plan is None:
        remedy = "Add one first with 'endplate store plan'."
        raise InputError("The cycle has no plan", rule="plan_required", remedy=remedy, field="CODE")
    check_text("note", record.note)
    row = _row_of_given(one.plan, record)
    _one_session(one, row, correct)
    given = _placed(session, one.given, Given(cycle_id=one.cycle.id, **row), row, correct)
    _units_add_up(found, one, given)
    _closed(session, found)
    return given.id, _remarks(given)


def _row_of_given(plan: Plan, record: GivenRecord) -> dict[str, Any]:
    """The record with what it leaves to the plan filled in."""
    section = _dated(record.model_dump(mode="json"))
    product = record.product or plan.product
    if not record.injections:
        if product != plan.product:
            message = f"{product} was not planned, so where it went is not known"
            raise _injections_needed(message)
        section["injections"] = plan_document(plan)["injections"]
    section["injections"] = [
        {key: part for key, part in shot.items() if key != "product" and part is not None}
        for shot in section["injections"]
    ]
    same = product == plan.product
    return {
        **section,
        "product": product,
        "dilution": section["dilution"] or (plan.dilution if same else None),
        "guidance": section["guidance"] or plan.guidance,
    }


def _injections_needed(message: str) -> InputError:
    remedy = "Name every injection of this lot, such as --injection 'biceps_brachii left 100 U 4'."
    return InputError(message, rule="injections_needed", remedy=remedy, field="--injection")


def _one_session(one: HeldCycle, row: Mapping[str, Any], correct: int | None) -> None:
    """Lots of one cycle are given on one day, with one kind of guidance."""
    for other in one.given:
        for name in ("date", "guidance"):
            if other.id != correct and getattr(other, name) != row[name]:
                message = (
                    f"The lots of one session share their {name}: {other.lot} has {getattr(other, name)}"
                )
                remedy = "Begin a new cycle for another session: endplate store add --next-cycle."
                raise InputError(message, rule="one_session", remedy=remedy, field=f"--{name}")


def _units_add_up(found: Held, one: HeldCycle, given: Given) -> None:
    """The units of a lot are those of its injections."""
    alone = Held(found.person, [HeldCycle(one.cycle, one.plan, [given], [], [])])
    shots = planned_injections(case_of(alone, 1))
    total = sum(shot.dose_U for shot in shots)
    if not math.isclose(total, units_of(given.units), rel_tol=_UNITS_AGREE):
        message = f"The injections hold {total:g} U, but {given.units} of lot {given.lot} were given"
        raise _injections_needed(message)


def _remarks(given: Given) -> list[str]:
    late = given.date > given.expiry
    return [f"Lot {given.lot} had expired on {given.expiry}, before it was given on {given.date}."] * late


def put_run(session: AuditedSession, found: Held, raw: bytes) -> int:
    """Record a result, written by ``run`` or ``simulate``, of a cycle as it stands now; the run's number."""
    result, verb = _result_of(raw)
    inputs = _checksum_of(result["inputs"])
    fitting = [one for one in found.cycles if inputs == inputs_of(found, one.cycle.number)]
    if not fitting:
        message = f"The result was not computed from what is held of {found.person.code}"
        remedy = "Export the case, run it, and record that result."
        raise InputError(message, rule="other_inputs", remedy=remedy, field="RESULT")
    row = Run(
        cycle_id=fitting[-1].cycle.id,
        verb=verb,
        seed=result["seed"],
        draws=result["draws"],
        model_version=str(result["model_version"]),
        program_version=str(result["endplate"]),
        inputs_sha256=inputs,
        result_sha256=hashlib.sha256(raw).hexdigest(),
    )
    fitting[-1].runs.append(_put(session, row))
    _closed(session, found)
    return row.id


def inputs_of(found: Held, number: int) -> str:
    """The checksum of a cycle's case, as a result carries it under ``inputs``."""
    return checksum(case_of(found, number).to_dict())


def _result_of(raw: bytes) -> tuple[Mapping[str, Any], str]:
    """The simulation in a result file, and the verb that wrote it."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        run = document.get("simulate")
        result = run if isinstance(run, dict) else document
        if all(key in result for key in _RESULT_KEYS) and _plausible(result):
            return result, "run" if result is run else "simulate"
    remedy = "Give the result.json that 'endplate run' wrote, or the JSON of 'simulate'."
    raise InputError("The file holds no result of a run", rule="no_result", remedy=remedy, field="RESULT")


def _plausible(result: Mapping[str, Any]) -> bool:
    """Whether what a run row takes from a result is what a run writes."""
    counts = (result["seed"], result["draws"])
    versions = (result["model_version"], result["endplate"])
    return all(type(count) is int and 0 <= count < _LARGEST for count in counts) and all(
        isinstance(version, (str, int)) and hidden(str(version)) is None for version in versions
    )


def _checksum_of(inputs: Any) -> str:
    """The checksum of what a result was computed from; "" of what no result can hold."""
    try:
        return checksum(inputs)
    except (ValueError, RecursionError):
        return ""


def check_who(who: str) -> None:
    """Refuse a word for the audit that could tell who somebody is."""
    check_code("--who", who, digit=False)
