"""The front: plans of which none is better in everything, found by NSGA-II (pymoo, extra ``optimise``).

Where the plans are few, all of them are looked at instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.errors import library
from endplate.questions.optimising.problem import Judged, Problem

Array = NDArray[np.float64]
Picks = NDArray[np.int64]

_PEOPLE, _GENERATIONS = 64, 60
_FEW = 4096  # plans, all of which are looked at
_EXTRA = "optimise"
_DECIMALS = 9


def front(
    problem: Problem, starts: Sequence[Picks], seed: int, progress: Callable[[float], None] | None = None
) -> Picks:
    """Plans within all limits and demands of which none is better in everything, (plans, candidates).

    Objectives are the score of the targets and what the goals name under ``front``; arguments as
    :func:`evolved`.

    Raises:
        InputError: pymoo is not installed.
    """
    sizes = [flags.size for flags in problem.allowed]
    if math.prod(sizes) > _FEW:
        return evolved(problem, starts, seed, progress)
    picks = np.array(list(product(*map(range, sizes))), dtype=np.int64)
    kept: dict[tuple[int, ...], Array] = {}
    _keep(kept, picks, *_judged(problem, picks))
    return _undominated(kept, len(sizes))


def evolved(
    problem: Problem, starts: Sequence[Picks], seed: int, progress: Callable[[float], None] | None = None
) -> Picks:
    """The same by NSGA-II.

    Args:
        problem: what is searched.
        starts: plans to begin with, (candidates,) each.
        seed: of the evolution.
        progress: told the share done, 0 to 1.

    Raises:
        InputError: pymoo is not installed.
    """
    rng = np.random.default_rng(seed)
    bounds = np.array([flags.size - 1 for flags in problem.allowed])
    algorithm, blank = _algorithm(_beginning(starts, bounds, rng), bounds, len(problem.goals.front), seed)
    evaluator, static = _pymoo("core.evaluator").Evaluator(), _pymoo("problems.static").StaticProblem
    kept: dict[tuple[int, ...], Array] = {}
    for generation in range(_GENERATIONS):
        people = algorithm.ask()
        picks = np.round(people.get("X")).astype(np.int64)
        aims, broken = _judged(problem, picks)
        _keep(kept, picks, aims, broken)
        evaluator.eval(static(blank, F=aims, G=broken[:, None]), people)
        algorithm.tell(infills=people)
        if progress:
            progress((generation + 1) / _GENERATIONS)
    return _undominated(kept, len(bounds))


def _keep(kept: dict[tuple[int, ...], Array], picks: Picks, aims: Array, broken: Array) -> None:
    """Keep the plans that break nothing."""
    for row, aim in zip(picks[broken <= 0], aims[broken <= 0], strict=True):
        kept[tuple(row.tolist())] = aim


def _pymoo(name: str) -> Any:
    return library(f"pymoo.{name}", _EXTRA)


def needs_pymoo() -> None:
    """Raise InputError where pymoo is not installed, before any work is done."""
    _pymoo("algorithms.moo.nsga2")


def _algorithm(beginning: Picks, bounds: Picks, against: int, seed: int) -> tuple[Any, Any]:
    """NSGA-II over whole numbers, and the problem as pymoo counts it."""
    whole = {"repair": _pymoo("operators.repair.rounding").RoundingRepair(), "vtype": float}
    blank = _pymoo("core.problem").Problem(
        n_var=bounds.size, n_obj=1 + against, n_ieq_constr=1, xl=np.zeros(bounds.size), xu=bounds
    )
    algorithm = _pymoo("algorithms.moo.nsga2").NSGA2(
        pop_size=_PEOPLE,
        sampling=beginning.astype(float),
        crossover=_pymoo("operators.crossover.sbx").SBX(**whole),
        mutation=_pymoo("operators.mutation.pm").PM(**whole),
        eliminate_duplicates=True,
    )
    algorithm.setup(blank, termination=("n_gen", _GENERATIONS), seed=seed, verbose=False)
    return algorithm, blank


def _beginning(starts: Sequence[Picks], bounds: Picks, rng: np.random.Generator) -> Picks:
    """The first people: the plans given, the same with lower doses and fewer muscles, and some by chance."""
    rows = list(starts)
    while len(rows) < _PEOPLE:
        if starts and len(rows) < _PEOPLE // 2 + len(starts):
            parent = starts[len(rows) % len(starts)]
            lower = np.floor(parent * rng.random()).astype(np.int64)
            rows.append(np.where(rng.random(bounds.size) < rng.random(), lower, parent))
        else:
            rows.append(rng.integers(0, bounds + 1) * (rng.random(bounds.size) < rng.random()))
    return np.array(rows[:_PEOPLE], dtype=np.int64)


def _judged(problem: Problem, picks: Picks) -> tuple[Array, Array]:
    """What is to be small, (plans, aims), and by how much limits and demands are broken, (plans,)."""
    found = problem.judged(picks)
    return aims_of(problem, found), np.maximum(found.short, 0) + problem.broken(picks)


def aims_of(problem: Problem, found: Judged) -> Array:
    """The score of the targets, negative, and what is named under ``front``, (plans, aims)."""
    return np.stack([-found.attained, *(found.amounts[name] for name in problem.goals.front)], axis=1)


def _undominated(kept: dict[tuple[int, ...], Array], candidates: int) -> Picks:
    """The plans of which no other is at least as good in everything and better in something."""
    picks = np.array(list(kept), dtype=np.int64).reshape(-1, candidates)
    aims = np.round(np.array(list(kept.values())).reshape(len(picks), -1), _DECIMALS)
    _, first = np.unique(aims, axis=0, return_index=True)
    picks, aims = picks[first], aims[first]
    best = [not np.any(np.all(aims <= own, axis=1) & np.any(aims < own, axis=1)) for own in aims]
    return picks[np.array(best, dtype=np.bool_)]


def spread_out(problem: Problem, picks: Picks, wanted: int) -> Picks:
    """Some of the plans, evenly along the score of the targets, the first and the last among them."""
    attained = problem.judged(picks).attained
    ordered = picks[np.argsort(-attained, kind="stable")]
    places = np.unique(np.linspace(0, len(ordered) - 1, min(wanted, len(ordered))).round().astype(np.int64))
    return np.asarray(ordered[places])
