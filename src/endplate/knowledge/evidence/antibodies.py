"""How often people who were treated had antibodies, row by row, fitted or not, with the place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from endplate.knowledge.evidence.records import DATA
from endplate.knowledge.rows import csv_rows

_FILE = DATA / "antibodies" / "rows.csv"


@dataclass(frozen=True)
class AntibodyRow:
    """One group of people of whom some had antibodies.

    Attributes:
        id: of the row.
        study: of the row; rows of a study share what is its own.
        source: key of the source.
        people: who they were.
        product: as in the vocabulary, or ``all`` or ``not told``.
        n: people tested; None where it was not kept.
        positive: of them with neutralising antibodies.
        share: as printed.
        load_low_ng: least toxin in a session.
        load_high_ng: most toxin in a session.
        sessions_low: fewest sessions.
        sessions_high: most sessions.
        interval_wk: weeks between sessions.
        basis: ``read`` or ``recalled``; what the place calls assumed is not read.
        role: ``calibration``, in the fit, or ``check``.
        place: where it was read, and what of it is assumed.
    """

    id: str
    study: str
    source: str
    people: str
    product: str
    n: int | None
    positive: int | None
    share: float
    load_low_ng: float
    load_high_ng: float
    sessions_low: float
    sessions_high: float
    interval_wk: float
    basis: str
    role: str
    place: str


@lru_cache(maxsize=1)
def load_antibodies() -> tuple[AntibodyRow, ...]:
    """Every row, in the order of the table; read once."""
    return csv_rows(_FILE, AntibodyRow)
