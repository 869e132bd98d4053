"""Virtual copies whose numbers are asked for: a share between 0 and 1 for each thing that is not certain.

A share is turned into a value by the quantile function of its own distribution: of the posterior where
calibration learnt a record, of its prior elsewhere. What is no factor stays at its median. Factors are taken
as independent of each other, those of the posterior too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from endplate.knowledge.evidence import Posterior, Record, get, load_posterior, value
from endplate.simulation.parameters import drawn, is_shared, stream

Array = NDArray[np.float64]

SHARED = "shared"
CHANCE = "chance"
PLACEMENT, TRUE_GRADE, JOINT = "placement", "true_grade", "joint"
MIDDLE = 1 / 2
_PROCESSES = {
    "needle": PLACEMENT,
    "miss": PLACEMENT,
    "zone": PLACEMENT,
    "baseline grade": TRUE_GRADE,
    "joint": JOINT,
}
_LANDINGS = 1024
_LEAST = 1e-9  # shares nearer to 0 or 1 have no finite score


@dataclass(frozen=True)
class Factor:
    """One thing that is not certain.

    Attributes:
        parameter: id of a record, or ``placement``, ``true_grade`` or ``joint``.
        part: ``shared`` for what nobody knows of a record; ``person``, ``study`` or ``cycle`` for what these
            have of their own in it; ``chance``.
    """

    parameter: str
    part: str


def factors_of(records: Iterable[str], joints: bool) -> tuple[Factor, ...]:
    """Every factor of a run, in order of its records, chance last.

    Args:
        records: ids of the records that the run draws.
        joints: whether a joint is followed, whose grade and person are chance.
    """
    found = []
    for record in map(get, sorted(records)):
        if record.distribution.kind == "fixed":
            continue
        if record.varies != "uncertain":
            found.append(Factor(record.id, record.varies))
        if is_shared(record):
            found.append(Factor(record.id, SHARED))
    chance = (PLACEMENT, TRUE_GRADE, JOINT) if joints else (PLACEMENT,)
    return (*found, *(Factor(name, CHANCE) for name in chance))


@dataclass(frozen=True)
class ScoredDraws:
    """Copies at given shares of their factors; the first stands at the middle of all and finds the joints.

    The joint of a copy is the one that its share of ``joint`` takes among those which agree with the first
    copy's examination: other factors move no copy to another joint. ``placement`` takes one of many landings
    of all needles and places of endplate zones, the first copies of an ordinary run with the same seed.

    Attributes:
        factors: what the columns of ``given`` are.
        given: shares between 0 and 1, (copies but the first, factors).
        seed: of the landings.
    """

    factors: tuple[Factor, ...]
    given: Array
    seed: int
    posterior: Posterior = field(default_factory=load_posterior)
    shared = None
    one_joint = True

    @property
    def size(self) -> int:
        """Number of copies."""
        return 1 + len(self.given)

    @cached_property
    def _column(self) -> dict[Factor, int]:
        return {factor: place for place, factor in enumerate(self.factors)}

    def _share(self, parameter: str, part: str) -> Array:
        """Shares of a factor, (size,): the middle for what is none."""
        found = np.full(self.size, MIDDLE)
        place = self._column.get(Factor(parameter, part))
        if place is not None:
            found[1:] = np.clip(self.given[:, place], _LEAST, 1 - _LEAST)
        return found

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,); all keys of a record move together."""
        record = get(record_id)
        return drawn(record, self.size, lambda: self._shared(record, key), lambda: self._own(record))

    def _shared(self, record: Record, key: str) -> Array:
        share = self._share(record.id, SHARED)
        held = None if key else self.posterior.column(record.id)
        return np.asarray(ndtri(share) if held is None else np.quantile(held, share))

    def _own(self, record: Record) -> Array:
        share = self._share(record.id, record.varies)
        if record.varies == "study":
            return np.asarray(stdtrit(value("studies.tail_freedom"), share))
        return np.asarray(ndtri(share))

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count); zeros for what no outcome here reads."""
        kind = _PROCESSES.get(process.partition("/")[0])
        if kind is None:
            return np.zeros((self.size, count))
        share = self._share(kind, CHANCE)
        if kind == PLACEMENT:
            return stream(self.seed, process).standard_normal((_LANDINGS, count))[_landing(share)]
        return np.repeat(ndtri(share)[:, None], count, axis=1)

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        share = self._share(PLACEMENT, CHANCE)
        return stream(self.seed, process).random((_LANDINGS, count))[_landing(share)]


def _landing(share: Array) -> NDArray[np.int64]:
    """Which landing a share takes, (size,)."""
    return (share * _LANDINGS).astype(np.int64)
