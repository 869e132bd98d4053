"""Reading the label tables shipped beside this module."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, TypeVar

Row = TypeVar("Row")

ANY = "any"
PRIMARY = "primary"

_COMMON = "id product jurisdiction basis source"
_KEYS: Final = {
    "rule": (
        f"{_COMMON} population age_from_y limb scope muscles unit in_force_from notes",
        "age_to_y extent without per min max sites_min sites_max window_mo in_force_to last_checked_on",
    ),
    "approval": (
        f"{_COMMON} indication limb age_from_y excluded_causes from precision",
        "age_to_y only_causes certain_from to notes muscles_note",
    ),
    "list": ("product jurisdiction indication complete last_checked_on basis source notes", ""),
    "warning": (
        f"{_COMMON} kind severity cautions always outside_model message in_force_from",
        "age_to_y read_on notes",
    ),
}
"""Of every kind of row the keys that it needs, and those that it may have besides."""


@dataclass(frozen=True)
class Source:
    """Where a row was read: a citation and its address (empty where none was kept)."""

    citation: str
    url: str

    def to_dict(self, checked: date | None) -> dict[str, str | None]:
        """The ``source`` object of a JSON result; ``date`` is when the row was last checked."""
        return {
            "citation": self.citation,
            "url": self.url or None,
            "date": checked.isoformat() if checked else None,
        }


@lru_cache
def _texts() -> dict[str, str]:
    """The text of every table file by its name, in order of name."""
    folder = files("endplate.knowledge.labels").joinpath("data")
    entries = sorted(folder.iterdir(), key=lambda item: item.name)
    return {
        entry.name: entry.read_text(encoding="utf-8") for entry in entries if entry.name.endswith(".toml")
    }


@lru_cache
def _content(name: str) -> dict[str, Any]:
    """What one table file holds.

    Raises:
        ValueError: a row lacks a key or has one that is not known; the message names file and row.
    """
    held = tomllib.loads(_texts()[name])
    for kind, rows in held.items():
        for row in rows:
            if faults := list(row_faults(kind, row)):
                raise ValueError(f"{name}: {kind} {row.get('id', '?')!r} {' and '.join(faults)}")
    return held


def row_faults(kind: str, row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the keys of a row, in words; nothing for kinds that are not checked here."""
    if kind not in _KEYS:
        return
    needed, besides = (frozenset(names.split()) for names in _KEYS[kind])
    if lacking := sorted(needed - set(row)):
        yield f"lacks {', '.join(lacking)}"
    for name in sorted(set(row) - needed - besides):
        near = difflib.get_close_matches(name, needed | besides, 1)
        yield f"has an unknown key {name}" + (f" (did you mean {near[0]}?)" if near else "")


def read_tables(key: str, only: str | None = None) -> tuple[tuple[str, dict[str, Any]], ...]:
    """All tables called ``key`` with the name of their file, in order of file name and place.

    Files without such a table are not parsed: most commands need few of them.

    Args:
        key: the TOML array, such as ``rule`` or ``approval``; files write it as ``[[key]]``.
        only: the one file asked for; all of them without it.
    """
    names = [name for name, text in _texts().items() if only in (None, name) and f"[[{key}]]" in text]
    return tuple((name, row) for name in names for row in _content(name)[key])


def row_as(kind: type[Row], row: dict[str, Any], **own: Any) -> Row:
    """A row as its dataclass, lists as tuples; what the row leaves out keeps the dataclass's default.

    Args:
        kind: the dataclass, with a ``source``.
        row: keys that are no fields are left out.
        own: fields that are not called like a key of the row.
    """
    names = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    held = {key: tuple(cell) if isinstance(cell, list) else cell for key, cell in row.items() if key in names}
    return kind(**{**held, "source": Source(row["source"]["citation"], row["source"]["url"]), **own})


def covers_age(age_y: float, age_from_y: float, age_to_y: float | None) -> bool:
    """Whether an age lies in ``[from, to)``; no upper end means for life."""
    return age_from_y <= age_y and (age_to_y is None or age_y < age_to_y)


def in_force(on: date, first: date, last: date | None) -> bool:
    """Whether a day lies in ``[first, last)``; no last day means still in force."""
    return first <= on and (last is None or on < last)
