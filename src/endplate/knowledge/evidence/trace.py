"""Where a number comes from, and which numbers rest on nothing better than an assumption."""

from __future__ import annotations

from dataclasses import dataclass

from endplate.errors import InputError
from endplate.knowledge.evidence.records import Record, Source, load_records, load_sources

_WEAK = ("assumed", "recalled")


@dataclass(frozen=True)
class TraceResult:
    """A record with its source."""

    record: Record
    source: Source


def trace(record_id: str) -> TraceResult:
    """The record with this id and its source.

    Raises:
        InputError: no record has this id; the remedy names the nearest.
    """
    import difflib

    records = load_records()
    if record_id not in records:
        near = difflib.get_close_matches(record_id, records, 1)
        remedy = f"Did you mean {near[0]}?" if near else "See endplate evidence list."
        raise InputError(
            f"No record has the id {record_id!r}.", rule="unknown_record", remedy=remedy, field="id"
        )
    record = records[record_id]
    return TraceResult(record, load_sources()[record.source])


def gaps() -> list[Record]:
    """Records that rest on an assumption or on memory, in order of id."""
    return [record for _, record in sorted(load_records().items()) if record.basis in _WEAK]
