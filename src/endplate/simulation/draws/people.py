"""Virtual people, each with chance of its own: the same person whoever else is simulated, and where.

A number belongs to (seed, slot, world, person, process). A *world* is one draw of what nobody knows and one
setting: all of its people share that. A *slot* tells people who are drawn for different ends. People lie at
fixed places of counter-based streams: any part of them can be drawn apart
from the rest, by any worker, and more people or more worlds change none of those before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from endplate.knowledge.evidence import Posterior, Record, get, load_posterior, value
from endplate.simulation.parameters import Draws, stream, values

Array = NDArray[np.float64]

_LANES = 4  # numbers that one step of a Philox counter makes
_HALF_STEP = 2.0**-54  # moves a multiple of 2^-53 off 0, so that its quantile is finite
_OWN = ("person", "cycle")


def numbers(seed: int, process: str, places: range, count: int) -> Array:
    """Numbers between 0 and 1, (places, count): those of a place do not depend on what else is asked for.

    Args:
        seed: of the run.
        process: what the numbers decide.
        places: consecutive places.
        count: numbers for each.
    """
    rng = stream(seed, process)
    steps = -(-count // _LANES)
    rng.bit_generator.advance(places.start * steps)  # type: ignore[attr-defined]
    return rng.random((len(places), steps * _LANES))[:, :count] + _HALF_STEP


class InWorlds(Draws, Protocol):
    """Copies that stand world by world, as many people in each."""

    @property
    def people(self) -> int:
        """Number of people in each world."""

    def study_scores(self, record_id: str, key: str = "") -> Array:
        """The setting's own scores of a record that varies by study, (worlds,)."""


def drawn_in_worlds(draws: InWorlds, record: Record, shared: Callable[[], Array], key: str) -> Array:
    """A record in every copy, (size,): a person's own, or the same for all people of a world.

    Args:
        draws: where scores come from.
        record: which.
        shared: scores of what all of a world share in it, (worlds,); not asked for where it is fixed.
        key: tells apart e.g. two muscles.
    """
    if record.distribution.kind == "fixed":
        return np.full(draws.size, record.value)
    if record.varies in _OWN:
        own = draws.normal(f"{record.id}/{key}", 1)[:, 0]
        return values(record, own, np.repeat(shared(), draws.people))
    scores = draws.study_scores(record.id, key) if record.varies == "study" else None
    return np.repeat(values(record, scores, shared()), draws.people)


@dataclass(frozen=True)
class PeopleDraws:
    """Some people of some worlds, as the chain takes its numbers; copies stand world by world.

    Attributes:
        seed: of every stream.
        worlds: consecutive worlds.
        who: consecutive people of every world. The arms of a trial stand far apart from each other.
        slot: what the people are drawn for; people of two slots are other people of the same worlds.
        setting: name of what a world's setting is, e.g. the trial.
        posterior: what calibration learnt of the numbers that all share.
        drawn: values told so far: parts of the people are followed apart, and each part asks again.
    """

    seed: int
    worlds: range
    who: range
    slot: str = "0"
    setting: str = "setting"
    posterior: Posterior = field(default_factory=load_posterior)
    drawn: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False, compare=False)
    one_joint = False

    @property
    def draws(self) -> int:
        """Number of worlds."""
        return len(self.worlds)

    @property
    def people(self) -> int:
        """Number of people in each world."""
        return len(self.who)

    @property
    def size(self) -> int:
        """Copies in all."""
        return self.draws * self.people

    @property
    def shared(self) -> NDArray[np.int64]:
        """World of each copy, (size,)."""
        return np.repeat(np.arange(self.worlds.start, self.worlds.stop), self.people)

    @property
    def places(self) -> NDArray[np.int64]:
        """Place of each copy among the people of its world, (size,): the same whoever else is simulated."""
        return np.tile(np.arange(self.who.start, self.who.stop), self.draws)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,): a person's own, or the same in a world."""
        if (record_id, key) not in self.drawn:
            self.drawn[record_id, key] = self._draw(record_id, key)
        return self.drawn[record_id, key]

    def _draw(self, record_id: str, key: str) -> Array:
        record = get(record_id)
        return drawn_in_worlds(self, record, lambda: self._shared(record, key), key)

    def study_scores(self, record_id: str, key: str = "") -> Array:
        """The setting's own scores of a record that varies by study, (worlds,): a Student t in all."""
        freedom = value("studies.tail_freedom")
        apart = 2 * gammaincinv(freedom / 2, self._of_worlds(f"{self.setting}/apart"))
        normal = ndtri(self._of_worlds(f"{self.setting}/{record_id}/{key}"))
        return np.asarray(normal * np.sqrt(freedom / apart))

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return np.asarray(ndtri(self.uniform(process, count)))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        rows = [
            numbers(self.seed, f"{self.slot}/{world}/{process}", self.who, count) for world in self.worlds
        ]
        return np.concatenate(rows)

    def of_draws(self, process: str, count: int) -> Array:
        """Standard normal numbers that all people of a world share, whatever the slot, (worlds, count)."""
        return np.asarray(ndtri(numbers(self.seed, f"world/{process}", self.worlds, count)))

    def by_draw(self, values: Array) -> Array:
        """Values of all copies as (worlds, people, ...)."""
        return values.reshape(self.draws, self.people, *values.shape[1:])

    def _of_worlds(self, process: str) -> Array:
        """One number between 0 and 1 of every world, whatever the slot, (worlds,)."""
        return numbers(self.seed, f"world/{process}", self.worlds, 1)[:, 0]

    def _shared(self, record: Record, key: str) -> Array:
        """Scores of what all of a world share, (worlds,): whole rows of the posterior, or the prior."""
        held = None if key else self.posterior.column(record.id)
        if held is None:
            return np.asarray(ndtri(self._of_worlds(f"{record.id}/shared/{key}")))
        row = (self._of_worlds("posterior") * held.size).astype(np.int64)
        return held[np.minimum(row, held.size - 1)]
