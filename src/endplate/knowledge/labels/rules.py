"""Dated label rules: limits and per-muscle ranges, each with source and basis. Knows nothing of the model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from endplate.knowledge.labels.tables import (
    ANY,
    PRIMARY,
    Source,
    covers_age,
    in_force,
    read_tables,
    row_as,
)

_HOUSE = "house_rules.toml"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One number of a label.

    Attributes:
        id: unique id, such as ``us.ona.adult.upper.session``.
        product: generic name, or ``any`` for endplate's own hard rules.
        jurisdiction: such as ``US``, or ``any``.
        population: ``adult``, ``paediatric`` or ``any``.
        age_from_y: youngest age covered, years.
        age_to_y: first age no longer covered, years; None means for life.
        limb: ``upper``, ``lower`` or ``any``.
        scope: what is limited, such as ``session_total``, ``muscle_dose_per_kg``, ``interval``.
        extent: ``each_limb`` (one arm or leg) or ``session`` (all sides), for totals only.
        muscles: muscle ids the rule names; empty when it names none.
        without: muscle ids whose doses are left out of a total.
        per: ``together`` or ``each``, for rules that name muscles.
        minimum: lower end, in ``unit``.
        maximum: upper end, in ``unit``.
        unit: U, U/kg, mL, wk, mo, y or level.
        sites_min: fewest sites in the source's range.
        sites_max: most sites in the source's range.
        window_mo: length of a cumulative window, months.
        in_force_from: first day in force.
        in_force_to: first day no longer in force.
        last_checked_on: when the source was last looked at; None when recalled.
        basis: ``primary``, ``secondary``, ``recalled`` or ``design``.
        source: citation and address.
        notes: what a reader must know besides.
    """

    id: str
    product: str
    jurisdiction: str
    population: str
    age_from_y: float
    age_to_y: float | None = None
    limb: str
    scope: str
    extent: str | None = None
    muscles: tuple[str, ...]
    without: tuple[str, ...] = ()
    per: str | None = None
    minimum: float | None
    maximum: float | None
    unit: str
    sites_min: int | None = None
    sites_max: int | None = None
    window_mo: int | None = None
    in_force_from: date
    in_force_to: date | None = None
    last_checked_on: date | None = None
    basis: str
    source: Source
    notes: str = ""

    @property
    def verified(self) -> bool:
        """True only when the label text itself was seen."""
        return self.basis == PRIMARY

    @property
    def per_kg(self) -> bool:
        """Whether the numbers are per kilogram of body weight."""
        return self.unit == "U/kg"

    @property
    def family(self) -> str:
        """The scope without its per-kilogram ending: rules of one family limit the same thing."""
        return self.scope.removesuffix("_per_kg")

    def maximum_for(self, weight_kg: float | None) -> float | None:
        """The upper end for this body weight (U where the rule is per kg); None if it cannot be known."""
        return self._for(self.maximum, weight_kg)

    def minimum_for(self, weight_kg: float | None) -> float | None:
        """The lower end for this body weight (U where the rule is per kg); None if it cannot be known."""
        return self._for(self.minimum, weight_kg)

    def to_dict(self, weight_kg: float | None = None) -> dict[str, object]:
        """The object under ``limits`` in ``labels limits``; per-kg numbers are worked out for a weight."""
        low, high = self.minimum_for(weight_kg), self.maximum_for(weight_kg)
        return {
            "id": self.id,
            "scope": self.scope,
            "limb": self.limb,
            "extent": self.extent,
            "muscles": list(self.muscles),
            "min": self.minimum,
            "max": self.maximum,
            "unit": self.unit,
            "min_U": low if self.per_kg else None,
            "max_U": high if self.per_kg else None,
            "sites": [self.sites_min, self.sites_max],
            "in_force_from": self.in_force_from.isoformat(),
            "last_checked_on": self.last_checked_on.isoformat() if self.last_checked_on else None,
            "basis": self.basis,
            "verified": self.verified,
            "source": self.source.to_dict(self.last_checked_on),
            "text": self.text,
            "notes": self.notes,
        }

    @property
    def text(self) -> str:
        """The rule in words: scope, what it is about and its numbers."""
        about = ", ".join(self.muscles) or ("" if self.limb == ANY else f"{self.limb} limb")
        extent = {"each_limb": "each limb", "session": "whole session"}.get(self.extent or "", "")
        about = ", ".join(part for part in (about, extent) if part)
        about += f" without {', '.join(self.without)}" if self.without else ""
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            numbers = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        else:
            numbers = f"at most {high:g}" if high is not None else f"at least {low:g}"
        parts = (self.product, self.jurisdiction, self.population, self.scope, about)
        return ", ".join(part.replace("_", " ") for part in parts if part) + f": {numbers} {self.unit}"

    def _for(self, number: float | None, weight_kg: float | None) -> float | None:
        if number is None or not self.per_kg:
            return number
        return None if weight_kg is None else number * weight_kg


def _rule(row: dict[str, Any]) -> Rule:
    return row_as(Rule, row, minimum=row.get("min"), maximum=row.get("max"))


@lru_cache
def load_rules() -> tuple[Rule, ...]:
    """All rules held, label and house rules alike."""
    return tuple(_rule(row) for _, row in read_tables("rule"))


def rules_for(product: str, jurisdiction: str, on: date, *, age_y: float | None = None) -> tuple[Rule, ...]:
    """The label rules in force for a product on a day, without endplate's own.

    Args:
        product: generic name.
        jurisdiction: such as ``US``.
        on: the day asked about.
        age_y: keep only the rules of this age; None keeps all.
    """
    return tuple(
        rule
        for rule in load_rules()
        if rule.product == product
        and rule.jurisdiction == jurisdiction
        and in_force(on, rule.in_force_from, rule.in_force_to)
        and (age_y is None or covers_age(age_y, rule.age_from_y, rule.age_to_y))
    )


@lru_cache
def _house_rules() -> dict[str, Rule]:
    """The product's own hard rules by scope."""
    rules = (_rule(row) for _, row in read_tables("rule", only=_HOUSE))
    return {rule.scope: rule for rule in rules}


def house_rule(scope: str) -> Rule:
    """The product's own hard rule of this scope, which no label relaxes."""
    return _house_rules()[scope]
