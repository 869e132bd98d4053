"""Copies of which some standard-normal scores are set, all else being as in the draws beneath."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get
from endplate.simulation.draws.overlay import Overlay
from endplate.simulation.parameters import Draws, quantile

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


def process_of(record_id: str, key: str = "") -> str:
    """The process whose numbers are what people have of their own in a record."""
    return f"{record_id}/{key}"


def own_scores(draws: Draws, record_id: str, key: str = "") -> Array:
    """What every copy has of its own in a record that varies between people, as a score, (size,)."""
    return draws.normal(process_of(record_id, key), 1)[:, 0]


def rescored(draws: Draws, record_id: str, scores: Array, key: str = "") -> Array:
    """A positive record that varies between people if its own scores were these; what is shared stays.

    Args:
        draws: where numbers come from.
        record_id: the record.
        scores: (size,) or (size, any).
        key: tells apart e.g. two muscles.
    """
    record, own = get(record_id), own_scores(draws, record_id, key)
    typical = draws.of(record_id, key) / quantile(record, own)
    return np.asarray(typical.reshape(-1, *[1] * (scores.ndim - 1)) * quantile(record, scores))


@dataclass(frozen=True)
class Remembered(Overlay):
    """Draws whose records are worked out once, however often they are asked for."""

    held: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        if (record_id, key) not in self.held:
            self.held[record_id, key] = self.beneath.of(record_id, key)
        return self.held[record_id, key]

    @property
    def used(self) -> tuple[str, ...]:
        """Records asked for."""
        return tuple(dict.fromkeys(record for record, _ in self.held))


@dataclass(frozen=True)
class Steered(Overlay):
    """Draws with some scores set.

    Attributes:
        scores: standard-normal scores by process, (size,) each: :func:`process_of` a record that varies
            between people, or the chance of one number a copy, such as a joint's baseline grade.
    """

    scores: Mapping[str, Array]

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        wanted = self.scores.get(process_of(record_id, key))
        if wanted is None:
            return self.beneath.of(record_id, key)
        return rescored(self.beneath, record_id, wanted, key)

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        wanted = self.scores.get(process)
        return self.beneath.normal(process, count) if wanted is None else np.repeat(wanted[:, None], count, 1)
