"""Copies of several draws end to end, as one source of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Joined:
    """Copies of several draws, those of the first one first.

    Attributes:
        parts: the draws, at least one; each copy has the numbers that it has among its own.
    """

    parts: tuple[Draws, ...]
    shared = None
    one_joint = False

    @property
    def size(self) -> int:
        """Number of copies."""
        return sum(part.size for part in self.parts)

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        return self._each(lambda part: part.of(record_id, key))

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self._each(lambda part: part.normal(process, count))

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self._each(lambda part: part.uniform(process, count))

    def _each(self, told: Callable[[Draws], Array]) -> Array:
        return np.concatenate([told(part) for part in self.parts])
