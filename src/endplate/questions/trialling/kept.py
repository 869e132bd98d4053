"""Chunks of a trial that are done: in memory, or in a folder where a killed run finds them again.

Every part is written beside its place and moved into it, so that a part is there whole or not at all. A
folder belongs to one trial, seed and version: its fingerprint is checked before anything is read from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from endplate._version import __version__
from endplate.case.trial import Trial
from endplate.errors import InputError, library
from endplate.questions.trialling.chunk import Chunk, Columns
from endplate.simulation import MODEL_VERSION

PARTS, RUN, TABLE = "people", "run.json", "replicates.parquet"


class Kept(Protocol):
    """Where the columns of finished chunks are."""

    def held(self, chunk: Chunk) -> bool:
        """Whether a chunk is done."""

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Keep a chunk."""

    def take(self, chunk: Chunk) -> Columns:
        """The columns of a chunk that is held."""


@dataclass
class InMemory:
    """Chunks that are looked at once and let go."""

    columns: dict[int, Columns] = field(default_factory=dict)

    def held(self, chunk: Chunk) -> bool:
        """Whether a chunk is done."""
        return chunk.number in self.columns

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Keep a chunk."""
        self.columns[chunk.number] = columns

    def take(self, chunk: Chunk) -> Columns:
        """The columns of a chunk, which is then forgotten."""
        return self.columns.pop(chunk.number)


def fingerprint(trial: Trial, seed: int, *, null: bool) -> str:
    """What tells one run from another: trial as read, seed, versions, whether all arms are control."""
    told = [trial.model_dump_json(), seed, __version__, MODEL_VERSION, null]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


class InFolder:
    """Chunks as Parquet files of one folder, one a chunk."""

    def __init__(self, folder: Path, trial: Trial, mark: str) -> None:
        self._parquet = library("pyarrow.parquet", "tables")
        self._arrow = library("pyarrow", "tables")
        self._folder, self._trial = folder / PARTS, trial
        self._claim(folder, mark)
        self._folder.mkdir(exist_ok=True)

    def _claim(self, folder: Path, mark: str) -> None:
        """Take the folder for this run, or find it taken by it.

        Raises:
            InputError: it holds another run.
        """
        place = folder / RUN
        if place.exists():
            try:
                held = json.loads(place.read_text(encoding="utf-8")).get("fingerprint")
            except (ValueError, AttributeError):
                held = None
            if held != mark:
                raise InputError(
                    f"{folder} holds another trial, or this one with another seed or version.",
                    rule="another_run",
                    remedy="Name another folder with --out, or empty this one.",
                    file=str(place),
                    field="--out",
                )
            return
        if self._folder.exists() and any(self._folder.iterdir()):
            raise InputError(
                f"{self._folder} holds files of no known run.",
                rule="another_run",
                remedy="Name another folder with --out, or empty this one.",
                file=str(self._folder),
                field="--out",
            )
        self._whole(place, json.dumps({"fingerprint": mark, "trial": self._trial.trial}).encode())

    def _place(self, chunk: Chunk) -> Path:
        return self._folder / f"part-{chunk.number:06d}.parquet"

    def held(self, chunk: Chunk) -> bool:
        """Whether a chunk is done."""
        return self._place(chunk).exists()

    def put(self, chunk: Chunk, columns: Columns) -> None:
        """Write a chunk whole or not at all."""
        arm = np.full(len(columns["person"]), self._trial.arms[chunk.arm].arm)
        self.write(self._place(chunk), {"arm": arm, **columns})

    def take(self, chunk: Chunk) -> Columns:
        """The columns of a chunk."""
        table = self._parquet.read_table(self._place(chunk))
        return {name: table.column(name).to_numpy() for name in table.column_names if name != "arm"}

    def write(self, place: Path, columns: dict[str, Any]) -> None:
        """Write a table whole or not at all; the same columns make the same bytes."""
        sink = self._arrow.BufferOutputStream()
        self._parquet.write_table(self._arrow.table(columns), sink)
        self._whole(place, sink.getvalue().to_pybytes())

    def _whole(self, place: Path, content: bytes) -> None:
        beside = place.with_name(f".{place.name}.{os.getpid()}")
        try:
            with beside.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            beside.replace(place)
        except OSError as error:
            raise InputError(
                f"{place} cannot be written: {error.strerror}.",
                rule="out_not_writable",
                remedy="Name a folder with room, which you may write to, with --out.",
                file=str(place),
                field="--out",
            ) from error
        finally:
            beside.unlink(missing_ok=True)
