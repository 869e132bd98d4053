"""People as a table, out and in again: what a table does not tell is drawn from the population.

Columns: ``population``, ``condition``, ``age_y``, ``sex``, ``weight_kg``, ``height_cm``,
``months_since_onset``, ``gmfcs``, ``main_pattern``, ``patterns`` (joined by ``;``), ``score_JOINT``
(standard-normal score of the true grade) and ``grade_JOINT`` (the true grade by the population's mean and SD,
blank where the joint is not involved). Numbers are written with all digits, so that a table read and written
again is the same to the byte.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import library
from endplate.knowledge.evidence.populations import load_populations
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary import JOINTS, SEXES
from endplate.knowledge.vocabulary.patterns import PATTERNS
from endplate.simulation.parameters import Draws
from endplate.simulation.people import body_size
from endplate.simulation.people.checks import (
    check_people,
    filled,
    indexed,
    patterns_of_rows,
    scores_of_grades,
)
from endplate.simulation.people.demographics import Eligibility, Recruits, chosen, known_population, recruit
from endplate.simulation.table_file import TableFile, earliest, read_table, rows_of

if TYPE_CHECKING:
    import polars

Array = NDArray[np.float64]
Places = NDArray[np.int64]

_SIZES = ("height_cm", "weight_kg")
_NUMBERS = ("age_y", "weight_kg", "height_cm", "months_since_onset")
_ABOUT = ("population", "condition", "sex", "gmfcs", "main_pattern", "patterns")
_OF_JOINTS = ("score_", "grade_")
_JOIN = ";"
_FARTHEST = 8  # standard scores, beyond which nobody lies


def columns_of(recruits: Recruits) -> dict[str, list[Any]]:
    """The columns of the table of some people; None where a cell is blank."""
    names = np.array(recruits.patterns)
    present = [load_populations()[recruits.populations[place]] for place in np.unique(recruits.population)]
    joints = {joint for population in present for joint in population.joints}
    told: dict[str, list[Any]] = {
        "population": np.array(recruits.populations)[recruits.population].tolist(),
        "condition": recruits.condition.tolist(),
        "age_y": recruits.age_y.tolist(),
        "sex": recruits.sex.tolist(),
        "weight_kg": recruits.weight_kg.tolist(),
        "height_cm": recruits.height_cm.tolist(),
        "months_since_onset": recruits.months_since_onset.tolist(),
        "gmfcs": [level or None for level in recruits.gmfcs.tolist()],
        "main_pattern": names[recruits.main_pattern].tolist(),
        "patterns": [_JOIN.join(names[has]) for has in recruits.has_pattern],
    }
    for kind, held in (("score", recruits.score), ("grade", recruits.grade)):
        for joint in (name for name in recruits.joints if name in joints):
            cells = held[:, recruits.at(joint)].tolist()
            told[f"{kind}_{joint}"] = [None if math.isnan(cell) else cell for cell in cells]
    return told


def to_csv(recruits: Recruits) -> str:
    """The table of some people as CSV."""
    told = columns_of(recruits)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(told)
    writer.writerows(zip(*told.values(), strict=True))
    return text.getvalue()


def to_table(recruits: Recruits) -> polars.DataFrame:
    """The table of some people.

    Raises:
        InputError: polars is not installed.
    """
    polars_ = library("polars", "tables")
    told = columns_of(recruits)
    types = {name: polars_.Float64 for name in told if name in _NUMBERS or name.startswith(_OF_JOINTS)}
    table: polars.DataFrame = polars_.DataFrame(told, schema_overrides=types | {"gmfcs": polars_.Int64})
    return table


def to_parquet(recruits: Recruits) -> bytes:
    """The table of some people as the bytes of a Parquet file; InputError where polars is not installed."""
    held = io.BytesIO()
    to_table(recruits).write_parquet(held)
    return held.getvalue()


@dataclass(frozen=True)
class OwnPeople:
    """People that a user brings, as far as the table tells them.

    Attributes:
        table: as read.
        populations: ids of the populations.
        population: place of each row's population, (rows,).
        known: by population, what the table tells of its people, NaN where that is nothing, (rows,) each.
    """

    table: TableFile
    populations: tuple[str, ...]
    population: Places
    known: dict[str, dict[str, Array]]

    @property
    def size(self) -> int:
        """Number of people."""
        return self.table.size

    def recruit(self, draws: Draws, eligibility: Eligibility | None = None) -> Recruits:
        """The people of the table, one a copy, with what it does not tell drawn.

        Args:
            draws: of :class:`PeopleDraws` each world holds the rows ``who``; of others copy i is row i.
            eligibility: limits for what is drawn; what the table tells must lie within them.

        Raises:
            InputError: more people are asked for than the table holds, or someone is not let in.
        """
        rows = rows_of(self.table, draws)
        which = self.population[rows]
        parts = []
        for name in self.populations:
            known = {column: cells[rows] for column, cells in self.known[name].items()}
            parts.append(recruit(name, draws, eligibility, known))
        found = chosen(parts, which)
        self._possible(found, rows)
        self._let_in(found, rows, eligibility or Eligibility())
        return found

    def _possible(self, people: Recruits, rows: Places) -> None:
        """Raise ``InputError`` at the first row whose size nobody of that age and sex has."""
        scores = body_size.scores(
            people.age_y, people.female, people.gmfcs, people.height_cm, people.weight_kg
        )
        near = {c: abs(score) <= _FARTHEST for c, score in zip(_SIZES, scores, strict=True)}
        if (found := _first_wrong(near, rows)) is not None:
            place, column = found
            message = f"{getattr(people, column)[place]:g} is no {column} of this age and sex"
            remedy, row = "Write height in cm and body mass in kg.", int(rows[place])
            raise self.table.wrong(message, rule="impossible_size", remedy=remedy, row=row, column=column)

    def _let_in(self, people: Recruits, rows: Places, wanted: Eligibility) -> None:
        """Raise ``InputError`` at the first row that the limits do not let in."""
        allowed = wanted.patterns or people.patterns
        levels = wanted.gmfcs or tuple(np.unique(people.gmfcs))
        checks = {
            name: (getattr(people, name) >= low) & (getattr(people, name) <= high)
            for name in ("age_y", "months_since_onset", "weight_kg")
            for low, high in (getattr(wanted, name),)
        }
        checks["gmfcs"] = np.isin(people.gmfcs, levels)
        checks["sex"] = np.isin(people.sex, wanted.sex or SEXES)
        checks["main_pattern"] = np.isin(np.array(people.patterns)[people.main_pattern], allowed)
        if (found := _first_wrong(checks, rows)) is not None:
            place, column = found
            message, remedy = f"The limits do not let in this {column}", "Widen them, or leave the row out."
            row = int(rows[place])
            raise self.table.wrong(message, rule="not_eligible", remedy=remedy, row=row, column=column)


def _first_wrong(right: Mapping[str, NDArray[np.bool_]], rows: Places) -> tuple[int, str] | None:
    """Place and column of the wrong cell whose row comes first; None where all are right.

    Args:
        right: by column, whether each is right, (people,).
        rows: row of each in the table, (people,).
    """
    wrong = [
        (int(rows[place]), int(place), column)
        for column, each in right.items()
        for place in np.flatnonzero(~each)[:1]
    ]
    return min(wrong)[1:] if wrong else None


def read_people(path: str | Path, population: str | None = None) -> OwnPeople:
    """Read a table of people, CSV or Parquet.

    Args:
        path: of the file; see the module for its columns, of which none is needed.
        population: id of the population of rows that name none.

    Raises:
        InputError: a column or word is unknown, a number impossible or outside its population, or two cells
            of a row contradict each other; names file, row and column, of several the first row.
    """
    table = read_table(path)
    table.known_columns([*_ABOUT, *_NUMBERS, *(f"{kind}{joint}" for kind in _OF_JOINTS for joint in JOINTS)])
    return earliest(table, lambda rows: _people_of(rows, population))


def _people_of(table: TableFile, population: str | None) -> OwnPeople:
    """The people of a table whose columns are known."""
    usual = None if population is None else known_population(population).id
    names = [name or usual for name in table.words("population", tuple(load_populations()))]
    table.every(
        np.array([name is not None for name in names]),
        lambda row: "No population is told",
        rule="population_missing",
        remedy="Add the column population, or name one for all rows.",
        column="population",
    )
    held = tuple(name for name in load_populations() if name in names)
    check_people(table, [load_populations()[name] for name in names if name])
    which = np.array([held.index(name) for name in names if name], np.int64)
    known = {name: _known(table, name, which == place) for place, name in enumerate(held)}
    return OwnPeople(table, held, which, known)


def _known(table: TableFile, name: str, own: NDArray[np.bool_]) -> dict[str, Array]:
    """What the table tells of one population, as :func:`recruit` takes it, NaN elsewhere, (rows,) each."""
    population = load_populations()[name]
    known = {column: table.numbers(column) for column in (*_NUMBERS, "gmfcs")}
    if population.children:  # cerebral palsy begins at birth
        known["age_y"] = filled(known["age_y"], known["months_since_onset"] / MONTHS_PER_YEAR)
    known["female"] = indexed(table.words("sex", SEXES), ("male", "female"))
    main = table.words("main_pattern", tuple(PATTERNS))
    known["main_pattern"] = indexed(main, population.patterns)
    several = patterns_of_rows(table)
    for pattern in population.patterns:
        known[f"pattern.{pattern}"] = np.array(
            [np.nan if own is None else float(pattern in own) for own in several]
        )
    for joint in population.joints:
        known[f"score.{joint}"] = filled(
            table.numbers(f"score_{joint}"), scores_of_grades(table, population, joint)
        )
    return {column: np.where(own, cells, np.nan) for column, cells in known.items()}
