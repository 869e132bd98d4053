"""What is known, as data: records, their sources, and what may be asked about them."""

from endplate.knowledge.evidence.posterior import (
    PRIOR,
    Calibrated,
    Posterior,
    load_posterior,
    origins,
    write_posterior,
)
from endplate.knowledge.evidence.records import (
    Distribution,
    Record,
    Source,
    default_value,
    evidence,
    get,
    load_records,
    load_sources,
    record_ids,
    value,
)

__all__ = [
    "PRIOR",
    "Calibrated",
    "Distribution",
    "Posterior",
    "Record",
    "Source",
    "default_value",
    "evidence",
    "get",
    "load_posterior",
    "load_records",
    "load_sources",
    "origins",
    "record_ids",
    "value",
    "write_posterior",
]
