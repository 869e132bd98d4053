"""Evidence records: one per number, with unit, basis, source and place, loaded from data files.

TOML files hold ``[[record]]`` tables; CSV files hold large tables, one record a row. Nothing here
knows the model: a stage names the records it uses with :func:`evidence`.
"""

from __future__ import annotations

import csv
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from endplate.knowledge.rows import check_keys

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
    """How a record is drawn: lognormal about the value (sd_log), normal (sd), or between low and high.

    ``median_sd_log`` tells how unsure the median itself is where a record varies between people or cycles.
    """

    kind: str = "fixed"
    sd_log: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    median_sd_log: float | None = None


def median(drawn: Distribution, centre: float) -> float:
    """The median of what is drawn; normal and lognormal are drawn about the record's value."""
    if drawn.low is None or drawn.high is None:
        return centre
    if drawn.kind == "loguniform":
        return math.sqrt(drawn.low * drawn.high)
    return (drawn.low + drawn.high) / 2 if drawn.kind == "uniform" else centre


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


def _number(raw: Any, name: str) -> float:
    """A finite number, or ``ValueError`` naming file and id."""
    try:
        number = float(raw)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name} has {raw!r} where a number belongs")
    return number


def _distribution(raw: Mapping[str, Any], name: str) -> Distribution:
    check_keys(Distribution, raw, f"the distribution of {name}")
    numbers = {key: _number(item, name) for key, item in raw.items() if key != "kind"}
    return Distribution(raw.get("kind", "fixed"), **numbers)


def _record(raw: Mapping[str, Any], file: str) -> Record:
    name = f"{file}: record {raw.get('id', '?')!r}"
    check_keys(Record, raw, name)
    if isinstance(raw["used_by"], str):
        raise ValueError(f"{name} has one text as used_by where a list belongs")
    values = dict(raw)
    values["distribution"] = _distribution(raw.get("distribution", {}), name)
    values["value"] = _number(raw["value"], name)
    values["used_by"] = tuple(raw["used_by"])
    values["checked"] = str(raw["checked"])
    return Record(**values)


def _csv_rows(path: Path) -> Iterator[dict[str, Any]]:
    numbers = ("sd_log", "sd", "low", "high", "median_sd_log")
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            raw: dict[str, Any] = {
                key: text for key, text in row.items() if text and key not in (*numbers, "kind")
            }
            drawn: dict[str, Any] = {key: row[key] for key in ("kind", *numbers) if row.get(key)}
            if drawn:
                raw["distribution"] = drawn
            raw["used_by"] = [part for part in (row.get("used_by") or "").split(";") if part]
            yield {"symbol": "", "place": "", **raw}


def _rows(path: Path) -> Iterable[Mapping[str, Any]]:
    if path.suffix == ".csv":
        return _csv_rows(path)
    if path.suffix == ".toml":
        rows: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8")).get("record", [])
        return rows
    return ()


def read_records(folder: Path) -> dict[str, Record]:
    """Every record in the data files of ``folder``, by id.

    Raises:
        ValueError: a record is malformed or an id stands twice; the message names file and id.
    """
    records: dict[str, Record] = {}
    for path in sorted(folder.iterdir()):
        for raw in _rows(path):
            record = _record(raw, path.name)
            if record.id in records:
                raise ValueError(f"{path.name}: record {record.id!r} stands twice")
            records[record.id] = record
    return records


@lru_cache(maxsize=1)
def load_records() -> dict[str, Record]:
    """Every record of this package by id; read once."""
    return read_records(DATA)


@lru_cache(maxsize=1)
def load_sources() -> dict[str, Source]:
    """Every source by key, from the ``sources*.toml`` files.

    Raises:
        ValueError: a source is malformed or a key stands twice; the message names file and key.
    """
    sources: dict[str, Source] = {}
    for path in sorted(DATA.glob("sources*.toml")):
        for raw in tomllib.loads(path.read_text(encoding="utf-8"))["source"]:
            name = f"{path.name}: source {raw.get('key', '?')!r}"
            check_keys(Source, raw, name)
            if raw["key"] in sources:
                raise ValueError(f"{name} stands twice")
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


def default_value(record_id: str) -> Any:
    """A dataclass field whose default is the central value of the record with this id."""
    return field(default_factory=lambda: value(record_id))


def record_ids(parameters: type) -> dict[str, str]:
    """Field name to record id, for every evidence field of a parameters class."""
    return {item.name: item.metadata["record"] for item in fields(parameters) if "record" in item.metadata}
