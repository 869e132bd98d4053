"""Sobol's indices of one plan: time and memory of 20 factors from 1024 base samples, through the whole chain.

SALib alone is timed beside it: the same design and analysis of a function that costs nothing, so that the
difference is the chain's. The bar is the one of the design: 22 528 runs in a minute on two cores.

Run: python benchmarks/sensitivity.py
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from endplate.case import load_case
from endplate.questions.sensing.asked import asked_of
from endplate.questions.sensing.indices import decompose, screen
from endplate.questions.sensing.model import Model
from endplate.questions.sensitivity import BASE_SAMPLES, KEPT
from endplate.simulation import Biology

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm.yaml"
OUTCOMES = (
    "scale_change:elbow:left:extension@4wk-8wk",
    "force:biceps_brachii:left@4wk",
    "duration:elbow:left:extension",
)
HORIZON_D, BAR_S = 182, 60.0
KIB_PER_MB = 1e6 / 1024


def timed(work: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_MB() -> float:
    """Peak memory of this process so far; Linux counts it in KiB, macOS in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1e6 if sys.platform == "darwin" else most / KIB_PER_MB


def measure(name: str) -> dict[str, object]:
    """Seconds of the screening and of the indices of one outcome."""
    case = load_case(CASE)
    model = Model(case, asked_of(case, name, HORIZON_D), 1, Biology())
    names = [f"{factor.parameter} {factor.part}" for factor in model.factors]
    screening = timed(lambda: screen(model.only(range(len(names))), names, 1))
    some = range(KEPT)
    sobol = timed(lambda: decompose(model.only(some), names[:KEPT], 1, BASE_SAMPLES))
    runs = BASE_SAMPLES * (KEPT + 2)
    print(f"{name:44}{len(names):8}{screening:12.1f}{sobol:10.1f}{runs / sobol:12.0f}{peak_MB():10.0f}")
    return {
        "outcome": name,
        "factors": len(names),
        "screening_s": screening,
        "sobol_s": sobol,
        "runs": runs,
        "runs_per_s": runs / sobol,
        "peak_memory_MB": peak_MB(),
        "met": sobol < BAR_S,
    }


def main() -> None:
    """Measure every outcome and print one JSON document."""
    salib = [f"x{k}" for k in range(KEPT)]
    alone = timed(lambda: decompose(lambda shares: shares.sum(axis=1), salib, 1, BASE_SAMPLES))
    print(f"{'outcome':44}{'factors':>8}{'screening s':>12}{'sobol s':>10}{'runs per s':>12}{'peak MB':>10}")
    rows = [measure(name) for name in OUTCOMES]
    print(f"SALib alone, of a sum: {alone:.1f} s; bar {BAR_S:g} s")
    told = {"base": BASE_SAMPLES, "kept": KEPT, "bar_s": BAR_S, "salib_alone_s": alone, "rows": rows}
    print(json.dumps({**told, "all_met": all(row["met"] for row in rows)}))


if __name__ == "__main__":
    main()
