r"""Gross motor function over age: the reference curve of a GMFCS level, and differences from it.

.. math::
    G_{ref}(a) = L\,(1 - e^{-r a}), \quad r = \frac{\ln 10}{a_{90}}, \qquad
    \frac{dG}{da} = r\,(L_{eff} - G)

a_90 is the age at which 90 % of the limit L is reached. L_eff is L but for what treatment changes against the
same child untreated, so that untreated the curve is the reference exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value

Array = NDArray[np.float64]

LEVELS = ("I", "II", "III", "IV", "V")
_TAIL = 10  # the curve has 1/10 left to go at the age called age-90


@dataclass(frozen=True)
class Curve:
    """A reference curve.

    Attributes:
        limit: L, points.
        limit_sd: between children, points.
        rate_per_y: r.
    """

    limit: float
    limit_sd: float
    rate_per_y: float

    @classmethod
    def of_level(cls, gmfcs: int) -> Curve:
        """GMFM-66 of a level, 1 to 5."""
        level = LEVELS[gmfcs - 1]
        record = get(f"development.gmfm.{level}.limit")
        rate = np.log(_TAIL) / value(f"development.gmfm.{level}.age_90")
        return cls(record.value, record.distribution.sd or 0.0, rate)

    def at(self, age_y: Array) -> Array:
        """Points at ages, same shape."""
        return np.asarray(self.limit * -np.expm1(-self.rate_per_y * age_y))


def follow(curve: Curve, limit: Array, age_y: Array, gain: Array) -> Array:
    """Function of children whose limit is moved, (members, ages).

    Between two ages the gain is that of the later one, and the equation is solved exactly.

    Args:
        curve: of the level.
        limit: L of each child, (members,).
        age_y: ascending, (ages,).
        gain: how far the limit is moved at each age, points, (members, ages).
    """
    found = np.empty_like(gain)
    found[:, 0] = limit * -np.expm1(-curve.rate_per_y * age_y[0])
    for k, step in enumerate(np.diff(age_y), start=1):
        kept = np.exp(-curve.rate_per_y * step)
        goal = limit + gain[:, k]
        found[:, k] = goal + (found[:, k - 1] - goal) * kept
    return found
