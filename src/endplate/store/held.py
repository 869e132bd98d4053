"""What is held of one person, and the case it makes: what was given wins over what was planned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endplate.case import Case, from_document
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import Quantity, parse_quantity
from endplate.store.canonical import DamagedRow, canonical
from endplate.store.models import Base, Cycle, Given, Kept, Person, Plan, Run, Visit

_PLAN_KEYS = (
    "date",
    "jurisdiction",
    "product",
    "indication",
    "dilution",
    "guidance",
    "vials",
    "co_therapy",
    "injections",
)
VISIT_KEYS = ("date", "joint", "side", "movement", "measure", "scale", "value", "tardieu", "rater")
"""Keys of a visit as a case file writes them."""

Document = dict[str, Any]


@dataclass
class HeldCycle:
    """One cycle with everything that belongs to it, in the order in which it was entered."""

    cycle: Cycle
    plan: Plan | None
    given: list[Given]
    visits: list[Visit]
    runs: list[Run]


@dataclass
class Held:
    """One person with all cycles, first to last."""

    person: Person
    cycles: list[HeldCycle]

    def at(self, number: int | None) -> HeldCycle:
        """A cycle by its number; the last one where none is given.

        Raises:
            InputError: there is no such cycle.
        """
        if number is None:
            return self.cycles[-1]
        if 1 <= number <= len(self.cycles):
            return self.cycles[number - 1]
        remedy = f"Use a number from 1 to {len(self.cycles)}."
        message = f"{self.person.code} has no cycle {number}"
        raise InputError(message, rule="no_cycle", remedy=remedy, field="--cycle")


def held(session: Session, person: Person | None) -> Held:
    """Everything of one person.

    Args:
        session: to read with.
        person: whose; None is what a database gives in place of a row without a number.

    Raises:
        DamagedRow: what a row says is not what was written.
    """
    if person is None:
        raise DamagedRow("person")
    cycles = list(session.scalars(select(Cycle).where(Cycle.person_id == person.id).order_by(Cycle.number)))
    ids = [cycle.id for cycle in cycles]

    def of_cycles(table: type[Any]) -> list[Any]:
        return list(session.scalars(select(table).where(table.cycle_id.in_(ids)).order_by(table.id)))

    plans, given, visits, runs = (of_cycles(table) for table in (Plan, Given, Visit, Run))
    check_sound([person, *cycles, *plans, *given, *visits, *runs])
    return Held(
        person,
        [
            HeldCycle(
                cycle,
                next((plan for plan in plans if plan.cycle_id == cycle.id), None),
                *([row for row in rows if row.cycle_id == cycle.id] for rows in (given, visits, runs)),
            )
            for cycle in cycles
        ],
    )


def check_sound(rows: Sequence[Base | None]) -> None:
    """Raise ``DamagedRow`` unless every row says what was written; one without a number is None."""
    for row in rows:
        if row is None or not row.sound():
            raise DamagedRow(getattr(row, "__tablename__", "a row"))


def case_of(held: Held, number: int | None = None) -> Case:
    """The case of a cycle, checked as a file would be.

    Its plan is what was given, where that is recorded; its history also holds what was given in earlier
    cycles. ``notes`` say so.

    Raises:
        InputError: the parts do not make a valid case.
    """
    found = held.at(number)
    notes = [*found.cycle.notes, *_notes_of_history(held, found), *_note_of_session(found)]
    return from_document(Case, document_of(held, number)).with_notes(notes)


def document_of(held: Held, number: int | None = None) -> Document:
    """The case of a cycle as a file would hold it, not yet checked."""
    found = held.at(number)
    return {
        "endplate": 1,
        "patient": {"code": held.person.code, **found.cycle.patient},
        "assessment": found.cycle.assessment,
        "goals": found.cycle.goals,
        "history": _history(held, found),
        "plan": _session_as_given(found),
        "visits": visits_of(found),
    }


def visits_of(one: HeldCycle) -> list[Document]:
    """The findings of a cycle as the case file writes them."""
    return [_part(row, VISIT_KEYS) for row in one.visits]


def plan_document(plan: Plan) -> Document:
    """A plan as the case file writes it."""
    return _part(plan, _PLAN_KEYS)


def _part(row: Kept, keys: Sequence[str]) -> Document:
    return {key: getattr(row, key) for key in keys if getattr(row, key) is not None}


def _session_as_given(found: HeldCycle) -> Document | None:
    """The plan section of a cycle: what was given, else what is planned."""
    if found.plan is None:
        return None
    planned = plan_document(found.plan)
    if not found.given:
        return planned
    first = found.given[0]
    named = [_named(row, shot, first) for row in found.given for shot in row.injections]
    session = {
        "date": first.date,
        "product": first.product,
        "dilution": first.dilution,
        "guidance": first.guidance,
        "vials": planned["vials"] if _same_vials(found) else [],
        "injections": named,
    }
    return {**planned, **session}


def _named(row: Given, shot: Document, first: Given) -> Document:
    """An injection of one lot as it stands among those of the session."""
    own = {} if row.product == first.product else {"product": row.product}
    fluid = "volume" in shot or "dilution" in shot or row.dilution == first.dilution
    return {**shot, **own, **({} if fluid or row.dilution is None else {"dilution": row.dilution})}


def _same_vials(found: HeldCycle) -> bool:
    """Whether the vials planned hold as many units as were given and discarded, of one product."""
    if found.plan is None or {row.product for row in found.given} != {found.plan.product}:
        return False
    used = sum(units_of(row.units) + units_of(row.discarded) for row in found.given)
    return used == sum(units_of(vial) for vial in found.plan.vials)


def units_of(text: str) -> float:
    """The number of a quantity in U."""
    return parse_quantity(text, ("U",)).value


def _note_of_session(found: HeldCycle) -> list[str]:
    if not found.given or found.plan is None:
        return []
    lots = ", ".join(sorted({row.lot for row in found.given}))
    return [
        f"The plan is what was given on {found.given[0].date} (lot {lots}), "
        f"not what was planned for {found.plan.date}."
    ]


def _earlier(held: Held, found: HeldCycle) -> list[HeldCycle]:
    return [one for one in held.cycles if one.cycle.number < found.cycle.number]


def _history(held: Held, found: HeldCycle) -> list[Document]:
    """The sessions before a cycle: those stated with it, and those recorded as given in earlier ones."""
    recorded = [entry for one in _earlier(held, found) for entry in _entries(one, found)]
    if not recorded:
        return found.cycle.history
    known = [_session(entry) for entry in recorded]
    stated = [entry for entry in found.cycle.history if _session(entry) not in known]
    return sorted([*stated, *recorded], key=lambda entry: str(entry["date"]))


def _session(entry: Document) -> tuple[str, str]:
    """What tells one session from another: day and product."""
    return str(entry["date"]), entry["product"]


def _entries(one: HeldCycle, later: HeldCycle) -> list[Document]:
    """What was given in a cycle, one entry of the history of a later cycle for each product.

    Its findings are those recorded; where none is, those that the later cycle states of the same sessions.
    """
    if one.plan is None:
        return []
    products = dict.fromkeys(row.product for row in one.given)
    entries = [_entry([row for row in one.given if row.product == product], one.plan) for product in products]
    if entries and one.visits:
        return [{**entries[0], "visits": visits_of(one)}, *entries[1:]]
    return [{**entry, "visits": _stated(later, [_session(entry)])} for entry in entries]


def _stated(later: HeldCycle, sessions: Sequence[tuple[str, str]]) -> list[Document]:
    """The findings that the history of a cycle states of some sessions."""
    past = [entry for entry in later.cycle.history if _session(entry) in sessions]
    return [visit for entry in past for visit in entry.get("visits", ())]


def _notes_of_history(held: Held, found: HeldCycle) -> Iterator[str]:
    """What is remarkable about the history of a cycle."""
    planned = [one for one in _earlier(held, found) if one.plan is not None]
    for one in planned:
        if not one.given:
            number = one.cycle.number
            yield f"Cycle {number} has no record of what was given and is not part of the history."
    if any(one.given for one in planned):
        yield "History of earlier cycles: what was given and found."
    yield from (note for _, note in left_out(held, found))


def left_out(held: Held, found: HeldCycle) -> Iterator[tuple[int, str]]:
    """Findings that the history of a cycle states otherwise than they are recorded, and that do not count.

    Args:
        held: the person.
        found: the cycle.

    Yields:
        number of the earlier cycle they are about, and a sentence that names them.
    """
    for one in _earlier(held, found):
        stated = _stated(found, [(str(row.date), row.product) for row in one.given])
        recorded = {_as_said(visit) for visit in visits_of(one)}
        other = [visit for visit in stated if _as_said(visit) not in recorded]
        if recorded and other:
            days = ", ".join(sorted({visit["date"] for visit in other}))
            yield (
                one.cycle.number,
                f"Cycle {found.cycle.number} states {len(other)} findings of cycle {one.cycle.number} "
                f"({days}) that are not recorded there; only those recorded count.",
            )


def _as_said(visit: Document) -> str:
    """A finding without its empty parts, to compare."""
    angles = visit.get("tardieu") or {}
    told = {name: part for name, part in angles.items() if part is not None}
    return canonical({**visit, "tardieu": told})


def _entry(rows: Sequence[Given], plan: Plan) -> Document:
    shots = [shot for row in rows for shot in row.injections]
    return {
        "date": rows[0].date,
        "product": rows[0].product,
        "indication": plan.indication,
        "total": str(Quantity(sum(units_of(row.units) for row in rows), "U")),
        "injections": [{key: shot[key] for key in ("muscle", "side", "dose")} for shot in shots],
    }
