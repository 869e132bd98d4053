"""Who does the chunks: threads of this machine, or the processes of a Dask cluster. Results come in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from endplate.errors import InputError, library
from endplate.questions.trialling.chunk import Chunk, Columns

Work = Callable[[Chunk], Columns]

_AHEAD = 3  # chunks under way for every worker, so that none waits and few are held
_PATIENCE = "10s"


def in_threads(work: Work, chunks: Sequence[Chunk], workers: int | None = None) -> Iterator[Columns]:
    """Chunks done by threads, in order; as many as processors where not said."""
    count = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(count) as pool:
        yield from _in_order(lambda chunk: pool.submit(work, chunk), chunks, count)


def on_cluster(work: Work, chunks: Sequence[Chunk], address: str) -> Iterator[Columns]:
    """Chunks done by a cluster, in order; one whose worker dies is done again by another.

    Args:
        work: what is done, which is sent to the workers.
        chunks: of the trial.
        address: of the scheduler, tcp://HOST:PORT.

    Raises:
        InputError: nobody answers there, no worker is there, or Dask is not installed.
    """
    distributed = library("distributed", "cluster")
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise InputError(
            f"No scheduler answers at {address}",
            rule="scheduler",
            remedy="Start one with 'dask scheduler' and workers with 'dask worker ADDRESS'.",
            field="--scheduler",
        ) from error
    with client:
        count = len(client.scheduler_info(n_workers=-1)["workers"])
        if not count:
            raise InputError(
                f"The scheduler at {address} has no workers",
                rule="scheduler",
                remedy=f"Start some with 'dask worker {address}'.",
                field="--scheduler",
            )
        yield from _in_order(lambda chunk: client.submit(work, chunk, pure=False), chunks, count)


def _in_order(submit: Callable[[Chunk], Any], chunks: Sequence[Chunk], workers: int) -> Iterator[Columns]:
    """Results in the order of the chunks, a few of which are under way at any time."""
    waiting: deque[Any] = deque()
    try:
        for chunk in chunks:
            waiting.append(submit(chunk))
            if len(waiting) >= _AHEAD * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
