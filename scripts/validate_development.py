"""Run the experiments on reflexes and body maps and print what the criteria say; ends with 1 on a miss.

Run: python scripts/validate_development.py [--seeds 6] [--out docs/data/development_map.json]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from endplate.physiology.development.map_metrics import mean_se
from endplate.questions.developing import acceptance, controls
from endplate.questions.developing.acceptance import Judged
from endplate.questions.developing.experiments import Outcomes
from endplate.simulation import MODEL_VERSION

SPASTIC_MIDDLE_Y = 2.0
SWEPT = 2  # seeds of the sweep that no criterion rests on
MOST_CPU_S = 180.0  # 90 s on two cores
LETTER = {"fitted": "F", "test": "T"}


def bound(judged: Judged) -> str:
    """A criterion's bounds as text."""
    own = judged.criterion
    if math.isinf(own.low):
        return f"<= {own.high:g}" + (f" or {own.errors:g} SE" if own.errors else "")
    return f">= {own.low:g}" if math.isinf(own.high) else f"{own.low:g} to {own.high:g}"


def line(judged: Judged) -> str:
    """One row of the table."""
    own = judged.criterion
    told = f"{judged.mean:+.4f} +- {judged.se:.4f}"
    end = "pass" if judged.holds else "MISS"
    return f"{own.experiment:4} {own.outcome:50} {bound(judged):16} {told:20} {LETTER[own.kind]}  {end}"


def document(found: Outcomes, rows: tuple[Judged, ...], seeds: int) -> dict[str, Any]:
    """Everything that came out, as plain data."""
    return {
        "command": f"python scripts/validate_development.py --seeds {seeds}",
        "model_version": MODEL_VERSION,
        "criteria": [
            {
                "experiment": row.criterion.experiment,
                "outcome": row.criterion.outcome,
                "criterion": bound(row),
                "kind": row.criterion.kind,
                "mean": round(row.mean, 5),
                "se": round(row.se, 5),
                "holds": row.holds,
            }
            for row in rows
        ],
        "outcomes": {name: [round(number, 5) for number in mean_se(own)] for name, own in found.items()},
    }


def main() -> None:
    """Run, print, and keep where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    since = time.process_time()
    found, rows = acceptance.run(given.seeds)
    print(f"{'':4} {'outcome':50} {'criterion':16} {'mean and SE':20} kind", *map(line, rows), sep="\n")
    judged = {row.criterion.outcome for row in rows}
    print("\nWithout a criterion:")
    for name, own in found.items():
        if name not in judged:
            print(f"     {name:67} {own.mean():+.4f}")
    for name, relief in (("force alone", False), ("with relief", True)):
        for measure, swept in controls.spastic_maps(SWEPT, SPASTIC_MIDDLE_Y, relief=relief).items():
            row = f"spastic map by share blocked, {name}: {measure}"
            print(f"     {row:67}", *(f"{number:.3f}" for number in swept.mean(axis=1)))
    misses = [row for row in rows if not row.holds]
    spent = time.process_time() - since
    print(f"\n{len(rows)} criteria, {len(misses)} missed, {spent:.0f} s of processor time")
    if given.out:
        text = json.dumps(document(found, rows, given.seeds), indent=1)
        given.out.write_text(text + "\n", encoding="utf-8")
    sys.exit(1 if misses or spent > MOST_CPU_S else 0)


if __name__ == "__main__":
    main()
