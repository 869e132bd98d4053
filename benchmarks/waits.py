"""Short waits that other benchmarks leave out: commands, checks, a field in time, needles, the server, print.

Commands run in fresh processes and are given as median; everything else is the median within a process that
has run before. The field is a course over five days of eight sites in an upper arm of 1.5 mm voxels (some
200,000 of them muscle), at 20 steps, whose time error is 0.9 % (`docs/data/spread_refinement.json`); its peak
memory is that of a process of its own. Processor time stands beside, for on a shared machine a clock tells
how busy others were. Prints a table, then one JSON document.

Run: python benchmarks/waits.py [--rounds N]
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from endplate.case import load_case, planned_injections
from endplate.questions.check import check

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"
ADULT = EXAMPLES / "adult_arm.yaml"
PROGRAM = (sys.executable, "-m", "endplate")
STATUS = ("--product", "onabotulinumtoxinA", "--indication", "spasticity", "--limb", "upper", "--age", "30 y")
WHEN = ("--cause", "stroke", "--jurisdiction", "US", "--as-of", "2009-06-01", "--json")
BARS_S = {
    "labels status": 0.5,
    "simulate, adult_arm": 1.2,
    "simulate, adult_leg": 1.2,
    "check, slowest example": 0.05,
    "needles of six muscles": 1.0,
    "field of eight sites": 0.6,
    "server: check": 0.15,
    "server: curves": 0.5,
    "print": 1.0,
}
DRAWS, CURVE_DRAWS, TOKEN = 1000, 200, "waits"
SPACING_MM, SITES, FIELD_D, STEPS = 1.5, 8, 5.0, 20
KIB_PER_MB = 1e6 / 1024
Spent = tuple[float, float]


def timed(work: Callable[[], object], rounds: int) -> Spent:
    """Median seconds by the clock and of processor time, after one call that is not counted."""
    work()
    wall, busy = [], []
    for _ in range(rounds):
        since, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - since)
        busy.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(busy)


def command(*words: str, rounds: int) -> Spent:
    """Median of a command in fresh processes, after one that fills the caches."""
    wall, busy = [], []
    for _ in range(rounds + 1):
        before, since = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*PROGRAM, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        wall.append(time.perf_counter() - since)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(wall[1:]), statistics.median(busy[1:])


def checks(rounds: int) -> Spent:
    """The example that takes longest to check."""
    cases = [load_case(path) for path in sorted(EXAMPLES.glob("*.yaml"))]
    return max(timed(partial(check, case), rounds) for case in cases)


def needles(rounds: int) -> Spent:
    """Where the units of a plan of six muscles get to in a thousand copies."""
    from endplate.simulation.injection import reach
    from endplate.simulation.parameters import RandomDraws

    shots = planned_injections(load_case(EXAMPLES / "multilevel.yaml"))
    return timed(lambda: reach(shots, 77.0, RandomDraws(1, DRAWS)), rounds)


def field(rounds: int) -> Spent:
    """Five days of eight sites in the upper arm, on voxels."""
    from endplate.physiology import spread
    from endplate.physiology.spread.field import Medium, course, grid_of, lay_down
    from endplate.simulation.anatomy import limb_of, load_part
    from endplate.simulation.parameters import OneAtATime, draw

    p, part, contact = draw(spread.Parameters, OneAtATime(())), load_part("upper_arm"), None
    rates = (p.diffusivity_along_mm2_per_d, p.diffusivity_across_mm2_per_d, p.clearance_per_d)
    medium, fascia = Medium(*(float(rate[0]) for rate in rates)), float(p.fascia_transmission[0])
    limb, _ = limb_of("upper_arm", spacing_mm=SPACING_MM)
    grid = grid_of(limb.labels, SPACING_MM, fascia, contact)
    starts = zip(limb.origin_mm, limb.labels.shape, strict=True)
    axes = [origin + np.arange(count) * SPACING_MM for origin, count in starts]
    row, none = part.muscles.index("biceps_brachii"), np.zeros(1)
    chance = spread.Chance(np.zeros((1, SITES, 3)), np.zeros((1, SITES, 2)))
    aim = spread.Aim(row, np.array([0.6]), SITES, 0, SITES)
    hand = spread.Hand(none, none, np.ones(1))
    tips = spread.place(part.geometry, aim, p.site_spacing_mm, np.ones(1), hand, chance).mm[0]
    along, across = (float(v[0]) for v in spread.variances_mm2(p, 1.0))
    bolus = np.array([along, across, across])
    laid = np.sum([lay_down(grid, axes, tip, row, bolus, fascia, contact) for tip in tips], axis=0) / SITES
    return timed(lambda: [day for day, _ in course(grid, medium, laid, FIELD_D, STEPS)], rounds)


def field_alone(rounds: int) -> tuple[Spent, float]:
    """The field in a process of its own, with its peak memory in MB."""
    words = [sys.executable, __file__, "--field", "--rounds", str(rounds)]
    told = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return (told["wall_s"], told["processor_s"]), told["peak_MB"]


def printed(rounds: int) -> Spent:
    """The PDF of an example as it was run."""
    import endplate as ep
    from endplate.app.drawings import drawings
    from endplate.outputs.report_pdf import render_report_pdf

    case = load_case(ADULT)
    run = ep.simulate(case, draws=20).to_dict()
    drawn, found = drawings(case), check(case).to_dict()
    return timed(lambda: render_report_pdf(run["inputs"], found, run, drawings=drawn), rounds)


def served(rounds: int) -> dict[str, Spent]:
    """A change of a dose over loopback, to its whole answer; processor time is the asker's alone."""
    environment = {**os.environ, "ENDPLATE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    case = load_case(ADULT).to_dict()
    with tempfile.TemporaryDirectory() as folder:
        words = [*PROGRAM, "serve", "--no-browser", "--cases", folder]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
            try:
                assert process.stdout is not None
                address = [process.stdout.readline() for _ in range(2)][1].split()[-1].partition("/#")[0]
                asked: dict[str, dict[str, int]] = {"check": {}, "curves": {"draws": CURVE_DRAWS}}
                return {
                    f"server: {what}": timed(partial(ask, address, what, case, more), rounds)
                    for what, more in asked.items()
                }
            finally:
                process.terminate()


def ask(address: str, what: str, case: dict[str, Any], more: dict[str, int]) -> bytes:
    """One answer of the server."""
    body = json.dumps({"case": case, **more}).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{address}/api/{what}", body, headers)) as answer:
        return bytes(answer.read())


def measured(rounds: int) -> tuple[dict[str, Spent], float]:
    """Every wait by its name, and the peak memory of the field in MB."""
    alone, peak = field_alone(rounds)
    simulate = ("simulate", "--draws", str(DRAWS), "--quiet")
    return {
        "labels status": command("labels", "status", *STATUS, *WHEN, rounds=rounds),
        "simulate, adult_arm": command(*simulate, str(ADULT), rounds=rounds),
        "simulate, adult_leg": command(*simulate, str(EXAMPLES / "adult_leg.yaml"), rounds=rounds),
        "check, slowest example": checks(rounds),
        "needles of six muscles": needles(rounds),
        "field of eight sites": alone,
        **served(rounds),
        "print": printed(rounds),
    }, peak


def main() -> None:
    """Measure, print the table and one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--field", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.field:
        wall, busy = field(asked.rounds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MB
        print(json.dumps({"wall_s": wall, "processor_s": busy, "peak_MB": peak}))
        return
    found, peak = measured(asked.rounds)
    print(f"{'wait':26}{'median s':>10}{'processor s':>13}{'bar s':>8}")
    for name, (wall, busy) in found.items():
        told = "met" if wall <= BARS_S[name] else "NOT met"
        print(f"{name:26}{wall:10.3f}{busy:13.3f}{BARS_S[name]:8.2f}  {told}")
    print(f"peak memory of the field: {peak:.0f} MB")
    rows = {name: {"wall_s": w, "processor_s": b, "bar_s": BARS_S[name]} for name, (w, b) in found.items()}
    print(json.dumps({"rounds": asked.rounds, "waits": rows, "field_peak_MB": peak}))


if __name__ == "__main__":
    main()
