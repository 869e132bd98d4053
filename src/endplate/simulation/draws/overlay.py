"""Draws laid over other draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Overlay:
    """Draws that give what those beneath them give, but for what a subclass changes.

    Attributes:
        beneath: the draws that give all else.
    """

    beneath: Draws

    @property
    def size(self) -> int:
        """Number of copies."""
        return self.beneath.size

    @property
    def shared(self) -> NDArray[np.int64] | None:
        """Number of the draw of what nobody knows that each copy has, (size,); None: each its own."""
        return self.beneath.shared

    @property
    def one_joint(self) -> bool:
        """Whether all copies keep the joint of the first."""
        return self.beneath.one_joint

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,)."""
        return self.beneath.of(record_id, key)

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self.beneath.normal(process, count)

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self.beneath.uniform(process, count)
