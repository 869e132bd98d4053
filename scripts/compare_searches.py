"""Compare `optimise` with random search, greedy search and doses from the middle of the ranges held.

Every method searches the same choices within the same limits, seen through the same surfaces; its plan is
then run in full in the same copies. Writes docs/data/optimise.json and prints the table of docs/optimise.md.

Run: python scripts/compare_searches.py docs/data
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

import endplate
from endplate.case import Case, planned_injections
from endplate.case.goals import Goals
from endplate.questions.optimising.asking import goals_of
from endplate.questions.optimising.full import run_in_full
from endplate.questions.optimising.problem import Problem, nearest, problem_of
from endplate.questions.optimising.space import space_of
from endplate.questions.optimising.told import goal_probability, score
from endplate.simulation import Biology
from endplate.simulation.parameters import RandomDraws

Picks = NDArray[np.int64]
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ASKED = (
    ("arm, its goals file", "adult_arm.yaml", "goals/adult_arm.yaml"),
    ("arm, every raised joint a grade better", "adult_arm.yaml", None),
    ("leg, every raised joint a grade better", "adult_leg.yaml", None),
)
SEED, DRAWS, SEARCHED, HORIZON_D = 1, 400, 128, 182
BIOLOGY = (Biology(),)
RANDOM = 4096  # plans of the random search
TRIES = 200_000  # drawn at most to find as many that fit
LOWERED = 0.95


def compared(name: str, case: Case, wanted: Goals | None) -> list[dict[str, Any]]:
    """What every method finds for one question."""
    goals = goals_of(case, wanted)
    if case.plan is None or case.plan.dilution is None:
        raise AssertionError("the examples have plans with a dilution")
    space = space_of(case, goals, case.plan.dilution)
    problem = problem_of(case, space, goals, RandomDraws(SEED, SEARCHED), BIOLOGY)
    start = time.process_time()
    answer = endplate.optimise(case, goals, draws=DRAWS, seed=SEED, horizon_d=HORIZON_D)
    took = time.process_time() - start
    rows = [told(name, "own plan", problem, case, 0.0) | {"fits": nearest(problem, case) is not None}]
    rows += [told(name, "optimise", problem, each, took) for each in answer.cases]
    methods: dict[str, Callable[[Problem], Picks | None]] = {
        "random search": at_random,
        "greedy": greedy,
        "middle of the ranges": middle,
        "middle, lowered to fit": lowered,
    }
    for method, finds in methods.items():
        start = time.process_time()
        picks = finds(problem)
        took = time.process_time() - start
        if picks is not None:
            rows.append(told(name, method, problem, problem.space.plan_of(picks), took))
            rows[-1]["fits"] = bool(problem.fits(picks[None])[0])
    return rows


def told(name: str, method: str, problem: Problem, case: Case, took_s: float) -> dict[str, Any]:
    """One plan run in full."""
    goals = problem.goals
    run = run_in_full(case, goals, RandomDraws(SEED, DRAWS), BIOLOGY, HORIZON_D)
    return {
        "question": name,
        "method": method,
        "score": round(score(problem, run), 4),
        "goal_probability": round(goal_probability(goals, run), 4),
        "targets": [round(float(share), 4) for share in run.worst.targets[0]],
        "demands_short": round(float(problem.demands.short(run.worst)[0]), 4),
        "critical": run.checked.critical,
        "total_U": sum(shot.dose_U for shot in planned_injections(case)),
        "computing_s": round(took_s, 2),
    }


def at_random(problem: Problem) -> Picks | None:
    """The best of many plans drawn evenly from the choices, those that fit the limits."""
    rng = np.random.default_rng(SEED)
    sizes = np.array([flags.size for flags in problem.allowed])
    drawn = rng.integers(0, sizes, (TRIES, sizes.size)) * (rng.random((TRIES, sizes.size)) < 0.5)
    rows = drawn[problem.fits(drawn)][:RANDOM]
    return rows[problem.judged(rows).best()] if len(rows) else None


def greedy(problem: Problem) -> Picks | None:
    """From nothing, the one choice more that helps most, until none does."""
    picks, judged = np.zeros(len(problem.allowed), dtype=np.int64), None
    while True:
        rows = np.array([raised for k in range(picks.size) for raised in higher(problem, picks, k)])
        rows = rows[problem.fits(rows)] if len(rows) else rows
        if not len(rows):
            break
        found = problem.judged(rows)
        best = found.only(found.best())
        if judged is not None and not best.better_than(judged):
            break
        picks, judged = rows[found.best()], best
    return None if judged is None else picks


def higher(problem: Problem, picks: Picks, k: int) -> list[Picks]:
    """The plan with the next higher dose of one muscle, in every way to give it."""
    choices = problem.space.candidates[k].choices
    now = choices[int(picks[k])].dose_U
    above = sorted({choice.dose_U for choice in choices if choice.dose_U > now})[:1]
    found = []
    for place, choice in enumerate(choices):
        if above and choice.dose_U == above[0]:
            row = picks.copy()
            row[k] = place
            found.append(row)
    return found


def at_share(problem: Problem, share: float) -> Picks:
    """Every muscle at the dose nearest to a share of the middle of its range, most sites."""
    picks = np.zeros(len(problem.allowed), dtype=np.int64)
    for k, candidate in enumerate(problem.space.candidates):
        ways = candidate.choices[1:]
        wanted = share * (ways[0].dose_U + ways[-1].dose_U) / 2
        if wanted < ways[0].dose_U / 2:
            continue
        order = [(abs(choice.dose_U - wanted), -choice.sites) for choice in ways]
        picks[k] = 1 + min(range(len(ways)), key=order.__getitem__)
    return picks


def middle(problem: Problem) -> Picks:
    """Every muscle at the middle of its range, whatever the sums come to."""
    return at_share(problem, 1.0)


def lowered(problem: Problem) -> Picks | None:
    """The middle, all doses lowered together until the plan fits; muscles below half their least fall out."""
    share = 1.0
    while share > 1 / RANDOM:
        picks = at_share(problem, share)
        if problem.fits(picks[None])[0]:
            return picks
        share *= LOWERED
    return None


def main() -> None:
    """Compare, write and print."""
    rows: list[dict[str, Any]] = []
    for name, case, goals in ASKED:
        wanted = endplate.load_goals(EXAMPLES / goals) if goals else None
        rows += compared(name, endplate.load_case(EXAMPLES / case), wanted)
    document = {"seed": SEED, "draws": DRAWS, "random_plans": RANDOM, "rows": rows}
    path = Path(sys.argv[1]) / "optimise.json"
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print("| question | method | score | targets by weight | each target | units | limits | demands |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        fits = "kept" if row.get("fits", True) and not row["critical"] else "**broken**"
        met = "met" if row["demands_short"] == 0 else "**short**"
        each = ", ".join(f"{share:.0%}" for share in row["targets"])
        print(
            f"| {row['question']} | {row['method']} | {row['score']:.3f} | {row['goal_probability']:.1%} "
            f"| {each} | {row['total_U']:g} | {fits} | {met} |"
        )


if __name__ == "__main__":
    main()
