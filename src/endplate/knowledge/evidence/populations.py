"""The populations of which trials draw people: what each is called, and how healthy children grow.

A population's numbers are evidence records with ids ``people.ID.*``; here stand the words that tie them
together, and the growth table, which is too long for records.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence.records import BASES, DATA, load_records, load_sources
from endplate.knowledge.vocabulary import CONDITIONS
from endplate.knowledge.vocabulary.patterns import PATTERNS, joint_of

Array = NDArray[np.float64]

GMFCS_LEVELS = range(1, 6)  # the five levels of the classification
_FOLDER = DATA / "people"
_MISFIT = 1e-3


@dataclass(frozen=True)
class Population:
    """One population.

    Attributes:
        id: as records and commands name it.
        title: for people.
        condition: as in the vocabulary.
        limb: ``upper`` or ``lower``.
        children: whether its people are children.
        patterns: that its people may have, as in the vocabulary.
    """

    id: str
    title: str
    condition: str
    limb: str
    children: bool
    patterns: tuple[str, ...]

    @property
    def joints(self) -> tuple[str, ...]:
        """The joints at which its patterns are told, each once."""
        return tuple(dict.fromkeys(joint_of(pattern) for pattern in self.patterns))

    @property
    def gmfcs_levels(self) -> tuple[int, ...]:
        """The levels that its people may have; none for adults."""
        return tuple(GMFCS_LEVELS) if self.children else ()


@dataclass(frozen=True)
class Growth:
    """The reference of one sex by the LMS method, (rows,) each: power L, median M, variation S."""

    age_mo: Array
    power: Array
    median: Array
    variation: Array


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "populations.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def load_populations() -> dict[str, Population]:
    """Every population by id, in the order of the file."""
    rows = _content()["population"]
    return {row["id"]: Population(**{**row, "patterns": tuple(row["patterns"])}) for row in rows}


@lru_cache(maxsize=1)
def load_growth() -> dict[tuple[str, str], Growth]:
    """Growth of healthy children by measure (``weight_kg``, ``height_cm``) and sex."""
    held: dict[tuple[str, str], list[list[float]]] = {}
    with (_FOLDER / str(_content()["growth"]["table"])).open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            numbers = [float(row[name]) for name in ("age_mo", "L", "M", "S")]
            held.setdefault((row["measure"], row["sex"]), []).append(numbers)
    return {key: Growth(*np.array(rows).T) for key, rows in held.items()}


def growth_source() -> str:
    """Key of the source of the growth table."""
    return str(_content()["growth"]["source"])


def population_findings() -> Iterator[tuple[str, str, str]]:
    """What is wrong with the populations: place, rule and what to mend."""
    about = _content()["growth"]
    if about["basis"] not in BASES or about["source"] not in load_sources() or not about["place"]:
        yield "people.growth", "source_unknown", "State basis, source and place of the growth table."
    for population in load_populations().values():
        yield from _of_population(population)


def _of_population(population: Population) -> Iterator[tuple[str, str, str]]:
    records, place = load_records(), f"people.{population.id}"
    needed = [f"{place}.{name}" for name in ("age", "female", *(() if population.children else ("onset",)))]
    needed += [f"{place}.grade.{joint}" for joint in population.joints]
    patterns = [f"{place}.pattern.{pattern}" for pattern in population.patterns]
    levels = [f"{place}.gmfcs.{level}" for level in population.gmfcs_levels]
    if population.condition not in CONDITIONS or not set(population.patterns) <= set(PATTERNS):
        yield place, "word_unknown", "Use a condition and patterns of the vocabulary."
    missing = [name for name in (*needed, *patterns, *levels) if name not in records]
    for name in missing:
        yield name, "record_missing", "Hold a record, or take the word out of the population."
    held = [name for name in (*patterns, *levels, f"{place}.female") if name in records]
    for name in held:
        if not 0 <= records[name].value <= 1:
            yield name, "share", "A share lies between 0 and 1."
    if not missing and sum(records[name].value for name in patterns) < 1:
        yield place, "patterns_too_rare", "Everybody has one pattern at least: shares add up to 1 or more."
    if not missing and levels and abs(sum(records[name].value for name in levels) - 1) > _MISFIT:
        yield place, "levels", "Shares of the GMFCS levels add up to 1."
