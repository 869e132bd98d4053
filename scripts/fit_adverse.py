"""Fit the layer of adverse events to placebo-controlled rows; the layer is then frozen.

Run: python scripts/fit_adverse.py studies docs/data/adverse.json
Writes the fit with every row scored, and the records in knowledge/evidence/data/adverse.toml.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Study, load_study
from endplate.knowledge.evidence.records import DATA
from endplate.questions.calibrating.adverse import fit_shared, fit_weakness, report
from endplate.questions.reproducing.adverse import follow_up_d, needs_force
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.adverse.rates import WEAKNESS, fitted_rows
from endplate.simulation.adverse.weakness import strength_missed

FILE = DATA / "adverse.toml"
DRAWS, SEED = 400, 1
DIGITS = 4


def missed_shares(folder: Path) -> dict[str, NDArray[np.float64]]:
    """Strength missed by simulated people of every arm whose weakness is fitted, (copies, people), by row."""
    rows = [row for people in ("adults", "children") for row in fitted_rows(WEAKNESS, people)]
    found: dict[str, NDArray[np.float64]] = {}
    for name in dict.fromkeys(row.study for row in rows):
        study = load_study(folder / f"{name}.yaml")
        model = SimulatedStudy(study, DRAWS, SEED)
        found |= {row.id: _missed(study, model, row.arm) for row in rows if row.study == name}
    return found


def _missed(study: Study, model: SimulatedStudy, arm: str) -> NDArray[np.float64]:
    outcome = next(one for one in study.outcomes if one.arm == arm and needs_force(one))
    ran = model.run(model.named(arm))
    spare = ran.group.of("adverse.weakness_spare")
    return ran.each(strength_missed(ran.chain, spare, follow_up_d(outcome))[0])


def as_record(text: str, record_id: str, told: dict[str, float]) -> str:
    """The file's text with one record's number, and its spread where it is drawn, replaced."""
    head, found, tail = text.partition(f'id = "{record_id}"\n')
    if not found:
        raise KeyError(record_id)
    number = told.get("value", told.get("median", 0.0))
    tail = re.sub(r"^value = .*$", f"value = {number:.3g}", tail, count=1, flags=re.M)
    if "sd_log" in told:
        tail = re.sub(r"sd_log = [0-9.]+", f"sd_log = {told['sd_log']:.2f}", tail, count=1)
    return head + found + tail


def main(folder: Path, out: Path) -> None:
    """Fit, write the report and the records."""
    shared = fit_shared()
    missed = missed_shares(folder)
    weakness = fit_weakness(missed, shared.spreads)
    told: dict[str, Any] = report(shared, weakness)
    told["missed"] = {row: {"mean": float(share.mean())} for row, share in missed.items()}
    text = FILE.read_text(encoding="utf-8")
    for record_id, numbers in told["records"].items():
        text = as_record(text, record_id, numbers)
    FILE.write_text(text, encoding="utf-8")
    told = json.loads(json.dumps(told), parse_float=lambda x: round(float(x), DIGITS))
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
