"""Fit how far raters are off to the rows of reliability studies: the scale layer, fitted first, then frozen.

Run: python scripts/fit_rater.py docs/data/raters.json
Writes the fit and every row, and the three records in knowledge/evidence/data/raters.toml.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from endplate.knowledge.evidence.records import DATA
from endplate.questions.calibrating.raters import HYPER, RaterFit, fit_raters

RECORDS = {
    "scales.rater_between_sd": "between",
    "scales.rater_within_sd": "within",
    "scales.rater_leg_ratio": "leg",
}
FILE = DATA / "raters.toml"


def as_record(text: str, record_id: str, centre: float, sd_log: float, digits: int = 3) -> str:
    """The file's text with one record's median and spread replaced."""
    head, found, tail = text.partition(f'id = "{record_id}"\n')
    if not found:
        raise KeyError(record_id)
    tail = re.sub(r"^value = .*$", f"value = {centre:.{digits}f}", tail, count=1, flags=re.M)
    return head + found + re.sub(r"sd_log = [0-9.]+", f"sd_log = {sd_log:.2f}", tail, count=1)


def report(fit: RaterFit) -> dict[str, Any]:
    """The fit as plain data."""
    told = {name: dict(zip(("mean", "sd"), fit.moments(fit.column(name)), strict=True)) for name in HYPER}
    records = {
        i: dict(zip(("median", "sd_log"), fit.record(part), strict=True)) for i, part in RECORDS.items()
    }
    return {"draws": len(fit.weights), "effective": fit.effective, "numbers": told, "records": records}


def main(out: Path) -> None:
    """Fit, write the report and the records."""
    fit = fit_raters()
    text = FILE.read_text(encoding="utf-8")
    for record_id, part in RECORDS.items():
        text = as_record(text, record_id, *fit.record(part))
    FILE.write_text(text, encoding="utf-8")
    told = json.loads(json.dumps(report(fit)), parse_float=lambda x: round(float(x), 3))
    out.write_text(json.dumps({**told, "rows": fit.rows}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
