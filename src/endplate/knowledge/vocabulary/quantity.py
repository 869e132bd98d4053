"""Quantities as the files write them: a number and a unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from endplate.errors import InputError
from endplate.knowledge.units import DAYS_PER_WEEK, DAYS_PER_YEAR, H_PER_D, MIN_PER_H, MONTHS_PER_YEAR
from endplate.knowledge.vocabulary.sentence import Sentence

# Factor to the first unit of each dimension. U stays U: units belong to one product.
_DIMENSIONS: tuple[dict[str, float], ...] = (
    {
        "d": 1.0,
        "min": 1 / (H_PER_D * MIN_PER_H),
        "h": 1 / H_PER_D,
        "wk": float(DAYS_PER_WEEK),
        "mo": DAYS_PER_YEAR / MONTHS_PER_YEAR,
        "y": DAYS_PER_YEAR,
    },
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
        return Sentence("an empty value")
    if isinstance(found, (bool, int, float)):
        return str(found).lower() if isinstance(found, bool) else str(found)
    if isinstance(found, dict):
        return Sentence("a mapping")
    return Sentence("a list") if isinstance(found, list) else Sentence("this value")


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
    if isinstance(text, Quantity):
        text = str(text)
    short = isinstance(text, str) and len(text) <= _LONGEST_TEXT
    match = _PATTERN.fullmatch(text) if isinstance(text, str) and short else None
    if match is None:
        message = Sentence("{value} is not a number with a unit", value=shown(text))
        raise InputError(message, rule="quantity", remedy=_quantity_remedy(allowed))
    number, unit = float(match[1]), match[2]
    if unit not in allowed:
        near = next((known for known in allowed if known.lower() == unit.lower()), None)
        remedy = Sentence("Did you mean {near}?", near=near) if near else _quantity_remedy(allowed)
        message = Sentence("The unit {unit} does not fit here", unit=shown(unit))
        raise InputError(message, rule="unit", remedy=remedy)
    if not 0 <= number <= _LARGEST:
        negative, large = "{value} is negative", "{value} is too large"
        message = Sentence(negative if number < 0 else large, value=shown(text))
        raise InputError(message, rule="range", remedy="Write a number from 0 up.")
    return Quantity(number, unit)


def _quantity_remedy(allowed: Sequence[str]) -> Sentence:
    example, units = f"1 {allowed[0]}", ", ".join(allowed)
    if len(allowed) == 1:
        return Sentence(
            "Write a number and the unit {unit}, such as '{example}'.", unit=units, example=example
        )
    text = "Write a number and one of the units {units}, such as '{example}'."
    return Sentence(text, units=units, example=example)
