"""Who does the chunks: threads of this machine, or a cluster. They come in order; those held are not done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from endplate.questions.trialling.chunk import Chunk, Columns
from endplate.questions.trialling.kept import Kept
from endplate.simulation.blocks import cores

Work = Callable[[Chunk], Columns]

_AHEAD = 3  # chunks under way for every worker, so that none waits and few are held


class Workers(Protocol):
    """Those who do chunks."""

    @property
    def count(self) -> int:
        """How many chunks are done at a time."""

    def submit(self, chunk: Chunk) -> Any:
        """Have a chunk done; the promise of its columns."""

    def cancel(self, promise: Any) -> None:
        """Have a chunk done no longer."""

    def result(self, chunk: Chunk, promise: Any) -> Columns:
        """The columns, when they are there."""


@dataclass(frozen=True)
class _Threads:
    pool: ThreadPoolExecutor
    work: Work
    count: int

    def submit(self, chunk: Chunk) -> Future[Columns]:
        return self.pool.submit(self.work, chunk)

    def cancel(self, promise: Future[Columns]) -> None:
        promise.cancel()

    def result(self, chunk: Chunk, promise: Future[Columns]) -> Columns:
        return promise.result()


@contextmanager
def threads(work: Work, count: int | None = None) -> Iterator[Workers]:
    """Threads of this machine; as many as processors where None."""
    count = cores() if count is None else count
    with ThreadPoolExecutor(count) as pool:
        yield _Threads(pool, work, count)


def in_order(
    chunks: Iterable[Chunk], kept: Kept, workers: Workers
) -> Generator[tuple[Chunk, Columns], None, None]:
    """Every chunk with its columns, in order, kept as soon as its turn has come; to be closed before workers.

    Args:
        chunks: of the trial; a few of them are under way at any time.
        kept: where those that are done are found and put.
        workers: who does the others.
    """
    waiting: deque[tuple[Chunk, Columns | None, Any]] = deque()

    def first() -> tuple[Chunk, Columns]:
        chunk, columns, promise = waiting.popleft()
        if columns is None:
            columns = workers.result(chunk, promise)
            kept.put(chunk, columns)
        return chunk, columns

    try:
        for chunk in chunks:
            held = kept.take(chunk)
            waiting.append((chunk, held, workers.submit(chunk) if held is None else None))
            while len(waiting) >= _AHEAD * workers.count:
                yield first()
        while waiting:
            yield first()
    finally:
        for _, _, promise in waiting:
            if promise is not None:
                workers.cancel(promise)
