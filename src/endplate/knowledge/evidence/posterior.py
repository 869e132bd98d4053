"""What calibration learnt: a joint sample of the numbers that all people share.

A column is a record, a row one joint draw, written as the standard-normal score of the record's prior: 0 is
its median. ``make calibrate`` writes the files; a record without a column stays at its prior. Beside the
sample stand the version of the model and the priors that it was learnt with, for it holds for no others.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate._version import MODEL_VERSION
from endplate.knowledge.evidence.records import DATA, get

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
Calibrated = Literal["mechanism", "baseline"]
CALIBRATED: tuple[Calibrated, ...] = ("mechanism", "baseline")

_SCORE = "%.3f"
_FOLDER = DATA / "posterior"
_ORIGIN = _FOLDER / "origin.csv"
_DIGEST = 16
_ORIGIN_HEADS = ("model", "model_version", "rows", "priors")


@dataclass(frozen=True)
class Posterior:
    """Joint scores of what all people share.

    Attributes:
        ids: records, in order of the columns.
        scores: (rows, ids).
        without: of a study calibrated on, rows of ``scores`` and then of ``spare`` as if it were unseen.
        spare: rows drawn only for studies left out, (rows, ids).
        in_order: row i is draw i, instead of rows drawn by chance.
    """

    ids: tuple[str, ...]
    scores: Array
    without: dict[str, Rows] = field(default_factory=dict)
    spare: Array | None = None
    in_order: bool = False

    def column(self, record_id: str) -> Array | None:
        """Scores of a record, (rows,); None where it stays at its prior."""
        return self.scores[:, self.ids.index(record_id)] if record_id in self.ids else None

    @property
    def pool(self) -> Array:
        """All rows held, the spare ones last."""
        return self.scores if self.spare is None else np.concatenate([self.scores, self.spare])

    def has_seen(self, study: str) -> bool:
        """Whether a study taught some of the sample, so that it can be left out."""
        return study in self.without

    def leaving_out(self, study: str) -> Posterior:
        """The sample that the other studies alone would have taught."""
        rows = self.without.get(study)
        return self if rows is None else Posterior(self.ids, self.pool[rows])


PRIOR = Posterior((), np.empty((0, 0)))


@dataclass(frozen=True)
class Origin:
    """What a sample was learnt with: version of the model, digest of the priors; and its rows."""

    model_version: str
    rows: int
    priors: str


def posterior_file(name: Calibrated) -> Path:
    """Where the sample of a model is kept."""
    return _FOLDER / f"{name}.csv"


def _rows_file(name: Calibrated) -> Path:
    return _FOLDER / f"{name}_leave_one_out.csv"


def priors_digest(ids: Iterable[str]) -> str:
    """Digest of the priors of some records: a sample holds scores, which mean nothing with another prior."""
    told = [f"{i} {get(i).value!r} {get(i).unit} {get(i).varies} {get(i).distribution!r}" for i in ids]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:_DIGEST]


def origins() -> dict[str, Origin]:
    """What every sample kept was learnt with."""
    if not _ORIGIN.exists():
        return {}
    with _ORIGIN.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    return {row["model"]: Origin(row["model_version"], int(row["rows"]), row["priors"]) for row in rows}


def stale(name: Calibrated) -> Literal["model", "priors"] | None:
    """What has changed since a sample was learnt, so that it may no longer hold; None where nothing has."""
    held = load_posterior(name)
    if held is PRIOR:
        return None
    learnt = origins()[name]
    if learnt.model_version != MODEL_VERSION:
        return "model"
    return "priors" if learnt.priors != priors_digest(held.ids) else None


def write_posterior(name: Calibrated, posterior: Posterior, model_version: str) -> None:
    """Keep a sample: scores, row numbers by the study left out, and what it was learnt with."""
    table = ",".join(posterior.ids)
    np.savetxt(posterior_file(name), posterior.pool, _SCORE, ",", header=table, comments="")
    studies = sorted(posterior.without)
    rows = np.stack([posterior.without[study] for study in studies], axis=1)
    np.savetxt(_rows_file(name), rows, "%d", ",", header=",".join(studies), comments="")
    known = origins() | {name: Origin(model_version, len(posterior.scores), priors_digest(posterior.ids))}
    with _ORIGIN.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(_ORIGIN_HEADS)
        writer.writerows((model, *vars(known[model]).values()) for model in sorted(known))


@lru_cache(maxsize=2 * len(CALIBRATED))
def load_posterior(name: Calibrated = "mechanism", spare: bool = False) -> Posterior:
    """The sample kept for a model; the prior where none is kept.

    Args:
        name: the model.
        spare: read also what leaving a study out needs, which is most of the file.
    """
    if not posterior_file(name).exists():
        return PRIOR
    size = origins()[name].rows
    if not spare:
        return Posterior(*_table(posterior_file(name), size))
    ids, table = _table(posterior_file(name))
    studies, rows = _table(_rows_file(name))
    without = dict(zip(studies, rows.T.astype(np.int64), strict=True))
    return Posterior(ids, table[:size], without, table[size:])


def _table(path: Path, rows: int | None = None) -> tuple[tuple[str, ...], Array]:
    with path.open(encoding="utf-8") as handle:
        names = tuple(handle.readline().strip().split(","))
        return names, np.loadtxt(handle, delimiter=",", ndmin=2, max_rows=rows)
