"""Calibrate the mechanism and the empirical comparator to the studies; writes posteriors and reports.

Run by ``make calibrate``: python scripts/calibrate.py studies docs/data [mechanism|baseline]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import cast

import arviz

from endplate.knowledge.evidence import Calibrated, write_posterior
from endplate.questions.calibrate import Calibration, calibrate
from endplate.simulation import MODEL_VERSION

_DPI = 70


def _ranks(done: Calibration, file: Path) -> None:
    """Rank plots of the best learnt records: level bars mean that the restarts agree."""
    best = [row["id"] for row in done.report["records"][:12]]
    axes = arviz.plot_rank(done.sampled.as_arviz(), var_names=best, kind="bars")
    axes.flat[0].figure.savefig(file, bbox_inches="tight", dpi=_DPI)


def main(studies: Path, out: Path, models: list[str]) -> None:
    """Calibrate every model named and write what was learnt."""
    for model in models:
        start = time.monotonic()

        def tell(text: str, start: float = start, model: str = model) -> None:
            print(f"{time.monotonic() - start:6.0f} s  {model}: {text}", flush=True)

        done = calibrate([studies], model, tell=tell)
        if not done.report["mixed"]:
            sys.exit(f"{model}: the sampler has not mixed (R-hat); nothing is written. Give it more steps.")
        write_posterior(cast("Calibrated", model), done.posterior, MODEL_VERSION)
        report = json.dumps(done.report, indent=1)
        (out / f"calibration_{model}.json").write_text(report + "\n", encoding="utf-8")
        _ranks(done, out / f"calibration_{model}_ranks.png")
        tell("written")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or ["baseline", "mechanism"])
