"""Mean and spread of people who come some at a time, none of whom is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Running:
    r"""Moments so far, put together as Chan, Golub and LeVeque do (1983): no difference of large sums.

    .. math:: M = M_a + M_b + (\bar b - \bar a)^2 \frac{n_a n_b}{n_a + n_b}

    Attributes:
        people: who came, those without a value among them.
        seen: who had a value.
        mean: of the values.
        squares: sum of squared deviations from it.
    """

    people: int = 0
    seen: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: Array) -> None:
        """Take in some people's values, NaN where missing, (people,)."""
        known = values[np.isfinite(values)]
        self.people += values.size
        if not known.size:
            return
        mean, before = float(known.mean()), self.seen
        self.seen += known.size
        apart = mean - self.mean
        self.squares += float(np.square(known - mean).sum()) + apart**2 * before * known.size / self.seen
        self.mean += apart * known.size / self.seen

    def told(self) -> tuple[float, float, float]:
        """Mean, standard deviation and share missing; NaN for both of fewer than two."""
        missing = 1 - self.seen / self.people
        if self.seen < 2:
            return float("nan"), float("nan"), missing
        return self.mean, float(np.sqrt(self.squares / (self.seen - 1))), missing
