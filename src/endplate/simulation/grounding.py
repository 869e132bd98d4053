"""How well the answer of a joint or muscle is known: a letter for what the numbers that move it rest on.

Every number among the drivers of an outcome counts from 0 to 1:

- measured in humans: 1; measured in animals or cells, derived from other numbers, or fitted to an
  experiment: a half; assumed or recalled: 0;
- calibration closes as much of what is missing to 1 as it has narrowed the number: 1 less the width of
  the posterior over that of the prior, 10 to 90 %.

The grounded share is the mean of these, each weighed by its swing. Its quarter is the letter: A above three
quarters, B above a half, C above a quarter, D the rest. Outside the model it is D whatever the share. The
letter tells what the numbers rest on, not whether the equations hold; the scoreboard of studies tells that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from endplate.simulation.parameters import learnt

Row = Mapping[str, Any]

LETTERS = "DCBA"
OUTSIDE = LETTERS[0]
COUNTS = {
    "measured_human": 1.0,
    "measured_animal": 1 / 2,
    "measured_cell": 1 / 2,
    "derived": 1 / 2,
    "fitted_here": 1 / 2,
    "assumed": 0.0,
    "recalled": 0.0,
}
"""What a number of each basis counts before calibration."""
WORDS = {
    "A": "Rests mostly on numbers measured in humans or narrowed by calibration against studies.",
    "B": "Rests more on numbers measured or narrowed by calibration than on assumptions.",
    "C": "Rests more on assumed or recalled numbers than on measured ones.",
    "D": "Rests mostly on assumed or recalled numbers, or lies outside the model.",
    "none": "No uncertain number moves this outcome.",
}
"""What each letter says, and what is said where there is none."""
_PLACE = ("joint", "side", "movement", "muscle")
_DIGITS = 4


def narrowed(parameter: str) -> float:
    """How much calibration has narrowed a record: 0 not at all (or not calibrated), 1 to a point."""
    held = learnt(parameter)
    if held is None:
        return 0.0
    before, after = (held[key]["p90"] - held[key]["p10"] for key in ("prior", "posterior"))
    return float(max(0.0, 1 - after / before)) if before > 0 else 0.0


def letter_of(share: float) -> str:
    """The letter of a grounded share, 0 to 1: the quarter it lies in; a bound belongs to the lower letter."""
    above = (place for place in range(1, len(LETTERS)) if share > place / len(LETTERS))
    return LETTERS[max(above, default=0)]


def known(
    drivers: Sequence[Row],
    outside_model: Sequence[str],
    narrowing: Callable[[str], float] = narrowed,
) -> list[dict[str, Any]]:
    """A row for every joint and muscle: letter, grounded share, and what each of its drivers counts.

    Args:
        drivers: rows of the document: place, outcome, parameter, basis, swing.
        outside_model: what puts the person outside the model.
        narrowing: how much calibration has narrowed a record, 0 to 1.

    Returns:
        Rows in the order of the drivers. ``letter`` and ``share`` are None where no number moves the outcome.
    """
    places: dict[tuple[tuple[str, str], ...], list[Row]] = {}
    for row in drivers:
        where = tuple((key, row[key]) for key in _PLACE if key in row)
        places.setdefault(where, []).append(row)
    return [dict(where) | _graded(rows, outside_model, narrowing) for where, rows in places.items()]


def _graded(
    rows: Sequence[Row], outside_model: Sequence[str], narrowing: Callable[[str], float]
) -> dict[str, Any]:
    """The letter of one outcome and what it follows from."""
    told = [_counted(row, narrowing(row["parameter"])) for row in rows]
    total = sum(row["swing"] for row in told)
    share = sum(row["swing"] * row["counts"] for row in told) / total if total > 0 else None
    letter = OUTSIDE if outside_model else (None if share is None else letter_of(share))
    return {
        "outcome": rows[0]["outcome"],
        "letter": letter,
        "words": WORDS[letter or "none"],
        "share": None if share is None else round(share, _DIGITS),
        "outside_model": list(outside_model),
        "drivers": told,
    }


def _counted(row: Row, closed: float) -> dict[str, Any]:
    """A driver with what it counts."""
    counts = COUNTS[row["basis"]]
    counts += (1 - counts) * closed
    told = {key: row[key] for key in ("parameter", "meaning", "basis", "swing")}
    return told | {"narrowed": round(closed, _DIGITS), "counts": round(counts, _DIGITS)}
