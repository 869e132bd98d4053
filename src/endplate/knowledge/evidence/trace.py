"""Where a number comes from, and which numbers rest on nothing better than an assumption."""

from __future__ import annotations

from dataclasses import dataclass

from endplate.errors import InputError
from endplate.knowledge.evidence.records import Record, Source, load_records, load_sources

UNMEASURED = ("assumed", "recalled")
_OFFERED = 3  # ids that a part of a name may mean


@dataclass(frozen=True)
class TraceResult:
    """A record with its source."""

    record: Record
    source: Source


def trace(name: str) -> TraceResult:
    """The record with this id, or the only one with this symbol, and its source.

    Raises:
        InputError: no record has this id or symbol, and the remedy names the nearest; or several have the
            symbol, and the remedy names them; or its source is not held.
    """
    records = load_records()
    same = [record for record in records.values() if record.symbol == name]
    if name not in records and len(same) != 1:
        raise _not_one(name, [record.id for record in same])
    record = records[name] if name in records else same[0]
    source = load_sources().get(record.source)
    if source is None:
        message = f"{record.id} names the source {record.source!r}, which is not held"
        remedy = "Add it to a sources_*.toml; 'endplate evidence lint' finds more of its kind."
        raise InputError(message, rule="source_unknown", remedy=remedy, field="id")
    return TraceResult(record, source)


def _not_one(name: str, same: list[str]) -> InputError:
    """The error of a name that no record has, or several have as their symbol."""
    import difflib

    if same:
        message, rule = f"{len(same)} records have the symbol {name!r}", "several_records"
        return InputError(message, rule=rule, remedy=f"Name one: {', '.join(same)}.", field="id")
    within = sorted(held for held in load_records() if name and name.lower() in held)
    near = within[:_OFFERED] or difflib.get_close_matches(name, load_records(), 1)
    remedy = f"Did you mean {' or '.join(near)}?" if near else "See endplate evidence list."
    message = f"No record has the id or symbol {name!r}"
    return InputError(message, rule="unknown_record", remedy=remedy, field="id")


def gaps() -> list[Record]:
    """Records that rest on an assumption or on memory, in order of id."""
    return [record for _, record in sorted(load_records().items()) if record.basis in UNMEASURED]
