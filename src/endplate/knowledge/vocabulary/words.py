"""The ids of the user files as typed tables, read from ``data/``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"
_SEPARATORS = re.compile(r"[\s_-]+")


@dataclass(frozen=True)
class Muscle:
    """One muscle: limb, joints it crosses, actions, other spellings."""

    id: str
    limb: str
    joints: tuple[str, ...]
    actions: tuple[str, ...]
    aliases: tuple[str, ...]

    @property
    def name(self) -> str:
        """The id as words."""
        return self.id.replace("_", " ")


@dataclass(frozen=True)
class Joint:
    """One joint and the passive movements by which it is tested."""

    id: str
    movements: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """One botulinum toxin product; its units belong to it alone."""

    id: str
    brand: str
    vial_sizes_U: tuple[int, ...]
    unit_note: str


@dataclass(frozen=True)
class Scale:
    """One clinical scale: its grades with their coding, or its bounds where it is a number."""

    id: str
    coding: dict[str, float]
    minimum: float
    maximum: float
    improves: str
    unit: str

    @property
    def grades(self) -> tuple[str, ...]:
        """The grade labels, lowest first; empty where the scale is a number."""
        return tuple(self.coding)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_DATA / name).read_text(encoding="utf-8"))


def _scale(key: str, raw: dict[str, Any]) -> Scale:
    coding = {label: float(code) for label, code in raw.get("coding", {}).items()}
    low = min(coding.values()) if coding else float(raw["minimum"])
    high = max(coding.values()) if coding else float(raw["maximum"])
    return Scale(key, coding, low, high, raw["improves"], raw["unit"])


_WORDS = _read("words.toml")

MUSCLES: dict[str, Muscle] = {
    key: Muscle(key, raw["limb"], tuple(raw["joints"]), tuple(raw["actions"]), tuple(raw.get("aliases", ())))
    for key, raw in _read("muscles.toml").items()
}
LIMB_MUSCLES: tuple[str, ...] = tuple(
    key for key, muscle in MUSCLES.items() if muscle.limb in ("upper", "lower")
)
GROUPS: dict[str, tuple[str, ...]] = {key: tuple(members) for key, members in _WORDS["groups"].items()}
ALIASES: dict[str, str] = {
    **{alias: muscle.id for muscle in MUSCLES.values() for alias in muscle.aliases},
    **{alias: group for group, aliases in _WORDS["group_aliases"].items() for alias in aliases},
}
JOINTS: dict[str, Joint] = {key: Joint(key, tuple(names)) for key, names in _WORDS["joints"].items()}
PRODUCTS: dict[str, Product] = {
    key: Product(key, raw["brand"], tuple(raw["vial_sizes_U"]), raw["unit_note"])
    for key, raw in _WORDS["products"].items()
}
SCALES: dict[str, Scale] = {key: _scale(key, raw) for key, raw in _WORDS["scales"].items()}
CONDITIONS: tuple[str, ...] = tuple(_WORDS["conditions"])
JURISDICTIONS: tuple[str, ...] = tuple(_WORDS["jurisdictions"])
INDICATIONS: tuple[str, ...] = tuple(_WORDS["indications"])
GOAL_KINDS: tuple[str, ...] = tuple(_WORDS["goal_kinds"])
GUIDANCE: tuple[str, ...] = tuple(_WORDS["guidance"])
SIDES: tuple[str, ...] = tuple(_WORDS["sides"])
SEXES: tuple[str, ...] = tuple(_WORDS["sexes"])
CO_THERAPY: tuple[str, ...] = tuple(_WORDS["co_therapy"])
VISIT_MEASURES: tuple[str, ...] = tuple(_WORDS["visit_measures"])
CAUTIONS: tuple[str, ...] = tuple(_WORDS["cautions"])


def product_of_brand(text: str) -> str | None:
    """The product id for a brand name, or None if no product has that brand."""
    return next((key for key, held in PRODUCTS.items() if held.brand.lower() == text.strip().lower()), None)


def plain_key(text: str) -> str:
    """A spelling in lower case, its words joined by underscores."""
    return _SEPARATORS.sub("_", text.strip().lower())


def canonical_muscle(text: str) -> str | None:
    """The muscle or group id for a spelling, or None if it is unknown."""
    key = plain_key(text)
    key = key.removeprefix("musculus_").removeprefix("m._")
    if key in MUSCLES or key in GROUPS:
        return key
    return ALIASES.get(key)
