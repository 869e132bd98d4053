"""Lines of CSV tables as they are read: what each says, where it stands, to which other it belongs."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from endplate.errors import InputError
from endplate.handed import MB, Unread, raw_of
from endplate.knowledge.vocabulary.quantity import shown

KEY = ("code", "cycle")
LARGEST_TABLE = 25 * MB
MOST_LINES = 400_000
"""Of all tables of a folder, which are held whole."""
_LARGEST_NUMBER = 2**31
_SHOT = ("muscle", "side", "dose", "sites", "volume", "dilution", "at", "product")
_FINDING = (
    *("date", "joint", "side", "movement", "measure", "scale", "value"),
    *("r1", "r2", "quality", "rater"),
)
_OF_SESSION = ("date", "product", "indication", "total")
COLUMNS = {
    "persons": (
        *("age", "sex", "weight", "weighed_on", "height", "condition", "months_since_onset", "gmfcs"),
        *("cautions", "asked"),
    ),
    "assessment": ("date", "joint", "side", "movement", "scale", "value", "r1", "r2", "quality"),
    "goals": ("text", "kind", "joint", "side", "weight", "gas_baseline", "gas_achieved"),
    "history": ("session", *_OF_SESSION, "muscle", "side", "dose"),
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
"""Columns of each table after the key, ``persons`` first."""
LISTS = {"cautions": " ", "asked": " ", "vials": ";"}
"""What stands between the words of a cell that holds several."""
PAST_SHOT = ("muscle", "side", "dose")
"""Columns of an injection of an earlier session."""
_NUMBERS: dict[str, type] = {
    "months_since_onset": float,
    "gmfcs": int,
    "quality": int,
    "gas_baseline": int,
    "gas_achieved": int,
    "sites": int,
    "cycle": int,
}

Row = dict[str, Any]
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table.

    Attributes:
        file: of the table.
        number: in the file, counted from 1.
        key: code and number of the cycle.
        row: its other cells that hold something, by column.
    """

    file: str
    number: int
    key: Key
    row: Row

    def wrong(self, rule: str, message: str, remedy: str, field: str) -> InputError:
        """An error about this line."""
        return InputError(message, rule=rule, remedy=remedy, file=self.file, line=self.number, field=field)

    def place(self, error: InputError) -> None:
        """Say that an error is about this line; its field becomes the column."""
        error.file, error.line = self.file, self.number
        error.field = (error.field or "").rpartition(".")[-1].removeprefix("--") or None


Tables = Mapping[str, list[Line]]


def read_tables(folder: Path) -> dict[str, list[Line]]:
    """Every line of every table; each belongs to one cycle, and to one line above it.

    Raises:
        InputError: naming file and line.
    """
    found: dict[str, list[Line]] = {}
    for name in COLUMNS:
        found[name] = _read(folder / f"{name}.csv", name, MOST_LINES - sum(map(len, found.values())))
    if not found["persons"]:
        remedy = "Give a folder as 'endplate store export --format csv' writes it."
        raise InputError("There are no persons here", rule="no_tables", remedy=remedy, file=str(folder))
    _once(found["persons"], (), "no_person", "persons.csv holds {} twice")
    _once(found["plans"], (), "one_plan", "{} has two plans")
    _once(found["given"], ("lot_number",), "lot_number", "{} has two lots of this number")
    for name, lines in found.items():
        _under(lines, found["persons"], (), "no_person", f"{name}.csv holds {{}}, persons.csv does not")
    _under(found["planned"], found["plans"], (), "no_plan", "{} has no line in plans.csv")
    _under(
        found["given_injections"],
        found["given"],
        ("lot_number",),
        "no_lot",
        "{} has no such lot in given.csv",
    )
    _one_session(found["history"])
    _under(
        found["history_visits"],
        found["history"],
        ("session",),
        "no_session",
        "{} has no such session in history.csv",
    )
    return found


def _full_key(line: Line, names: tuple[str, ...]) -> tuple[Any, ...]:
    """The key of a line with further columns, which must hold something."""
    for name in names:
        if name not in line.row:
            remedy = "Write the same number on every line that belongs together."
            raise line.wrong("key", f"{name} is empty", remedy, name)
    return (*line.key, *(line.row[name] for name in names))


def _called(line: Line) -> str:
    return f"{line.key[0]} cycle {line.key[1]}"


def _once(lines: Iterable[Line], names: tuple[str, ...], rule: str, message: str) -> None:
    """Raise for the second of two lines with one key."""
    first: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        other = first.setdefault(_full_key(line, names), line)
        if other is not line:
            remedy = f"Keep this line or line {other.number}."
            raise line.wrong(rule, message.format(_called(line)), remedy, (*KEY, *names)[-1])


def _under(
    lines: Iterable[Line], parents: Iterable[Line], names: tuple[str, ...], rule: str, message: str
) -> None:
    """Raise for a line whose key no parent has."""
    known = {_full_key(parent, names) for parent in parents}
    for line in lines:
        if _full_key(line, names) not in known:
            remedy = "Add the line it belongs to, or correct its key."
            raise line.wrong(rule, message.format(_called(line)), remedy, (*KEY, *names)[-1])


def _one_session(lines: Iterable[Line]) -> None:
    """Raise for lines of one earlier session that do not tell of the same one."""
    first: dict[tuple[Any, ...], Line] = {}
    for line in lines:
        other = first.setdefault(_full_key(line, ("session",)), line)
        if other is line:
            continue
        for name in _OF_SESSION:
            if line.row.get(name) != other.row.get(name):
                message = f"{name} is not that of line {other.number}, which tells of the same session"
                remedy = "Give another session another number."
                raise line.wrong("one_session", message, remedy, name)
        for each in (other, line):
            if not any(name in each.row for name in PAST_SHOT):
                remedy = "Write muscle, side and dose, or one line only."
                message = "A session of several lines has an injection on each"
                raise each.wrong("session_line", message, remedy, "muscle")


def _read(file: Path, table: str, most: int) -> list[Line]:
    """The lines of a table, of which there are at most ``most``; one that is not there has none."""
    if not os.path.lexists(file):
        return []
    with _opened(file) as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            if sorted(reader.fieldnames or ()) != sorted((*KEY, *COLUMNS[table])):
                remedy = f"The first line is {','.join((*KEY, *COLUMNS[table]))}."
                raise InputError("The columns do not fit", rule="columns", remedy=remedy)
            lines = (Line(str(file), reader.line_num, *_parsed(cells, table)) for cells in reader)
            found = list(islice(lines, most + 1))
            if len(found) > most:
                remedy = "Share the persons out over several folders, or use 'endplate store backup'."
                raise InputError(f"The tables hold more than {MOST_LINES} lines", rule="size", remedy=remedy)
            return found
        except csv.Error as error:
            remedy = "Close quotes, and keep cells short."
            message = f"The line is no CSV: {error}"
            line = reader.line_num + 1
            raise InputError(message, rule="csv", remedy=remedy, file=str(file), line=line) from error
        except InputError as error:
            error.file, error.line = str(file), max(reader.line_num, 1)
            raise


def _opened(file: Path) -> io.TextIOWrapper:
    try:
        raw = raw_of(file, LARGEST_TABLE)
        raw.decode("utf-8")
    except (Unread, UnicodeDecodeError) as error:
        larger = f"it is larger than {LARGEST_TABLE // MB} MB"
        reason = "it is not UTF-8 text" if isinstance(error, ValueError) else error.why or larger
        remedy = "Give a readable CSV table; a whole store is moved by 'endplate store backup'."
        raise InputError(
            f"The table cannot be read: {reason}", rule="file", remedy=remedy, file=str(file)
        ) from error
    return io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")


def _parsed(cells: Mapping[str | None, Any], table: str) -> tuple[Key, Row]:
    """Key and content of a line; empty cells are left out."""
    if None in cells or None in cells.values():
        remedy = "Put text that holds commas in quotes."
        raise InputError("The line has more or fewer cells than the first", rule="cells", remedy=remedy)
    numbers = {**_NUMBERS, **({"weight": float} if table == "goals" else {})}
    row: Row = {}
    for name, cell in cells.items():
        if name is None or cell == "":
            continue
        separator = LISTS.get(name)
        row[name] = cell.split(separator) if separator else _number(name, cell, numbers.get(name, str))
    for name in KEY:
        if name not in row:
            remedy = "Every line begins with the code and the number of the cycle."
            raise InputError(f"{name} is empty", rule="key", remedy=remedy, field=name)
    return (row.pop("code"), row.pop("cycle")), row


def _number(name: str, cell: Any, kind: type) -> Any:
    try:
        found = kind(cell)
        if kind is not str and not abs(found) < _LARGEST_NUMBER:
            raise ValueError(cell)
    except ValueError as error:
        remedy = "Write a number."
        raise InputError(f"{shown(cell)} is no number", rule="number", remedy=remedy, field=name) from error
    return found
