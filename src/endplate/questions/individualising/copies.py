"""Virtual copies of the person as visits see them, each with many guesses of what needs no new run.

Potency, half-life, needles and joint decide the run of a copy. How strongly the scale responds here, the
change without the drug, what the rater keeps and how late the person notices come after it: of these every
copy has many guesses, and its likelihood is the mean over them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.case import JointBaseline, PlannedInjection, parse_quantity
from endplate.knowledge.evidence import value
from endplate.physiology import scales
from endplate.physiology.body import WeaknessParameters, weakness_hazard, with_background
from endplate.questions.individualising.visits import Followed
from endplate.simulation.adverse_rates import WEAKNESS, logistic, rates
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, session_times
from endplate.simulation.cloud import Cloud
from endplate.simulation.injection import Reached, reach
from endplate.simulation.joints import JointCourse, key_of
from endplate.simulation.parameters import (
    THIS_STUDY,
    Draws,
    OneAtATime,
    RandomDraws,
    draw,
    study_apart,
)
from endplate.simulation.some import Rows, Some
from endplate.simulation.steered import Remembered, Steered, own_scores, process_of, rescored
from endplate.simulation.weakness import strength_missed

Array = NDArray[np.float64]
Reach = dict[tuple[str, str], Reached]
Normal = Callable[[str], Array]  # standard normal numbers of a process, (copies or 1, guesses)

GUESSES = 128
POTENCY, HALF_LIFE = "terminal.potency_person", "terminal.light_chain_half_life"
LAG, DELAY, RESPONSE = "scales.perception_lag", "clinic.appointment_delay", "scales.response_study"
_REPORTED = (POTENCY, HALF_LIFE, LAG)


@dataclass(frozen=True)
class JointCopies:
    """One joint in every copy; courses are (copies, times), guesses (copies, guesses).

    Attributes:
        true_grade: behind the baseline record, (copies,).
        bare: change of grade where the scale responds as in the typical study.
        r1_deg: catch.
        r2_deg: end of range.
        strength: over the untreated joint's.
        between_sd: of what a rater keeps, grade, (copies,).
        within_sd: of what a visit adds, grade, (copies,).
        r1_sd: of one reading, and of how far the model's catch is off, deg, (copies,).
        r2_sd: of one reading, deg, (copies,).
        level: change without the drug once it has all appeared, grade, guesses.
        drift: score of the drift, guesses.
        kept: what each rater keeps with the person, grade, (copies, raters, guesses).
    """

    true_grade: Array
    bare: Array
    r1_deg: Array
    r2_deg: Array
    strength: Array
    between_sd: Array
    within_sd: Array
    r1_sd: Array
    r2_sd: Array
    level: Array
    drift: Array
    kept: Array


@dataclass(frozen=True)
class Copies:
    """Copies with their guesses.

    Attributes:
        time_d: days since the first session followed, (times,).
        joints: in order of the baselines.
        response: what the scale does to a change over the typical study's, (copies, guesses).
        lag_d: days until the person notices, (copies, guesses).
        placebo_d: time constant of the change without the drug, (copies,).
        ratio_cv: error of one ratio over its size, (copies,).
        delay_d: median of the days from the wish to the needle, (copies,).
        weak: probability that weakness was complained of by each day asked for, (copies, days).
        scores: the effects that are searched for, (copies, effects).
        parameters: values of records by id, (copies,).
        used: records that a population was drawn from.
    """

    time_d: Array
    joints: tuple[JointCopies, ...]
    response: Array
    lag_d: Array
    placebo_d: Array
    ratio_cv: Array
    delay_d: Array
    weak: Array
    scores: Array
    parameters: Mapping[str, Array]
    used: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Number of copies."""
        return len(self.response)

    def rows(self, rows: Rows) -> Copies:
        """Some of the copies."""
        return _each(self, lambda held: held[0][rows])

    def one(self, rows: Rows, guess: Rows) -> Copies:
        """Some of the copies with one guess each, (rows,) both."""
        found, at = self.rows(rows), guess[:, None]

        def pick(held: Array) -> Array:
            return np.take_along_axis(held, at if held.ndim == 2 else at[:, None], axis=-1)

        joints = tuple(
            replace(joint, **{name: pick(getattr(joint, name)) for name in ("level", "drift", "kept")})
            for joint in found.joints
        )
        return replace(found, joints=joints, response=pick(found.response), lag_d=pick(found.lag_d))

    def joined(self, other: Copies) -> Copies:
        """These copies and others of the same times."""
        return _each(self, np.concatenate, other)


def _each(first: Copies, work: Callable[[Sequence[Array]], Array], *others: Copies) -> Copies:
    """Something done with every array that leads with copies; times stay those of the first."""
    every = (first, *others)

    def of(held: Sequence[Any]) -> dict[str, Array]:
        names = [item.name for item in fields(held[0]) if item.name != "time_d"]
        found = {name: [getattr(each, name) for each in held] for name in names}
        return {name: work(arrays) for name, arrays in found.items() if isinstance(arrays[0], np.ndarray)}

    joints = tuple(JointCopies(**of(same)) for same in zip(*(each.joints for each in every), strict=True))
    held = {name: work([each.parameters[name] for each in every]) for name in first.parameters}
    arrays: dict[str, Any] = {**of(every), "joints": joints, "parameters": held}
    return replace(first, **arrays)


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

    def population(self, size: int) -> Copies:
        """Copies as ``simulate`` draws them; kept, for the visits do not change them."""
        plain = replace(self.followed, seen=(), not_used=(), notes=())
        held = _population(replace(self, followed=plain), size, _asked_of(self.followed))
        scores = self._scores(RandomDraws(self.seed, size))
        return replace(held, scores=scores)

    def fresh(self, scores: Array, seed: int) -> Copies:
        """Copies with these scores, (copies, effects), all else drawn anew with a seed."""
        drawn = RandomDraws(seed, len(scores))
        return self._run(self._steered(drawn, scores), scores, _Numbers.of(seed, len(scores)))

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
        return self._run(cloud, self._scores(cloud), _Numbers(partial(_guessed, cloud), cloud.apart[:, None]))

    def middle(self, scores: Array) -> Copies:
        """Copies with these scores, all else at its middle; guesses are the same in all of them."""
        zero = np.zeros((1, scores.shape[1]))
        given = np.concatenate([zero, scores])  # the first finds the joint of all
        alike = np.zeros(len(given), dtype=np.int64)
        got = _reached_in_the_middle(self.followed.injections, self.followed.mass_kg)
        reached = {
            place: Reached(held.exposure_U_h_per_mL[alike], held.held_U[alike]) for place, held in got.items()
        }
        steered = self._steered(Some(_middle(), alike), given)
        found = self._run(steered, given, _Numbers.alike(self.seed), reached)
        return found.rows(np.arange(1, len(given)))

    def _steered(self, beneath: Draws, scores: Array) -> Draws:
        return Steered(beneath, dict(zip(effects_of(self.followed), scores.T, strict=True)))

    def _scores(self, draws: Draws) -> Array:
        """What copies drawn by chance have of their own in the effects, (copies, effects)."""
        processes = effects_of(self.followed)
        return np.stack([draws.normal(process, 1)[:, 0] for process in processes], axis=1)

    def _run(self, draws: Draws, scores: Array, numbers: _Numbers, reached: Reach | None = None) -> Copies:
        about = (self.last_d, self.biology)
        return run_copies(self.followed, draws, scores, numbers, about, _asked_of(self.followed), reached)


@lru_cache(maxsize=1)
def _middle() -> Remembered:
    """All records at their medians, looked up once."""
    return Remembered(OneAtATime(()))


@lru_cache(maxsize=4)
def _reached_in_the_middle(injections: tuple[PlannedInjection, ...], mass_kg: float | None) -> Reach:
    """What muscles got from needles that lie where they were aimed."""
    return reach(injections, mass_kg, _middle())


@lru_cache(maxsize=4)
def _population(runner: Runner, size: int, asked: _Asked) -> Copies:
    draws = RandomDraws(runner.seed, size)
    none = np.empty((size, 0))
    about = (runner.last_d, runner.biology)
    found = run_copies(runner.followed, draws, none, _Numbers.of(runner.seed, size), about, asked)
    return replace(found, used=tuple(sorted(draws.used)))


class _Asked(NamedTuple):
    """What visits ask of copies: how many raters graded, and the days on which weakness was asked for."""

    raters: int
    weakness_d: tuple[float, ...]


def _asked_of(followed: Followed) -> _Asked:
    return _Asked(1 + len({one.rater for one in followed.seen} - {None}), followed.weakness_d)


@dataclass(frozen=True)
class _Numbers:
    """Where guesses come from.

    Attributes:
        normal: standard normal numbers of a process.
        apart: how far this study stands apart, (copies, 1).
    """

    normal: Normal
    apart: Array

    @classmethod
    def of(cls, seed: int, size: int) -> _Numbers:
        """Numbers of every copy's own."""
        return cls(partial(_guessed, RandomDraws(seed, size)), study_apart(seed, THIS_STUDY, size)[:, None])

    @classmethod
    def alike(cls, seed: int) -> _Numbers:
        """Numbers that all copies share."""
        return cls(partial(_guessed, RandomDraws(seed, 1)), np.ones((1, 1)))


def _guessed(draws: Draws, process: str) -> Array:
    """Standard normal numbers of a process for guesses, (copies, guesses)."""
    return draws.normal(f"guess/{process}", GUESSES)


def run_copies(
    followed: Followed,
    draws: Draws,
    scores: Array,
    numbers: _Numbers,
    about: tuple[float, Biology],
    asked: _Asked,
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
    guess = _Guesses(draws, numbers)
    joints = tuple(_joint(course, guess, asked.raters) for course in chain.joints)
    parameters = {record: draws.of(record) for record in _REPORTED}
    return Copies(
        chain.time_d,
        joints,
        guess.response(),
        guess.lag_d(),
        draws.of("scales.placebo_time"),
        draws.of("measures.ratio_cv"),
        rescored(draws, DELAY, np.zeros(draws.size)),
        _complaints(chain, draws, followed.people, asked.weakness_d),
        scores,
        parameters,
    )


def _complaints(chain: Chain, draws: Draws, people: str, days: tuple[float, ...]) -> Array:
    """Probability that weakness was complained of by each day, the drug's or not, (copies, days)."""
    if not days:
        return np.empty((draws.size, 0))
    held = rates(WEAKNESS, people)
    if held is None:
        raise AssertionError("weakness is only asked where rows are held")
    unknowns = held.drawn(draws.normal(f"adverse/{WEAKNESS}/{people}", len(held.names)))
    logit = held.background(unknowns, draws.of("adverse.background_study", WEAKNESS))
    p = draw(WeaknessParameters, draws)
    missed = np.stack([strength_missed(chain, p.spare, day)[0] for day in days], axis=1)
    return with_background(logistic(logit)[:, None], weakness_hazard(p)[:, None] * missed)


@dataclass(frozen=True)
class _Guesses:
    """Guesses of what comes after the run; the first of every copy is the copy's own."""

    draws: Draws
    numbers: _Numbers

    def normal(self, process: str, own: Array | None = None) -> Array:
        """Standard normal numbers, (copies, guesses); ``own`` (copies,) in the first column."""
        found = np.broadcast_to(self.numbers.normal(process), (self.draws.size, GUESSES)).copy()
        if own is not None:
            found[:, 0] = own
        return found

    def study(self, record_id: str) -> Array:
        """Scores of what this study has of its own, (copies, guesses)."""
        found = self.normal(record_id) * self.numbers.apart
        found[:, 0] = self.draws.of(record_id)
        return found

    def response(self) -> Array:
        """What the scale does to a change, over the typical study's."""
        spread = self.draws.of(f"{RESPONSE}_sd")[:, None]
        return np.asarray(np.exp(spread * self.study(RESPONSE)))

    def lag_d(self) -> Array:
        """Days until the person notices."""
        return rescored(self.draws, LAG, self.normal(LAG, own_scores(self.draws, LAG)))

    def level(self, base: JointBaseline) -> Array:
        """Change without the drug once it has all appeared, grade."""
        name = f"placebo/{key_of(base)}"
        person = self.normal(name, self.draws.normal(name, 1)[:, 0])
        p = draw(scales.Parameters, self.draws)
        study = p.placebo_study_sd_grade[:, None] * self.study("scales.placebo_study")
        return np.asarray(p.placebo_change_grade[:, None] + study + p.placebo_sd_grade[:, None] * person)


def _joint(course: JointCourse, guess: _Guesses, raters: int) -> JointCopies:
    """One joint of a run with its guesses."""
    draws, base = guess.draws, course.baseline
    own = np.exp(draws.of(f"{RESPONSE}_sd") * draws.of(RESPONSE))
    rater = draw(scales.RaterParameters, draws).rater_at(base.joint)
    angles = draw(scales.Angles, draws)
    name = key_of(base)
    kept = [guess.normal(f"kept/{name}/{k}") * rater.between_sd_grade[:, None] for k in range(raters)]
    return JointCopies(
        course.true_grade,
        course.scale_change / own[:, None],
        course.r1_deg,
        course.r2_deg,
        course.strength,
        rater.between_sd_grade,
        rater.within_sd_grade,
        np.hypot(angles.r1_sd_deg, value("visits.r1_model_sd")),
        angles.r2_sd_deg,
        guess.level(base),
        guess.normal(f"drift/{name}"),
        np.stack(kept, axis=1),
    )


def months(days: Array | float) -> Array:
    """Days as months."""
    return np.asarray(days) / parse_quantity("1 mo").to("d").value
