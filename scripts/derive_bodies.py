"""Work out the records of adults' height and body mass from a survey's rows.

Run: python scripts/derive_bodies.py FILE.csv

Columns: Gender (female, male), Age (y), Weight (kg), Height (cm).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

BANDS = {20: (20, 40), 40: (40, 60), 60: (60, np.inf)}
COLUMNS = ("Age", "Weight", "Height")


def rows_of(path: Path) -> dict[str, np.ndarray]:
    """Age, body mass and height by sex, rows with a blank left out, (rows, 3) each."""
    found: dict[str, list[list[float]]] = {"female": [], "male": []}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            cells = [row[name] for name in COLUMNS]
            if all(cell not in ("", "NA") for cell in cells):
                found[row["Gender"]].append([float(cell) for cell in cells])
    return {sex: np.array(rows) for sex, rows in found.items()}


def main() -> None:
    """Print value and spread of every record of adults' sizes."""
    if len(sys.argv) != 2:
        sys.exit("usage: derive_bodies.py FILE.csv")
    for sex, rows in rows_of(Path(sys.argv[1])).items():
        for start, (low, high) in BANDS.items():
            _, weight, height = rows[(rows[:, 0] >= low) & (rows[:, 0] < high)].T
            log = np.log(weight)
            together = np.corrcoef(log, height)[0, 1]
            print(f"people.weight.{sex}.age_{start}: {np.exp(log.mean()):.1f} kg, sd_log {log.std():.3f}")
            print(f"people.height.{sex}.age_{start}: {height.mean():.1f} cm, sd {height.std():.2f}")
            print(f"people.height_weight.{sex}.age_{start}: {together:.2f} of {log.size} rows")


if __name__ == "__main__":
    main()
