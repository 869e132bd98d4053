"""The normal distribution for raters; SciPy is imported when first asked, since a plain run needs none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def share_below(x: Array) -> Array:
    """Distribution function of the standard normal, same shape."""
    from scipy.special import ndtr

    return np.asarray(ndtr(x))


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
