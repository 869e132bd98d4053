"""The ODE engine against libRoadRunner and SciPy's LSODA, and its times for people and populations.

One trajectory is one person over 364 days, five sessions, weekly output, eight exposure bins a muscle. The
engines take turns, round after round in one process, and are compared by processor time, because on a shared
machine only such ratios hold. Both sides' errors of force stand beside them, against SciPy's Radau at 1e-10.
libRoadRunner runs the SBML that endplate exports, tuned: a fresh run per interval, states below 1e-12 set to
0, absolute tolerances given as a vector after every reset and read back (a single one it would scale by the
state). SciPy gets compiled slopes and Jacobian and one thread of linear algebra: more only spin at this size.
Prints tables, then one JSON document.

Run: python benchmarks/engine.py [--rounds N] [--people N]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.physiology.ode import (
    PRESETS,
    Parameters,
    follow,
    grid_of,
    initial_state,
    rates_per_day,
    reference_course,
    state_names,
)
from endplate.simulation.parameters import RandomDraws, draw
from endplate.simulation.population import People, population

Array = NDArray[np.float64]

BINS, SESSION_GAP_D, HORIZON_D = 8, 84.0, 364.0
SESSIONS_D = np.arange(0, HORIZON_D, SESSION_GAP_D)
WEEKLY_D = np.arange(0, HORIZON_D + 1, 7.0)
BATCH = 64  # people of one call of ours
SMALLEST = 1e-12
FORCE = 1
MAIN_BARS = {"1 muscle": 20.0, "4 muscles": 120.0}
LSODA_BARS = {"1 muscle": 25.0, "4 muscles": 70.0}
PEOPLE_BARS = {"wall_s": 90.0, "peak_GiB": 1.0}
THREADS_BAR, SCALED = 1.7, 4000
YEARS_BAR_MS, COMPILE_BAR_S = 10.0, 20.0


def made_up(count: int, muscles: int, sessions_d: Array = SESSIONS_D) -> People:
    """People whose parameters are drawn from the records and whose exposures are made up."""
    draws = RandomDraws(1, count)
    p = draw(Parameters, draws)
    uptake = draws.of("terminal.uptake.onabotulinumtoxinA") * draws.of("terminal.potency_person")
    rates = rates_per_day(p, uptake)
    exposure = np.exp(1.7 * np.linspace(-1.5, 1.5, BINS))  # a made-up log-SD of exposure within a muscle
    chance = np.exp(0.5 * draws.normal("bench", muscles))
    per_h = np.log(2) / p.clearance_half_life_h
    return People(
        rates=rates,
        muscles=tuple((f"muscle {m + 1}", "left") for m in range(muscles)),
        dose_U=np.full((count, sessions_d.size, muscles), 50.0),
        volume_mL=50.0 / (20.0 * per_h[:, None]) * chance,
        relative=np.tile(exposure / exposure.mean(), (count, muscles, 1)),
        weight=np.full(BINS, 1 / BINS),
        sessions_d=sessions_d,
    )


def ours(people: People, preset: str) -> Callable[[], Array]:
    """Force of all people, (people, muscles, times)."""
    steps = PRESETS[preset]
    grid = grid_of(steps, people.sessions_d, HORIZON_D, WEEKLY_D)
    parts = (people.rates, people.dose_U, people.volume_mL, people.relative, people.weight)
    return lambda: follow(*parts, grid, steps.tolerance).seen[:, :, FORCE]


class Tuned:
    """LibRoadRunner on one person's exported SBML, session by session; only its simulate call is timed."""

    def __init__(self, people: People, person: int, tolerance: float) -> None:
        import roadrunner

        from endplate.outputs.sbml import sbml_text

        roadrunner.Logger.disableConsoleLogging()
        muscles = people.relative.shape[1]
        self.dose_U, self.tolerance = people.dose_U[person], tolerance
        once = replace(people, dose_U=people.dose_U[:, :1], sessions_d=people.sessions_d[:1])
        self.runner = roadrunner.RoadRunner(sbml_text(once, person))
        names = state_names(muscles, BINS)
        self.forces = [f"force_m{m + 1}" for m in range(muscles)]
        self.runner.timeCourseSelections = ["time", *self.forces, *names]
        every = list(self.runner.model.getGlobalParameterIds())
        self.places = [every.index(name) for name in names]
        self.deposited = [names.index(f"deposited_m{m + 1}") for m in range(muscles)]
        self.start = initial_state(muscles, BINS)

    def run(self) -> tuple[Array, float]:
        """Force, (muscles, times), and processor seconds."""
        state, spent, told = self.start.copy(), 0.0, []
        edges = [*SESSIONS_D, HORIZON_D]
        integrator = self.runner.integrator
        wanted = [self.tolerance / 1000] * state.size
        for k, dose in enumerate(self.dose_U):
            state[self.deposited] += dose
            state[np.abs(state) < SMALLEST] = 0
            self.runner.reset()
            self.runner.model.setGlobalParameterValues(self.places, list(state))
            integrator.setValue("relative_tolerance", self.tolerance)
            integrator.setValue("absolute_tolerance", wanted)
            length = edges[k + 1] - edges[k]
            since = time.process_time()
            out = np.asarray(self.runner.simulate(0, length, round(length / 7) + 1))
            spent += time.process_time() - since
            if not np.allclose(integrator.getAbsoluteToleranceVector(), wanted):
                sys.exit("libRoadRunner did not keep the absolute tolerance asked for")
            told.append(out[1 if k else 0 :, 1 : 1 + len(self.forces)])
            state = out[-1, 1 + len(self.forces) :].copy()
        return np.concatenate(told).T, spent


def by_scipy(people: People, person: int, tolerance: float, method: str) -> Array:
    """Force of one person, (muscles, times)."""
    parts = (people.dose_U[person], people.volume_mL[person], people.relative[person], people.weight)
    rates = people.constants(person)
    seen, _ = reference_course(rates, *parts, people.sessions_d, WEEKLY_D, tolerance, method)
    return seen[:, FORCE]


def spent_on(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives and its processor seconds."""
    since = time.process_time()
    found = work()
    return found, time.process_time() - since


def compare(muscles: int, rounds: int, referenced: int) -> dict[str, Any]:
    """Interleaved rounds of all engines for one number of muscles."""
    people = made_up(BATCH, muscles)
    exact = np.array([by_scipy(people, i, 1e-10, "Radau") for i in range(referenced)])
    presets = {name: ours(people, name) for name in PRESETS}
    rivals = {
        f"libRoadRunner {tol:g}": [Tuned(people, i, tol) for i in range(referenced)] for tol in (1e-6, 1e-4)
    }
    seconds: dict[str, list[float]] = {}
    errors: dict[str, float] = {}

    def keep(name: str, force: Array, per_person: float) -> None:
        seconds.setdefault(name, []).append(per_person)
        errors[name] = float(np.abs(force - exact).max())

    for work in presets.values():
        work()
    for _ in range(rounds):
        for name, work in presets.items():
            force, spent = spent_on(work)
            keep(name, force[:referenced], spent / BATCH)
        for name, tuned in rivals.items():
            runs = [one.run() for one in tuned]
            keep(name, np.array([run[0] for run in runs]), statistics.mean(run[1] for run in runs))
        force, spent = spent_on(
            lambda: np.array([by_scipy(people, i, 1e-6, "LSODA") for i in range(referenced)])
        )
        keep("SciPy LSODA 1e-06", force, spent / referenced)
    ratio = {
        f"{rival} / {name}": statistics.median(
            theirs / mine for theirs, mine in zip(seconds[rival], seconds[name], strict=True)
        )
        for name in presets
        for rival in seconds
        if rival not in presets
    }
    milliseconds = {name: 1000 * statistics.median(values) for name, values in seconds.items()}
    states = len(state_names(muscles, BINS))
    return {"states": states, "ms": milliseconds, "force_error": errors, "ratio": ratio}


def three_years(rounds: int) -> dict[str, float]:
    """One person, four muscles, thirteen sessions, daily output: best and median of the rounds, ms."""
    sessions = np.arange(0, 1092, SESSION_GAP_D)
    people, days = made_up(1, 4, sessions), np.arange(0, 1093.0)
    steps = PRESETS["mid"]
    parts = (people.rates, people.dose_U, people.volume_mL, people.relative, people.weight)
    spent = []
    for _ in range(5 * rounds):
        since = time.perf_counter()
        follow(*parts, grid_of(steps, sessions, 1092.0, days), steps.tolerance)
        spent.append(1000 * (time.perf_counter() - since))
    return {"median_ms": statistics.median(spent), "best_ms": min(spent)}


def in_a_child(*arguments: str, cache: str | None = None) -> dict[str, Any]:
    """Run one of this file's parts in a fresh process; what it prints."""
    environment = dict(os.environ) | ({"NUMBA_CACHE_DIR": cache} if cache else {})
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    since, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "process_wall_s": time.perf_counter() - since, "process_processor_s": busy}


def crowd(count: int) -> dict[str, Any]:
    """A population of four muscles over one year on all processors."""
    people = made_up(count, 4)
    warm = people.some(slice(0, 2))
    population(warm, WEEKLY_D, audit_share=0)
    since, busy = time.perf_counter(), time.process_time()
    told = population(people, WEEKLY_D)
    wall, busy = time.perf_counter() - since, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    halved = told.audit.halved_grid
    return {
        "people": count,
        "wall_s": wall,
        "processor_s": busy,
        "peak_GiB": peak / (2**30 if sys.platform == "darwin" else 2**20),
        "fallbacks": told.fallbacks,
        "not_finite": int((~np.isfinite(told.seen)).sum()),
        "audited": halved.size,
        "audit_force": {
            q: float(np.quantile(halved, p)) for q, p in (("median", 0.5), ("p99", 0.99), ("max", 1))
        },
    }


def two_over_one(rounds: int) -> float:
    """Median ratio of a population's time on one thread to that on two, round after round in turns."""
    people, ratios = made_up(SCALED, 4), []
    for _ in range(rounds + 1):
        spent = []
        for workers in (1, 2):
            since = time.perf_counter()
            population(people, WEEKLY_D, workers=workers, audit_share=0)
            spent.append(time.perf_counter() - since)
        ratios.append(spent[0] / spent[1])
    return statistics.median(ratios[1:])


def first_call() -> dict[str, float]:
    """Seconds of the first call in this process."""
    since, busy = time.perf_counter(), time.process_time()
    population(made_up(1, 1), WEEKLY_D, audit_share=0)
    return {"first_call_s": time.perf_counter() - since, "first_call_processor_s": time.process_time() - busy}


def show(name: str, found: dict[str, Any], preset: str) -> None:
    """One table: milliseconds and error of every engine, and how many times ours it takes."""
    print(f"\n{name}, {found['states']} states: processor time of one person-year")
    print(f"{'engine':24}{'ms':>10}{'force error':>14}{'x ' + preset:>10}")
    for engine, milliseconds in found["ms"].items():
        ratio = found["ratio"].get(f"{engine} / {preset}")
        times = f"{ratio:10.1f}" if ratio else f"{'':10}"
        print(f"{engine:24}{milliseconds:10.3f}{found['force_error'][engine]:14.1e}{times}")


def bars(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every bar with what was measured and whether it is met."""
    rows: dict[str, dict[str, Any]] = {}

    def hold(name: str, value: float, bar: float, least: bool) -> None:
        rows[name] = {"measured": value, "bar": bar, "met": value >= bar if least else value <= bar}

    for name, found in document["engines"].items():
        hold(
            f"x libRoadRunner 1e-6, {name}",
            found["ratio"]["libRoadRunner 1e-06 / mid"],
            MAIN_BARS[name],
            True,
        )
        hold(f"x LSODA 1e-6, {name}", found["ratio"]["SciPy LSODA 1e-06 / mid"], LSODA_BARS[name], True)
    hold("two threads over one", document["two_over_one"], THREADS_BAR, True)
    for key, bar in PEOPLE_BARS.items():
        hold(f"population {key}", document["population"][key], bar, False)
    hold("three years daily ms", document["three_years"]["median_ms"], YEARS_BAR_MS, False)
    hold("first compile, processor s", document["first_compile"]["process_processor_s"], COMPILE_BAR_S, False)
    return rows


def main() -> None:
    """Measure everything and print tables and the JSON document."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=100_000, help="of the population (default 100000)")
    parser.add_argument("--only", choices=("crowd", "first"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        alone = dict(os.environ) | {"OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], alone)
    if asked.only:
        print(json.dumps(crowd(asked.people) if asked.only == "crowd" else first_call()))
        return
    with tempfile.TemporaryDirectory() as empty:
        first = in_a_child("--only", "first", cache=empty)
        warm = in_a_child("--only", "first", cache=empty)
    engines = {
        "1 muscle": compare(1, asked.rounds, 4),
        "4 muscles": compare(4, asked.rounds, 1),
    }
    document = {
        "rounds": asked.rounds,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "packages": {n: version(n) for n in ("numpy", "numba", "scipy", "libroadrunner")},
        "engines": engines,
        "three_years": three_years(asked.rounds),
        "first_compile": first,
        "warm_start": warm,
        "two_over_one": two_over_one(asked.rounds),
        "population": in_a_child("--only", "crowd", "--people", str(asked.people)),
    }
    for name, found in engines.items():
        show(name, found, "mid")
    print()
    document["bars"] = bars(document)
    for name, row in document["bars"].items():
        print(
            f"{'met   ' if row['met'] else 'MISSED'} {name:34} {row['measured']:10.3g}   bar {row['bar']:g}"
        )
    print(json.dumps(document))


if __name__ == "__main__":
    main()
