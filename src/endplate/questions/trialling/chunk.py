"""Some people of one arm of a trial, simulated: the piece of work that any worker can do.

A trial is cut into chunks by its file alone, so that neither threads nor machines change a bit of the answer.
People of an arm stand at places of their own in every world (one replicate of the trial): another arm, more
replicates or a larger arm leave them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import count

import numpy as np
from numpy.typing import NDArray

from endplate.case.study import Arm, Outcome
from endplate.case.trial import Endpoint, Trial
from endplate.knowledge.evidence import Posterior, load_posterior
from endplate.questions.reproducing.grades import rated, when_of
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.reproducing.measures import of_each, reinjected_on
from endplate.questions.reproducing.simulated import Simulated
from endplate.questions.reproducing.trial import SimulatedStudy
from endplate.simulation.blocks import one_thread
from endplate.simulation.people import PeopleDraws

Array = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]

CHUNK = 512  # people whose courses fit into memory that is used again and again
_STRIDE = 2**20  # places of people kept for one arm


@dataclass(frozen=True)
class Chunk:
    """Part of one arm: consecutive worlds, and consecutive people of each.

    Attributes:
        number: its place among the chunks of the trial.
        block: its place among the blocks, each of which holds all arms of some worlds.
        arm: place of the arm in the file.
        worlds: first world and the one after the last.
        who: first person and the one after the last.
    """

    number: int
    block: int
    arm: int
    worlds: tuple[int, int]
    who: tuple[int, int]


def chunks_of(trial: Trial) -> Iterator[Chunk]:
    """All chunks of a trial, block by block, in every block arm by arm."""
    most, number = max(arm.n for arm in trial.arms), count()
    for block, worlds in enumerate(_ranges(trial.replicates, max(1, CHUNK // most))):
        for place, arm in enumerate(trial.arms):
            for who in _ranges(arm.n, CHUNK):
                yield Chunk(next(number), block, place, worlds, who)


def _ranges(total: int, each: int) -> Iterator[tuple[int, int]]:
    for start in range(0, total, each):
        yield start, min(start + each, total)


@lru_cache(maxsize=2)
def _unseen(trial: str) -> Posterior:
    """What calibration learnt from other studies than a published trial, so that it does not judge itself."""
    return load_posterior(spare=True).leaving_out(trial)


class TrialStudy(SimulatedStudy):
    """A chunk of a trial, run as a published study is: the same arms, joints, raters and measures."""

    def __init__(self, trial: Trial, chunk: Chunk, seed: int) -> None:
        worlds = range(*chunk.worlds)
        known = _unseen(trial.trial) if trial.published else load_posterior()
        super().__init__(trial.as_study(), len(worlds), seed, known)
        first = chunk.arm * _STRIDE
        who = range(first + chunk.who[0], first + chunk.who[1])
        self.people = PeopleDraws(seed, worlds, who, setting=trial.trial, posterior=self._posterior)

    def _people(self, arm: Arm) -> int:
        return self.people.people

    def _group(self, arm: Arm, people: int, species: str) -> PeopleDraws:
        return self.people


@dataclass(frozen=True)
class Followed:
    """One chunk of a trial as simulated."""

    trial: Trial
    arm: Arm
    simulated: Simulated
    people: PeopleDraws

    @cached_property
    def _last_d(self) -> float:
        days = [visit.to("d").value for visit in self.trial.visits]
        days += [e.at.to("d").value for e in self.trial.endpoints if e.at is not None]
        return max(days, default=1.0)

    def columns(self) -> Columns:
        """Every person's numbers: who, when they left, and every endpoint, (people of the chunk,) each."""
        size, first = self.people.size, self.people.who.start % _STRIDE
        found: Columns = {
            "replicate": self.people.shared.astype(np.int32),
            "person": np.tile(np.arange(self.people.people, dtype=np.int32) + first, self.people.draws),
            "left_d": self._left_d(),
        }
        for endpoint in self.trial.endpoints:
            try:
                found |= self._endpoint(endpoint)
            except CannotSimulate:
                found[endpoint.endpoint] = np.full(size, np.nan)
        return found

    def _left_d(self) -> Array:
        """Day on which each person leaves, infinite for those who stay; a constant hazard."""
        share = self.trial.attendance.left_by_end
        if share is None or not share.value:
            return np.full(self.people.size, np.inf)
        rate = -np.log1p(-share.value / 100) / self._last_d
        return np.asarray(-np.log(self.people.uniform("attendance/left", 1)[:, 0]) / rate)

    def _missed(self, when: str) -> NDArray[np.bool_]:
        """Whether each person misses a visit, (people,)."""
        share = self.trial.attendance.missed_visits
        if share is None:
            return np.zeros(self.people.size, dtype=np.bool_)
        return np.asarray(self.people.uniform(f"attendance/missed/{when}", 1)[:, 0] < share.value / 100)

    def _endpoint(self, endpoint: Endpoint) -> Columns:
        """Columns of one endpoint: its value, and what its analysis needs beside it."""
        name, outcome, arm = endpoint.endpoint, endpoint.of_arm(self.arm.arm), self.simulated
        if endpoint.method == "log_rank":
            return {name: reinjected_on(arm, outcome)}
        if endpoint.method == "mixed_model":
            return self._over_visits(endpoint, outcome)
        value = of_each(arm, outcome)
        if endpoint.measure == "duration":  # no effect lasts no time; a mean of studies leaves it out
            value = np.nan_to_num(value, nan=0.0)
        value = np.where(self._missed(when_of(outcome)), np.nan, value)
        found: Columns = {name: value}
        if not endpoint.is_share and endpoint.scale is not None and endpoint.scale != "tardieu_angle":
            found[f"{name}/baseline"] = rated(arm, outcome).baseline()
        return found

    def _over_visits(self, endpoint: Endpoint, outcome: Outcome) -> Columns:
        """The recorded change at every visit after baseline."""
        seen, arm = rated(self.simulated, outcome), self.simulated
        before = seen.baseline()
        found: Columns = {f"{endpoint.endpoint}/baseline": before}
        for visit in visits_of(self.trial, endpoint):
            when = f"{visit:g}"
            change = seen.later(arm, np.full(arm.group.size, visit), when) - before
            found[f"{endpoint.endpoint}/{when}"] = np.where(self._missed(when), np.nan, change)
        return found


def visits_of(trial: Trial, endpoint: Endpoint) -> list[float]:
    """Days of the visits at which an endpoint of a mixed model is recorded, its own day among them."""
    days = {visit.to("d").value for visit in trial.visits} | {day_of(trial, endpoint)}
    return sorted(day for day in days if day > 0)


def day_of(trial: Trial, endpoint: Endpoint) -> float:
    """The day of an endpoint: its own, else that of the only visit after baseline, else the last visit."""
    if endpoint.at is not None:
        return float(endpoint.at.to("d").value)
    return max((float(visit.to("d").value) for visit in trial.visits), default=0.0)


def follow(trial: Trial, chunk: Chunk, seed: int, *, null: bool = False) -> Columns:
    """Simulate a chunk, all in the thread that calls.

    Args:
        trial: the whole trial.
        chunk: which part.
        seed: of the run.
        null: every arm gets what the control gets, so that no difference is true.
    """
    arm = trial.arms[chunk.arm]
    study = TrialStudy(trial, chunk, seed)
    given = trial.control.model_copy(update={"arm": arm.arm, "n": arm.n}) if null else arm
    with one_thread():
        return Followed(trial, arm, study.run(given), study.people).columns()


def unsimulated(trial: Trial, seed: int) -> dict[str, str]:
    """Endpoints that are not simulated and why, found with two people of one world in every arm."""
    found: dict[str, str] = {}
    for place, arm in enumerate(trial.arms):
        study = TrialStudy(trial, Chunk(0, 0, place, (0, 1), (0, 2)), seed)
        simulated = study.run(arm)
        for endpoint in trial.endpoints:
            try:
                of_each(simulated, endpoint.of_arm(arm.arm))
            except CannotSimulate as reason:
                found.setdefault(endpoint.endpoint, str(reason))
    return found
