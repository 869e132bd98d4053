"""Reading the tables of ``data/``, and the sources that their rows may name."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from endplate.knowledge import evidence
from endplate.knowledge.evidence.records import BASES
from endplate.knowledge.rows import Raw, require, row_of

_DATA = Path(__file__).parent / "data"


def toml_rows(file: str, table: str) -> Iterator[Raw]:
    """Every row of an array of tables in a TOML file."""
    yield from tomllib.loads((_DATA / file).read_text(encoding="utf-8"))[table]


def csv_lines(file: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every row of a CSV file with the words that name it in a message."""
    with (_DATA / file).open(encoding="utf-8", newline="") as lines:
        for line, row in enumerate(csv.DictReader(lines), start=2):
            yield f"{file}: line {line} ({row.get('muscle', '?')})", row


@lru_cache(maxsize=1)
def load_sources() -> dict[str, evidence.Source]:
    """Every source by key: those of the evidence and those of the anatomy tables."""
    own = (
        row_of(evidence.Source, raw, f"source {raw.get('key', '?')!r}")
        for raw in toml_rows("sources.toml", "source")
    )
    return {**evidence.load_sources(), **{source.key: source for source in own}}


def check_cited(name: str, *pairs: tuple[str, str]) -> None:
    """Raise ``ValueError`` with the name of a row, unless each of its (basis, source) is known."""
    for basis, source in pairs:
        require(basis in BASES, name, f"unknown basis {basis!r}")
        require(source in load_sources(), name, f"unknown source {source!r}")
