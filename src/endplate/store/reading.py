"""What is held, for people and programs: pages of persons, one person whole, the audit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from endplate.case import Case
from endplate.errors import InputError
from endplate.store.canonical import DamagedRow
from endplate.store.held import Held, HeldCycle, case_of, check_sound
from endplate.store.models import Audit, Kept, Person
from endplate.store.writing import inputs_of

PAGE_ROWS = 50
_BESIDE = ("person_id", "cycle_id", "code")


@dataclass(frozen=True)
class Wanted:
    """Which persons a list holds; what is None does not narrow it.

    Attributes:
        code: with which their codes begin.
        condition: theirs.
        product: of their last cycle.
        since: the earliest day of the session of their last cycle.
    """

    code: str | None = None
    condition: str | None = None
    product: str | None = None
    since: date | None = None

    def where(self) -> list[ColumnElement[bool]]:
        """The conditions for the database."""
        asked = [
            None if self.code is None else Person.code.startswith(self.code, autoescape=True),
            None if self.condition is None else Person.condition == self.condition,
            None if self.product is None else Person.product == self.product,
            None if self.since is None else Person.last_date >= self.since,
        ]
        return [condition for condition in asked if condition is not None]


def page_of(session: Session, number: int, wanted: Wanted) -> dict[str, Any]:
    """One page of persons by code, with how many there are.

    Raises:
        InputError: there is no such page.
    """
    where = wanted.where()
    total = session.scalar(select(func.count()).select_from(Person).where(*where)) or 0
    pages = max(1, -(-total // PAGE_ROWS))
    if not 1 <= number <= pages:
        remedy = f"Use a number from 1 to {pages}."
        raise InputError(f"There is no page {number}", rule="page", remedy=remedy, field="--page")
    first = PAGE_ROWS * (number - 1)
    asked = select(Person).where(*where).order_by(Person.code).offset(first).limit(PAGE_ROWS)
    rows: Sequence[Person | None] = session.scalars(asked).all()
    if None in rows:
        raise DamagedRow("person")
    persons = [{"code": row.code, **_said(row), "version": row.version} for row in rows if row]
    return {"persons": persons, "page": number, "pages": pages, "total": total}


def whole(found: Held) -> dict[str, Any]:
    """One person with everything that is held."""
    person = found.person
    about = {"code": person.code, **_said(person), "version": person.version}
    return {**about, "cycles": [_cycle(found, one) for one in found.cycles]}


def _cycle(found: Held, one: HeldCycle) -> dict[str, Any]:
    now = inputs_of(found, one.cycle.number) if one.runs else ""
    return {
        "cycle": one.cycle.number,
        **{name: getattr(one.cycle, name) for name in ("patient", "assessment", "goals", "history", "notes")},
        "plan": _said(one.plan) if one.plan else None,
        "given": [{"id": row.id, **_said(row)} for row in one.given],
        "visits": [{"id": row.id, **_said(row)} for row in one.visits],
        "runs": [{"id": row.id, **_said(row), "of_today": row.inputs_sha256 == now} for row in one.runs],
    }


def compared(found: Held, case: Case) -> dict[str, Any]:
    """How a case differs from the case held that is most like it.

    Returns:
        ``cycle`` and ``compared_with`` (``held``, or ``planned`` for a cycle without what was given),
        ``same``, and ``differs``: the parts that are not alike, such as ``plan.date``.
    """
    told = case.to_dict()
    rows = [(_differing(told, one.to_dict()), number, name) for number, name, one in _cases(found)]
    differs, number, name = min(rows, key=lambda row: len(row[0]))
    return {"cycle": number, "compared_with": name, "same": not differs, "differs": differs}


def _cases(found: Held) -> Iterator[tuple[int, str, Case]]:
    """The case of every cycle, the last first: as held, then as planned where more is recorded."""
    for one in reversed(found.cycles):
        number = one.cycle.number
        yield number, "held", case_of(found, number)
        if one.given:
            before = [replace(each, given=[]) if each is one else each for each in found.cycles]
            yield number, "planned", case_of(replace(found, cycles=before), number)


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Sections, or their keys where both are mappings, that are not alike."""
    paths: list[str] = []
    for name in dict.fromkeys([*one, *other]):
        mine, theirs = one.get(name), other.get(name)
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            paths += [f"{name}.{key}" for key in _differing(mine, theirs)]
        elif mine != theirs:
            paths.append(name)
    return paths


def _said(row: Kept) -> dict[str, Any]:
    """What a row says, empty columns as None, without what points elsewhere."""
    names = [column.name for column in row.__table__.columns]
    said = row.says()
    return {name: said.get(name) for name in names if name not in ("id", "digest", "version", *_BESIDE)}


def entries(session: Session, code: str | None, most: int) -> list[dict[str, Any]]:
    """The newest entries of the audit, oldest first.

    Args:
        session: to read with.
        code: of one person; None for everybody.
        most: how many at most.
    """
    asked = select(Audit).order_by(Audit.id.desc()).limit(most)
    if code is not None:
        asked = asked.where(Audit.code == code)
    rows = session.scalars(asked).all()
    check_sound(rows)
    return [{"old": None, **row.says()} for row in reversed(rows)]
