"""How even weights are, how heavy their tail is, and copies drawn by them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

_TAIL_OF, _TAIL_ROOTS, _SHORTEST = 5, 3.0, 5


def effective(weights: Array) -> float:
    """Effective number of copies of weights that sum to 1."""
    return float(1 / (weights**2).sum())


def pareto_k(log_weights: Array) -> float:
    """Shape of the generalised Pareto distribution of the largest weights; 0 where all are alike.

    The tail is as long as Vehtari et al. (2024) take it. Infinite where fewer than five weights count.
    """
    from scipy import stats

    size = log_weights.size
    length = int(min(size / _TAIL_OF, _TAIL_ROOTS * np.sqrt(size)))
    ordered = np.sort(np.exp(log_weights - log_weights.max()))
    if ordered[0] == ordered[-1]:
        return 0.0
    beyond = ordered[-length:] - ordered[-length - 1] if 0 < length < size else ordered[:0]
    beyond = beyond[beyond > 0]
    if beyond.size < _SHORTEST:
        return float("inf")
    return float(stats.genpareto.fit(beyond / beyond.mean(), floc=0)[0])


def systematic(weights: Array, count: int, start: float) -> Rows:
    """Rows drawn by weight at even distances, (count,); ``start`` between 0 and 1 decides where."""
    below = np.cumsum(weights)
    at = (np.arange(count) + start) / count * below[-1]
    return np.asarray(np.minimum(np.searchsorted(below, at, side="right"), len(weights) - 1))
