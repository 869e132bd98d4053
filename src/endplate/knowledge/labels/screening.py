"""Screening rules: what `check` says about the person and the joints, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from endplate.knowledge.labels.tables import PRIMARY, Source, read_tables, row_as


@dataclass(frozen=True, kw_only=True)
class Screening:
    """One rule of patient selection: how severe it is, its number where it has one, and its sentence."""

    id: str
    rule: str
    severity: str
    threshold: float | None = None
    unit: str | None = None
    message: str
    basis: str
    source: Source
    last_checked_on: date | None = None
    notes: str = ""

    @property
    def verified(self) -> bool:
        """True only when the text named was itself seen."""
        return self.basis == PRIMARY


@dataclass(frozen=True)
class ToneScales:
    """The scales that grade resistance to passive movement, and their grade of a limb that does not move."""

    scales: tuple[str, ...]
    rigid: str


@lru_cache
def load_screening() -> dict[str, Screening]:
    """All screening rules by the name of their finding."""
    return {row["rule"]: row_as(Screening, row) for _, row in read_tables("screening")}


def threshold(rule: str) -> float:
    """The number of a screening rule, in its unit."""
    return load_screening()[rule].threshold or 0


@lru_cache
def must_ask(sex: str | None) -> tuple[str, ...]:
    """The cautions to ask about before every plan, for a person of this sex (None: for either).

    Args:
        sex: ``female``, ``male`` or None where it is not given.
    """
    rows = (row for _, row in read_tables("must_ask"))
    return tuple(
        caution for row in rows if sex is None or row.get("sex", sex) == sex for caution in row["cautions"]
    )


@lru_cache
def whole_limbs() -> dict[str, frozenset[str]]:
    """The joints of each limb that together count as the whole limb."""
    return {row["limb"]: frozenset(row["joints"]) for _, row in read_tables("whole_limb")}


@lru_cache
def tone_scales() -> ToneScales:
    """The scales whose grades are read as tone."""
    _, row = read_tables("tone_scale")[0]
    return ToneScales(tuple(row["scales"]), row["rigid"])
