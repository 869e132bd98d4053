"""The dosing tables of a structured product label (SPL, HL7 v3 XML).

For those who keep the label data: a file they give is read, nothing is fetched and nothing is changed.
A row is one dose of a row of a table that names a muscle, or that stands in a table that names some.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from itertools import zip_longest
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endplate.knowledge.labels.spl_xml import HL7, grid, parse, sections, tables, words
from endplate.knowledge.vocabulary import GROUPS, PRODUCTS, canonical_muscle

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

POPULATIONS = ("adult", "paediatric")

_NUMBER = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,5}(?:\.\d+)?)"
_UNIT = r"(?:units?|U)\b(?!\s*(?:/|per)\s*(?:[\d.]*\s*mL|site|injection))(?:\s*(?:/|per)\s*(kg|kilogram)\b)?"
_DASH = r"\s*(?:-|‐|‑|–|—|\bto\b)\s*"
_AT_MOST = r"((?:up to|not more than|no more than|at most|maximum(?: of)?|max\.?)\s+)?"
_RANGE = re.compile(rf"{_NUMBER}\s*(?:{_UNIT})?{_DASH}{_NUMBER}\s*{_UNIT}", re.IGNORECASE)
_SINGLE = re.compile(rf"{_AT_MOST}{_NUMBER}\s*{_UNIT}", re.IGNORECASE)
_BARE = re.compile(rf"{_AT_MOST}{_NUMBER}(?:{_DASH}{_NUMBER})?", re.IGNORECASE)
_HEAD_UNIT = re.compile(rf"\b{_UNIT}", re.IGNORECASE)
_SITES = re.compile(
    rf"(up to\s+)?\b(\d{{1,2}})(?:{_DASH}(\d{{1,2}}))?\s*(?:injection\s+)?(?:sites?|injections?)\b",
    re.IGNORECASE,
)
_HEAD_SITES = re.compile(r"\b(?:sites?|injections)\b", re.IGNORECASE)
_DOSING = re.compile(rf"\bdos(?:e|es|ing|age)\b|\b{_UNIT}", re.IGNORECASE)
_PEOPLE = {
    "adult": re.compile(r"\badults?\b", re.IGNORECASE),
    "paediatric": re.compile(r"\b(?:pa?ediatric|child(?:ren)?|adolescents?)\b", re.IGNORECASE),
}


@dataclass(frozen=True)
class Amount:
    """A dose range and its sites; None where nothing is said."""

    low: float | None
    high: float | None
    unit: str
    sites_min: int | None = None
    sites_max: int | None = None

    def agrees(self, other: Amount) -> bool:
        """Whether both say the same; sites count only where this one states them."""
        sites = (self.sites_min, self.sites_max)
        return (
            self.unit == other.unit
            and _same(self.low, other.low)
            and _same(self.high, other.high)
            and (sites == (None, None) or sites == (other.sites_min, other.sites_max))
        )


@dataclass(frozen=True)
class DoseRow:
    """One dose of one row: where it stands, the muscle as written and by id (none: unknown), the amount."""

    table: str
    population: str
    text: str
    muscle: str
    muscles: tuple[str, ...]
    amount: Amount

    @property
    def members(self) -> frozenset[str]:
        """The single muscles meant."""
        return members_of(self.muscles)

    def to_dict(self) -> dict[str, Any]:
        """The object under ``rows`` in the JSON result."""
        return asdict(self)


@dataclass(frozen=True)
class Label:
    """A file: id of the label, the day its version took effect, products its title names, dosing rows."""

    set_id: str | None
    effective_date: date | None
    products: tuple[str, ...]
    rows: tuple[DoseRow, ...]


def read_label(path: str | Path) -> Label:
    """The dosing rows of an SPL file.

    Raises:
        InputError: the file cannot be read, is too large, is no SPL, or declares a document type; or
            defusedxml is not installed.
    """
    root = parse(Path(path))
    set_id, effective = root.find(f"{HL7}setId"), root.find(f"{HL7}effectiveTime")
    rows = dict.fromkeys(row for section in sections(root) for row in _section_rows(*section))
    return Label(
        None if set_id is None else set_id.get("root"),
        None if effective is None else _day(effective.get("value", "")),
        _products(root),
        tuple(rows),
    )


def _products(root: Element) -> tuple[str, ...]:
    """The products whose generic or brand name stands in the title or in the names of the products."""
    named = [root.find(f"{HL7}title"), *root.iter(f"{HL7}name")]
    text = " ".join("".join(part.itertext()) for part in named if part is not None).lower()
    return tuple(key for key, held in PRODUCTS.items() if key.lower() in text or held.brand.lower() in text)


def _same(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else isclose(one, other)


def members_of(muscles: Iterable[str]) -> frozenset[str]:
    """The single muscles among muscles and groups."""
    return frozenset(member for muscle in muscles for member in GROUPS.get(muscle, (muscle,)))


def _day(text: str) -> date | None:
    """The day of an HL7 time such as 20231115 or 20231115120000."""
    try:
        return date.fromisoformat(text[:8])
    except ValueError:
        return None


def _section_rows(text: Element, titles: tuple[str, ...]) -> Iterator[DoseRow]:
    for table in tables(text):
        yield from _table_rows(table, titles)


def _table_rows(table: Element, titles: tuple[str, ...]) -> list[DoseRow]:
    """The dosing rows of a table; none unless it speaks of doses and names a muscle."""
    caption = table.find(f"{HL7}caption")
    name = "" if caption is None else words(caption)
    head = grid(table.findall(f"{HL7}thead/{HL7}tr"))
    body = grid([*table.findall(f"{HL7}tr"), *table.findall(f"{HL7}tbody/{HL7}tr")])
    if not head and body and not any(row.muscles for row in _line_rows(body[0], (), ())):
        head, body = body[:1], body[1:]
    heads = [" ".join(dict.fromkeys(column)) for column in zip_longest(*head, fillvalue="")]
    if not any(_DOSING.search(part) for row in ((name, *titles), heads, *body) for part in row):
        return []
    where = (name, " ".join(heads), *reversed(titles))
    rows = [row for line in body for row in _line_rows(line, heads, where)]
    return rows if any(row.muscles for row in rows) else []


def _line_rows(line: tuple[str, ...], heads: Sequence[str], where: Sequence[str]) -> Iterator[DoseRow]:
    """One row for each dose in a line of a table."""
    columns = zip_longest(line, heads[: len(line)], fillvalue="")
    cells = [(text, head) for text, head in columns if text]
    named = next((place for place, (text, _) in enumerate(cells) if _muscles(text)), 0)
    if not cells:
        return
    name, rest = cells[named][0], cells[named + 1 :]
    sites = next((found for text, head in rest if (found := _sites(text, head))), (None, None))
    table = next((text for text in where if text), "")
    for text, head in rest:
        dose = _dose(text, head)
        if dose is not None:
            amount = Amount(*dose, *sites)
            shown = " | ".join(part for part, _ in cells)
            yield DoseRow(table, _population(where, amount.unit), shown, name, _muscles(name), amount)


def _population(where: Iterable[str], unit: str) -> str:
    """Whom a table is about: from the nearest words that name one population, else from the unit."""
    for text in where:
        named = [key for key, pattern in _PEOPLE.items() if pattern.search(text)]
        if len(named) == 1:
            return named[0]
    return "paediatric" if unit == "U/kg" else "adult"


def _muscles(text: str) -> tuple[str, ...]:
    """The muscle or group ids a cell names; empty unless all of it is known."""
    plain = re.sub(r"\bmuscles?\b|[*†‡§¶:]", " ", text, flags=re.IGNORECASE)
    short = re.sub(r"\([^()]*\)", " ", plain)
    for spelling in (re.sub(r"[(),]", " ", plain), short):
        whole = canonical_muscle(spelling)
        if whole:
            return (whole,)
    parts = [canonical_muscle(part) for part in re.split(r"[/,;&+]|\band\b", short, flags=re.IGNORECASE)]
    known = tuple(part for part in parts if part)
    return known if len(known) == len(parts) else ()


def _dose(text: str, head: str) -> tuple[float | None, float, str] | None:
    """Low, high and unit of the dose in a cell; a bare number takes the unit of its column."""
    found = _RANGE.search(text)
    if found:
        first, low_kg, second, high_kg = found.groups()
        return _value(first), _value(second), "U/kg" if low_kg or high_kg else "U"
    single = _SINGLE.search(text)
    if single:
        up_to, number, per_kg = single.groups()
        return None if up_to else _value(number), _value(number), "U/kg" if per_kg else "U"
    bare, unit = _BARE.fullmatch(text), _HEAD_UNIT.search(head)
    if bare and unit and not _HEAD_SITES.search(head):
        up_to, first, second = bare.groups()
        return None if up_to else _value(first), _value(second or first), "U/kg" if unit.group(1) else "U"
    return None


def _value(text: str) -> float:
    return float(text.replace(",", ""))


def _sites(text: str, head: str) -> tuple[int, int] | None:
    """Fewest and most sites; up to four sites are one to four."""
    found = _SITES.search(text) or (_BARE.fullmatch(text) if _HEAD_SITES.search(head) else None)
    if found is None:
        return None
    up_to, first, second = found.groups()
    low, high = int(_value(first)), int(_value(second or first))
    return 1 if up_to else low, high
