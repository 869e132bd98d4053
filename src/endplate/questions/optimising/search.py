"""The search for one plan: begin where programme, greed or chance got, then change one or two muscles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.questions.optimising.problem import Judged, Problem
from endplate.questions.optimising.programme import Programme, Solved

Array = NDArray[np.float64]
Picks = NDArray[np.int64]
Moves = tuple[tuple[int, int], ...]  # candidate and its new choice

_STRIDES = (1, 2, 4, 8)
_GIVEN_UP = (1, 4)  # steps that a muscle gives up for another one, beside all and all but the least
_ROUNDS = 60
_BY_CHANCE = 256  # plans drawn to begin with
_CLIMBS, _JUDGED = 2, 4000  # a further climb only while fewer plans were judged
_LEAST_U = 1e-9


@dataclass(frozen=True)
class Found:
    """A plan of the search: its choices, (candidates,), how it ranks, and the programme's answer."""

    picks: Picks
    judged: Judged
    programme: Programme
    solved: Solved | None


def search(problem: Problem, own: Picks | None = None, before: Found | None = None) -> Found | None:
    """The best plan found; None where no plan lies within the limits.

    Args:
        problem: what is searched.
        own: the user's plan as choices, (candidates,), where it is among them; another place to begin.
        before: what the same search found under other demands: the programme is the same.
    """
    programme, solved = (before.programme, before.solved) if before else _solved(problem)
    found = (solved.picks if solved else None, own, before.picks if before else None)
    starts = [each for each in found if each is not None]
    drawn = [] if before else [greedy(problem), *by_chance(problem, _BY_CHANCE, np.random.default_rng(0))]
    best = climb_all(problem, [*starts, *drawn, *_least(problem)])
    return None if best is None else Found(*best, programme, solved)


def _solved(problem: Problem) -> tuple[Programme, Solved | None]:
    programme = Programme(
        problem.surrogates[0], problem.goals, problem.limits, problem.allowed, problem.costs_of_choices()
    )
    return programme, programme.solve()


def climb_all(problem: Problem, starts: Iterable[Picks]) -> tuple[Picks, Judged] | None:
    """The best that is reached from the best beginnings; None where none of them fits."""
    rows = np.array(list(starts)).reshape(-1, len(problem.allowed))
    rows = np.unique(rows, axis=0)
    rows = rows[problem.fits(rows)]
    if not len(rows):
        return None
    judged, seen = problem.judged(rows), 0
    ends = []
    for place in judged.order()[:_CLIMBS]:
        if seen < _JUDGED:
            picks, reached, count = _climb(problem, rows[place], judged.only(place))
            ends.append((picks, reached))
            seen += count
    return min(ends, key=lambda end: end[1].key())


def greedy(problem: Problem) -> Picks:
    """One dose more to the muscle that gains most per unit, until nothing fits or helps, (candidates,)."""
    picks, score = np.zeros(len(problem.allowed), dtype=np.int64), 0.0
    while True:
        rows = picks + np.eye(picks.size, dtype=np.int64)
        rows = rows[(rows < [flags.size for flags in problem.allowed]).all(axis=1)]
        rows = rows[problem.fits(rows)] if len(rows) else rows
        if not len(rows):
            return picks
        judged = problem.judged(rows)
        used = judged.amounts["units"] - problem.amounts(picks[None])["units"]
        gain = (judged.score - score) / np.maximum(used, _LEAST_U)
        if gain.max() <= 0:
            return picks
        picks, score = rows[gain.argmax()], float(judged.score[gain.argmax()])


def by_chance(problem: Problem, count: int, rng: np.random.Generator) -> Picks:
    """Plans drawn among all, those within the limits, (plans, candidates)."""
    sizes = np.array([flags.size for flags in problem.allowed])
    picks = rng.integers(0, sizes, (count, sizes.size)) * (
        rng.random((count, sizes.size)) < rng.random((count, 1))
    )
    return np.asarray(picks[problem.fits(picks)])


def _least(problem: Problem) -> Iterator[Picks]:
    """Every candidate alone at its least and at its most that is allowed."""
    for k, flags in enumerate(problem.allowed):
        for place in np.flatnonzero(flags[1:])[[0, -1]] + 1 if flags[1:].any() else ():
            alone = np.zeros(len(problem.allowed), dtype=np.int64)
            alone[k] = place
            yield alone


def _climb(problem: Problem, picks: Picks, judged: Judged) -> tuple[Picks, Judged, int]:
    """Take the best change while it is better; where that ends, and how many plans were judged."""
    seen = 0
    for _ in range(_ROUNDS):
        rows = changes(problem, picks)
        rows = rows[problem.fits(rows)]
        if not len(rows):
            break
        found = problem.judged(rows)
        seen += len(rows)
        best = found.only(found.best())
        if not best.better_than(judged):
            break
        picks, judged = rows[found.best()], best
    return picks, judged, seen


def changes(problem: Problem, picks: Picks) -> Picks:
    """Plans that differ in the choice of one muscle, or in two of which one goes up and one down."""
    moves = [*_of_one(problem, picks), *_of_two(problem, picks)]
    rows = np.repeat(picks[None], len(moves), axis=0)
    for row, moved in zip(rows, moves, strict=True):
        for k, place in moved:
            row[k] = place
    rows = np.unique(rows, axis=0)
    return np.asarray(rows[(rows != picks).any(axis=1)])


def _of_one(problem: Problem, picks: Picks) -> Iterator[Moves]:
    """Some steps up and down of one muscle, none and the most of it."""
    for k, flags in enumerate(problem.allowed):
        last = flags.size - 1
        for place in (0, last, *(int(picks[k]) + sign * by for by in _STRIDES for sign in (-1, 1))):
            if 0 <= place <= last:
                yield ((k, place),)


def _of_two(problem: Problem, picks: Picks) -> Iterator[Moves]:
    """What one muscle gives up goes to another one; what another one takes is given up by one."""
    doses = problem.doses
    for k, own in enumerate(doses):
        now = int(picks[k])
        given = {0, min(1, now), *(max(now - by, 0) for by in _GIVEN_UP)} - {now}
        for other, others in enumerate(doses):
            if other == k or not now:
                continue
            there = int(picks[other])
            for place in given:
                freed = others[there] + own[now] - own[place]
                yield ((k, place), (other, _up_to(others, freed)))
            more = min(there + 1, others.size - 1)
            yield ((k, _up_to(own, own[now] - (others[more] - others[there]))), (other, more))


def _up_to(doses: Array, most: float) -> int:
    """The last choice of at most a dose; not to inject where there is none."""
    return max(int(np.searchsorted(doses, most + _LEAST_U, side="right")) - 1, 0)
