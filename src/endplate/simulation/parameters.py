"""Virtual copies: every evidence record a stage names, drawn once per copy from a stream of its own.

A stream is keyed by (seed, what it decides), so two plans share chance, more copies extend the
same sequence and nothing depends on how many workers there are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from endplate.knowledge.evidence import (
    Calibrated,
    Posterior,
    Record,
    get,
    load_posterior,
    record_ids,
    value,
)
from endplate.physiology.scales.normal import share_below

Array = NDArray[np.float64]
P = TypeVar("P")

THIS_STUDY = "this setting"
"""The study or clinic of a run that names none."""

_KEY_WORDS = 2
_LOW, _HIGH = -1.2815515655446004, 1.2815515655446004  # 10 % and 90 % points of the standard normal


class Draws(Protocol):
    """Where the numbers of a run come from: chance, or one parameter moved at a time."""

    @property
    def size(self) -> int:
        """Number of copies."""

    @property
    def shared(self) -> NDArray[np.int64] | None:
        """Number of the draw of what nobody knows that each copy has, (size,); None: each its own."""

    @property
    def one_joint(self) -> bool:
        """Whether the first copy's examination finds all joints: no record then moves a copy to another."""

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,); ``key`` tells apart e.g. two muscles."""

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""


class _Key(ISeedSequence):
    """The key of a stream, handed over as NumPy takes it: a plain one would first gather entropy."""

    def __init__(self, digest: bytes) -> None:
        self._words = np.frombuffer(digest, "<u8", _KEY_WORDS)

    def generate_state(self, n_words: int, dtype: Any = None) -> Any:
        return self._words


def stream(seed: int, process: str) -> np.random.Generator:
    """The random stream of one decision, keyed by seed and name."""
    digest = hashlib.sha256(f"{seed}/{process}".encode()).digest()
    key: Any = _Key(digest)  # NumPy's types know no seed sequence but its own
    return np.random.Generator(np.random.Philox(key))


def quantile(record: Record, z: Array) -> Array:
    """The record's value at standard-normal scores ``z``, same shape."""
    drawn = record.distribution
    if drawn.kind == "lognormal" and drawn.sd_log is not None:
        return record.value * np.exp(drawn.sd_log * z)
    if drawn.kind == "normal" and drawn.sd is not None:
        return record.value + drawn.sd * z
    if drawn.low is None or drawn.high is None:
        return np.full_like(z, record.value)
    share = share_below(z)
    if drawn.kind == "loguniform":
        return np.asarray(drawn.low * (drawn.high / drawn.low) ** share)
    return np.asarray(drawn.low + (drawn.high - drawn.low) * share)


def shared_scores(posterior: Posterior, record: Record, seed: int, size: int, key: str = "") -> Array:
    """Scores of what all people share, (size,): whole rows of the posterior, or the prior's own stream."""
    held = None if key else posterior.column(record.id)
    if held is None:
        return stream(seed, process_shared(record, key)).standard_normal(size)
    if posterior.in_order:
        return held[:size]
    return held[posterior_rows(seed, size, held.size)]


def process_shared(record: Record, key: str = "") -> str:
    """The process whose numbers are what all people share in a record."""
    return f"{record.id}/shared/{key}"


@lru_cache(maxsize=64)
def posterior_rows(seed: int, size: int, held: int) -> NDArray[np.int64]:
    """Rows of the posterior drawn by chance, the same for every record, (size,)."""
    return (stream(seed, "posterior").random(size) * held).astype(np.int64)


def study_scores(seed: int, study: str, process: str, size: int) -> Array:
    """A study's own scores, (size,): standard normal, and all of a study that stands apart larger together.

    Jointly they follow a Student t of ``studies.tail_freedom`` degrees, as calibration takes studies to.
    """
    return np.asarray(stream(seed, process).standard_normal(size) * study_apart(seed, study, size))


def study_apart(seed: int, study: str, size: int) -> Array:
    """How far a study stands apart in all that it has of its own, over the usual one, (size,)."""
    freedom = value("studies.tail_freedom")
    return np.asarray(np.sqrt(freedom / stream(seed, f"{study}/apart").chisquare(freedom, size)))


def values(record: Record, own: Array | None, shared: Array) -> Array:
    """A record at its own scores (of a person, cycle or study) and at those that all share, same shapes."""
    centre = quantile(record, shared if own is None else own)
    unsure = record.distribution.median_sd_log
    return centre if unsure is None else centre * np.exp(unsure * shared)


def drawn(record: Record, size: int, shared: Callable[[], Array], own: Callable[[], Array]) -> Array:
    """A record in every copy, (size,).

    Args:
        record: which.
        size: number of copies.
        shared: scores of what all share in it, (size,); not asked for where it is fixed.
        own: scores of what a person, cycle or study has of its own, (size,); asked for where one has.
    """
    if record.distribution.kind == "fixed":
        return np.full(size, record.value)
    return values(record, None if record.varies == "uncertain" else own(), shared())


def summary(record: Record, shared: Array | None = None) -> dict[str, float]:
    """10, 50 and 90 % points of a record, or of its median where people differ, by shared scores or prior."""
    at = np.array([_LOW, 0, _HIGH]) if shared is None else np.quantile(shared, [1 / 10, 1 / 2, 9 / 10])
    own = None if record.varies == "uncertain" else np.zeros_like(at)
    found = values(record, own, at)
    return {name: float(f"{x:.4g}") for name, x in zip(("p10", "p50", "p90"), found, strict=True)}


def learnt(record_id: str) -> dict[str, Any] | None:
    """What calibration taught of a record: prior against posterior; None where it stays at its prior."""
    record = get(record_id)
    name: Calibrated = "baseline" if record_id.startswith("baseline.") else "mechanism"
    held = load_posterior(name).column(record_id)
    if held is None:
        return None
    return {"prior": summary(record), "posterior": summary(record, held)}


def is_shared(record: Record) -> bool:
    """Whether something of the record is the same for all people, and can be learnt from studies."""
    return record.varies == "uncertain" or record.distribution.median_sd_log is not None


@dataclass
class RandomDraws:
    """Copies drawn by chance; ``used`` keeps the ids asked for, ``drawn`` what was told of them."""

    seed: int
    size: int
    posterior: Posterior = field(default_factory=load_posterior)
    used: dict[str, None] = field(default_factory=dict)
    shared = None
    one_joint = False
    drawn: dict[tuple[str, str], Array] = field(default_factory=dict, repr=False)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,): the same array whenever asked."""
        self.used[record_id] = None
        if (record_id, key) not in self.drawn:
            self.drawn[record_id, key] = self._draw(record_id, key)
        return self.drawn[record_id, key]

    def _draw(self, record_id: str, key: str) -> Array:
        record, process = get(record_id), f"{record_id}/{key}"

        def own() -> Array:
            if record.varies == "study":
                return study_scores(self.seed, THIS_STUDY, process, self.size)
            return stream(self.seed, process).standard_normal(self.size)

        shared = partial(shared_scores, self.posterior, record, self.seed, self.size, key)
        return drawn(record, self.size, shared, own)

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return stream(self.seed, process).standard_normal((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return stream(self.seed, process).random((self.size, count))


@dataclass
class OneAtATime:
    """Copy 0 has every record at its median; copies 2i+1, 2i+2 move record i to 10 % and 90 %.

    Median and percentiles are those of the posterior for what it knows; what a record shares and what is a
    person's own move together.
    """

    records: tuple[str, ...]
    posterior: Posterior = field(default_factory=load_posterior)
    shared = None
    one_joint = True

    @property
    def size(self) -> int:
        """Number of copies."""
        return 2 * len(self.records) + 1

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        record = get(record_id)
        held = None if key else self.posterior.column(record_id)
        points = (_LOW, 0.0, _HIGH) if held is None else np.quantile(held, [1 / 10, 1 / 2, 9 / 10])
        own = self._moved(record_id, (_LOW, 0.0, _HIGH))
        shared = self._moved(record_id, points)
        return values(record, None if record.varies == "uncertain" else own, shared)

    def _moved(self, record_id: str, points: Sequence[float] | Array) -> Array:
        """The middle point for every copy but the two that move this record, (size,)."""
        scores = np.full(self.size, points[1])
        if record_id in self.records:
            place = 2 * self.records.index(record_id)
            scores[place + 1], scores[place + 2] = points[0], points[2]
        return scores

    def normal(self, process: str, count: int) -> Array:
        """No chance: zeros, (size, count)."""
        return np.zeros((self.size, count))

    def uniform(self, process: str, count: int) -> Array:
        """No bad luck: zeros, so that no needle misses, (size, count)."""
        return np.zeros((self.size, count))


def study_potency(draws: Draws) -> Array:
    """What a study and its setting do to potency, over the typical one, (size,)."""
    return np.exp(draws.of("terminal.potency_study_sd") * draws.of("terminal.potency_study"))


def pace(draws: Draws) -> Array:
    """What species, study and setting do to the times from toxin in the cytosol to block, (size,)."""
    study = np.exp(draws.of("terminal.pace_study_sd") * draws.of("terminal.pace_study"))
    return draws.of("terminal.pace_species") * study


def potency(draws: Draws) -> Array:
    """Uptake over that of the product's typical person and study: person, species and study, (size,)."""
    return draws.of("terminal.potency_person") * draws.of("terminal.potency_species") * study_potency(draws)


def draw(parameters: type[P], draws: Draws, key: str = "") -> P:
    """A stage's parameters with every evidence field drawn, (size,) each."""
    return parameters(
        **{name: draws.of(record_id, key) for name, record_id in record_ids(parameters).items()}
    )
