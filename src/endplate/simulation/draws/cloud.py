"""Copies whose every number of chance is held, so that all can move a little without leaving the prior.

Numbers are standard normal scores: a share :math:`s^2` of their variance drawn anew leaves them standard
normal (the preconditioned Crank-Nicolson step). What is no such score, the row of the posterior and how far
the study stands apart, is drawn anew now and then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.knowledge.evidence import Posterior, Record, get, load_posterior, value
from endplate.physiology.scales.normal import share_below
from endplate.simulation.parameters import (
    THIS_STUDY,
    drawn,
    posterior_rows,
    process_shared,
    stream,
    study_apart,
)

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_LEAST = 1e-12  # shares nearer to 0 or 1 have no finite score
_SHARE = "share/"


@dataclass(frozen=True)
class Cloud:
    """Draws that begin as :class:`RandomDraws` of a seed and can be moved.

    Attributes:
        seed: of the streams that they begin with.
        rows: of the posterior, (size,).
        apart: how far the study stands apart, (size,).
        posterior: what studies taught.
        normals: standard normal numbers by process, (size, count) each, begun when first asked for.
    """

    seed: int
    rows: Rows
    apart: Array
    posterior: Posterior = field(default_factory=load_posterior, repr=False)
    normals: dict[str, Array] = field(default_factory=dict, repr=False)
    shared = None
    one_joint = False

    @classmethod
    def begun(cls, seed: int, size: int) -> Cloud:
        """The copies of :class:`RandomDraws` with this seed."""
        rows = posterior_rows(seed, size, len(load_posterior().scores))
        return cls(seed, rows, study_apart(seed, THIS_STUDY, size))

    @property
    def size(self) -> int:
        """Number of copies."""
        return self.rows.size

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        record = get(record_id)

        def own() -> Array:
            scores = self.normal(f"{record_id}/{key}", 1)[:, 0]
            return scores * self.apart if record.varies == "study" else scores

        return drawn(record, self.size, lambda: self._shared(record, key), own)

    def _shared(self, record: Record, key: str) -> Array:
        held = None if key else self.posterior.column(record.id)
        if held is not None:
            return held[self.rows]
        return self.normal(process_shared(record, key), 1)[:, 0]

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        if process not in self.normals:
            self.begin(process, count)
        return self.normals[process]

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return share_below(self.normal(f"{_SHARE}{process}", count))

    def begin(self, process: str, count: int) -> None:
        """Hold the numbers of a process, as it is called in ``normals``."""
        if not process.startswith(_SHARE):
            self.normals[process] = stream(self.seed, process).standard_normal((self.size, count))
            return
        shares = stream(self.seed, process.removeprefix(_SHARE)).random((self.size, count))
        self.normals[process] = np.asarray(ndtri(np.clip(shares, _LEAST, 1 - _LEAST)))

    def some(self, rows: Rows) -> Cloud:
        """Some of the copies, with every number asked for so far."""
        normals = {name: held[rows] for name, held in self.normals.items()}
        return replace(self, rows=self.rows[rows], apart=self.apart[rows], normals=normals)

    def joined(self, other: Cloud) -> Cloud:
        """These copies and others that hold the same numbers, end to end."""
        normals = {name: np.concatenate([held, other.normals[name]]) for name, held in self.normals.items()}
        rows, apart = np.concatenate([self.rows, other.rows]), np.concatenate([self.apart, other.apart])
        return replace(self, rows=rows, apart=apart, normals=normals)

    def moved(self, step: float, chance: np.random.Generator, only: str = "") -> Cloud:
        """The copies a little elsewhere, as likely before anything was seen as they are now.

        Args:
            step: from 0, where they stay, to 1, where all is drawn anew.
            chance: where new numbers come from.
            only: how the processes begin that are moved; all numbers without it.
        """
        stay = np.sqrt(1 - step**2)
        normals = self.normals | {
            name: stay * held + step * chance.standard_normal(held.shape)
            for name, held in sorted(self.normals.items())  # threads ask in any order
            if name.startswith(only)
        }
        if only:
            return replace(self, normals=normals)
        anew = chance.random((2, self.size)) < step**2
        rows = chance.integers(max(len(self.posterior.scores), 1), size=self.size)
        freedom = value("studies.tail_freedom")
        apart = np.sqrt(freedom / chance.chisquare(freedom, self.size))
        rows, apart = np.where(anew[0], rows, self.rows), np.where(anew[1], apart, self.apart)
        return replace(self, rows=rows, apart=apart, normals=normals)

    def merged(self, other: Cloud, took: Mask) -> Cloud:
        """These copies with those of another in place of some, (size,)."""
        normals = {
            name: np.where(took[:, None], other.normals[name], held) for name, held in self.normals.items()
        }
        rows, apart = np.where(took, other.rows, self.rows), np.where(took, other.apart, self.apart)
        return replace(self, rows=rows, apart=apart, normals=normals)
