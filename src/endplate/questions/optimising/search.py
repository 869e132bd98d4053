"""The search for one plan: begin where programme, greed or chance got, then change one or two muscles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from endplate.questions.optimising.problem import Judged, Problem
from endplate.questions.optimising.programme import Programme, Solved

Array = NDArray[np.float64]
Picks = NDArray[np.int64]
Moves = tuple[tuple[int, int], ...]  # candidate and its new choice

_STRIDES = (1, 2, 4, 8)
_MUCH = 4  # steps
_BY_CHANCE = 256  # plans drawn to begin with
_CLIMBS, _JUDGED = 2, 2000  # a further climb only while fewer plans were judged
_MOST_JUDGED = 20_000
_GREEDY_STEPS = 8
_LEAST_U = 1e-9


@dataclass(frozen=True)
class Found:
    """A plan of the search: its choices, (candidates,), how it ranks, and the programme's answer.

    ``others`` are plans that rank behind it on the surfaces and may be ahead of it in a full run.
    """

    picks: Picks
    judged: Judged
    others: tuple[Picks, ...]
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
    drawn = (
        []
        if before
        else [greedy(problem, _GREEDY_STEPS), *by_chance(problem, _BY_CHANCE, np.random.default_rng(0))]
    )
    ends = climb_all(problem, [*starts, *drawn, *_least(problem)])
    if not ends:
        return None
    (picks, judged), others = ends[0], [*(end for end, _ in ends[1:]), *starts]
    return Found(picks, judged, _others(problem, picks, others), programme, solved)


def _others(problem: Problem, best: Picks, others: Sequence[Picks]) -> tuple[Picks, ...]:
    """The plans that fit and are not the best one, each once."""
    kept = {tuple(row.tolist()): row for row in others if problem.fits(row[None])[0]}
    kept.pop(tuple(best.tolist()), None)
    return tuple(kept.values())


def _solved(problem: Problem) -> tuple[Programme, Solved | None]:
    programme = Programme(
        problem.surrogates[0], problem.goals, problem.limits, problem.allowed, problem.costs_of_choices()
    )
    return programme, programme.solve()


def climb_all(problem: Problem, starts: Iterable[Picks]) -> list[tuple[Picks, Judged]]:
    """What is reached from the best beginnings, the best first; nothing where none of them fits."""
    rows = np.array(list(starts)).reshape(-1, len(problem.allowed))
    rows = np.unique(rows, axis=0)
    rows = rows[problem.fits(rows)]
    if not len(rows):
        return []
    judged, seen = problem.judged(rows), 0
    ends = []
    for place in judged.order()[:_CLIMBS]:
        if seen < _JUDGED:
            picks, reached, count = _climb(problem, rows[place], judged.only(place))
            ends.append((picks, reached))
            seen += count
    return sorted(ends, key=lambda end: end[1].key())


def greedy(problem: Problem, most_steps: int | None = None) -> Picks:
    """A step more to the muscle that gains most per unit, until nothing fits or helps, (candidates,).

    Args:
        problem: what is searched.
        most_steps: of a muscle from none to its most; every choice is a step without it.
    """
    sizes = np.array([flags.size for flags in problem.allowed])
    step = np.ones_like(sizes) if most_steps is None else -(-(sizes - 1) // most_steps)
    picks, score = np.zeros(len(problem.allowed), dtype=np.int64), 0.0
    while True:
        rows = picks + np.diag(step)
        rows = rows[(rows < sizes).all(axis=1)]
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
    """Change plans while that is better; where it ends, and how many plans were judged."""
    seen, better = 0, True
    while better and seen < _MOST_JUDGED:
        better = False
        for rows in _stages(problem, picks):
            if not len(rows):
                continue
            found = problem.judged(rows)
            seen += len(rows)
            best = found.only(found.best())
            if better := best.better_than(judged):
                picks, judged = rows[found.best()], best
                break
    return picks, judged, seen


def _stages(problem: Problem, picks: Picks) -> Iterator[Picks]:
    """Plans within the limits: one muscle changed, a step exchanged between two, much exchanged."""
    for moves in (_of_one(problem, picks), _of_two(problem, picks), _much_of_two(problem, picks)):
        some = list(moves)
        rows = np.repeat(picks[None], len(some), axis=0)
        for row, moved in zip(rows, some, strict=True):
            for k, place in moved:
                row[k] = place
        rows = np.unique(rows, axis=0)
        rows = rows[(rows != picks).any(axis=1)]
        yield rows[problem.fits(rows)] if len(rows) else rows


def _of_one(problem: Problem, picks: Picks) -> Iterator[Moves]:
    """Some steps up and down of one muscle, none and the most of it."""
    for k, flags in enumerate(problem.allowed):
        last = flags.size - 1
        for place in (0, last, *(int(picks[k]) + sign * by for by in _STRIDES for sign in (-1, 1))):
            if 0 <= place <= last:
                yield ((k, place),)


def _of_two(problem: Problem, picks: Picks) -> Iterator[Moves]:
    """A step that one muscle takes, or gives up, and the dose that another one gives up, or takes, for it."""
    for k, other in permutations(range(picks.size), 2):
        if picks[k]:
            own, others = problem.doses[k], problem.doses[other]
            more = min(int(picks[other]) + 1, others.size - 1)
            wanted = others[more] - others[picks[other]]
            yield ((k, _up_to(own, own[picks[k]] - wanted)), (other, more))
            yield _given(problem, picks, (k, int(picks[k]) - 1), other)


def _much_of_two(problem: Problem, picks: Picks) -> Iterator[Moves]:
    """All of a muscle, all but its least, or some steps, given to another one."""
    for k, other in permutations(range(picks.size), 2):
        now = int(picks[k])
        for place in sorted({0, min(1, now), max(now - _MUCH, 0)} - {now}):
            yield _given(problem, picks, (k, place), other)


def _given(problem: Problem, picks: Picks, less: tuple[int, int], other: int) -> Moves:
    """One muscle lowered to a choice, and what it had more given to another one."""
    k, place = less
    freed = problem.doses[k][picks[k]] - problem.doses[k][place]
    others = problem.doses[other]
    return less, (other, _up_to(others, others[picks[other]] + freed))


def _up_to(doses: Array, most: float) -> int:
    """The last choice of at most a dose; not to inject where there is none."""
    return max(int(np.searchsorted(doses, most + _LEAST_U, side="right")) - 1, 0)
