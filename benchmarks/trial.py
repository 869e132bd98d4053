"""A trial simulated many times: how long it takes, and how often it errs where no difference is true.

The first is the main trial of the examples (three arms, 300 people, 24 weeks, 200 replicates) in a fresh
process with a warm compile cache. The second is the same trial in arms of 30, compared by ANCOVA in 2,000
replicates in which every arm gets what the control gets; its bar is the distance of the share that finds a
difference from the level of the tests. Prints a table, then one JSON document.

Run: python benchmarks/trial.py [--replicates N]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from endplate.case import Trial, load_trial
from endplate.questions.trial import trial

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "examples" / "trials" / "two_doses_arm.yaml"
REPLICATES, SMALL = 2000, 30
BAR_S, BAR_POINTS = 60.0, 1.5
KIB_PER_MB = 1e6 / 1024
PERCENT = 100.0


@dataclass(frozen=True)
class Timing:
    """What one run took, beside its bar."""

    people: int
    wall_s: float
    processor_s: float
    peak_MB: float
    bar_s: float = BAR_S


@dataclass(frozen=True)
class NullError:
    """How often a difference was found where none is true, per cent, beside the level and the bar."""

    arm: str
    replicates: int
    found: float
    low: float
    high: float
    level: float
    points_away: float
    bar_points: float = BAR_POINTS


def timed() -> Timing:
    """The main trial in a process of its own, with all that it writes."""
    asked = load_trial(FILE)
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "endplate", "trial", str(FILE), "--quiet", "--out", scratch]
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True)
        wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return Timing(asked.people * asked.replicates, wall, spent, used.ru_maxrss / KIB_PER_MB)


def small(replicates: int) -> Trial:
    """The same trial by its primary endpoint alone, in small arms, no comparison adjusted for another."""
    asked = load_trial(FILE)
    told: dict[str, Any] = {
        "arms": tuple(arm.model_copy(update={"n": SMALL}) for arm in asked.arms),
        "endpoints": (asked.primary,),
        "analysis": asked.analysis.model_copy(update={"adjust": "none"}),
        "sample_size": None,
    }
    return asked.model_copy(update=told).repeated(replicates)


def null_errors(replicates: int) -> list[NullError]:
    """The error of the first kind of every comparison."""
    found = trial(small(replicates), null=True).to_dict()
    level = PERCENT * found["analysis"]["alpha"]
    told = []
    for row in found["endpoints"][0]["comparisons"]:
        value, low, high = (PERCENT * row["rejected"][key] for key in ("value", "low", "high"))
        told.append(NullError(row["arm"], replicates, value, low, high, level, abs(value - level)))
    return told


def main() -> None:
    """Measure both and print one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    replicates = parser.parse_args().replicates
    trial(small(2), null=True)  # fills the compile cache
    run, errors = timed(), null_errors(replicates)
    print(f"{'people':>10}{'wall s':>10}{'processor s':>13}{'peak MB':>10}{'bar s':>8}")
    print(f"{run.people:10}{run.wall_s:10.1f}{run.processor_s:13.1f}{run.peak_MB:10.0f}{run.bar_s:8.0f}")
    print(f"{'null trial':12}{'found %':>10}{'95 %':>16}{'points away':>13}{'bar':>6}")
    for row in errors:
        interval = f"{row.low:.1f} to {row.high:.1f}"
        print(f"{row.arm:12}{row.found:10.2f}{interval:>16}{row.points_away:13.2f}{row.bar_points:6.1f}")
    document = {
        "machine": {"platform": platform.platform(), "processors": os.cpu_count()},
        "versions": {"python": platform.python_version(), "statsmodels": version("statsmodels")},
        "main_trial": asdict(run),
        "null_trial": [asdict(row) for row in errors],
        "bars_met": {
            "time": run.wall_s <= BAR_S,
            "type_one_error": all(row.points_away <= BAR_POINTS for row in errors),
        },
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
