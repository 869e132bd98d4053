"""Evidence records: one per number, with unit, basis, source and place, loaded from data files.

TOML files hold ``[[record]]`` tables; CSV files hold large tables, one record a row. Nothing here
knows the model: a stage names the records it uses with :func:`evidence`.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"

BASES = (
    "measured_human",
    "measured_animal",
    "measured_cell",
    "derived",
    "fitted_here",
    "assumed",
    "recalled",
)
KINDS = ("fixed", "lognormal", "normal", "loguniform", "uniform")
LEVELS = ("fixed", "uncertain", "person", "study", "cycle")


@dataclass(frozen=True)
class Distribution:
    """How a record is drawn: lognormal about the value (sd_log), normal (sd), or between low and high."""

    kind: str = "fixed"
    sd_log: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Record:
    """One number: what it is, its unit, on what basis it stands and where it was read."""

    id: str
    symbol: str
    meaning: str
    value: float
    unit: str
    basis: str
    source: str
    place: str
    checked: str
    used_by: tuple[str, ...]
    distribution: Distribution = field(default_factory=Distribution)
    species: str = "human"
    departs: str = ""
    varies: str = "fixed"


@dataclass(frozen=True)
class Source:
    """Where numbers were read: a citation and, where one was kept, an address."""

    key: str
    citation: str
    url: str
    kind: str


def _record(raw: Mapping[str, Any], file: str) -> Record:
    known = {item.name for item in fields(Record)}
    unknown = sorted(set(raw) - known)
    if unknown:
        raise ValueError(f"{file}: record {raw.get('id', '?')!r} has unknown keys {unknown}")
    values = dict(raw)
    values["distribution"] = Distribution(**raw.get("distribution", {}))
    values["value"] = float(raw["value"])
    values["used_by"] = tuple(raw["used_by"])
    values["checked"] = str(raw["checked"])
    return Record(**values)


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    numbers = ("sd_log", "sd", "low", "high")
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            raw: dict[str, Any] = {
                key: text for key, text in row.items() if text and key not in (*numbers, "kind")
            }
            drawn: dict[str, Any] = {key: float(row[key]) for key in numbers if row.get(key)}
            if row.get("kind"):
                raw["distribution"] = drawn | {"kind": row["kind"]}
            raw["used_by"] = [part for part in row["used_by"].split(";") if part]
            yield {"symbol": "", "place": "", **raw}


@lru_cache(maxsize=1)
def load_records() -> dict[str, Record]:
    """Every record by id.

    Raises:
        ValueError: a record is malformed or an id stands twice; the message names file and id.
    """
    records: dict[str, Record] = {}
    for path in sorted(DATA.iterdir()):
        if path.suffix == ".csv":
            rows: list[dict[str, Any]] = list(_csv_rows(path))
        elif path.suffix == ".toml":
            rows = tomllib.loads(path.read_text(encoding="utf-8")).get("record", [])
        else:
            continue
        for raw in rows:
            record = _record(raw, path.name)
            if record.id in records:
                raise ValueError(f"{path.name}: record {record.id!r} stands twice")
            records[record.id] = record
    return records


@lru_cache(maxsize=1)
def load_sources() -> dict[str, Source]:
    """Every source by key, from the ``sources*.toml`` files."""
    sources: dict[str, Source] = {}
    for path in sorted(DATA.glob("sources*.toml")):
        for raw in tomllib.loads(path.read_text(encoding="utf-8"))["source"]:
            sources[raw["key"]] = Source(**raw)
    return sources


def get(record_id: str) -> Record:
    """The record with this id; ``KeyError`` if none."""
    return load_records()[record_id]


def value(record_id: str) -> float:
    """The central value of the record with this id."""
    return get(record_id).value


def evidence(record_id: str) -> Any:
    """A dataclass field that is drawn from the record with this id."""
    return field(metadata={"record": record_id})


def record_ids(parameters: type) -> dict[str, str]:
    """Field name to record id, for every evidence field of a parameters class."""
    return {item.name: item.metadata["record"] for item in fields(parameters) if "record" in item.metadata}
