"""Persons as a folder of CSV tables, and back: one table for each section of a case, a line for each row.

Every line begins with the code and the number of the cycle. Lists of words stand in one cell with spaces
between them, vials with semicolons.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from endplate.case import Case, Given, from_document
from endplate.errors import InputError
from endplate.store import writing
from endplate.store.held import Held, HeldCycle, plan_document
from endplate.store.session import AuditedSession

_KEY = ("code", "cycle")
_SHOT = ("muscle", "side", "dose", "sites", "volume", "dilution", "at", "product")
_FINDING = (
    *("date", "joint", "side", "movement", "measure", "scale", "value"),
    *("r1", "r2", "quality", "rater"),
)
_COLUMNS = {
    "persons": (
        *("age", "sex", "weight", "weighed_on", "height", "condition", "months_since_onset", "gmfcs"),
        *("cautions", "asked"),
    ),
    "assessment": ("date", "joint", "side", "movement", "scale", "value", "r1", "r2", "quality"),
    "goals": ("text", "kind", "joint", "side", "weight", "gas_baseline", "gas_achieved"),
    "history": ("session", "date", "product", "indication", "total", "muscle", "side", "dose"),
    "history_visits": ("session", *_FINDING),
    "plans": (
        *("date", "jurisdiction", "product", "indication", "dilution", "guidance", "vials", "co_therapy"),
    ),
    "planned": _SHOT,
    "given": (
        *("lot_number", "date", "product", "lot", "expiry", "units", "discarded", "dilution", "guidance"),
        "note",
    ),
    "given_injections": ("lot_number", *_SHOT),
    "visits": (*_FINDING, "note"),
}
_NUMBERS: dict[str, type] = {
    "months_since_onset": float,
    "gmfcs": int,
    "quality": int,
    "gas_baseline": int,
    "gas_achieved": int,
    "sites": int,
    "cycle": int,
}
_LISTS = {"cautions": " ", "asked": " ", "vials": ";"}
_TARDIEU = ("r1", "r2", "quality")
_PAST_SHOT = ("muscle", "side", "dose")

Row = dict[str, Any]
Key = tuple[str, int]


def tables(persons: Iterable[Held]) -> dict[str, str]:
    """CSV texts by file name, ``persons.csv`` first."""
    rows: dict[str, list[Row]] = {name: [] for name in _COLUMNS}
    for found in persons:
        for one in found.cycles:
            key = dict(zip(_KEY, (found.person.code, one.cycle.number), strict=True))
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
    return {name: getattr(row, name) for name in _COLUMNS[table] if hasattr(row, name)}


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
    writer = csv.DictWriter(stream, (*_KEY, *_COLUMNS[table]), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(name, part) for name, part in line.items()} for line in lines)
    return stream.getvalue()


def _cell(name: str, part: Any) -> Any:
    return _LISTS[name].join(part) if name in _LISTS else part


def put_tables(session: AuditedSession, folder: Path) -> Iterator[Held]:
    """Add everybody in a folder of tables; yields what is held then of each cycle's person.

    Raises:
        InputError: naming the file and the line, or the person whose rows do not make a case.
    """
    found = {name: _read(folder / f"{name}.csv", name) for name in _COLUMNS}
    if not found["persons"]:
        remedy = "Give a folder as 'endplate store export --format csv' writes it."
        raise InputError("There are no persons here", rule="no_tables", remedy=remedy, file=str(folder))
    _belong(found, folder)
    for key in found["persons"]:
        of_key = {name: lines.get(key, []) for name, lines in found.items()}
        try:
            yield _put(session, key, of_key)
        except InputError as error:
            error.file = f"{folder}, {key[0]} cycle {key[1]}"
            raise


def _belong(found: Mapping[str, Mapping[Key, list[Row]]], folder: Path) -> None:
    """Raise for lines of a cycle that persons.csv does not hold once."""
    for name, lines in found.items():
        for code, cycle in lines:
            if len(found["persons"].get((code, cycle), ())) != 1:
                remedy = "Each cycle has one line in persons.csv, and lines elsewhere only with it."
                message = f"persons.csv does not hold {code} cycle {cycle} once"
                file = str(folder / f"{name}.csv")
                raise InputError(message, rule="no_person", remedy=remedy, file=file, field="code")


def _put(session: AuditedSession, key: Key, lines: Mapping[str, list[Row]]) -> Held:
    code, cycle = key
    case = from_document(Case, _case(code, lines))
    found = writing.add_case(session, case, next_cycle=cycle > 1)
    if found.at(None).cycle.number != cycle:
        remedy = "Number a person's cycles 1, 2, ... in this order."
        raise InputError(f"Cycle {cycle} does not follow", rule="cycle_order", remedy=remedy, field="cycle")
    for record in lines["given"]:
        shots = [shot for shot in lines["given_injections"] if shot["lot_number"] == record["lot_number"]]
        section = {**_without(record, "lot_number"), "injections": [_without(s, "lot_number") for s in shots]}
        writing.put_given(session, found, from_document(Given, section), None, None)
    for visit in lines["visits"]:
        section = _examined(_without(visit, "note"))
        writing.put_visit(session, found, section, visit.get("note"), None, None)
    return found


def _case(code: str, lines: Mapping[str, list[Row]]) -> Row:
    """The case of a cycle, without what came after its plan."""
    plans = [{**plan, "injections": lines["planned"]} for plan in lines["plans"]]
    return {
        "endplate": 1,
        "patient": {"code": code, **lines["persons"][0]},
        "assessment": [_examined(row) for row in lines["assessment"]],
        "goals": [_goal(row) for row in lines["goals"]],
        "history": _sessions(lines["history"], lines["history_visits"]),
        "plan": plans[0] if plans else None,
    }


def _examined(row: Row) -> Row:
    angles = {name: row[name] for name in _TARDIEU if name in row}
    return {**_without(row, *_TARDIEU), **({"tardieu": angles} if angles else {})}


def _goal(row: Row) -> Row:
    """A goal; its weight is a number, whereas a person's is a quantity."""
    return {
        "text": "",
        **row,
        **({"weight": _number("weight", row["weight"], float)} if "weight" in row else {}),
    }


def _sessions(lines: list[Row], found: list[Row]) -> list[Row]:
    sessions: dict[str, Row] = {}
    for line in lines:
        entry = _without(line, "session", *_PAST_SHOT)
        held = sessions.setdefault(str(line.get("session")), {**entry, "injections": []})
        shot = {name: line[name] for name in _PAST_SHOT if name in line}
        held["injections"] += [shot] if shot else []
    for line in found:
        if str(line.get("session")) not in sessions:
            remedy = "Name a session of history.csv."
            message = "A finding belongs to no session of the history"
            raise InputError(message, rule="no_session", remedy=remedy, field="session")
        sessions[str(line.get("session"))].setdefault("visits", []).append(
            _examined(_without(line, "session"))
        )
    return list(sessions.values())


def _without(row: Row, *names: str) -> Row:
    return {name: part for name, part in row.items() if name not in names}


def _read(file: Path, table: str) -> dict[Key, list[Row]]:
    """The lines of a table by person and cycle; a table that is not there has none."""
    found: dict[Key, list[Row]] = {}
    if not file.exists():
        return found
    with _opened(file) as stream:
        reader = csv.DictReader(stream)
        if set(reader.fieldnames or ()) != {*_KEY, *_COLUMNS[table]}:
            remedy = f"The first line is {','.join((*_KEY, *_COLUMNS[table]))}."
            raise InputError("The columns do not fit", rule="columns", remedy=remedy, file=str(file), line=1)
        for cells in reader:
            try:
                key, row = _parsed(cells)
            except InputError as error:
                error.file, error.line = str(file), reader.line_num
                raise
            found.setdefault(key, []).append(row)
    return found


def _opened(file: Path) -> io.StringIO:
    try:
        return io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        remedy = "Give a readable CSV table."
        raise InputError(
            f"The table cannot be read: {reason}", rule="file", remedy=remedy, file=str(file)
        ) from error


def _parsed(cells: Mapping[str | None, Any]) -> tuple[Key, Row]:
    """Key and content of a line; empty cells are left out."""
    if None in cells or None in cells.values():
        remedy = "Put text that holds commas in quotes."
        raise InputError("The line has more or fewer cells than the first", rule="cells", remedy=remedy)
    row: Row = {}
    for name, cell in cells.items():
        if name is None or cell == "":
            continue
        separator = _LISTS.get(name)
        row[name] = cell.split(separator) if separator else _number(name, cell, _NUMBERS.get(name, str))
    return (str(row.pop("code", "")), row.pop("cycle", 1)), row


def _number(name: str, cell: Any, kind: type) -> Any:
    try:
        return kind(cell)
    except ValueError as error:
        remedy = "Write a number."
        raise InputError(f"{cell!r} is no number", rule="number", remedy=remedy, field=name) from error
