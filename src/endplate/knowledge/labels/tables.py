"""Reading the label tables shipped beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

ANY = "any"
PRIMARY = "primary"


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
    """What one table file holds."""
    return tomllib.loads(_texts()[name])


def read_tables(key: str, only: str | None = None) -> tuple[tuple[str, dict[str, Any]], ...]:
    """All tables called ``key`` with the name of their file, in order of file name and place.

    Files without such a table are not parsed: most commands need few of them.

    Args:
        key: the TOML array, such as ``rule`` or ``approval``; files write it as ``[[key]]``.
        only: the one file asked for; all of them without it.
    """
    names = [name for name, text in _texts().items() if only in (None, name) and f"[[{key}]]" in text]
    return tuple((name, row) for name in names for row in _content(name)[key])


def source_of(row: dict[str, Any]) -> Source:
    """The source of a row; a row without one is an error in the data."""
    return Source(citation=row["source"]["citation"], url=row["source"]["url"])


def covers_age(age_y: float, age_from_y: float, age_to_y: float | None) -> bool:
    """Whether an age lies in ``[from, to)``; no upper end means for life."""
    return age_from_y <= age_y and (age_to_y is None or age_y < age_to_y)


def in_force(on: date, first: date, last: date | None) -> bool:
    """Whether a day lies in ``[first, last)``; no last day means still in force."""
    return first <= on and (last is None or on < last)
