"""The search for one plan: begin at the programme's answer, then change one or two muscles while it helps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.questions.optimising.problem import Judged, Problem
from endplate.questions.optimising.programme import Programme, Solved

Picks = NDArray[np.int64]

_STRIDES = (1, 2, 4, 8)
_EXCHANGED = (1, 4)
_ROUNDS = 60


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
    best = climb_all(problem, [*starts, *_least(problem)])
    return None if best is None else Found(*best, programme, solved)


def _solved(problem: Problem) -> tuple[Programme, Solved | None]:
    programme = Programme(
        problem.surrogates[0], problem.goals, problem.limits, problem.allowed, problem.costs_of_choices()
    )
    return programme, programme.solve()


def climb_all(problem: Problem, starts: Iterable[Picks]) -> tuple[Picks, Judged] | None:
    """What is reached from the best of some beginnings; None where none of them fits."""
    rows = np.array(list(starts)).reshape(-1, len(problem.allowed))
    rows = np.unique(rows, axis=0)
    rows = rows[problem.fits(rows)]
    if not len(rows):
        return None
    judged = problem.judged(rows)
    return _climb(problem, rows[judged.best()], judged.only(judged.best()))


def _least(problem: Problem) -> Iterator[Picks]:
    """Every candidate alone at its least and at its most that is allowed."""
    for k, flags in enumerate(problem.allowed):
        for place in np.flatnonzero(flags[1:])[[0, -1]] + 1 if flags[1:].any() else ():
            alone = np.zeros(len(problem.allowed), dtype=np.int64)
            alone[k] = place
            yield alone


def _climb(problem: Problem, picks: Picks, judged: Judged) -> tuple[Picks, Judged]:
    """Take the best change of one muscle or exchange of two while it is better."""
    for _ in range(_ROUNDS):
        rows = changes(problem, picks)
        rows = rows[problem.fits(rows)]
        if not len(rows):
            break
        found = problem.judged(rows)
        best = found.only(found.best())
        if not best.better_than(judged):
            break
        picks, judged = rows[found.best()], best
    return picks, judged


def changes(problem: Problem, picks: Picks) -> Picks:
    """Plans that differ in the choice of one muscle, or in two of which one goes up and one down."""
    sizes = [flags.size for flags in problem.allowed]
    found: dict[tuple[int, ...], None] = {}

    def add(moved: dict[int, int]) -> None:
        row = picks.copy()
        for k, place in moved.items():
            if not 0 <= place < sizes[k]:
                return
            row[k] = place
        found[tuple(row.tolist())] = None

    for k, size in enumerate(sizes):
        for place in {0, size - 1, *(picks[k] + sign * by for by in _STRIDES for sign in (-1, 1))}:
            add({k: int(place)})
        for other in range(len(sizes)):
            if other != k:
                for by in _EXCHANGED:
                    add({k: int(picks[k]) - by, other: int(picks[other]) + by})
    found.pop(tuple(picks.tolist()), None)
    return np.array(list(found), dtype=np.int64).reshape(-1, len(sizes))
