"""Work on some virtual copies at a time: little memory, and threads where there is more than one block."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_BLOCK = 64  # copies


def blocks(size: int) -> tuple[slice, ...]:
    """All copies, some at a time."""
    return tuple(slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """Results in the order of the items; the compiled kernels that do the work hold no lock."""
    if len(items) < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, items)
