"""Doses: units of one product, which never meet those of another."""

from __future__ import annotations

from dataclasses import dataclass


class ProductMismatch(TypeError):
    """Units of two products met in one sum or comparison; they are different dimensions."""


@dataclass(frozen=True)
class Dose:
    """Units of one product."""

    units: float
    product: str

    def _same(self, other: Dose) -> None:
        if self.product != other.product:
            raise ProductMismatch(f"units of {self.product} and of {other.product} are different dimensions")

    def __add__(self, other: Dose) -> Dose:
        self._same(other)
        return Dose(self.units + other.units, self.product)

    def __mul__(self, factor: float) -> Dose:
        return Dose(self.units * factor, self.product)

    def __lt__(self, other: Dose) -> bool:
        self._same(other)
        return self.units < other.units

    def __le__(self, other: Dose) -> bool:
        self._same(other)
        return self.units <= other.units

    def __str__(self) -> str:
        return f"{self.units:g} U {self.product}"
