r"""Copies weighed by what was seen: population, Laplace's proposal, or tempering, whichever holds.

A copy is a few free scores :math:`\theta`, standard normal before anything was seen, and all else that
chance decides, :math:`\eta`. 1. The **population** drawn from the prior is weighed by its likelihood.
2. Where its weights are too uneven, the mode of :math:`\theta` is searched with :math:`\eta` at its middle
(**Laplace**), new copies are drawn around it, and all together weigh

.. math:: w = \frac{p(\theta)\,L(\theta, \eta)}{\frac{n_0}{n}\,p(\theta) + \frac{n_1}{n}\,q(\theta)},

the balance heuristic of Veach and Guibas, under which no copy weighs more than the prior would have it weigh
by :math:`n/n_0`. 3. Where these are too uneven as well, the population is **tempered** from the prior to the
posterior (sequential Monte Carlo, Del Moral, Doucet and Jasra): weighed by a power of the likelihood, drawn
again, and all its numbers of chance moved by Metropolis steps that leave the prior as it is.

Between the 5 and 95 % points of :math:`n` copies lies, on average, about :math:`0.9\,(n-1)/(n+1)` of what
they stand for. So the first two ways draw more copies, a round at a time, while few of them count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from endplate.questions.individualising.spread_weights import effective, pareto_k, systematic
from endplate.simulation.parameters import stream

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

RELIABLE_K = 0.7
"""Pareto's k up to which averages over weights are relied on (Vehtari et al. 2024)."""
ENOUGH = 25.0
"""Effective number of copies below which quantiles are too rough."""
WANTED = 100.0
"""Effective number of copies up to which more are drawn: a 90 % interval then holds 88 % or more."""
_MOST_ROUNDS = 4  # of drawing copies in one way, as many in each
_BOUND, _STEP, _BEND = 4.0, 0.02, 0.2
_ROUNDS = 12
_FREEDOM = 5.0
_STIFFEST = 0.5  # least curvature taken for real: that of the prior is 1
_TEMPERED_ESS, _MOST_STAGES = 0.5, 30
_LED, _LEAST_LED = 0.4, 400  # share of the copies that are led, and fewest of them: more moves teach more
_FIRST_MOVE, _LEAST_MOVE, _MOST_MOVE = 0.3, 0.02, 0.9
_MOVES, _LAST_MOVES = 2, 4  # of a stage, and of the last one
_GUESSED = 2  # times after each move that guesses are drawn anew
_WANTED, _LEAST_TAKEN = 0.25, 0.02  # share of moves taken
_HALVINGS = 40


@dataclass(frozen=True)
class Drawn:
    """Copies with their scores.

    Attributes:
        scores: (copies, effects).
        log_likelihood: (copies,).
        held: what the problem keeps with them.
        draws: where their numbers come from.
    """

    scores: Array
    log_likelihood: Array
    held: Any = None
    draws: Any = None


class Problem(Protocol):
    """What is weighed; its clouds have what :class:`endplate.simulation.draws.cloud.Cloud` has."""

    @property
    def effects(self) -> int:
        """How many scores are free."""

    def population(self, turn: int = 0) -> Drawn:
        """Copies drawn from the prior, others at every turn."""

    def fresh(self, scores: Array, turn: int = 0) -> Drawn:
        """Copies with these scores, (copies, effects), all else drawn anew at every turn."""

    def led(self, parts: tuple[Drawn, ...], rows: Rows) -> tuple[Any, Drawn]:
        """Copies of the population's rounds, by ascending rows of all end to end, with their cloud."""

    def at(self, cloud: Any) -> Drawn:
        """The copies of a cloud."""

    def guessed_again(self, cloud: Any, drawn: Drawn, chance: np.random.Generator) -> tuple[Any, Drawn]:
        """The same copies with other guesses of what needs no new run."""

    def some(self, drawn: Drawn, rows: Rows) -> Drawn:
        """Some of the copies."""

    def merged(self, drawn: Drawn, other: Drawn, took: Mask) -> Drawn:
        """These copies with those of another in place of some, (copies,)."""

    def middle(self, scores: Array) -> Array:
        """Logarithm of the likelihood at these scores with all else at its middle, (copies,)."""


@dataclass(frozen=True)
class Mode:
    """Most probable scores with all else at its middle.

    Attributes:
        scores: (effects,).
        covariance: of Laplace's approximation, (effects, effects).
        log_posterior: there, without its constant.
        runs: how many times copies were run.
        settled: whether the search ended by itself.
    """

    scores: Array
    covariance: Array
    log_posterior: float
    runs: int
    settled: bool


@dataclass(frozen=True)
class Step:
    """One way tried: its name, effective number of copies, Pareto's k, whether it holds, and what is more."""

    method: str
    ess: float
    khat: float | None
    holds: bool
    more: dict[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The step as JSON."""
        khat = None if self.khat is None or not np.isfinite(self.khat) else round(self.khat, 3)
        told = {"method": self.method, "ess": round(self.ess, 1), "khat": khat, "holds": self.holds}
        return told | self.more


@dataclass(frozen=True)
class Weighed:
    """The posterior.

    Attributes:
        parts: copies, drawn in one or several ways.
        weights: of all copies end to end, summing to 1.
        steps: every way tried, the last being the one used.
        mode: where it was searched.
    """

    parts: tuple[Drawn, ...]
    weights: Array
    steps: tuple[Step, ...]
    mode: Mode | None = None

    @property
    def scores(self) -> Array:
        """Scores of all copies, (copies, effects)."""
        return np.concatenate([part.scores for part in self.parts])


def weigh(problem: Problem, seed: int, method: str | None = None) -> Weighed:
    """Weigh copies by what was seen, in the first way that holds, or in the way asked for.

    Args:
        problem: what is weighed.
        seed: of proposals and moves.
        method: ``population``, ``laplace`` or ``smc``; the first that holds without it.
    """
    most = _MOST_ROUNDS if method in (None, "population") else 1
    found = _in_rounds(problem.population, _by_likelihood, most)
    first = found.parts
    if method == "population" or (method is None and found.steps[-1].holds):
        return found
    if method in (None, "laplace"):
        start = found.weights @ found.scores
        mode = find_mode(problem, np.clip(start, 1 - _BOUND, _BOUND - 1))
        second = replace(_importance(problem, first, mode, start, seed), mode=mode)
        found = replace(second, steps=(*found.steps, *second.steps))
        if method == "laplace" or found.steps[-1].holds:
            return found
    rest = (problem.population(turn) for turn in range(len(first), _MOST_ROUNDS))
    third = _temper(problem, (*first, *rest), seed)
    return replace(third, steps=(*found.steps, *third.steps), mode=found.mode)


def _in_rounds(
    drawn: Callable[[int], Drawn], weighed: Callable[[tuple[Drawn, ...]], Weighed], most: int
) -> Weighed:
    """Copies drawn and weighed round by round until a hundred count.

    There is no further round where all weigh alike, or where even the most rounds are foreseen to be too few.
    """
    parts: tuple[Drawn, ...] = (drawn(0),)
    found = weighed(parts)
    while len(parts) < most and np.ptp(found.weights) > 0:
        ess = found.steps[-1].ess
        if ess >= WANTED or ess * most / len(parts) < ENOUGH:
            break
        parts = (*parts, drawn(len(parts)))
        found = weighed(parts)
    return found


def _judged(method: str, log_weights: Array, parts: tuple[Drawn, ...]) -> Weighed:
    """Weights of importance sampling with their diagnostics."""
    weights = np.exp(log_weights - log_weights.max())
    weights = weights / weights.sum()
    ess, khat = effective(weights), pareto_k(log_weights)
    unseen = not log_weights.any()
    holds = unseen or bool(khat < RELIABLE_K and ess >= ENOUGH)
    return Weighed(parts, weights, (Step(method, ess, khat, holds, {"copies": weights.size}),))


def _by_likelihood(parts: tuple[Drawn, ...]) -> Weighed:
    return _judged("population", _likelihood(parts), parts)


def _likelihood(parts: tuple[Drawn, ...]) -> Array:
    """Logarithm of the likelihood of all copies end to end, (copies,)."""
    return np.concatenate([part.log_likelihood for part in parts])


def find_mode(problem: Problem, start: Array) -> Mode:
    """Search the most probable scores: L-BFGS-B on differences taken in one run of copies.

    Args:
        problem: what is weighed.
        start: scores to begin with, (effects,).
    """
    runs = 0
    moves = np.vstack([np.zeros(start.size), _STEP * np.eye(start.size), -_STEP * np.eye(start.size)])

    def lost(scores: Array) -> tuple[float, Array]:
        nonlocal runs
        runs += 1
        at = scores + moves
        found = (at**2).sum(axis=1) / 2 - problem.middle(at)
        up, down = found[1 : 1 + start.size], found[1 + start.size :]
        return float(found[0]), (up - down) / (2 * _STEP)

    bounds = [(-_BOUND, _BOUND)] * start.size
    found = optimize.minimize(
        lost, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": _ROUNDS, "ftol": 1e-4}
    )
    covariance = _covariance(problem, np.asarray(found.x))
    return Mode(np.asarray(found.x), covariance, -float(found.fun), runs + 1, bool(found.success))


def _covariance(problem: Problem, mode: Array) -> Array:
    """Inverse of the curvature at the mode, its eigenvalues held within what a prior of 1 allows."""
    size = mode.size
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    unit = _BEND * np.eye(size)
    at = [mode]
    for i, j in pairs:
        at += [mode + unit[i] + unit[j], mode + unit[i] - unit[j], mode - unit[i] + unit[j]]
        at += [mode - unit[i] - unit[j]]
    points = np.array(at)
    found = (points**2).sum(axis=1) / 2 - problem.middle(points)
    curvature = np.empty((size, size))
    for k, (i, j) in enumerate(pairs):
        both, one, other, neither = found[1 + 4 * k : 5 + 4 * k]
        curvature[i, j] = curvature[j, i] = (both - one - other + neither) / (4 * _BEND**2)
    values, vectors = np.linalg.eigh(curvature)
    return np.asarray((vectors / np.maximum(values, _STIFFEST)) @ vectors.T)


def log_prior(scores: Array) -> Array:
    """Logarithm of the standard normal density of scores, (copies,)."""
    return np.asarray(-(scores**2).sum(axis=1) / 2 - scores.shape[1] * np.log(2 * np.pi) / 2)


def _importance(problem: Problem, first: tuple[Drawn, ...], mode: Mode, mean: Array, seed: int) -> Weighed:
    """Copies around the mode, weighed together with those of the population.

    What else chance decides lies elsewhere than at its middle: the proposal is widened along the way from
    the mode to the mean of the population as weighed.
    """
    count = len(first[0].scores)
    away = np.outer(mean - mode.scores, mean - mode.scores)
    around = stats.multivariate_t(mode.scores, mode.covariance + away, _FREEDOM)

    def drawn(turn: int) -> Drawn:
        found = around.rvs(count, random_state=stream(seed, f"around the mode/{turn}"))
        return problem.fresh(found.reshape(count, -1), turn)

    def weighed(second: tuple[Drawn, ...]) -> Weighed:
        parts = (*first, *second)
        scores, share = np.concatenate([part.scores for part in parts]), len(first) / len(parts)
        prior, near = log_prior(scores), np.atleast_1d(around.logpdf(scores))
        mixed = np.logaddexp(np.log(share) + prior, np.log(1 - share) + near)
        return _judged("laplace", _likelihood(parts) + prior - mixed, parts)

    return _in_rounds(drawn, weighed, _MOST_ROUNDS)


def _temper(problem: Problem, first: tuple[Drawn, ...], seed: int) -> Weighed:
    """The population moved from prior to posterior.

    All its rounds are where the copies that are led come from: the more there are to choose from, the further
    the first step may go. The copies drawn before the last moves count as many as their ancestors are, though
    moves tell them apart again.
    """
    count, chance = len(first[0].scores), stream(seed, "tempering")
    led = min(count, max(_LEAST_LED, round(_LED * count)))
    likelihood = _likelihood(first)
    power = _next_power(likelihood, 0.0, min(led, _TEMPERED_ESS * likelihood.size))
    ancestors = systematic(_normalised(power * likelihood), led, float(chance.random()))
    (cloud, now), size, stages = problem.led(first, ancestors), _FIRST_MOVE, 1
    while True:
        cloud, now, size, taken = _moved(problem, (cloud, now), power, size, chance)
        if power >= 1 or stages == _MOST_STAGES:
            break
        more = _next_power(now.log_likelihood, power, _TEMPERED_ESS * led)
        chosen = systematic(_normalised(more * now.log_likelihood), led, float(chance.random()))
        ancestors, power, stages = ancestors[chosen], power + more, stages + 1
        cloud, now = cloud.some(chosen), problem.some(now, chosen)
    lines = effective(np.bincount(ancestors) / led)
    holds = bool(power >= 1 and lines >= ENOUGH and taken >= _LEAST_TAKEN)
    step = Step("smc", lines, None, holds, {"copies": led, "stages": stages, "taken": round(taken, 3)})
    return Weighed((replace(now, draws=cloud),), np.full(led, 1 / led), (step,))


def _moved(
    problem: Problem, now: tuple[Any, Drawn], power: float, size: float, chance: np.random.Generator
) -> tuple[Any, Drawn, float, float]:
    """The copies of a stage after its moves, the size of the next one, and the share of the last one taken.

    Steps grow where many are taken and shrink where few are.
    """
    (cloud, drawn), taken = now, 0.0
    for _ in range(_LAST_MOVES if power >= 1 else _MOVES):
        tried = cloud.moved(size, chance)
        cloud, drawn, taken = _step(problem, (cloud, drawn), (tried, problem.at(tried)), power, chance)
        size = float(np.clip(size * np.exp(taken - _WANTED), _LEAST_MOVE, _MOST_MOVE))
        for _ in range(_GUESSED):
            again = problem.guessed_again(cloud, drawn, chance)
            cloud, drawn, _ = _step(problem, (cloud, drawn), again, power, chance)
    return cloud, drawn, size, taken


def _step(
    problem: Problem,
    now: tuple[Any, Drawn],
    tried: tuple[Any, Drawn],
    power: float,
    chance: np.random.Generator,
) -> tuple[Any, Drawn, float]:
    """A Metropolis step of every copy, and the share that took it."""
    (cloud, old), (other, new) = now, tried
    gain = power * (new.log_likelihood - old.log_likelihood)
    took = np.log(chance.random(gain.size)) < gain
    return cloud.merged(other, took), problem.merged(old, new, took), float(took.mean())


def _next_power(log_likelihood: Array, power: float, wanted: float) -> float:
    """How much further the likelihood's power may go while so many copies still count."""
    low, high = 0.0, 1 - power
    if effective(_normalised(high * log_likelihood)) >= wanted:
        return high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = effective(_normalised(middle * log_likelihood)) >= wanted
        low, high = (middle, high) if fits else (low, middle)
    return max(low, float(np.finfo(np.float32).eps))


def _normalised(log_weights: Array) -> Array:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())
