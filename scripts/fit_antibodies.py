"""Fit the hazard of antibodies to how often people who were treated had them: fitted first, then frozen.

Run: python scripts/fit_antibodies.py docs/data/antibodies.json
Writes the fit and every row, and two records in knowledge/evidence/data/courses.toml.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from fit_rater import as_record

from endplate.knowledge.evidence.records import DATA
from endplate.questions.calibrating.antibodies import fit_antibodies

RECORDS = {"immune.hazard": "hazard", "immune.load_exponent": "load_exponent"}
FILE = DATA / "courses.toml"
DIGITS = 4


def main(out: Path) -> None:
    """Fit, write the report and the records."""
    fit = fit_antibodies()
    text = FILE.read_text(encoding="utf-8")
    records = {}
    for record_id, part in RECORDS.items():
        centre, sd_log = fit.record(part)
        text = as_record(text, record_id, centre, sd_log, DIGITS)
        records[record_id] = {"median": round(centre, DIGITS), "sd_log": round(sd_log, DIGITS)}
    FILE.write_text(text, encoding="utf-8")
    told = {
        "draws": len(fit.weights),
        "effective": round(fit.effective),
        "records": records,
        "rows": fit.rows,
    }
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
