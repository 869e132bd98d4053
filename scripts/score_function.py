"""Hold the curves of `develop` against what was read of children, row by row; print the table of the docs.

Run: python scripts/score_function.py docs/data/development_means.csv

Limits and ages of the curves are recalled and no test asserts them: here they are only held against what was
read, misses included. ``limit`` compares the limit of a level, ``rise`` what a curve still gains between two
ages (a plateau that was read is a rise of 0), ``healthy`` the mean dorsiflexion of healthy children between
two ages.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from endplate.knowledge.evidence import value
from endplate.physiology.development.function import LEVELS, Curve
from endplate.physiology.development.growth import healthy_loss_deg

HEADS = ("what was read", "study", "read", "model", "model minus read", "")
_AGES = 100


def model_value(row: Mapping[str, str]) -> float:
    """What the model holds for a row."""
    if row["measure"] == "healthy":
        ages = np.linspace(float(row["from_y"]), float(row["to_y"]), _AGES)
        young = value("development.healthy_dorsiflexion.young")
        return float(np.mean(young - healthy_loss_deg(ages)))
    curve = Curve.of_level(LEVELS.index(row["level"]) + 1)
    if row["measure"] == "limit":
        return curve.limit
    at = curve.at(np.array([float(row["from_y"]), float(row["to_y"])]))
    return float(at[1] - at[0])


def verdict(row: Mapping[str, str], miss: float) -> str:
    """Whether a miss of function is below the smallest difference called important."""
    if row["unit"] != "points":
        return ""
    return "within" if abs(miss) < value("development.smallest_difference") else "**miss**"


def table(path: Path) -> Iterator[str]:
    """The lines of the table."""
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{' --- |' * len(HEADS)}"
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            read, model = float(row["read"]), model_value(row)
            numbers = f"{read:g} {row['unit']} | {model:.1f} | {model - read:+.1f}"
            yield f"| {row['what']} | {row['study']} | {numbers} | {verdict(row, model - read)} |"


def main() -> None:
    """Print the table."""
    print("\n".join(table(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
