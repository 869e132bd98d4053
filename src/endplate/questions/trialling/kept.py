"""Chunks of a trial that are done, in a folder where a killed run finds them again, or nowhere.

Every part is written beside its place and moved into it, so that a part is there whole or not at all when a
process is killed. It holds a digest of its numbers: one that a disk or a loss of power has spoilt is done
again. A folder belongs to one trial, seed and version, which are checked before anything is read; more
replicates of them go on from those done. One process at a time works in it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from endplate._version import __version__
from endplate.case.trial import Trial
from endplate.errors import InputError, library
from endplate.handed import MB, Unread, raw_of
from endplate.questions.trialling.chunk import CHUNK, Chunk, Columns
from endplate.simulation import MODEL_VERSION

PARTS, RUN, TABLE = "people", "run.json", "replicates.parquet"
_UNFINISHED = ".unfinished"
_LARGEST_RUN = 10 * MB
_DIGEST = b"endplate_digest"
_EMPTY = "Name another folder with --out, or empty this one."


class Kept(Protocol):
    """Where the columns of finished chunks are."""

    def take(self, chunk: Chunk) -> Columns | None:
        """The columns of a chunk that is done; None of one that is not."""

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Keep a chunk."""

    def close(self) -> None:
        """Let others in."""


class Nowhere:
    """Chunks are looked at once and let go."""

    def take(self, chunk: Chunk) -> Columns | None:
        """None: no chunk is held."""

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Let the chunk go."""

    def close(self) -> None:
        """Nothing is held."""


@dataclass(frozen=True)
class Run:
    """What tells one run from another: trial as read, seed, versions, all arms alike or not, replicates.

    Replicates stand apart: chunks are by replicate, so that more of them go on from those that are done.

    Attributes:
        told: each of them by its name.
        replicates: how often.
    """

    told: Mapping[str, Any]
    replicates: int

    @property
    def mark(self) -> str:
        """The same for runs whose parts are the same."""
        return _digest(self.told)

    def written(self) -> bytes:
        """As the folder keeps it."""
        return json.dumps({**self.told, "replicates": self.replicates, "fingerprint": self.mark}).encode()

    def differs(self, held: Mapping[str, Any]) -> str | None:
        """What a folder holds in place of this run, in words; None where this one can go on in it."""
        apart = [
            f"{_NAMES[name]} {held.get(name)} in place of {asked}"
            if name in _SHOWN
            else f"another {_NAMES[name]}"
            for name, asked in self.told.items()
            if held.get(name) != asked
        ]
        if not apart and held.get("replicates", 0) > self.replicates:
            apart = [f"{held['replicates']} replicates, more than {self.replicates}"]
        return ", ".join(apart) or None


_NAMES = {
    "trial": "trial",
    "file": "trial file of that name",
    "seed": "seed",
    "endplate": "version",
    "model_version": "model version",
    "chunk": "size of parts",
    "null": "null hypothesis",
}
_SHOWN = ("trial", "seed", "endplate", "model_version", "null")


def run_of(trial: Trial, seed: int, *, null: bool) -> Run:
    """A run as a folder knows it again."""
    told = {
        "trial": trial.trial,
        "file": _digest(trial.model_dump_json(exclude={"replicates"})),
        "seed": seed,
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "chunk": CHUNK,
        "null": null,
    }
    return Run(told, trial.replicates)


def _digest(told: Any) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class InFolder:
    """Chunks as Parquet files of one folder, one a chunk.

    Raises:
        InputError: the folder holds another run, another process works in it, or it cannot be written.
    """

    def __init__(self, folder: Path, trial: Trial, run: Run) -> None:
        self._parquet = library("pyarrow.parquet", "tables")
        self._arrow = library("pyarrow", "tables")
        self._folder, self._trial, self._run = folder / PARTS, trial, run
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise _not_writable(self._folder, error) from error
        self._lock = _only_one(self._folder)
        try:
            self._claim(folder)
        except InputError:
            self.close()
            raise
        for place in (folder, self._folder):
            for left in place.glob(f".*{_UNFINISHED}"):
                left.unlink(missing_ok=True)

    def close(self) -> None:
        """Let another process work in the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _claim(self, folder: Path) -> None:
        """Take the folder for this run, or find it taken by it."""
        place = folder / RUN
        if place.exists():
            try:
                held = dict(json.loads(raw_of(place, _LARGEST_RUN).decode("utf-8")))
            except (Unread, ValueError, TypeError, RecursionError):
                held = {}
            apart = self._run.differs(held) if held else "no run that can be read"
            if apart is not None:
                raise _taken(folder, f"holds another run: {apart}", _EMPTY)
        elif any(self._folder.glob("*.parquet")):
            raise _taken(self._folder, "holds files of no known run", _EMPTY)
        self._whole(place, self._run.written())

    def _place(self, chunk: Chunk) -> Path:
        return self._folder / f"part-{chunk.number:06d}.parquet"

    def take(self, chunk: Chunk) -> Columns | None:
        """The columns of a chunk; None where there is no part, or one that is not whole."""
        place = self._place(chunk)
        if not os.path.isfile(place):
            return None
        try:
            table = self._parquet.read_table(self._arrow.BufferReader(place.read_bytes()), use_threads=False)
            found = {name: table.column(name).to_numpy() for name in table.column_names if name != "arm"}
        except (OSError, ValueError, self._arrow.ArrowException):
            return None
        whole = (table.schema.metadata or {}).get(_DIGEST) == self._digest(chunk, found)
        return found if whole and table.num_rows == chunk.people else None  # a last block may have grown

    def _digest(self, chunk: Chunk, columns: Columns) -> bytes:
        """What tells the numbers of a chunk of this run from all others."""
        found = hashlib.sha256(f"{self._run.mark}/{chunk.number}".encode())
        for name, column in columns.items():
            found.update(f"/{name}/{column.dtype}/".encode())
            found.update(np.ascontiguousarray(column).data)
        return found.hexdigest().encode()

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Write a chunk whole or not at all."""
        arm = np.full(len(columns["person"]), self._trial.arms[chunk.arm].arm)
        told = {_DIGEST: self._digest(chunk, columns)}
        self.write(self._place(chunk), {"arm": arm, **columns}, told)

    def write(self, place: Path, columns: dict[str, Any], told: dict[bytes, bytes] | None = None) -> None:
        """Write a table whole or not at all; the same columns make the same bytes.

        Args:
            place: of the file.
            columns: by name.
            told: metadata of the file.
        """
        sink, table = self._arrow.BufferOutputStream(), self._arrow.table(columns, metadata=told)
        self._parquet.write_table(table, sink, compression="zstd", use_dictionary=["arm"])
        self._whole(place, sink.getvalue().to_pybytes())

    def _whole(self, place: Path, content: bytes) -> None:
        beside = place.with_name(f".{place.name}.{os.getpid()}{_UNFINISHED}")
        try:
            beside.write_bytes(content)
            beside.replace(place)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise _not_writable(place, error) from error


def _only_one(folder: Path) -> int | None:
    """Hold a folder until this process ends, however it ends; None where the system has no such locks."""
    try:
        import fcntl

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(held)
        raise _taken(folder, "is being worked in by another process", "Wait until it ends.") from error
    except OSError:  # a file system without locks
        os.close(held)
        return None
    return held


def _taken(folder: Path, what: str, remedy: str) -> InputError:
    return InputError(f"{folder} {what}.", rule="another_run", remedy=remedy, file=str(folder), field="--out")


def _not_writable(place: Path, error: OSError) -> InputError:
    return InputError(
        f"{place} cannot be written: {error.strerror}.",
        rule="out_not_writable",
        remedy="Make room or name another folder with --out; the same command goes on where this one ended.",
        file=str(place),
        field="--out",
    )
