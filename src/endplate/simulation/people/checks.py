"""What is wrong with a table of people, and how its cells are read."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value
from endplate.knowledge.evidence.populations import Population
from endplate.knowledge.units import MONTHS_PER_YEAR
from endplate.knowledge.vocabulary import CONDITIONS, JOINTS, SCALES
from endplate.knowledge.vocabulary.patterns import PATTERNS
from endplate.physiology.scales.rater import TRUE_SCALE
from endplate.simulation.table_file import TableFile

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_JOIN = ";"
_CLOSE = 1e-6  # two numbers that are meant to be the same


def check_people(table: TableFile, of: list[Population]) -> None:
    """Raise ``InputError`` at the first cell that is impossible or contradicts another.

    Args:
        table: of people; its columns are known.
        of: the population of each row.
    """
    conditions = table.words("condition", CONDITIONS)
    table.every(
        np.array([told in (None, own.condition) for told, own in zip(conditions, of, strict=True)]),
        lambda row: f"{conditions[row]} is not the condition of {of[row].id}",
        rule="condition",
        remedy="Name another population, or leave the condition out.",
        column="condition",
    )
    _check_ages(table, of)
    _check_levels(table, of)
    _check_patterns(table, of)
    for name in ("weight_kg", "height_cm"):
        _positive(table, name)
    for population in {own.id: own for own in of}.values():
        for joint in JOINTS:
            _check_joint(table, population, np.array([own is population for own in of]), joint)


def _positive(table: TableFile, column: str) -> None:
    found = table.numbers(column)
    table.every(
        ~(found <= 0),
        lambda row: f"{found[row]:g} is not above 0",
        rule="not_positive",
        remedy="Write a number above 0.",
        column=column,
    )


def _check_ages(table: TableFile, of: list[Population]) -> None:
    """Ages lie within their population's, and nobody has been ill for longer than a life."""
    age, months = table.numbers("age_y"), table.numbers("months_since_onset")
    _positive(table, "months_since_onset")
    who = ["child" if own.children else "adult" for own in of]
    low = np.array([value(f"people.{name}.age_from") for name in who])
    high = np.array([value(f"people.{name}.age_to") for name in who])
    children = np.array([own.children for own in of])
    told = filled(age, np.where(children, months / MONTHS_PER_YEAR, np.nan))
    table.every(
        ~((told < low) | (told >= high)),
        lambda row: f"An age of {told[row]:g} y is none of {of[row].id} ({low[row]:g} to {high[row]:g} y)",
        rule="outside_population",
        remedy="Name the population of that age, or leave the row out.",
        column="age_y",
    )
    gap = months - told * MONTHS_PER_YEAR
    table.every(
        ~np.where(children, abs(gap) > 1, gap > _CLOSE),
        lambda row: f"{months[row]:g} months since onset do not go with an age of {told[row]:g} y",
        rule="onset_and_age",
        remedy="Onset comes after birth; of cerebral palsy at birth.",
        column="months_since_onset",
    )


def _check_levels(table: TableFile, of: list[Population]) -> None:
    """GMFCS levels are told of children alone."""
    found = table.numbers("gmfcs")
    table.every(
        np.array([np.isnan(x) or x in own.gmfcs_levels for x, own in zip(found, of, strict=True)]),
        lambda row: f"{found[row]:g} is no GMFCS level of {of[row].id}",
        rule="gmfcs",
        remedy="Write 1 to 5 for children, and leave it blank for adults.",
        column="gmfcs",
    )


def _check_patterns(table: TableFile, of: list[Population]) -> None:
    """Patterns are those of the population, and the main one is among them."""
    main, several = table.words("main_pattern", tuple(PATTERNS)), patterns_of_rows(table)
    for column, told in (("main_pattern", [m and (m,) for m in main]), ("patterns", several)):
        table.every(
            np.array([set(own or ()) <= set(p.patterns) for own, p in zip(told, of, strict=True)]),
            lambda row: f"{of[row].id} holds no such pattern",
            rule="unknown_pattern",
            remedy="See the patterns of each population in docs/people.md.",
            column=column,
        )
    table.every(
        np.array([own is None or m is None or m in own for m, own in zip(main, several, strict=True)]),
        lambda row: f"The main pattern {main[row]} is not among the patterns",
        rule="main_pattern",
        remedy="Add it to patterns.",
        column="main_pattern",
    )


def _check_joint(table: TableFile, population: Population, own: Flags, joint: str) -> None:
    """A grade lies on the scale and agrees with its score; the joint is one of the population's.

    Args:
        table: of the people.
        population: of some rows.
        own: whether a row is of the population, (rows,).
        joint: as in the vocabulary.
    """
    scale = SCALES[TRUE_SCALE]
    grade, score = table.numbers(f"grade_{joint}"), table.numbers(f"score_{joint}")
    if joint not in population.joints:
        table.every(
            ~own | (np.isnan(grade) & np.isnan(score)),
            lambda row: f"{population.id} holds no pattern at the {joint}",
            rule="unknown_joint",
            remedy=f"Use {', '.join(population.joints)}.",
            column=f"grade_{joint}" if f"grade_{joint}" in table.columns else f"score_{joint}",
        )
        return
    table.every(
        ~(own & ((grade < scale.minimum) | (grade > scale.maximum))),
        lambda row: f"{grade[row]:g} is no grade",
        rule="grade",
        remedy=f"Write {scale.minimum:g} to {scale.maximum:g}; 1+ is {scale.coding['1+']:g}.",
        column=f"grade_{joint}",
    )
    mean, sd = baseline(population, joint)
    apart = abs(np.clip(mean + sd * score, scale.minimum, scale.maximum) - grade)
    table.every(
        ~(own & (apart > _CLOSE)),
        lambda row: "Score and grade do not agree",
        rule="score_and_grade",
        remedy="Give one of the two.",
        column=f"grade_{joint}",
    )


def baseline(population: Population, joint: str) -> tuple[float, float]:
    """Mean and SD of the true grade at a joint."""
    record = get(f"people.{population.id}.grade.{joint}")
    return record.value, record.distribution.sd or 1.0


def scores_of_grades(table: TableFile, population: Population, joint: str) -> Array:
    """Scores of the grades told, NaN where none is, (rows,)."""
    mean, sd = baseline(population, joint)
    return (table.numbers(f"grade_{joint}") - mean) / sd


def patterns_of_rows(table: TableFile) -> list[tuple[str, ...] | None]:
    """The patterns of each row, None where the cell is blank."""
    found: list[tuple[str, ...] | None] = []
    for row, cell in enumerate(table.columns.get("patterns", [None] * table.size)):
        names = None if cell is None else tuple(part.strip() for part in str(cell).split(_JOIN))
        for name in names or ():
            table.word(name, row, "patterns", tuple(PATTERNS))
        found.append(names)
    return found


def filled(first: Array, second: Array) -> Array:
    """The first where it is told, else the second, same shape."""
    return np.where(np.isnan(first), second, first)


def indexed(words: list[str | None], known: tuple[str, ...]) -> Array:
    """Place of each word among some, NaN for another or none, (rows,)."""
    return np.array([known.index(word) if word in known else np.nan for word in words], np.float64)
