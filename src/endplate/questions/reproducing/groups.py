"""Chance of a trial: what is shared by all, by a study, and what every person draws afresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from endplate.case import Arm, Outcome
from endplate.knowledge.evidence import Posterior, get, load_posterior, value
from endplate.simulation.draws.people import InWorlds, drawn_in_worlds
from endplate.simulation.parameters import shared_scores, stream, study_scores

Array = NDArray[np.float64]

MOST_PEOPLE = 20
_ANIMAL = {
    "terminal.pace_species": "terminal.pace_species.animal",
    "terminal.potency_species": "terminal.potency_species.animal",
    "terminal.quantal_content": "terminal.quantal_content.animal",
    "terminal.safety_factor": "terminal.safety_factor.animal",
}


class CannotSimulate(Exception):
    """An outcome that the model does not simulate; the text is the reason shown."""


def people_reported(arm: Arm, outcome: Outcome | None = None) -> int:
    """The size of the group that an outcome reports: its own, its arm's, else the one assumed."""
    own = outcome.n if outcome else None
    return own or arm.n or int(value("measures.group_not_stated"))


class Group(InWorlds, Protocol):
    """Chance of the people of a group, in every draw of what all of them share: a draw is a world."""

    @property
    def seed(self) -> int:
        """Seed of every stream."""

    @property
    def draws(self) -> int:
        """Number of draws."""

    @property
    def places(self) -> NDArray[np.int64]:
        """Place of each copy, (size,), by which people take turns."""

    def by_draw(self, values: Array) -> Array:
        """Values of all copies (size, ...) as (draws, people, ...)."""

    def of_draws(self, process: str, count: int) -> Array:
        """Standard normal numbers that all people of a draw share, whatever the study, (draws, count)."""


@dataclass
class GroupDraws:
    """Copies for ``draws`` posterior draws of ``people`` each; people vary within a draw.

    Attributes:
        seed: of every stream.
        draws: posterior draws.
        people: people simulated in each.
        study: name of the study; its own effect is shared by its arms.
        group: name of the group within the study.
        species: ``human``, ``healthy`` (muscles without spasticity) or an animal; some records differ.
        posterior: what calibration learnt of the numbers that all share.
    """

    seed: int
    draws: int
    people: int
    study: str
    group: str
    species: str = "human"
    posterior: Posterior = field(default_factory=load_posterior)
    one_joint = False

    @property
    def size(self) -> int:
        """Copies in all."""
        return self.draws * self.people

    @property
    def shared(self) -> NDArray[np.int64]:
        """Number of each copy's posterior draw, (size,)."""
        return np.repeat(np.arange(self.draws), self.people)

    @property
    def places(self) -> NDArray[np.int64]:
        """Place of each copy among all, (size,)."""
        return np.arange(self.size)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record: shared within a draw unless the record varies by person or cycle."""
        record = get(self._record(record_id))
        shared = partial(shared_scores, self.posterior, record, self.seed, self.draws, key)
        return drawn_in_worlds(self, record, shared, key)

    def study_scores(self, record_id: str, key: str = "") -> Array:
        """The study's own scores of a record that varies by study, (draws,)."""
        return study_scores(self.seed, self.study, f"{self.study}/{record_id}/{key}", self.draws)

    def of_draws(self, process: str, count: int) -> Array:
        """Standard normal numbers that all people of a draw share, whatever the study, (draws, count)."""
        return stream(self.seed, process).standard_normal((self.draws, count))

    def _record(self, record_id: str) -> str:
        """The record that takes another's place for this species or state, where there is one."""
        if self.species == "healthy":
            return {"spread.bolus_length": "spread.bolus_length.healthy"}.get(record_id, record_id)
        return record_id if self.species == "human" else _ANIMAL.get(record_id, record_id)

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self._chance(process).standard_normal((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self._chance(process).random((self.size, count))

    def _chance(self, process: str) -> np.random.Generator:
        return stream(self.seed, f"{self.study}/{self.group}/{process}")

    def by_draw(self, values: Array) -> Array:
        """Values of all copies as (draws, people, ...)."""
        return values.reshape(self.draws, self.people, *values.shape[1:])
