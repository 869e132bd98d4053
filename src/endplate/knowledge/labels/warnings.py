"""Label warnings: boxed warnings, contraindications, precautions and interactions, each with a source."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from endplate.knowledge.labels.rules import house_rule
from endplate.knowledge.labels.tables import ANY, PRIMARY, Source, covers_age, read_tables, row_as


@dataclass(frozen=True, kw_only=True)
class LabelWarning:
    """One warning: which cautions raise it, or that it is always shown, and how severe ``check`` calls it."""

    id: str
    product: str
    jurisdiction: str
    kind: str
    severity: str
    cautions: tuple[str, ...]
    always: bool
    outside_model: bool
    age_to_y: float | None = None
    message: str
    in_force_from: date
    basis: str
    source: Source
    notes: str = ""
    read_on: str | None = None

    @property
    def verified(self) -> bool:
        """True only when the label text itself was seen."""
        return self.basis == PRIMARY

    def read_for(self, product: str) -> bool:
        """Whether the text seen is of this product; a warning of every product is read on one label."""
        return self.read_on in (None, product)


GMFCS_OUTSIDE = "GMFCS IV or V"


@lru_cache
def load_warnings() -> tuple[LabelWarning, ...]:
    """All warnings held."""
    return tuple(row_as(LabelWarning, row) for _, row in read_tables("warning"))


def warnings_for(
    product: str, jurisdiction: str, on: date, *, age_y: float | None
) -> tuple[LabelWarning, ...]:
    """The warnings that can apply to a product, place, day and age (unknown age: all ages' warnings)."""
    return tuple(
        w
        for w in load_warnings()
        if w.product in (product, ANY)
        and w.jurisdiction in (jurisdiction, ANY)
        and w.in_force_from <= on
        and (age_y is None or covers_age(age_y, 0, w.age_to_y))
    )


def outside_model(cautions: Collection[str], gmfcs: int | None) -> list[str]:
    """Which of a person's cautions the model does not represent, sorted; severe GMFCS levels by name."""
    unheld = {caution for w in load_warnings() if w.outside_model for caution in w.cautions}
    found = sorted(unheld.intersection(cautions))
    level = house_rule("gmfcs_outside_model").minimum or 0
    return [*found, GMFCS_OUTSIDE] if (gmfcs or 0) >= level else found
