"""Rows of the data files as dataclasses: fields are keys or columns, and what does not fit names its row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

Row = TypeVar("Row")
Raw = Mapping[str, Any]

_CELLS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: float,
    int | None: lambda cell: int(cell) if cell else None,
    float | None: lambda cell: float(cell) if cell else None,
}
"""How a cell is read as a field of each type; a blank one is None where the field may be."""


@cache
def _keys(kind: type) -> tuple[frozenset[str], tuple[str, ...]]:
    """The keys that a dataclass knows, and those that it cannot do without."""
    own = fields(kind)
    needed = (i.name for i in own if i.default is MISSING and i.default_factory is MISSING)
    return frozenset(item.name for item in own), tuple(needed)


def check_keys(kind: type, raw: Raw, name: str) -> None:
    """Raise ``ValueError`` with ``name``, unless the keys of a row are those of the dataclass."""
    known, needed = _keys(kind)
    if unknown := sorted(str(key) for key in raw.keys() - known):
        raise ValueError(f"{name} has unknown keys {unknown}")
    if missing := [key for key in needed if key not in raw]:
        raise ValueError(f"{name} lacks {missing}")


def require(holds: bool, name: str, problem: str) -> None:
    """Raise ``ValueError`` with the name of a row and what is wrong with it, unless something holds."""
    if not holds:
        raise ValueError(f"{name}: {problem}")


def row_of(kind: type[Row], raw: Raw, name: str) -> Row:
    """A row as its dataclass, lists as tuples.

    Args:
        kind: the dataclass.
        raw: its fields by name.
        name: of the row, for messages.

    Raises:
        ValueError: a key is unknown or missing; the message has the name.
    """
    check_keys(kind, raw, name)
    return kind(**{key: _tuples(value) for key, value in raw.items()})


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def csv_rows(path: Path, kind: type[Row]) -> tuple[Row, ...]:
    """Every row of a CSV table as a dataclass of texts and numbers, in the order of the file.

    Raises:
        ValueError: a column is unknown or missing, or a cell is not the number that its field is.
    """
    read = {name: _CELLS[hint] for name, hint in get_type_hints(kind).items()}
    with path.open(encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle)
        check_keys(kind, dict.fromkeys(rows.fieldnames or ()), path.name)
        return tuple(kind(**{name: read[name](cell) for name, cell in raw.items()}) for raw in rows)
