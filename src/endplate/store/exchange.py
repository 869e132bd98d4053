"""Persons as a folder of CSV tables, and back: one table for each section of a case, a line for each row.

Every line begins with the code and the number of the cycle. Lists of words stand in one cell with spaces
between them, vials with semicolons.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from endplate.case import Case, Given, from_document
from endplate.errors import InputError
from endplate.store import writing
from endplate.store.held import Held, HeldCycle, plan_document
from endplate.store.lines import COLUMNS, KEY, LISTS, PAST_SHOT, Key, Line, Row, Tables, read_tables
from endplate.store.private import check_case
from endplate.store.session import AuditedSession

_TARDIEU = ("r1", "r2", "quality")


def tables(persons: Iterable[Held]) -> dict[str, str]:
    """CSV texts by file name, ``persons.csv`` first."""
    rows: dict[str, list[Row]] = {name: [] for name in COLUMNS}
    for found in persons:
        for one in found.cycles:
            key = dict(zip(KEY, (found.person.code, one.cycle.number), strict=True))
            for name, lines in _lines(one).items():
                rows[name] += [{**key, **line} for line in lines]
    return {f"{name}.csv": _csv(name, lines) for name, lines in rows.items()}


def _lines(one: HeldCycle) -> dict[str, list[Row]]:
    """The lines of one cycle for each table."""
    cycle, plan = one.cycle, plan_document(one.plan) if one.plan else None
    given = list(enumerate(one.given, 1))
    return {
        "persons": [cycle.patient],
        "assessment": [{**row, **row.get("tardieu", {})} for row in cycle.assessment],
        "goals": cycle.goals,
        "history": [line for k, entry in enumerate(cycle.history, 1) for line in _past(k, entry)],
        "history_visits": [line for k, entry in enumerate(cycle.history, 1) for line in _found(k, entry)],
        "plans": [plan] if plan else [],
        "planned": plan["injections"] if plan else [],
        "given": [{"lot_number": k, **_of(row, "given")} for k, row in given],
        "given_injections": [{"lot_number": k, **shot} for k, row in given for shot in row.injections],
        "visits": [{**_of(row, "visits"), **(row.tardieu or {})} for row in one.visits],
    }


def _of(row: Any, table: str) -> Row:
    return {name: getattr(row, name) for name in COLUMNS[table] if hasattr(row, name)}


def _past(number: int, entry: Row) -> Iterator[Row]:
    """An earlier session: a line for each injection, or one without."""
    for shot in entry["injections"] or [{}]:
        yield {"session": number, **entry, **shot}


def _found(number: int, entry: Row) -> Iterator[Row]:
    """What was found after an earlier session."""
    for row in entry.get("visits", ()):
        yield {"session": number, **row, **row.get("tardieu", {})}


def _csv(table: str, lines: list[Row]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, (*KEY, *COLUMNS[table]), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(name, part) for name, part in line.items()} for line in lines)
    return stream.getvalue()


def _cell(name: str, part: Any) -> Any:
    return LISTS[name].join(part) if name in LISTS else part


def put_tables(session: AuditedSession, folder: Path) -> Iterator[Held]:
    """Add everybody in a folder of tables; yields what is held then of each cycle's person.

    Raises:
        InputError: naming the file and the line.
    """
    found = read_tables(folder)
    by_key: dict[Key, dict[str, list[Line]]] = {
        person.key: {name: [] for name in COLUMNS} for person in found["persons"]
    }
    for name, lines in found.items():
        for line in lines:
            by_key[line.key][name].append(line)
    for person in found["persons"]:
        yield _put(session, person, by_key[person.key])


def _put(session: AuditedSession, person: Line, lines: Tables) -> Held:
    found = _add(session, person, lines)
    for record in lines["given"]:
        number = record.row["lot_number"]
        shots = [shot for shot in lines["given_injections"] if shot.row["lot_number"] == number]
        section = {**_without(record.row, "lot_number"), "injections": [_shot(shot) for shot in shots]}
        with _placed({"injections": shots}, record):
            made = from_document(Given, section)
        with _placed({}, record):
            writing.put_given(session, found, made, None, None)
    for visit in lines["visits"]:
        with _placed({}, visit):
            section = _examined(_without(visit.row, "note"))
            writing.put_visit(session, found, section, visit.row.get("note"), None, None)
    return found


def _add(session: AuditedSession, person: Line, lines: Tables) -> Held:
    """Add the case of a cycle, without what came after its plan."""
    code, cycle = person.key
    sessions = _sessions(lines["history"], lines["history_visits"])
    document = {
        "endplate": 1,
        "patient": {"code": code, **person.row},
        "assessment": [_examined(line.row) for line in lines["assessment"]],
        "goals": [{"text": "", **line.row} for line in lines["goals"]],
        "history": [_past_session(*parts) for parts in sessions],
        "plan": next(
            ({**plan.row, "injections": [shot.row for shot in lines["planned"]]} for plan in lines["plans"]),
            None,
        ),
    }
    rows = {name: lines[name] for name in ("assessment", "goals")}
    rows |= {"plan": lines["plans"], "plan.injections": lines["planned"]}
    rows["history"] = [parts[0][0] for parts in sessions]
    for place, (shots, visits) in enumerate(sessions):
        rows |= {f"history[{place}].injections": shots, f"history[{place}].visits": visits}
    with _placed(rows, person):
        case = from_document(Case, document)
        check_case(document)
    with _placed({}, person):
        found = writing.add_case(session, case, next_cycle=cycle > 1)
    if found.at(None).cycle.number != cycle:
        remedy = "Number a person's cycles 1, 2, ... in this order."
        raise person.wrong("cycle_order", f"Cycle {cycle} does not follow", remedy, "cycle")
    return found


@contextmanager
def _placed(rows: Tables, otherwise: Line) -> Iterator[None]:
    """Give an input error the file and line of what it is about.

    Args:
        rows: lines by the section of a case that each is an item of.
        otherwise: the line of errors about no item.
    """
    try:
        yield
    except InputError as error:
        next(_items(error.field or "", rows), otherwise).place(error)
        raise


def _items(field: str, rows: Tables) -> Iterator[Line]:
    """The line that a field is read from, the innermost section first."""
    for section in sorted(rows, key=len, reverse=True):
        rest = field.removeprefix(section)
        item = re.match(r"\[(\d+)\]", rest)
        if item and field.startswith(section):
            yield rows[section][int(item[1])]
        elif section == "plan" and field.startswith(section):
            yield from rows[section]


def _sessions(lines: list[Line], found: list[Line]) -> list[tuple[list[Line], list[Line]]]:
    """The lines of each earlier session, and of what was found after it."""
    numbers = dict.fromkeys(line.row["session"] for line in lines)

    def of(number: str, some: list[Line]) -> list[Line]:
        return [line for line in some if line.row["session"] == number]

    return [(of(number, lines), of(number, found)) for number in numbers]


def _past_session(lines: list[Line], found: list[Line]) -> Row:
    shots = [{name: line.row[name] for name in PAST_SHOT if name in line.row} for line in lines]
    return {
        **_without(lines[0].row, "session", *PAST_SHOT),
        "injections": [shot for shot in shots if shot],
        "visits": [_examined(_without(line.row, "session")) for line in found],
    }


def _shot(line: Line) -> Row:
    return _without(line.row, "lot_number")


def _examined(row: Row) -> Row:
    angles = {name: row[name] for name in _TARDIEU if name in row}
    return {**_without(row, *_TARDIEU), **({"tardieu": angles} if angles else {})}


def _without(row: Row, *names: str) -> Row:
    return {name: part for name, part in row.items() if name not in names}
