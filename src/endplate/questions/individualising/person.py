"""One person as a problem of weighing, and what came of it as equally weighted copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.questions.individualising.copies import RESPONSE, Copies
from endplate.questions.individualising.guesses import GUESS
from endplate.questions.individualising.likelihood import log_likelihood
from endplate.questions.individualising.next_time import Known
from endplate.questions.individualising.running import Runner, effects_of
from endplate.questions.individualising.sample import Sample, sample_of
from endplate.questions.individualising.spread_weights import systematic
from endplate.questions.individualising.visits import Followed
from endplate.questions.individualising.weighing import Drawn, Weighed, weigh
from endplate.simulation.draws.cloud import Cloud
from endplate.simulation.draws.joined import Joined
from endplate.simulation.draws.subset import Subset
from endplate.simulation.parameters import Draws, stream

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_DIGITS = 4
_NEXT_SEED = 1_000_003  # so that no run of another seed shares its numbers


@dataclass(frozen=True)
class _Held:
    """Copies with the logarithm of the likelihood of each guess, (copies, guesses)."""

    copies: Copies
    guesses: Array


@dataclass(frozen=True)
class Person:
    """A case whose copies are weighed; the problem of :func:`weighing.weigh`.

    Attributes:
        followed: the case.
        runner: runs its copies.
        size: how many.
        horizon_d: last day forecast, since the plan.
    """

    followed: Followed
    runner: Runner
    size: int
    horizon_d: float = np.inf

    @property
    def effects(self) -> int:
        """How many scores are free."""
        return len(effects_of(self.followed))

    def population(self, turn: int = 0) -> Drawn:
        """Copies drawn from the prior, others at every turn."""
        runner = self._turn(turn)
        return self._drawn(runner.population(self.size), runner.drawn(self.size))

    def fresh(self, scores: Array, turn: int = 0) -> Drawn:
        """Copies with these scores, all else drawn anew at every turn."""
        seed = self.runner.seed + (2 * turn + 1) * _NEXT_SEED
        return self._drawn(self.runner.fresh(scores, seed), self.runner.fresh_draws(scores, seed))

    def cloud(self, turn: int = 0) -> Cloud:
        """The population with all its numbers of chance."""
        return self._turn(turn).cloud(self.size)

    def led(self, parts: tuple[Drawn, ...], rows: Rows) -> tuple[Cloud, Drawn]:
        """Copies of the population's rounds, by ascending rows of all end to end, with their cloud."""
        own = _by_part(parts, rows)
        cloud = reduce(Cloud.joined, (self.cloud(turn).some(at) for turn, at in enumerate(own)))
        return cloud, reduce(_joined, (self.some(part, at) for part, at in zip(parts, own, strict=True)))

    def at(self, cloud: Cloud) -> Drawn:
        """The copies of a cloud."""
        return self._drawn(self.runner.at(cloud), cloud)

    def guessed_again(self, cloud: Cloud, drawn: Drawn, chance: np.random.Generator) -> tuple[Cloud, Drawn]:
        """A cloud whose guesses are all drawn anew, and its copies: nothing is run."""
        tried = cloud.moved(1, chance, GUESS)
        copies = self.runner.guessed_again(drawn.held.copies, tried)
        return tried, self._drawn(copies, tried)

    def some(self, drawn: Drawn, rows: Rows) -> Drawn:
        """Some of the copies."""
        held = _Held(drawn.held.copies.rows(rows), drawn.held.guesses[rows])
        return Drawn(drawn.scores[rows], drawn.log_likelihood[rows], held)

    def merged(self, drawn: Drawn, other: Drawn, took: Mask) -> Drawn:
        """These copies with those of another in place of some, (copies,)."""
        wide = took[:, None]
        held = _Held(
            drawn.held.copies.merged(other.held.copies, took),
            np.where(wide, other.held.guesses, drawn.held.guesses),
        )
        likelihood = np.where(took, other.log_likelihood, drawn.log_likelihood)
        return Drawn(np.where(wide, other.scores, drawn.scores), likelihood, held)

    def middle(self, scores: Array) -> Array:
        """Logarithm of the likelihood at these scores with all else at its middle, (copies,)."""
        return _mean(log_likelihood(self.followed, self.runner.middle(scores)))

    def _turn(self, turn: int) -> Runner:
        """What runs the population of a turn: seeds between are those of copies around the mode."""
        return replace(self.runner, seed=self.runner.seed + 2 * turn * _NEXT_SEED)

    def _drawn(self, copies: Copies, draws: Draws) -> Drawn:
        guesses = log_likelihood(self.followed, copies)
        return Drawn(copies.scores, _mean(guesses), _Held(copies, guesses), draws)


def _by_part(parts: Sequence[Drawn], rows: Rows) -> list[Rows]:
    """The rows of every part among ascending rows of all parts end to end."""
    ends = np.cumsum([len(part.scores) for part in parts])
    found = np.split(rows, np.searchsorted(rows, ends[:-1]))
    return [own - (end - len(part.scores)) for own, end, part in zip(found, ends, parts, strict=True)]


def _joined(drawn: Drawn, other: Drawn) -> Drawn:
    """Copies of two parts end to end."""
    one, two = drawn.held, other.held
    held = _Held(one.copies.joined(two.copies), np.concatenate([one.guesses, two.guesses]))
    scores = np.concatenate([drawn.scores, other.scores])
    return Drawn(scores, np.concatenate([drawn.log_likelihood, other.log_likelihood]), held)


def _mean(guesses: Array) -> Array:
    """Logarithm of the mean over guesses of what their logarithms tell, (copies,)."""
    most = guesses.max(axis=1)
    return np.asarray(most + np.log(np.exp(guesses - most[:, None]).mean(axis=1)))


@dataclass(frozen=True)
class Learnt:
    """What came of it.

    Attributes:
        before: copies of the prior.
        after: copies of the posterior.
        weighed: how these were weighed.
        effects: names of the scores that were free.
        population: the copies that ``before`` was taken from.
        chosen: copies and guesses of the posterior: copies that were drawn, their rows and guesses.
        drawn: where the numbers of the copies that were drawn come from.
    """

    before: Sample
    after: Sample
    weighed: Weighed
    effects: tuple[str, ...]
    population: Copies
    chosen: tuple[Copies, Rows, Rows]
    drawn: Draws

    def person(self) -> Draws:
        """The person in copies of the posterior, for other runs than the one that taught it.

        Everything is as in the copy, what the scale does to a change as in the guess that was chosen with it.
        """
        copies, rows, guess = self.chosen
        own = Subset(self.drawn, rows)
        response = np.log(copies.response[rows, guess]) / own.of(f"{RESPONSE}_sd")
        return Known(own, {RESPONSE: response})

    def diagnostics(self) -> dict[str, Any]:
        """Which way was used and how well it holds, with those tried before and the mode where searched."""
        told: dict[str, Any] = self.weighed.steps[-1].to_dict()
        told["tried"] = [step.to_dict() for step in self.weighed.steps]
        mode = self.weighed.mode
        told["mode"] = None
        if mode is not None:
            scores = {
                name: round(float(score), _DIGITS)
                for name, score in zip(self.effects, mode.scores, strict=True)
            }
            told["mode"] = {"scores": scores, "runs": mode.runs, "settled": mode.settled}
        return told

    def warnings(self) -> list[str]:
        """What must be known of the way used."""
        last = self.weighed.steps[-1]
        if last.holds:
            return []
        return [
            f"Few copies agree with the visits (method {last.method}, {last.ess:.0f} effective copies): the "
            "bands are rough. Visits may contradict each other or the model; more draws tell more."
        ]


def learn(
    person: Person, seed: int, method: str | None = None, progress: Callable[[float], None] | None = None
) -> Learnt:
    """Weigh the copies of a person and draw equally weighted ones.

    Args:
        person: the person.
        seed: of every random stream.
        method: as :func:`weighing.weigh`.
        progress: told the share done, 0 to 1.
    """
    problem = person if progress is None else _Telling(person, progress)
    weighed = weigh(problem, seed, method)
    population = person.runner.population(person.size)
    first = np.arange(person.size)
    own = np.zeros_like(first)
    before = sample_of(person.followed, population, first, own, person.horizon_d)
    if person.followed.seen:
        chosen, drawn = _chosen(weighed, person.size, float(stream(seed, "posterior copies").random()))
    else:
        chosen, drawn = (population, first, own), person.runner.drawn(person.size)
    after = sample_of(person.followed, *chosen, person.horizon_d)
    if progress:
        progress(1.0)
    return Learnt(before, after, weighed, effects_of(person.followed), population, chosen, drawn)


def _chosen(weighed: Weighed, size: int, start: float) -> tuple[tuple[Copies, Rows, Rows], Draws]:
    """Copies and guesses drawn by weight, with where their numbers come from; the other copies are let go."""
    guesses = np.concatenate([part.held.guesses for part in weighed.parts])
    within = np.exp(guesses - guesses.max(axis=1, keepdims=True))
    joint = weighed.weights[:, None] * within / within.sum(axis=1, keepdims=True)
    rows, guess = np.divmod(systematic(joint.ravel(), size, start), guesses.shape[1])
    kept, place = np.unique(rows, return_inverse=True)
    own = zip(weighed.parts, _by_part(weighed.parts, kept), strict=True)
    found = [part.held.copies.rows(at) for part, at in own]
    drawn = Subset(Joined(tuple(part.draws for part in weighed.parts)), kept)
    return (reduce(Copies.joined, found), place, guess), drawn


@dataclass
class _Telling:
    """A person whose runs are told of; how many there will be is not known before."""

    person: Person
    progress: Callable[[float], None]
    done: float = 0.0

    @property
    def effects(self) -> int:
        """How many scores are free."""
        return self.person.effects

    def population(self, turn: int = 0) -> Drawn:
        """As the person's."""
        return self._told(self.person.population(turn))

    def fresh(self, scores: Array, turn: int = 0) -> Drawn:
        """As the person's."""
        return self._told(self.person.fresh(scores, turn))

    def led(self, parts: tuple[Drawn, ...], rows: Rows) -> tuple[Cloud, Drawn]:
        """As the person's."""
        return self.person.led(parts, rows)

    def at(self, cloud: Cloud) -> Drawn:
        """As the person's."""
        return self._told(self.person.at(cloud))

    def guessed_again(self, cloud: Cloud, drawn: Drawn, chance: np.random.Generator) -> tuple[Cloud, Drawn]:
        """As the person's."""
        return self.person.guessed_again(cloud, drawn, chance)

    def some(self, drawn: Drawn, rows: Rows) -> Drawn:
        """As the person's."""
        return self.person.some(drawn, rows)

    def merged(self, drawn: Drawn, other: Drawn, took: Mask) -> Drawn:
        """As the person's."""
        return self.person.merged(drawn, other, took)

    def middle(self, scores: Array) -> Array:
        """As the person's."""
        return self.person.middle(scores)

    def _told(self, drawn: Drawn) -> Drawn:
        self.done += (1 - self.done) / 2
        self.progress(self.done)
        return drawn
