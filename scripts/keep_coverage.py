"""Keep how well intervals hold what studies reported: all, those that teach the mechanism, and by family.

Every study weighs the same, as in the bars. The studies that calibration knows (``teach``) are told without
what is fitted apart: adverse events, antibodies and development, whose rows nearly all lie inside.

Run: endplate reproduce studies --draws 200 --compare --json > read.json   (some five minutes each)
     endplate reproduce studies --draws 200 --compare --leave-one-out --json > left_out.json
     python scripts/keep_coverage.py read.json left_out.json docs/data/coverage.json
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Any

APART = ("adverse_fraction", "antibody_fraction")
REPORT = Path(__file__).resolve().parents[1] / "docs" / "data" / "calibration_mechanism.json"


def known_to_calibration() -> set[str]:
    """The studies that calibration was given, whether they taught or not."""
    held = json.loads(REPORT.read_text(encoding="utf-8"))
    return {row["study"] for row in held["studies"]} | set(held["left_out"])


def coverage(studies: list[dict[str, Any]], apart: tuple[str, ...] = ()) -> float:
    """Share of the outcomes with an interval that lie inside, mean over studies; some measures left out."""
    scored = [
        [row for row in study["outcomes"] if row["predicted"] and row["observed"] is not None]
        for study in studies
    ]
    inside = [[row["inside_80"] for row in rows if row["measure"] not in apart] for rows in scored]
    return fmean(fmean(rows) for rows in inside if rows)


def groups(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Coverage of every family of measures; where a family has several units, each under both."""
    names = [row["family"] for row in rows]
    return {
        row["family"] if names.count(row["family"]) == 1 else f"{row['family']}, {row['unit']}": {
            key: row[key] for key in ("outcomes", "inside_80", "coverage_by_study")
        }
        for row in rows
    }


def over_comparator(comparison: dict[str, Any]) -> dict[str, Any]:
    """By family of measures, the model's width and score over those of the comparator."""
    return {
        row["family"]: {
            key: round(row["mechanism"][key] / row["baseline"][key], 4) for key in ("median_width", "crps")
        }
        for row in comparison["families"]
    }


def kept(document: dict[str, Any]) -> dict[str, Any]:
    """What is kept of one answer of ``reproduce``."""
    teach = known_to_calibration()
    return {
        "draws": document["draws"],
        "totals": {key: document["totals"][key] for key in ("outcomes", "simulated", "scored", "inside_80")},
        "coverage_all": round(coverage(document["studies"]), 4),
        "coverage_teach": round(
            coverage([row for row in document["studies"] if row["study"] in teach], APART), 4
        ),
        "families": groups(document["totals"]["groups"]),
        "over_comparator": over_comparator(document["comparison"]),
        "against_placebo": document["against_placebo"],
        "comparator_against_placebo": document["comparison"]["against_placebo"]["baseline"],
    }


def main() -> None:
    """Read both answers and write what is kept of them."""
    if len(sys.argv) != 4:
        sys.exit("usage: keep_coverage.py READ LEFT_OUT FILE")
    read, left_out = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    if read["leave_one_out"] or not left_out["leave_one_out"]:
        sys.exit("the first answer is without --leave-one-out, the second with it")
    told = {
        "on": date.today().isoformat(),
        "model_version": read["model_version"],
        "read": kept(read),
        "left_out": kept(left_out),
    }
    Path(sys.argv[3]).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
