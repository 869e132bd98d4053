"""The words of the field, explained: the same for app and documentation, from ``data/glossary.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "glossary.toml"


@dataclass(frozen=True)
class Term:
    """One word of the field.

    Attributes:
        id: as links name it.
        term: the word itself.
        meaning: what it means, in one to three sentences.
        see: where more is said: ids of evidence records, and pages of the documentation.
    """

    id: str
    term: str
    meaning: str
    see: tuple[str, ...]

    @property
    def records(self) -> tuple[str, ...]:
        """The evidence records among ``see``."""
        return tuple(name for name in self.see if name not in self.pages)

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages of the documentation among ``see``, some with an anchor."""
        return tuple(name for name in self.see if name.partition("#")[0].endswith(".md"))


@lru_cache(maxsize=1)
def load_glossary() -> tuple[Term, ...]:
    """Every term, in alphabetical order.

    Raises:
        ValueError: an id stands twice.
    """
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["term"]
    found = [Term(row["id"], row["term"], row["meaning"], tuple(row["see"])) for row in rows]
    ids = [term.id for term in found]
    for name in ids:
        if ids.count(name) > 1:
            raise ValueError(f"{_FILE.name}: {name!r} stands twice")
    return tuple(sorted(found, key=lambda term: term.term.casefold()))
