"""What a person-year of a trial costs: on one thread, on all, on a cluster, and of a million people.

Every case runs in a fresh process. The small cases are interleaved, round after round, because on a shared
machine only ratios taken inside one run can be compared; processor time tells what an idle machine would
need. Prints a table, then one JSON document.

Run: python benchmarks/scale.py [--people N] [--small N] [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from endplate.case import load_trial
from endplate.errors import library
from endplate.questions.trialling.chunk import CHUNK, chunks_of, follow
from endplate.questions.trialling.cluster import packed

YEARS = 1
TARGET_S, TARGET_MB = 240.0, 1000.0
KIB_PER_MB = 1e6 / 1024
WORKERS = 2
FILE = """\
endplate: 1
trial: one_muscle_one_year
title: One muscle followed for a year in very many people
arms:
  - arm: treated
    n: {people}
    product: onabotulinumtoxinA
    injections:
      - {{muscle: biceps_brachii, dose: 100 U, sites: 4, dilution: 50 U/mL}}
endpoints:
  - {{endpoint: force, measure: force_ratio, muscle: biceps_brachii, at: 4 wk, primary: true}}
  - {{endpoint: duration, measure: duration, muscle: biceps_brachii, of: force, at: 52 wk, unit: wk}}
replicates: 1
"""


@dataclass(frozen=True)
class Reading:
    """One process: seconds on the wall and of processors, peak memory, bytes it left per person."""

    people: int
    wall_s: float
    processor_s: float
    peak_MB: float
    load: float
    bytes_per_person: float

    def to_dict(self) -> dict[str, Any]:
        """The reading as it stands in the JSON document."""
        return {**vars(self), "person_years_per_s": self.people * YEARS / self.wall_s}


@dataclass
class Cluster:
    """A scheduler and workers of one thread each on this machine."""

    folder: Path
    address: str
    processes: list[subprocess.Popen[bytes]]

    @classmethod
    def started(cls, folder: Path) -> Cluster:
        """Start it and wait until all workers are known."""
        distributed = library("distributed", "cluster")
        place = folder / "scheduler.json"
        dask = [sys.executable, "-m", "dask"]
        own = ["--host", "127.0.0.1", "--no-dashboard"]
        commands = [[*dask, "scheduler", *own, "--port", "0", "--scheduler-file", str(place)]]
        commands += [
            [*dask, "worker", *own, "--scheduler-file", str(place), "--nthreads", "1", "--no-nanny"]
        ] * WORKERS
        processes = []
        for command in commands:
            with (folder / "dask.log").open("ab") as log:
                processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder))
            while not place.exists():
                time.sleep(1 / 10)
        with distributed.Client(scheduler_file=str(place), set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=120)
            return cls(folder, client.scheduler.address, processes)

    def processor_s(self) -> float:
        """Processor time of all of its processes so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        found = 0
        for process in self.processes:
            fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            found += int(fields[11]) + int(fields[12])
        return found / ticks

    def close(self) -> None:
        """End it."""
        for process in self.processes:
            process.kill()
            process.wait()


def measure(people: int, scratch: Path, *options: str, again: bool = False) -> Reading:
    """Run a trial of one arm once in a fresh process; ``again`` takes up the folder that is there."""
    file, folder = scratch / "trial.yaml", scratch / "out"
    file.write_text(FILE.format(people=people), encoding="utf-8")
    if not again:
        shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "endplate",
        "trial",
        str(file),
        "--quiet",
        "--out",
        str(folder),
        *options,
    ]
    load, begun = os.getloadavg()[0], time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {process.returncode}")
    left = sum(path.stat().st_size for path in (folder / "people").iterdir())
    spent, peak = usage.ru_utime + usage.ru_stime, peak_MB(usage.ru_maxrss)
    return Reading(people, wall, spent, peak, load, left / people)


def peak_MB(maxrss: int) -> float:
    """Peak memory in MB: Linux counts it in KiB, macOS in bytes."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss / KIB_PER_MB


def on_cluster(people: int, scratch: Path, cluster: Cluster) -> Reading:
    """The same on a cluster, the processor time of its workers counted in."""
    before = cluster.processor_s()
    found = measure(people, scratch, "--scheduler", cluster.address)
    spent = found.processor_s + cluster.processor_s() - before
    return Reading(**(vars(found) | {"processor_s": spent}))


def on_the_wire() -> dict[str, int]:
    """Bytes of one chunk's task and of its result, and people of a chunk."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "trial.yaml")
        file.write_text(FILE.format(people=CHUNK), encoding="utf-8")
        asked = load_trial(file)
    chunk = next(chunks_of(asked))
    sent = packed(partial(follow, asked, seed=1, null=False), chunk)
    found = pickle.dumps(follow(asked, chunk, 1))
    return {"people": CHUNK, "task_bytes": len(sent), "result_bytes": len(found)}


def small_cases(people: int, rounds: int, scratch: Path) -> dict[str, list[Reading]]:
    """One thread, as many as processors, a cluster, and a finished run taken up: round after round."""
    found: dict[str, list[Reading]] = {}
    cluster = Cluster.started(scratch)
    try:
        on_cluster(people, scratch, cluster)  # fills the compile caches; not counted
        for _ in range(rounds):
            cases: dict[str, Callable[[], Reading]] = {
                "1 thread": lambda: measure(people, scratch, "--workers", "1"),
                f"{WORKERS} threads": lambda: measure(people, scratch, "--workers", str(WORKERS)),
                f"cluster, {WORKERS} workers": lambda: on_cluster(people, scratch, cluster),
                "taken up when done": lambda: measure(people, scratch, again=True),
            }
            for name, run in cases.items():
                found.setdefault(name, []).append(run())
    finally:
        cluster.close()
    return found


def line(name: str, readings: list[Reading], base: list[Reading]) -> str:
    """One case as it stands in the table."""
    wall, spent = (statistics.median(getattr(r, k) for r in readings) for k in ("wall_s", "processor_s"))
    ratio = statistics.median(one.wall_s / of.wall_s for one, of in zip(readings, base, strict=True))
    people, peak = readings[0].people, max(reading.peak_MB for reading in readings)
    each = spent / people / YEARS * 1e3
    return f"{name:<22}{people:>9}{wall:>9.1f}{ratio:>9.2f}{spent:>9.1f}{each:>9.3f}{peak:>9.0f}"


def main() -> None:
    """Measure and print the table and the JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000, help="people of the large run")
    parser.add_argument("--small", type=int, default=20_480, help="people of the small runs")
    parser.add_argument("--rounds", type=int, default=3, help="how often each small run is done")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        small = small_cases(asked.small, max(1, asked.rounds), Path(scratch))
        large = measure(asked.people, Path(scratch))
    base = small["1 thread"]
    print(f"{'case':<22}{'people':>9}{'wall s':>9}{'x 1 thr':>9}{'cpu s':>9}{'ms/p-y':>9}{'peak MB':>9}")
    print("\n".join(line(name, readings, base) for name, readings in small.items()))
    print(line("large", [large], [large]))
    cores = os.cpu_count() or 1
    met = {"wall_s": large.wall_s < TARGET_S, "peak_MB": large.peak_MB < TARGET_MB}
    document = {
        "machine": {
            "processor": platform.machine(),
            "cores": cores,
            "python": platform.python_version(),
            "packages": {name: version(name) for name in ("endplate", "numpy", "numba", "distributed")},
        },
        "small": {name: [reading.to_dict() for reading in readings] for name, readings in small.items()},
        "large": large.to_dict() | {"wall_s_on_idle_cores": large.processor_s / cores},
        "network": on_the_wire(),
        "target": {"people": 1_000_000, "wall_s": TARGET_S, "peak_MB": TARGET_MB},
        "met": met,
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main()
