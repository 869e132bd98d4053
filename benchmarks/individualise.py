"""Learning from twelve findings of a four-muscle plan: search of the mode, posterior, whole answer.

The bars are those of the design, on two idle cores, within a process that has run before.

Run: python benchmarks/individualise.py
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from endplate.case import load_case
from endplate.questions.individualise import individualise
from endplate.questions.individualising.person import Person, learn
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.visits import followed
from endplate.questions.individualising.weighing import find_mode, weigh
from endplate.simulation import Biology

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm_visits.yaml"
DRAWS, LAST_D, TIMES = 1000, 182.0, 5
BARS_S = {"mode": 0.3, "posterior": 2.0, "posterior_smc": 2.0}


def timed(work: Callable[[], object]) -> float:
    """Least seconds of a few calls."""
    found = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> None:
    """Time every part and print one JSON document last."""
    case = load_case(CASE)
    if case.plan is None:
        raise SystemExit("the example has no plan")
    read = followed(case, case.plan)
    person = Person(read, Runner(read, LAST_D, 1, Biology()), DRAWS)
    start = weigh(person, 1, "population")
    mean = start.weights @ start.scores
    seconds = {
        "mode": timed(lambda: find_mode(person, mean)),
        "posterior": timed(lambda: learn(person, 1)),
        "posterior_laplace": timed(lambda: learn(person, 1, "laplace")),
        "posterior_smc": timed(lambda: learn(person, 1, "smc")),
        "answer": timed(lambda: individualise(case, DRAWS)),
    }
    for name, found in seconds.items():
        print(f"{name:20}{found:8.2f} s")
    ratios = {name: round(seconds[name] / bar, 3) for name, bar in BARS_S.items()}
    told = {name: round(found, 3) for name, found in seconds.items()}
    print(json.dumps({"benchmark": "individualise", "draws": DRAWS, "seconds": told, "over_bar": ratios}))


if __name__ == "__main__":
    main()
