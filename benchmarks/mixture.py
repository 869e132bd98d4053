"""The chain that `endplate run` follows, mixture of junctions and all, for a population and for one person.

The population is an example's person as virtual copies, four muscles over one year, a thousand at a time; the
weekly force of every muscle is kept. One person is followed for three years and 13 sessions, told daily.
Bars: 100,000 people under 90 s and 1 GiB on two cores; one person under 10 ms, warm.
Prints one JSON document last.

Run: python benchmarks/mixture.py [--people N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from endplate.case import PlannedInjection, load_case, planned_injections
from endplate.simulation.chain import run_chain, time_grid
from endplate.simulation.parameters import RandomDraws
from endplate.simulation.results import on_day

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm.yaml"
MUSCLES = 4
MASS_KG = 80.0
CHUNK = 1000
HORIZON_D = 364
YEARS_D = np.arange(3 * 365 + 1.0)
SESSIONS_D = tuple(84.0 * number for number in range(13))
BARS = {"population wall_s": 90.0, "population peak_GiB": 1.0, "one person median_ms": 10.0}


def crowd(injections: tuple[PlannedInjection, ...], count: int) -> dict[str, Any]:
    """A population over one year on all processors."""
    time_d, weeks = time_grid(HORIZON_D), np.arange(0, HORIZON_D + 1, 7.0)
    force = np.empty((count, MUSCLES, weeks.size), dtype=np.float32)
    since, busy = time.perf_counter(), time.process_time()
    for first in range(0, count, CHUNK):
        chunk = min(CHUNK, count - first)
        chain = run_chain(injections, (), MASS_KG, RandomDraws(1 + first, chunk), time_d)
        for number, course in enumerate(chain.muscles.values()):
            for week, day in enumerate(weeks):
                force[first : first + chunk, number, week] = on_day(time_d, course.force, np.full(chunk, day))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "people": count,
        "wall_s": time.perf_counter() - since,
        "processor_s": time.process_time() - busy,
        "peak_GiB": peak / (2**30 if sys.platform == "darwin" else 2**20),
        "not_finite": int((~np.isfinite(force)).sum()),
    }


def one_person(injections: tuple[PlannedInjection, ...], rounds: int) -> dict[str, float]:
    """Three years of one person, daily, warm."""
    spent = []
    for seed in range(rounds + 1):
        since = time.perf_counter()
        run_chain(injections, (), MASS_KG, RandomDraws(seed, 1), YEARS_D, sessions_d=SESSIONS_D)
        spent.append(1000 * (time.perf_counter() - since))
    return {"median_ms": statistics.median(spent[1:]), "best_ms": min(spent[1:])}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    injections = planned_injections(load_case(CASE))[:MUSCLES]
    alone = one_person(injections, asked.rounds)
    measured_all = {"one person": alone, "population": crowd(injections, asked.people)}
    document = {"cores": os.cpu_count(), **measured_all}
    for name, bar in BARS.items():
        part, _, key = name.rpartition(" ")
        measured = measured_all[part][key]
        print(f"{'met   ' if measured <= bar else 'MISSED'} {name:24} {measured:10.3g}   bar {bar:g}")
    print(json.dumps(document))


if __name__ == "__main__":
    main()
