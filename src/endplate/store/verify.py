"""Read a whole store and tell everything that is not as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any

from sqlalchemy import RowMapping, Select, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from endplate.store.canonical import content, fits
from endplate.store.models import KEPT, Audit, Base

_ROWS_AT_ONCE = 1000
_MOST_FAULTS = 100
_GONE = "it is in the audit but not in the table"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: in which table, in which row, what."""

    table: str
    id: int | None
    message: str


@dataclass(frozen=True)
class Verified:
    """What a whole reading came to.

    Attributes:
        rows: how many were read, by table.
        faults: the first hundred.
    """

    rows: dict[str, int]
    faults: tuple[Fault, ...]


class _Reading:
    """One reading, with what it has come across."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.rows: dict[str, int] = {}
        self.faults: list[Fault] = []

    def fault(self, table: str, number: int | None, message: str) -> None:
        """Remember a fault, unless there are too many already."""
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(table, number, message))

    def all_of(self, table: type[Base], asked: Select[Any]) -> Iterator[RowMapping]:
        """The rows of a table; a fault where they cannot be read."""
        options = {"yield_per": _ROWS_AT_ONCE}
        try:
            yield from self.session.connection().execute(asked, execution_options=options).mappings()
        except (json.JSONDecodeError, UnicodeDecodeError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and self.session.get_bind().dialect.name != "sqlite":
                raise
            self.fault(table.__tablename__, None, "a row cannot be read, and those after it were not")


def verified(session: Session) -> Verified:
    """Read every row: checksums, the audit's chain, references, and SQLite's own check of its file."""
    reading = _Reading(session)
    if session.get_bind().dialect.name == "sqlite":
        _own_checks(reading)
    for table in KEPT:
        _table(reading, table)
    return Verified(reading.rows, tuple(reading.faults))


def _own_checks(reading: _Reading) -> None:
    for row in reading.session.execute(text("PRAGMA integrity_check")):
        if row[0] != "ok":
            reading.fault("", None, f"the file is damaged: {row[0]}")
    for name, number, other, _ in reading.session.execute(text("PRAGMA foreign_key_check")):
        reading.fault(name, number, f"it belongs to a row of {other} that is not there")


def _table(reading: _Reading, table: type[Base]) -> None:
    """Compare every row with its checksum and with its entries in the audit."""
    name, count = table.__tablename__, 0
    histories = _histories(reading, name)
    known = next(histories, None)
    for row in reading.all_of(table, select(table.__table__).order_by(table.__table__.c.id)):
        count += 1
        while known is not None and known[0] < row["id"]:
            reading.fault(name, known[0], _GONE)
            known = next(histories, None)
        here = known is not None and known[0] == row["id"]
        _row(reading, name, row, known[1] if known is not None and here else None)
        known = next(histories, None) if here else known
    for number, _ in chain([known] if known else [], histories):
        reading.fault(name, number, _GONE)
    reading.rows[name] = count


def _row(reading: _Reading, table: str, row: RowMapping, became: Any) -> None:
    """Compare one row with its checksum and with what the audit says it became; None: nothing."""
    if not fits({**row}):
        reading.fault(table, row["id"], "it does not fit its checksum")
    if became is None:
        reading.fault(table, row["id"], "the audit does not know it")
    elif became != content({**row}):
        reading.fault(table, row["id"], "it is not what the audit says it became")


def _histories(reading: _Reading, entity: str) -> Iterator[tuple[int, Any]]:
    """Every row that the audit knows, by number, with what it became at last."""
    columns = Audit.__table__.c
    asked = select(Audit.__table__).where(columns.entity == entity).order_by(columns.entity_id, columns.id)
    for number, history in groupby(reading.all_of(Audit, asked), key=lambda entry: entry["entity_id"]):
        before = None
        for entry in history:
            reading.rows["audit"] = reading.rows.get("audit", 0) + 1
            if not fits({**entry}):
                reading.fault("audit", entry["id"], "it does not fit its checksum")
            if entry["old"] != before:
                reading.fault("audit", entry["id"], "it does not follow on the entry before it")
            before = entry["new"]
        yield number, before
