"""The normal distribution for raters; SciPy is imported only where its inverse is asked for."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from endplate._compiled import njit

Array = NDArray[np.float64]


def share_below(x: Array) -> Array:
    """Distribution function of the standard normal, same shape."""
    found: Array = _below(np.ascontiguousarray(x, dtype=np.float64).reshape(-1)).reshape(np.shape(x))
    return found


@njit(cache=True, nogil=True)
def _below(x: Array) -> Array:
    """Distribution function of the standard normal, (n,); far out its complement keeps the digits."""
    out = np.empty_like(x)
    for i in range(x.size):
        out[i] = erfc(-x[i] / sqrt(2.0)) / 2
    return out


def evenly(count: int) -> Array:
    """Standard normal numbers that stand for equal shares of people, (count,)."""
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(count) + 1 / 2) / count))


def above(least: Array, share: Array) -> Array:
    """Standard normal numbers above ``least`` at a share (0 to 1) of what lies there, same shape.

    Done on logarithms, so that it holds far out as well.
    """
    from scipy.special import log_ndtr, ndtri_exp

    return np.asarray(-ndtri_exp(np.log1p(-share) + log_ndtr(-least)))
