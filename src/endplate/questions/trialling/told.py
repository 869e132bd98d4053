"""Numbers of replicates as the answer tells them: rounded, as five points, as a share with its interval."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.simulation.results import QUANTILES

Array = NDArray[np.float64]
Share = dict[str, float | None]

_DIGITS = 5


def rounded(number: Any) -> float | None:
    """A number as told; null for one that is none."""
    return round(float(number), _DIGITS) + 0.0 if np.isfinite(number) else None  # no minus before a 0


def mean_of(values: Array) -> float | None:
    """The mean of what is there, null where nothing is."""
    seen = values[np.isfinite(values)]
    return rounded(seen.mean()) if seen.size else None


def summary_of(values: Array) -> Share:
    """5, 25, 50, 75 and 95 % points, null where there is nothing."""
    seen = values[np.isfinite(values)]
    if not seen.size:
        return dict.fromkeys(QUANTILES)
    return {name: rounded(np.quantile(seen, level)) for name, level in QUANTILES.items()}


def share_of(found: NDArray[np.bool_]) -> Share:
    """A share of replicates with its 95 % interval, exact binomial."""
    from scipy.stats import binomtest

    if not found.size:
        return {"value": None, "low": None, "high": None}
    told = binomtest(int(found.sum()), found.size).proportion_ci(19 / 20)
    return {"value": rounded(found.mean()), "low": rounded(told.low), "high": rounded(told.high)}
