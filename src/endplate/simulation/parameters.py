"""Virtual copies: every evidence record a stage names, drawn once per copy from a stream of its own.

A stream is keyed by (seed, what it decides), so two plans share chance, more copies extend the
same sequence and nothing depends on how many workers there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from math import erf, sqrt
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import Record, get, record_ids

Array = NDArray[np.float64]
P = TypeVar("P")

_LOW, _HIGH = -1.2815515655446004, 1.2815515655446004  # 10 % and 90 % points of the standard normal


class Draws(Protocol):
    """Where the numbers of a run come from: chance, or one parameter moved at a time."""

    @property
    def size(self) -> int:
        """Number of copies."""

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,); ``key`` tells apart e.g. two muscles."""

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""


def stream(seed: int, process: str) -> np.random.Generator:
    """The random stream of one decision, keyed by seed and name."""
    digest = hashlib.sha256(f"{seed}/{process}".encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))


def _uniform_of_normal(z: Array) -> Array:
    """Distribution function of the standard normal, elementwise (SciPy would cost its import)."""
    return np.asarray([(1 + erf(x / sqrt(2))) / 2 for x in np.ravel(z)]).reshape(np.shape(z))


def quantile(record: Record, z: Array) -> Array:
    """The record's value at standard-normal scores ``z``, same shape."""
    drawn = record.distribution
    if drawn.kind == "lognormal" and drawn.sd_log is not None:
        return record.value * np.exp(drawn.sd_log * z)
    if drawn.kind == "normal" and drawn.sd is not None:
        return record.value + drawn.sd * z
    if drawn.low is None or drawn.high is None:
        return np.full_like(z, record.value)
    share = _uniform_of_normal(z)
    if drawn.kind == "loguniform":
        return np.asarray(drawn.low * (drawn.high / drawn.low) ** share)
    return np.asarray(drawn.low + (drawn.high - drawn.low) * share)


@dataclass
class RandomDraws:
    """Copies drawn by chance; ``used`` keeps the ids asked for."""

    seed: int
    size: int
    used: dict[str, None] = field(default_factory=dict)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        self.used[record_id] = None
        record = get(record_id)
        if record.distribution.kind == "fixed":
            return np.full(self.size, record.value)
        return quantile(record, stream(self.seed, f"{record_id}/{key}").standard_normal(self.size))

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return stream(self.seed, process).standard_normal((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return stream(self.seed, process).random((self.size, count))


@dataclass
class OneAtATime:
    """Copy 0 has every record at its median; copies 2i+1, 2i+2 move record i to 10 % and 90 %."""

    records: tuple[str, ...]

    @property
    def size(self) -> int:
        """Number of copies."""
        return 2 * len(self.records) + 1

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        scores = np.zeros(self.size)
        if record_id in self.records:
            place = 2 * self.records.index(record_id)
            scores[place + 1], scores[place + 2] = _LOW, _HIGH
        return quantile(get(record_id), scores)

    def normal(self, process: str, count: int) -> Array:
        """No chance: zeros, (size, count)."""
        return np.zeros((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """No bad luck: zeros, so that no needle misses, (size, count)."""
        return np.zeros((self.size, count))


def draw(parameters: type[P], draws: Draws, key: str = "") -> P:
    """A stage's parameters with every evidence field drawn, (size,) each."""
    return parameters(
        **{name: draws.of(record_id, key) for name, record_id in record_ids(parameters).items()}
    )
