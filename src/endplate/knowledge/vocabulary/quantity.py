"""Quantities as the files write them: a number and a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from endplate.errors import InputError

# Factor to the first unit of each dimension. U stays U: units belong to one product.
_DIMENSIONS: tuple[dict[str, float], ...] = (
    {"d": 1.0, "min": 1 / 1440, "h": 1 / 24, "wk": 7.0, "mo": 30.4375, "y": 365.25},
    {"mL": 1.0},
    {"kg": 1.0},
    {"cm": 1.0},
    {"deg": 1.0},
    {"%": 1.0},
    {"pM": 1.0},
    {"pg/mL": 1.0},
    {"U": 1.0},
    {"U/kg": 1.0},
    {"U/mL": 1.0},
)
UNITS: tuple[str, ...] = tuple(unit for units in _DIMENSIONS for unit in units)
_PATTERN = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z%/]+)\s*")
_LONGEST_TEXT = 60
_LARGEST = 1_000_000_000


def shown(found: object) -> str:
    """What a file holds, short enough for a sentence; collections only by their kind."""
    if isinstance(found, str):
        return repr(found if len(found) <= _LONGEST_TEXT else found[:_LONGEST_TEXT] + "...")
    if found is None:
        return "an empty value"
    if isinstance(found, (bool, int, float)):
        return str(found).lower() if isinstance(found, bool) else str(found)
    return "a mapping" if isinstance(found, dict) else "a list" if isinstance(found, list) else "this value"


@dataclass(frozen=True)
class Quantity:
    """A number with its unit, such as 72 kg."""

    value: float
    unit: str

    def to(self, unit: str) -> Quantity:
        """The same quantity in another unit of its dimension; ``ValueError`` across dimensions."""
        for units in _DIMENSIONS:
            if self.unit in units and unit in units:
                return Quantity(self.value * units[self.unit] / units[unit], unit)
        raise ValueError(f"{self.unit} is not a kind of {unit}")

    def __str__(self) -> str:
        return f"{self.value:.15g} {self.unit}"  # exact for what a file can hold


def parse_quantity(text: object, allowed: Sequence[str] = UNITS) -> Quantity:
    """Read a quantity such as ``"58 y"``.

    Args:
        text: what the file holds; a Quantity is passed through.
        allowed: the units that may stand here.

    Raises:
        InputError: not a number with one of the allowed units, or negative, infinite or huge.
    """
    listed = f"one of the units {', '.join(allowed)}" if len(allowed) > 1 else f"the unit {allowed[0]}"
    remedy = f"Write a number and {listed}, such as '1 {allowed[0]}'."
    if isinstance(text, Quantity):
        text = str(text)
    short = isinstance(text, str) and len(text) <= _LONGEST_TEXT
    match = _PATTERN.fullmatch(text) if isinstance(text, str) and short else None
    if match is None:
        raise InputError(f"{shown(text)} is not a number with a unit", rule="quantity", remedy=remedy)
    number, unit = float(match[1]), match[2]
    if unit not in allowed:
        near = next((known for known in allowed if known.lower() == unit.lower()), None)
        remedy = f"Did you mean {near}?" if near else remedy
        raise InputError(f"The unit {shown(unit)} does not fit here", rule="unit", remedy=remedy)
    if not 0 <= number <= _LARGEST:
        message = f"{shown(text)} is {'negative' if number < 0 else 'too large'}"
        raise InputError(message, rule="range", remedy="Write a number from 0 up.")
    return Quantity(number, unit)
