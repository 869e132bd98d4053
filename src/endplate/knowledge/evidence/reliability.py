"""What reliability studies of the scales print, row by row, used or not, with the place where it was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from endplate.knowledge.evidence.records import DATA
from endplate.knowledge.rows import csv_rows

_FILE = DATA / "reliability" / "raters.csv"
_CI_SES = 3.92  # width of a 95 % interval in standard errors
_RANGE_SDS = 4.0  # width of a range over muscles in standard deviations


@dataclass(frozen=True)
class Reliability:
    """One printed statistic of agreement between ratings.

    Attributes:
        id: of the row.
        study: of the row; rows of a study share its raters and people.
        source: key of the source.
        scale: as in the vocabulary.
        limb: ``arm``, ``leg``, or empty where both or not stated.
        joint: as in the vocabulary, or empty.
        people: ``adults`` or ``children``.
        n: how many were rated.
        raters: ``inter``, two raters, or ``intra``, one rater twice.
        statistic: what was printed.
        value: as printed; None where only a range was.
        low: lower end of an interval, or of a range over muscles where there is no value.
        high: the upper end.
        se: standard error as printed.
        basis: ``read`` or ``recalled``.
        used: ``yes`` in the fit of rater noise, ``angles`` for angles, ``check``, or ``no``.
        place: where it was read, and why it is not used.
    """

    id: str
    study: str
    source: str
    scale: str
    limb: str
    joint: str
    people: str
    n: int
    raters: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    se: float | None
    basis: str
    used: str
    place: str

    @property
    def middle(self) -> float:
        """The value, else the middle of the range.

        Raises:
            ValueError: the row holds neither.
        """
        if self.value is not None:
            return self.value
        if self.low is None or self.high is None:
            raise ValueError(f"{self.id} holds neither a value nor a range")
        return (self.low + self.high) / 2

    @property
    def error(self) -> float:
        """Standard error: printed, from the interval, a quarter of a range, else that of a correlation."""
        if self.se is not None:
            return self.se
        if self.low is not None and self.high is not None:
            return (self.high - self.low) / (_RANGE_SDS if self.value is None else _CI_SES)
        if self.statistic == "agreement":
            return sqrt(self.middle * (1 - self.middle) / self.n)
        return (1 - self.middle**2) / sqrt(self.n)


@lru_cache(maxsize=1)
def load_reliability() -> tuple[Reliability, ...]:
    """Every row, in the order of the table; read once."""
    return csv_rows(_FILE, Reliability)
