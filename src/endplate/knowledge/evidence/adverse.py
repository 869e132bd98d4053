"""Adverse events as studies and labels print them, row by row, contradictions kept, and where they were read.

Labels and abstracts mostly print percents; counts are then the nearest whole number of people, so a count may
be one off where a percent was rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from endplate.knowledge.evidence.records import DATA
from endplate.knowledge.rows import csv_rows
from endplate.knowledge.units import PERCENT

_FILE = DATA / "adverse" / "events.csv"
ANY = "any"
BOTH = "both"


@dataclass(frozen=True)
class Counts:
    """People with an event among those watched; ``rounded`` where a percent was turned into people."""

    events: int
    n: int
    rounded: bool = False

    @property
    def share(self) -> float:
        """The events over the people."""
        return self.events / self.n


@dataclass(frozen=True)
class AdverseRow:
    """One printed number on one event in one group of people.

    Attributes:
        id: of the row.
        study: file in ``studies/`` where there is one; rows of a study share their control group.
        source: key of the source.
        product: as in the vocabulary, or ``any``.
        people: ``adults``, ``children`` or ``any``.
        limb: ``upper``, ``lower`` or ``both``.
        indication: ``spasticity``, ``dystonia`` or ``mixed``.
        condition: of the people, as in the vocabulary; empty where not told or mixed.
        event: as in the vocabulary.
        arm: the group as its source calls it.
        dose_low: least dose of a session, in ``dose_unit``; None where not told.
        dose_high: most.
        dose_unit: ``U``, ``U/kg`` or empty.
        age_low_y: ages from here; None where not told apart.
        age_high_y: ages below this.
        statistic: ``percent`` of people, ``people``, ``percent_of_sessions``, ``range`` or ``at_least`` in
            percent, ``risk_ratio``, ``per_person``, or ``listed`` without a number.
        n: people in the group; None where not told.
        n_basis: ``read``, ``derived`` or ``recalled``; empty without n.
        value: as printed, in the unit of the statistic.
        low: lower end of a range or interval.
        high: upper end.
        comparator: control group; empty without one.
        comparator_n: people in it.
        comparator_value: as ``value``.
        design: ``placebo_controlled``, ``dose_controlled``, ``open``, ``retrospective``, ``review`` or
            ``label_class`` (a label without a control group).
        basis: ``read`` or ``recalled``.
        used: ``fit``, ``held_back`` (scored, never fitted), ``shown``, or ``beside``: shown but never added
            up, since its people stand in another row too.
        place: where it was read, and what speaks against it.
    """

    id: str
    study: str
    source: str
    product: str
    people: str
    limb: str
    indication: str
    condition: str
    event: str
    arm: str
    dose_low: float | None
    dose_high: float | None
    dose_unit: str
    age_low_y: float | None
    age_high_y: float | None
    statistic: str
    n: int | None
    n_basis: str
    value: float | None
    low: float | None
    high: float | None
    comparator: str
    comparator_n: int | None
    comparator_value: float | None
    design: str
    basis: str
    used: str
    place: str

    @property
    def counts(self) -> Counts | None:
        """People with the event in the group; None where the row does not give them."""
        return self._counts(self.value, self.n)

    @property
    def control(self) -> Counts | None:
        """The same of the control group."""
        return self._counts(self.comparator_value, self.comparator_n)

    def _counts(self, value: float | None, n: int | None) -> Counts | None:
        if value is None or n is None:
            return None
        if self.statistic == "people":
            return Counts(int(value), n)
        return Counts(round(value * n / PERCENT), n, True) if self.statistic == "percent" else None

    def is_about(self, product: str, people: str, limbs: Iterable[str]) -> bool:
        """Whether the row tells of spasticity in this product, these people and one of these limbs."""
        return (
            self.indication != "dystonia"
            and self.product in (product, ANY)
            and self.people in (people, ANY)
            and self.limb in (*limbs, BOTH)
        )

    def covers(self, dose_U: float, mass_kg: float | None, age_y: float | None) -> bool | None:
        """Whether a session's dose and a person's age lie in the row's; None where it cannot be told."""
        dose = self._covers_dose(dose_U, mass_kg)
        if self.age_low_y is None or self.age_high_y is None:
            return dose
        if age_y is None:
            return None
        return self.age_low_y <= age_y < self.age_high_y and dose is not False

    def _covers_dose(self, dose_U: float, mass_kg: float | None) -> bool | None:
        if self.dose_low is None or self.dose_high is None:
            return None
        if self.dose_unit == "U":
            return self.dose_low <= dose_U <= self.dose_high
        return None if mass_kg is None else self.dose_low <= dose_U / mass_kg <= self.dose_high


@lru_cache(maxsize=1)
def load_adverse() -> tuple[AdverseRow, ...]:
    """Every row, in the order of the table; read once."""
    return csv_rows(_FILE, AdverseRow)
