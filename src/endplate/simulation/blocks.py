"""Work on some virtual copies at a time: little memory, and threads where there is more than one block."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from endplate.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")

THREADS = "ENDPLATE_THREADS"
_BLOCK = 64  # copies
_SHOWN = 40  # letters of a setting that is wrong
_HERE = threading.local()


def blocks(size: int) -> tuple[slice, ...]:
    """All copies, some at a time."""
    return tuple(slice(start, start + _BLOCK) for start in range(0, size, _BLOCK))


def cores() -> int:
    """Threads that work at once: as the environment's ``ENDPLATE_THREADS`` says, else one per processor.

    Raises:
        InputError: ``ENDPLATE_THREADS`` is no whole number from 1 to 9999.
    """
    told = os.environ.get(THREADS)
    if told:
        if not re.fullmatch("[1-9][0-9]{0,3}", told):
            raise InputError(
                f"{THREADS} is '{told[:_SHOWN]}', no whole number from 1 to 9999",
                rule="unusable_setting",
                remedy="Unset it, or set it to 1 or more.",
                field=THREADS,
            )
        return int(told)
    if hasattr(os, "sched_getaffinity"):  # fewer than the machine has, where a set of them is given
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def one_thread() -> Iterator[None]:
    """What this thread does meanwhile it does alone: for threads that stand side by side already."""
    before = getattr(_HERE, "alone", False)
    _HERE.alone = True
    try:
        yield
    finally:
        _HERE.alone = before


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Results in the order of the items; the compiled kernels that do the work hold no lock."""
    todo = list(items)
    if len(todo) < 2 or getattr(_HERE, "alone", False):
        yield from map(work, todo)
        return
    with ThreadPoolExecutor(cores()) as pool:
        yield from pool.map(work, todo)
