"""Chunks done by the workers of a Dask cluster, who may come, go and die while they are at it.

All machines are asked at the start which endplate they have. A worker may come later: a chunk travels as
bytes beside the versions that made them, and one of another version says so before it reads them.
"""

from __future__ import annotations

import logging
import pickle
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pkgutil import resolve_name
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from endplate._version import __version__
from endplate.errors import InputError, library
from endplate.questions.trialling.chunk import Chunk, Columns
from endplate.questions.trialling.workers import Work
from endplate.simulation import MODEL_VERSION

Versions = tuple[str, str]

VERSIONS: Versions = (__version__, MODEL_VERSION)
"""What must be the same on all machines: the program's version and the model's."""

_PATIENCE_S = 10  # until a scheduler must have answered
_LOOK_S = 5  # between looks at who is there
_STEP_S = 1  # of waiting for a chunk, after which Ctrl-C is heard
_ALONE_S = 60  # without any worker, until the run is given up
_DEATHS = 5  # times that Dask gives a chunk up, each after several workers died over it
_AGAIN = "Start it again; the same command with the same --out goes on where this one ended."
_WHERE = f"{__name__}:VERSIONS"


def packed(work: Work, chunk: Chunk) -> bytes:
    """Work and a chunk as they travel to a worker."""
    return pickle.dumps((work, chunk))


def work_of(sent: bytes, asked: Versions) -> Columns:
    """Do a chunk on a worker.

    Args:
        sent: the work and the chunk, as :func:`packed` has them.
        asked: versions of whoever asks.

    Raises:
        InputError: they are not those of this worker.
    """
    if asked != VERSIONS:
        raise _another_version("A worker", VERSIONS, asked)
    work, chunk = pickle.loads(sent)
    columns: Columns = work(chunk)
    return columns


def _another_version(who: str, found: object, asked: Versions) -> InputError:
    """The error of a machine that has another version, or none."""
    has = f"endplate {found[0]}, model version {found[1]}" if isinstance(found, tuple) else "no such endplate"
    return InputError(
        f"{who} has {has}, not endplate {asked[0]}, model version {asked[1]}",
        rule="another_version",
        remedy=f"Install endplate {asked[0]} on every machine of the cluster.",
        field="--scheduler",
    )


def _same_everywhere(client: Any, address: str) -> None:
    """Raise unless scheduler and workers have this endplate; ``resolve_name`` is there whatever they have."""
    try:
        found = client.run_on_scheduler(resolve_name, _WHERE)
    except (ImportError, AttributeError) as error:
        found = error
    answers = {f"The scheduler at {address}": found}
    workers = client.run(resolve_name, _WHERE, on_error="return")
    answers |= {f"The worker at {worker}": told for worker, told in workers.items()}
    for who, told in answers.items():
        if told != VERSIONS:
            raise _another_version(who, told, VERSIONS)


class _Interrupts:
    """Ctrl-C noted and raised between steps: Dask lets futures go in ``__del__``, which swallows errors.

    A second one has its usual effect at once.
    """

    def __init__(self) -> None:
        self._came = False
        self._usual = signal.getsignal(signal.SIGINT)
        self._own = callable(self._usual) and threading.current_thread() is threading.main_thread()
        if self._own:
            signal.signal(signal.SIGINT, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._came and callable(self._usual):
            self._usual(number, frame)
        self._came = True

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self._came:
            raise KeyboardInterrupt

    def close(self) -> None:
        """Let the usual handler do as before."""
        if self._own:
            signal.signal(signal.SIGINT, self._usual)


class Cluster:
    """The workers of a cluster, as :class:`endplate.questions.trialling.workers.Workers`."""

    def __init__(
        self, distributed: Any, client: Any, address: str, work: Work, interrupts: _Interrupts
    ) -> None:
        self._distributed, self._client, self._address, self._work = distributed, client, address, work
        self._interrupts = interrupts
        self._count, self._looked, self._seen = 0, 0.0, time.monotonic()

    @property
    def count(self) -> int:
        """How many chunks are done at a time: threads of all workers, looked at now and then."""
        self._look_now_and_then()
        return max(1, self._count)

    def _look_now_and_then(self) -> None:
        if time.monotonic() - self._looked > _LOOK_S:
            self._look()

    def _look(self) -> None:
        """Count the workers.

        Raises:
            InputError: there have been none for long.
        """
        with self._asking():
            self._count = sum(self._client.nthreads().values())
        now = time.monotonic()
        self._looked = now
        if self._count:
            self._seen = now
        elif now - self._seen > _ALONE_S:
            raise self._wrong(
                "has lost all of its workers", f"Start some with 'dask worker {self._address}'."
            )

    def check(self) -> None:
        """Raise unless there are workers, and all machines have this endplate.

        Raises:
            InputError: there is no worker, or a machine has another version or none.
        """
        self._look()
        if not self._count:
            raise self._wrong("has no workers", f"Start some with 'dask worker {self._address}'.")
        _same_everywhere(self._client, self._address)

    def _wrong(self, what: str, remedy: str) -> InputError:
        message = f"The scheduler at {self._address} {what}"
        return InputError(message, rule="scheduler", remedy=remedy, field="--scheduler")

    def submit(self, chunk: Chunk) -> Any:
        """Have a chunk done.

        Raises:
            InputError: the scheduler is gone.
        """
        self._interrupts.check()
        with self._asking():
            return self._client.submit(work_of, packed(self._work, chunk), VERSIONS, pure=False)

    def cancel(self, promise: Any) -> None:
        """Have a chunk done no longer; a scheduler that is gone has forgotten it."""
        with suppress(InputError), self._asking():
            promise.cancel()

    @contextmanager
    def _asking(self, promise: Any = None) -> Iterator[None]:
        """One sentence of whatever Dask raises whose scheduler died, by how far the client has noticed.

        What the work itself raised on a worker is raised as it is.
        """
        try:
            yield
        except Exception as error:
            own = promise is not None and promise.status == "error"
            lost = isinstance(error, (OSError, self._distributed.CancelledError))
            if own or not (lost or self._client.status != "running"):
                raise
            raise self._wrong("is gone", _AGAIN) from error

    def result(self, chunk: Chunk, promise: Any) -> Columns:
        """The columns of a chunk; one whose worker died is done again by another.

        Raises:
            InputError: the scheduler or all workers are gone, a worker is of another version, or the chunk
                kills every worker.
        """
        deaths = 0
        while True:
            self._interrupts.check()
            try:
                found = self._within_a_step(promise)
                if found is not None:
                    return found
                self._look_now_and_then()
            except self._distributed.KilledWorker as error:
                deaths += 1
                if deaths > _DEATHS:
                    told = "Give workers more memory, or look into their logs."
                    raise self._wrong(f"lost every worker that did part {chunk.number}", told) from error
                promise = self.submit(chunk)

    def _within_a_step(self, promise: Any) -> Columns | None:
        """The columns, or None if they are not there after a moment."""
        with self._asking(promise):
            try:
                columns: Columns = promise.result(timeout=_STEP_S)
            except TimeoutError:
                return None
            return columns


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
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in one sentence
    _answers(address)
    try:
        client = distributed.Client(address, timeout=_PATIENCE_S, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise _nobody(address) from error
    with client, closing(_Interrupts()) as interrupts:
        found = Cluster(distributed, client, address, work, interrupts)
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
