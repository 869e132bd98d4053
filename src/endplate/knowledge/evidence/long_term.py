"""Studies of lasting benefit of botulinum toxin in children, row by row: what each found, in short."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from endplate.knowledge.evidence.records import DATA
from endplate.knowledge.rows import csv_rows

_FILE = DATA / "development" / "trials.csv"
DESIGNS = ("child RCT", "child trial", "cohort", "review")


@dataclass(frozen=True)
class LongTermStudy:
    """One study.

    Attributes:
        id: of the row.
        name: first author and year.
        design: one of ``DESIGNS``; ``child trial`` where it is not told that children were randomised.
        people: how many, and how old.
        followed: for how long.
        found: what came of it.
        source: key of the source.
        place: where it was read, and what speaks against it.
    """

    id: str
    name: str
    design: str
    people: str
    followed: str
    found: str
    source: str
    place: str


@lru_cache(maxsize=1)
def long_term_studies() -> tuple[LongTermStudy, ...]:
    """Every study, those that weigh most first."""
    return csv_rows(_FILE, LongTermStudy)
