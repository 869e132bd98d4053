"""Running the copies of one case: as the prior draws them, at scores asked for, or moved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.case import PlannedInjection
from endplate.physiology.body import WeaknessParameters, weakness_hazard, with_background
from endplate.questions.individualising.copies import DELAY, HALF_LIFE, LAG, POTENCY, Copies
from endplate.questions.individualising.guesses import Guesses, Numbers, guessed_again, joint_copies
from endplate.questions.individualising.visits import Followed
from endplate.simulation.adverse.rates import WEAKNESS, logistic, rates
from endplate.simulation.adverse.weakness import strength_missed
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.draws.cloud import Cloud
from endplate.simulation.draws.steered import Remembered, Steered, process_of, rescored
from endplate.simulation.draws.subset import Subset
from endplate.simulation.injection import Reached, reach
from endplate.simulation.joints.course import key_of
from endplate.simulation.parameters import Draws, OneAtATime, RandomDraws, draw

Array = NDArray[np.float64]
Reach = dict[tuple[str, str], Reached]

_REPORTED = (POTENCY, HALF_LIFE, LAG)


def effects_of(followed: Followed) -> tuple[str, ...]:
    """The scores that are searched for, by process: potency, half-life, true grade of every joint observed.

    A joint that had no tone has no grade to search for.
    """
    seen = {one.place for one in followed.seen if one.kind in ("grade", "before", "r1", "r2")}
    joints = [
        base
        for base, place in zip(followed.baselines, followed.places, strict=True)
        if place in seen and base.coded > 0
    ]
    own = [process_of(record) for record in (POTENCY, HALF_LIFE)]
    return (*own, *(f"baseline grade/{key_of(base)}" for base in joints))


@dataclass(frozen=True)
class Runner:
    """Runs copies of one case.

    Attributes:
        followed: the case.
        last_d: days followed, from the first session.
        seed: of every random stream.
        biology: variants.
    """

    followed: Followed
    last_d: float
    seed: int
    biology: Biology

    def drawn(self, size: int) -> RandomDraws:
        """Where the numbers of a population come from."""
        return RandomDraws(self.seed, size)

    def population(self, size: int) -> Copies:
        """Copies as ``simulate`` draws them; kept, for the visits do not change them."""
        plain = replace(self.followed, seen=(), not_used=(), notes=())
        held = _population(replace(self, followed=plain), size, asked_of(self.followed))
        return replace(held, scores=self._scores(self.drawn(size)))

    def fresh_draws(self, scores: Array, seed: int) -> Draws:
        """Draws with these scores, (copies, effects), all else drawn anew with a seed."""
        return self._steered(RandomDraws(seed, len(scores)), scores)

    def fresh(self, scores: Array, seed: int) -> Copies:
        """The copies of these draws."""
        return self._run(self.fresh_draws(scores, seed), scores, Numbers.of(seed, len(scores)))

    def cloud(self, size: int) -> Cloud:
        """The population of a size with all its numbers of chance, ready to be moved."""
        few = Cloud.begun(self.seed, 2)
        self.at(few)  # asks for every number there is
        cloud = Cloud.begun(self.seed, size)
        for name, held in few.normals.items():
            cloud.begin(name, held.shape[1])
        return cloud

    def at(self, cloud: Cloud) -> Copies:
        """The copies of a cloud."""
        return self._run(cloud, self._scores(cloud), Numbers.moved(cloud))

    def guessed_again(self, copies: Copies, cloud: Cloud) -> Copies:
        """Copies of a cloud of which only guesses were moved since they were run."""
        return guessed_again(copies, self.followed.baselines, Guesses(cloud, Numbers.moved(cloud)))

    def middle(self, scores: Array) -> Copies:
        """Copies with these scores, all else at its middle; guesses are the same in all of them."""
        zero = np.zeros((1, scores.shape[1]))
        given = np.concatenate([zero, scores])  # the first finds the joint of all
        alike = np.zeros(len(given), dtype=np.int64)
        got = _reached_in_the_middle(self.followed.injections, self.followed.mass_kg)
        reached = {
            place: Reached(held.exposure_U_h_per_mL[alike], held.held_U[alike]) for place, held in got.items()
        }
        steered = self._steered(Subset(_middle(), alike), given)
        found = self._run(steered, given, Numbers.alike(self.seed), reached)
        return found.rows(np.arange(1, len(given)))

    def _steered(self, beneath: Draws, scores: Array) -> Draws:
        return Steered(beneath, dict(zip(effects_of(self.followed), scores.T, strict=True)))

    def _scores(self, draws: Draws) -> Array:
        """What copies drawn by chance have of their own in the effects, (copies, effects)."""
        processes = effects_of(self.followed)
        return np.stack([draws.normal(process, 1)[:, 0] for process in processes], axis=1)

    def _run(self, draws: Draws, scores: Array, numbers: Numbers, reached: Reach | None = None) -> Copies:
        about = (self.last_d, self.biology)
        return run_copies(self.followed, draws, scores, numbers, about, asked_of(self.followed), reached)


@lru_cache(maxsize=1)
def _middle() -> Remembered:
    """All records at their medians, looked up once."""
    return Remembered(OneAtATime(()))


@lru_cache(maxsize=4)
def _reached_in_the_middle(injections: tuple[PlannedInjection, ...], mass_kg: float | None) -> Reach:
    """What muscles got from needles that lie where they were aimed."""
    return reach(injections, mass_kg, _middle())


@lru_cache(maxsize=8)
def _population(runner: Runner, size: int, asked: AskedOf) -> Copies:
    draws = RandomDraws(runner.seed, size)
    none = np.empty((size, 0))
    about = (runner.last_d, runner.biology)
    found = run_copies(runner.followed, draws, none, Numbers.of(runner.seed, size), about, asked)
    return replace(found, used=tuple(sorted(draws.used)))


class AskedOf(NamedTuple):
    """What visits ask of copies: how many raters graded, and for which session weakness was asked when."""

    raters: int
    weakness: tuple[tuple[float, float], ...]


def asked_of(followed: Followed) -> AskedOf:
    """What the visits of a case ask of its copies."""
    return AskedOf(1 + len({one.rater for one in followed.seen} - {None}), followed.weakness_asked)


def run_copies(
    followed: Followed,
    draws: Draws,
    scores: Array,
    numbers: Numbers,
    about: tuple[float, Biology],
    asked: AskedOf,
    reached: Reach | None = None,
) -> Copies:
    """Run some copies of a case.

    Args:
        followed: the case.
        draws: where numbers come from.
        scores: of the effects, (copies, effects), to be kept with the copies.
        numbers: where guesses come from; the first of each copy is what ``draws`` has.
        about: days followed, and variants.
        asked: what visits ask.
        reached: what muscles got, where it is known.
    """
    last_d, biology = about
    days = followed.sessions.days
    chain = run_chain(
        followed.injections,
        followed.baselines,
        followed.mass_kg,
        draws,
        session_times(last_d, days),
        sessions_d=days,
        biology=biology,
        dose=np.tile(np.array(followed.sessions.doses), (draws.size, 1)),
        reached=reached,
    )
    guess = Guesses(draws, numbers)
    joints = tuple(joint_copies(course, guess, asked.raters) for course in chain.joints)
    parameters = {record: draws.of(record) for record in _REPORTED}
    return Copies(
        chain.time_d,
        joints,
        guess.response(),
        guess.lag_d(),
        draws.of("scales.placebo_time"),
        draws.of("measures.ratio_cv"),
        rescored(draws, DELAY, np.zeros(draws.size)),
        _complaints(chain, draws, followed.people, asked.weakness),
        scores,
        parameters,
    )


def _complaints(chain: Chain, draws: Draws, people: str, asked: tuple[tuple[float, float], ...]) -> Array:
    """Probability that weakness was complained of since a session, the drug's or not, (copies, asked)."""
    if not asked:
        return np.empty((draws.size, 0))
    held = rates(WEAKNESS, people)
    if held is None:
        raise AssertionError("weakness is only asked where rows are held")
    unknowns = held.drawn(draws.normal(f"adverse/{WEAKNESS}/{people}", len(held.names)))
    logit = held.background(unknowns, draws.of("adverse.background_study", WEAKNESS))
    p = draw(WeaknessParameters, draws)
    least = [strength_missed(chain, p.spare, day, session)[0] for session, day in asked]
    missed = np.stack(least, axis=1)
    return with_background(logistic(logit)[:, None], weakness_hazard(p)[:, None] * missed)
