"""How far the search gets at equal limits, against chance, greed and the middle of the ranges held.

Run: python scripts/search_by_cap.py docs/data/optimise_searches.json docs/figures/optimise_searches.svg

The person is that of examples/adult_arm.yaml, each assessed joint is to be a grade better, and the total of
the session is capped at several levels. Every plan is run in full in the same copies.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, load_case
from endplate.case.goals import Goals
from endplate.questions.optimising.asking import goals_of
from endplate.questions.optimising.full import FullRun, run_in_full
from endplate.questions.optimising.problem import Problem, problem_of
from endplate.questions.optimising.search import by_chance as drawn_plans
from endplate.questions.optimising.search import greedy, search
from endplate.questions.optimising.space import space_of
from endplate.questions.optimising.told import goal_probability
from endplate.simulation import MODEL_VERSION, Biology
from endplate.simulation.parameters import RandomDraws

Picks = NDArray[np.int64]
Method = Callable[[Problem, np.random.Generator], Picks]

CASE = Path(__file__).resolve().parents[1] / "examples" / "adult_arm.yaml"
CAPS_U = (100, 150, 200, 250, 300, 360)
SEARCH_COPIES, COPIES, SEED, HORIZON_D = 128, 1000, 1, 84
RANDOM_PLANS = 2000
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
MARKS = ("o", "s", "^", "D")


def by_search(problem: Problem, rng: np.random.Generator) -> Picks:
    """The search of `optimise`: programme, changes of one or two muscles, the best of a few in a full run."""
    found = search(problem)
    if found is None:
        raise ValueError("no plan lies within the limits")
    few = [found.picks, *found.others]
    return max(few, key=lambda picks: goal_probability(problem.goals, in_full(problem, picks)))


def by_chance(problem: Problem, rng: np.random.Generator) -> Picks:
    """The best by the surfaces of some plans drawn within the limits."""
    rows: list[Picks] = []
    while len(rows) < RANDOM_PLANS:
        rows += list(drawn_plans(problem, RANDOM_PLANS, rng))
    picks = np.array(rows[:RANDOM_PLANS])
    return np.asarray(picks[problem.judged(picks).best()])


def by_greed(problem: Problem, rng: np.random.Generator) -> Picks:
    """One step more to the muscle that gains most by the surfaces per unit, until nothing fits or helps."""
    return greedy(problem)


def by_middle(problem: Problem, rng: np.random.Generator) -> Picks:
    """The middle of every range held; where that is too much, muscles are left out, the last one first."""
    doses = [np.array([c.dose_U for c in candidate.choices]) for candidate in problem.space.candidates]
    middle = np.array([np.flatnonzero(each <= (each[1] + each[-1]) / 2)[-1] for each in doses])
    places = np.arange(middle.size)
    kept = [places < count for count in range(middle.size, 0, -1)]
    for some in [*kept, *(places == k for k in places)]:
        if problem.fits((middle * some)[None])[0]:
            return np.asarray(middle * some)
    raise ValueError("no plan lies within the limits")


METHODS: dict[str, Method] = {
    "optimise": by_search,
    "random search": by_chance,
    "greedy": by_greed,
    "doses from the middle of the ranges held": by_middle,
}


def made(case: Case, cap_U: float) -> Problem:
    """The problem at one cap on the session."""
    told = goals_of(case, None).model_dump(mode="json") | {"limits": {"total": f"{cap_U} U"}, "step": "5 U"}
    goals = Goals.model_validate(told)
    if case.plan is None or case.plan.dilution is None:
        raise ValueError("the example has a plan and a dilution")
    space = space_of(case, goals, case.plan.dilution)
    return problem_of(case, space, goals, RandomDraws(SEED, SEARCH_COPIES), [Biology()])


def in_full(problem: Problem, picks: Picks) -> FullRun:
    """A plan run in full."""
    case = problem.space.plan_of(picks)
    return run_in_full(case, problem.goals, RandomDraws(SEED, COPIES), [Biology()], HORIZON_D)


def measured(problem: Problem, method: Method) -> dict[str, Any]:
    """A method's plan: seconds it took, units, and shares of copies in the full run."""
    start = time.perf_counter()
    picks = method(problem, np.random.default_rng(SEED))
    took = time.perf_counter() - start
    run = in_full(problem, picks)
    if run.checked.critical:
        raise ValueError("a plan breaks a held limit")
    return {
        "seconds": round(took, 2),
        "total_U": sum(float(each[k]) for each, k in zip(problem.sums["units"], picks, strict=True)),
        "believed": round(float(problem.judged(picks[None]).attained[0]), 4),
        "goal_probability": round(goal_probability(problem.goals, run), 4),
        "targets": [round(float(share), 4) for share in run.worst.targets[0]],
    }


def drawn(document: dict[str, Any], path: Path) -> None:
    """The figure: targets reached against the cap, one line a method."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    style: dict[Any, Any] = {"svg.fonttype": "none", "svg.hashsalt": "endplate", "font.size": 9}
    with mpl.rc_context(style | {"axes.spines.top": False, "axes.spines.right": False}):
        figure, axes = plt.subplots(figsize=(6.0, 3.6), layout="constrained")
        for (name, rows), colour, mark in zip(document["methods"].items(), COLOURS, MARKS, strict=True):
            shares = [100 * row["goal_probability"] for row in rows]
            axes.plot(document["caps_U"], shares, color=colour, marker=mark, label=name, linewidth=1.6)
        axes.set_xlabel("units allowed in the session (onabotulinumtoxinA)")
        axes.set_ylabel("targets reached, % of copies by weight")
        axes.set_ylim(bottom=0)
        axes.legend(frameon=False)
        figure.savefig(path, metadata={"Date": None, "Creator": None})


def main() -> None:
    """Measure every method at every cap; write data and figure to the files named."""
    if len(sys.argv) != 3:
        sys.exit("usage: search_by_cap.py DATA.json FIGURE.svg")
    case = load_case(CASE)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in METHODS}
    for cap in CAPS_U:
        problem = made(case, cap)
        for name, method in METHODS.items():
            rows[name].append(measured(problem, method))
            print(f"{cap:5} U  {name:42}{rows[name][-1]['goal_probability']:8.3f}", flush=True)
    document = {
        "model_version": MODEL_VERSION,
        "case": f"examples/{CASE.name}",
        "copies": COPIES,
        "search_copies": SEARCH_COPIES,
        "random_plans": RANDOM_PLANS,
        "seed": SEED,
        "caps_U": list(CAPS_U),
        "methods": rows,
    }
    Path(sys.argv[1]).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    drawn(document, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
