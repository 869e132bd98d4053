"""Some people of one arm of a trial, simulated: the piece of work that any worker can do.

A trial is cut into chunks by its file alone, so that neither threads nor machines change a bit of the answer.
People of an arm stand at places of their own in every world (one replicate of the trial): another arm, more
replicates or a larger arm leave them as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from endplate.case.trial import Trial
from endplate.questions.reproducing.groups import CannotSimulate
from endplate.questions.trialling.followed import Followed, TrialStudy, posterior_of
from endplate.questions.trialling.recruited import Enrolled, SomePeople, by_mass, enrolled, told_of
from endplate.simulation.blocks import one_thread
from endplate.simulation.draws.people import PeopleDraws

Columns = dict[str, NDArray[np.generic]]

CHUNK = 1024
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

    @property
    def people(self) -> int:
        """How many people all of its worlds have."""
        return (self.worlds[1] - self.worlds[0]) * (self.who[1] - self.who[0])


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


def people_of(trial: Trial, chunk: Chunk, seed: int) -> PeopleDraws:
    """The people of a chunk, recruited where the trial says from where."""
    first = chunk.arm * _STRIDE
    who = range(first + chunk.who[0], first + chunk.who[1])
    worlds, posterior = range(*chunk.worlds), posterior_of(trial)
    people = PeopleDraws(seed, worlds, who, setting=trial.trial, posterior=posterior)
    return people if trial.recruit is None else enrolled(people, trial.recruit)


def follow(trial: Trial, chunk: Chunk, seed: int, *, null: bool = False) -> Columns:
    """Simulate a chunk, all in the thread that calls.

    Args:
        trial: the whole trial.
        chunk: which part.
        seed: of the run.
        null: every arm gets what the control gets, so that no difference is true.
    """
    given, people = trial.control if null else trial.arms[chunk.arm], people_of(trial, chunk, seed)
    found: Columns = {
        "replicate": people.shared.astype(np.int32),
        "person": (people.places % _STRIDE).astype(np.int32),
    }
    with one_thread():
        if not isinstance(people, Enrolled) or people.recruits is None:
            study = TrialStudy(trial, people, None)
            return found | Followed(trial, given, study, study.run(given)).columns()
        found |= told_of(people.recruits)
        for mass_kg, rows in by_mass(people.recruits):
            study = TrialStudy(trial, SomePeople(people, rows), mass_kg)
            for name, column in Followed(trial, given, study, study.run(given)).columns().items():
                found.setdefault(name, np.empty(people.size, column.dtype))[rows] = column
    return found


def unsimulated(trial: Trial, seed: int) -> dict[str, str]:
    """Endpoints that are not simulated and why, found with two people of one world in every arm."""
    found: dict[str, str] = {}
    for place, arm in enumerate(trial.arms):
        people = people_of(trial, Chunk(0, 0, place, (0, 1), (0, 2)), seed)
        study = TrialStudy(trial, people, None)
        followed = Followed(trial, arm, study, study.run(arm))
        for endpoint in trial.endpoints:
            try:
                followed.value(endpoint)
            except CannotSimulate as reason:
                found.setdefault(endpoint.endpoint, str(reason))
    return found
