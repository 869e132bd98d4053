"""What calibration learnt: a joint sample of the numbers that all people share.

A column is a record, a row one joint draw, written as the standard-normal score of the record's prior: 0 is
its median. ``make calibrate`` writes the files; a record without a column stays at its prior.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence.records import DATA

Array = NDArray[np.float64]
Calibrated = Literal["mechanism", "baseline"]

_SCORE = "%.3f"


@dataclass(frozen=True)
class Posterior:
    """Joint scores, (rows, ids), and for studies calibrated on, the rows drawn as if it were unseen."""

    ids: tuple[str, ...]
    scores: Array
    without: dict[str, NDArray[np.int64]]

    def column(self, record_id: str) -> Array | None:
        """Scores of a record, (rows,); None where it stays at its prior."""
        return self.scores[:, self.ids.index(record_id)] if record_id in self.ids else None

    def leaving_out(self, study: str) -> Posterior:
        """The sample reweighted to what the other studies alone would have taught."""
        rows = self.without.get(study)
        return self if rows is None else Posterior(self.ids, self.scores[rows], {})


PRIOR = Posterior((), np.empty((0, 0)), {})


def posterior_file(name: Calibrated) -> Path:
    """Where the sample of a model is kept."""
    return DATA / "posterior" / f"{name}.csv"


def _rows_file(name: Calibrated) -> Path:
    return DATA / "posterior" / f"{name}_leave_one_out.csv"


def write_posterior(name: Calibrated, posterior: Posterior) -> None:
    """Keep a sample as two tables: scores, and row numbers by the study left out."""
    table = ",".join(posterior.ids)
    np.savetxt(posterior_file(name), posterior.scores, _SCORE, ",", header=table, comments="")
    studies = sorted(posterior.without)
    rows = np.stack([posterior.without[study] for study in studies], axis=1)
    np.savetxt(_rows_file(name), rows, "%d", ",", header=",".join(studies), comments="")


@lru_cache(maxsize=2)
def load_posterior(name: Calibrated = "mechanism") -> Posterior:
    """The sample kept for a model; the prior where none is kept."""
    if not posterior_file(name).exists():
        return PRIOR
    ids, scores = _table(posterior_file(name))
    studies, rows = _table(_rows_file(name))
    return Posterior(ids, scores, dict(zip(studies, rows.T.astype(np.int64), strict=True)))


def _table(path: Path) -> tuple[tuple[str, ...], Array]:
    with path.open(encoding="utf-8") as handle:
        names = tuple(handle.readline().strip().split(","))
        return names, np.loadtxt(handle, delimiter=",", ndmin=2)
