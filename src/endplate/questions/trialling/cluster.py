"""Chunks done by the workers of a Dask cluster, who may come, go and die while they are at it.

A chunk travels as bytes beside the versions that made them, so that a worker of another version says so before
it reads what it would not understand.
"""

from __future__ import annotations

import logging
import pickle
import socket
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from endplate._version import __version__
from endplate.errors import InputError, library
from endplate.questions.trialling.chunk import Chunk, Columns
from endplate.questions.trialling.workers import Work
from endplate.simulation import MODEL_VERSION

Versions = tuple[str, str]


class ChunkFailed(Exception):
    """A worker met a fault of endplate; the text is its traceback."""


_PATIENCE_S = 10  # until a scheduler must have answered
_LOOK_S = 5  # between looks at who is there
_ALONE_S = 60  # without any worker, until the run is given up
_DEATHS = 5  # times that Dask gives a chunk up, each after several workers died over it
_AGAIN = "Start it again; the same command with the same --out goes on where this one ended."
_SAME = f"Install endplate {__version__} on every machine of the cluster."


def versions() -> Versions:
    """What must be the same on all machines."""
    return __version__, MODEL_VERSION


def work_of(packed: bytes, asked: Versions) -> Columns:
    """Do a chunk on a worker.

    Args:
        packed: the work and the chunk, pickled.
        asked: versions of whoever asks.

    Raises:
        InputError: they are not those of this worker.
        ChunkFailed: the work failed.
    """
    if asked != versions():
        raise _another_version(f"is endplate {__version__} with model version {MODEL_VERSION}")
    work, chunk = pickle.loads(packed)  # ours: written by `submit` below
    try:
        columns: Columns = work(chunk)
    except InputError:
        raise
    except Exception as error:
        raise ChunkFailed("".join(traceback.format_exception(error))) from None
    return columns


def _another_version(what: str) -> InputError:
    mine = f"not endplate {__version__} with model version {MODEL_VERSION}"
    message = f"A worker {what}" if what.startswith("cannot") else f"A worker {what}, {mine}"
    return InputError(message, rule="another_version", remedy=_SAME, field="--scheduler")


class Cluster:
    """The workers of a cluster, as :class:`endplate.questions.trialling.workers.Workers`."""

    def __init__(self, distributed: Any, client: Any, address: str, work: Work) -> None:
        self._distributed, self._client, self._address, self._work = distributed, client, address, work
        self._count, self._looked, self._seen = 0, 0.0, time.monotonic()

    @property
    def count(self) -> int:
        """How many chunks are done at a time: threads of all workers, looked at now and then."""
        if time.monotonic() - self._looked > _LOOK_S:
            self._look()
        return max(1, self._count)

    def _look(self) -> None:
        """Count the workers.

        Raises:
            InputError: there have been none for long.
        """
        try:
            self._count = sum(self._client.nthreads().values())
        except (OSError, TimeoutError) as error:
            raise self._wrong("does not answer any more", _AGAIN) from error
        now = time.monotonic()
        self._looked = now
        if self._count:
            self._seen = now
        elif now - self._seen > _ALONE_S:
            raise self._wrong(
                "has lost all of its workers", f"Start some with 'dask worker {self._address}'."
            )

    def check(self) -> None:
        """Raise unless there is a worker.

        Raises:
            InputError: there is none.
        """
        self._look()
        if not self._count:
            raise self._wrong("has no workers", f"Start some with 'dask worker {self._address}'.")

    def _wrong(self, what: str, remedy: str) -> InputError:
        message = f"The scheduler at {self._address} {what}"
        return InputError(message, rule="scheduler", remedy=remedy, field="--scheduler")

    def submit(self, chunk: Chunk) -> Any:
        """Have a chunk done."""
        return self._client.submit(work_of, pickle.dumps((self._work, chunk)), versions(), pure=False)

    def result(self, chunk: Chunk, promise: Any) -> Columns:
        """The columns of a chunk; one whose worker died is done again by another.

        Raises:
            InputError: the scheduler or all workers are gone, a worker is of another version, or the chunk
                kills every worker.
        """
        deaths = 0
        while True:
            try:
                columns: Columns = promise.result(timeout=_LOOK_S)
                return columns
            except TimeoutError:
                self._look()
            except self._distributed.KilledWorker as error:
                deaths += 1
                if deaths > _DEATHS:
                    told = "Give workers more memory, or look into their logs."
                    raise self._wrong(f"lost every worker that did part {chunk.number}", told) from error
                promise = self.submit(chunk)
            except self._distributed.CancelledError as error:
                raise self._wrong("is gone", _AGAIN) from error
            except (ImportError, AttributeError, RuntimeError) as error:
                raise _another_version(f"cannot read the work sent to it: {error}") from error


@contextmanager
def cluster(work: Work, address: str) -> Iterator[Cluster]:
    """The workers of a cluster.

    Args:
        work: what is done with a chunk.
        address: of the scheduler, tcp://HOST:PORT.

    Raises:
        InputError: nobody answers there, no worker is there, or Dask is not installed.
    """
    distributed = library("distributed", "cluster")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in one sentence
    _answers(address)
    try:
        client = distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise _nobody(address) from error
    with client:
        found = Cluster(distributed, client, address, work)
        found.check()
        yield found


def _answers(address: str) -> None:
    """Raise at once where nobody listens: Dask itself goes on trying."""
    try:
        place = urlsplit(address)
        host, port = place.hostname, place.port
        if not (host and port):
            raise ValueError(address)
        socket.create_connection((host, port), timeout=_PATIENCE_S).close()
    except (OSError, ValueError) as error:
        raise _nobody(address) from error


def _nobody(address: str) -> InputError:
    remedy = "Start one with 'dask scheduler' and workers with 'dask worker tcp://HOST:PORT'."
    return InputError(
        f"No scheduler answers at {address}", rule="scheduler", remedy=remedy, field="--scheduler"
    )
