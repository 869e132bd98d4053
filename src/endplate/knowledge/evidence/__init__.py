"""What is known, as data: records, their sources, and what may be asked about them."""

from typing import TYPE_CHECKING

from endplate._lazy import on_first_use
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

if TYPE_CHECKING:
    from endplate.knowledge.evidence.posterior import (
        PRIOR,
        Calibrated,
        Posterior,
        load_posterior,
        origins,
        write_posterior,
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

_OF_POSTERIOR = ("PRIOR", "Calibrated", "Posterior", "load_posterior", "origins", "write_posterior")
__getattr__ = on_first_use(__name__, dict.fromkeys(_OF_POSTERIOR, "endplate.knowledge.evidence.posterior"))
