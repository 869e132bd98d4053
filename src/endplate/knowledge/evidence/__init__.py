"""What is known, as data: records, their sources, and what may be asked about them."""

from endplate.knowledge.evidence.records import (
    Distribution,
    Record,
    Source,
    evidence,
    get,
    load_records,
    load_sources,
    record_ids,
    value,
)

__all__ = [
    "Distribution",
    "Record",
    "Source",
    "evidence",
    "get",
    "load_records",
    "load_sources",
    "record_ids",
    "value",
]
