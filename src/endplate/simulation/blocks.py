"""Work on some virtual copies at a time: little memory, and threads where there is more than one block."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BLOCK = 64  # copies
_HERE = threading.local()


def blocks(size: int) -> tuple[slice, ...]:
    """All copies, some at a time."""
    return tuple(slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


@contextmanager
def one_thread() -> Iterator[None]:
    """What this thread does meanwhile it does alone: for threads that stand side by side already."""
    before = getattr(_HERE, "alone", False)
    _HERE.alone = True
    try:
        yield
    finally:
        _HERE.alone = before


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Results in the order of the items; the compiled kernels that do the work hold no lock."""
    if len(items) < 2 or getattr(_HERE, "alone", False):
        yield from map(work, items)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, items)
