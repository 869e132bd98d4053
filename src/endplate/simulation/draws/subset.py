"""Some of the virtual copies of a run, as a source of numbers of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Subset:
    """Rows of other draws: each copy has the numbers that it has among all of them.

    Attributes:
        all: the draws of every copy.
        rows: the copies shown, (size,).
    """

    all: Draws
    rows: Rows

    @property
    def size(self) -> int:
        """Number of copies."""
        return self.rows.size

    @property
    def shared(self) -> Rows | None:
        """Number of the draw of what nobody knows that each copy has, (size,); None: each its own."""
        return None if self.all.shared is None else self.all.shared[self.rows]

    @property
    def one_joint(self) -> bool:
        """Whether all copies keep the joint of the first."""
        return self.all.one_joint

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy shown, (size,)."""
        return self.all.of(record_id, key)[self.rows]

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self.all.normal(process, count)[self.rows]

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self.all.uniform(process, count)[self.rows]
