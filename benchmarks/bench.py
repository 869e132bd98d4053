"""Time and memory of the commands a person waits for, each in a fresh process.

The cases are interleaved, round after round, beside the start of an empty Python, because on a shared
machine only ratios taken inside one run can be compared. Prints a table, then one JSON document.

Run: python benchmarks/bench.py [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = Path(sys.executable).with_name("endplate")
RUN = (str(PROGRAM), "run", "examples/adult_arm.yaml", "--draws", "1000", "--quiet")
KIB_PER_MB = 1e6 / 1024


@dataclass(frozen=True)
class Case:
    """A command to time, and the bars it should stay under (none: no bar)."""

    name: str
    command: tuple[str, ...]
    target_s: float | None = None
    target_MB: float | None = None
    empty_cache: bool = False
    writes: bool = False


@dataclass(frozen=True)
class Reading:
    """Wall-clock seconds and peak resident memory of one process."""

    seconds: float
    peak_MB: float


BASELINE = Case("python startup", (sys.executable, "-c", "pass"))
CASES = (
    BASELINE,
    Case("help", (str(PROGRAM), "--help"), target_s=0.3),
    Case("run, warm cache", RUN, target_s=2.0, target_MB=500.0, writes=True),
    Case("run, empty cache", RUN, target_s=20.0, target_MB=500.0, empty_cache=True, writes=True),
)


def measure(case: Case) -> Reading:
    """Run one case once in a fresh process; stop the benchmark if the command fails."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = dict(os.environ)
        if case.empty_cache:
            environment["NUMBA_CACHE_DIR"] = str(Path(scratch, "numba"))
        command = [*case.command, *(("--out", str(Path(scratch, "out"))) if case.writes else ())]
        errors = Path(scratch, "stderr")
        with errors.open("w") as stderr:
            start = time.perf_counter()
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=stderr
            )
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told = errors.read_text(errors="replace")
            sys.exit(f"'{case.name}' ended with exit code {process.returncode}:\n{told}")
    return Reading(seconds, peak_MB(usage.ru_maxrss))


def peak_MB(maxrss: int) -> float:
    """Peak memory in MB: Linux counts it in KiB, macOS in bytes."""
    return maxrss / 1e6 if sys.platform == "darwin" else maxrss / KIB_PER_MB


@dataclass(frozen=True)
class Row:
    """What the rounds of one case came to; ``met_*`` is None where there is no bar."""

    case: Case
    median_s: float
    min_s: float
    max_s: float
    ratio: float
    peak_MB: float
    met_s: bool | None
    met_MB: bool | None

    def to_dict(self) -> dict[str, object]:
        """The row as it stands in the JSON document."""
        return {
            "name": self.case.name,
            "seconds": {"median": self.median_s, "min": self.min_s, "max": self.max_s},
            "ratio_to_python_startup": self.ratio,
            "peak_memory_MB": self.peak_MB,
            "target": {"seconds": self.case.target_s, "peak_memory_MB": self.case.target_MB},
            "met": {"seconds": self.met_s, "peak_memory_MB": self.met_MB},
        }

    def line(self) -> str:
        """The row as it stands in the table."""
        bars = [bar(self.met_s, self.case.target_s, "s"), bar(self.met_MB, self.case.target_MB, "MB")]
        spread = f"{self.min_s:.3f} to {self.max_s:.3f}"
        numbers = f"{self.median_s:>9.3f}  {spread:<18}{self.ratio:>8.1f}{self.peak_MB:>9.0f}"
        return f"{self.case.name:<18}{numbers}  {', '.join(filter(None, bars))}"


def bar(met: bool | None, target: float | None, unit: str) -> str:
    """A bar in words: '< 2 s' when met, 'NOT < 2 s' when not, nothing where there is none."""
    return "" if target is None else f"{'' if met else 'NOT '}< {target:g} {unit}"


def summary(case: Case, readings: list[Reading], baseline: list[Reading]) -> Row:
    """Median, spread, ratio to Python's own start in the same round, and whether the bars are met."""
    seconds = [reading.seconds for reading in readings]
    ratios = [one.seconds / base.seconds for one, base in zip(readings, baseline, strict=True)]
    median_s, peak = statistics.median(seconds), max(reading.peak_MB for reading in readings)
    return Row(
        case=case,
        median_s=median_s,
        min_s=min(seconds),
        max_s=max(seconds),
        ratio=statistics.median(ratios),
        peak_MB=peak,
        met_s=None if case.target_s is None else median_s < case.target_s,
        met_MB=None if case.target_MB is None else peak < case.target_MB,
    )


def machine() -> dict[str, object]:
    """What the numbers were measured on."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("endplate", "numpy", "numba", "scipy")},
    }


def main() -> None:
    """Measure every case in interleaved rounds and print the table and the JSON document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each command is run (default 5)")
    rounds = max(1, parser.parse_args().rounds)
    measure(CASES[2])  # fills the compile cache; not counted
    readings: dict[str, list[Reading]] = {case.name: [] for case in CASES}
    for _ in range(rounds):
        for case in CASES:
            readings[case.name].append(measure(case))
    rows = [summary(case, readings[case.name], readings[BASELINE.name]) for case in CASES]
    print(f"{'command':<18}{'median s':>9}  {'min to max s':<18}{'x python':>8}{'peak MB':>9}  bars")
    print("\n".join(row.line() for row in rows))
    all_met = all(met is not False for row in rows for met in (row.met_s, row.met_MB))
    cases = [row.to_dict() for row in rows]
    print(json.dumps({"rounds": rounds, "machine": machine(), "cases": cases, "all_met": all_met}))


if __name__ == "__main__":
    main()
