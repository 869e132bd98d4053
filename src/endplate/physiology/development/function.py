r"""Gross motor function over age: the reference curve of a GMFCS level, and differences from it.

.. math::
    G_{ref}(a) = L\,(1 - e^{-r a}), \quad r = \frac{\ln 10}{a_{90}}, \qquad
    \frac{d\Delta}{da} = r\,(g - \Delta), \qquad G = G_{ref} + \Delta

a_90 is the age at which 90 % of the limit L is reached, g is how far treatment moves the limit against the
same child untreated. Untreated g is zero, so that the curve is the reference exactly.

Two accounts of what comes later contradict each other. By the first the limit is stable (Smits et al. 2013).
By the second levels III to V decline after a peak (Hanna et al. 2009): from the peak age a_p on

.. math:: G_{ref}(a) = G_{ref}(a_p) - d\,\frac{a - a_p}{a_{end} - a_p}

Peak age and decline d are read; the straight line between is assumed, and so is that every child of a level
loses the same share of its own limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import get, value

Array = NDArray[np.float64]

LEVELS = ("I", "II", "III", "IV", "V")
DECLINING = ("III", "IV", "V")
"""Levels in which one account has a decline of the mean."""
_TAIL = 10  # the curve has 1/10 left to go at the age called age-90


@dataclass(frozen=True)
class Decline:
    """A fall of the mean after a peak.

    Attributes:
        peak_y: age at the peak.
        until_y: age until which the fall is told.
        points: how far the mean of the level falls until then.
    """

    peak_y: float
    until_y: float
    points: float

    @classmethod
    def of_level(cls, gmfcs: int) -> Decline | None:
        """The fall of a level, 1 to 5; None where none was found."""
        level = LEVELS[gmfcs - 1]
        if level not in DECLINING:
            return None
        return cls(
            value(f"development.decline.{level}.peak_age"),
            value("development.decline.until"),
            value(f"development.decline.{level}.points"),
        )


@dataclass(frozen=True)
class Curve:
    """A reference curve.

    Attributes:
        limit: L, points.
        limit_sd: between children, points.
        rate_per_y: r.
        decline: fall after a peak; None where the limit is stable.
    """

    limit: float
    limit_sd: float
    rate_per_y: float
    decline: Decline | None = None

    @classmethod
    def of_level(cls, gmfcs: int, decline: bool = False) -> Curve:
        """GMFM-66 of a level, 1 to 5.

        Args:
            gmfcs: level.
            decline: whether by the account in which levels III to V decline.
        """
        level = LEVELS[gmfcs - 1]
        record = get(f"development.gmfm.{level}.limit")
        rate = np.log(_TAIL) / value(f"development.gmfm.{level}.age_90")
        fall = Decline.of_level(gmfcs) if decline else None
        return cls(record.value, record.distribution.sd or 0.0, rate, fall)

    def share(self, age_y: Array) -> Array:
        """Function over the limit at ages, same shape."""
        fall = self.decline
        if fall is None:
            return np.asarray(-np.expm1(-self.rate_per_y * age_y))
        risen = -np.expm1(-self.rate_per_y * np.minimum(age_y, fall.peak_y))
        since = np.clip(age_y - fall.peak_y, 0, fall.until_y - fall.peak_y) / (fall.until_y - fall.peak_y)
        return np.asarray(risen - fall.points / self.limit * since)

    def at(self, age_y: Array) -> Array:
        """Points at ages, same shape."""
        return np.asarray(self.limit * self.share(age_y))


def scale_end() -> float:
    """End of the GMFM-66 scale, points; it begins at 0."""
    return value("development.gmfm.scale_end")


def follow(curve: Curve, limit: Array, age_y: Array, gain: Array) -> Array:
    """Function of children whose limit is moved, (members, ages).

    Between two ages the gain is that of the later one, and the equation is solved exactly.

    Args:
        curve: of the level.
        limit: L of each child, (members,).
        age_y: ascending, (ages,).
        gain: how far the limit is moved at each age, points, (members, ages).
    """
    moved = np.zeros_like(gain)
    for k, step in enumerate(np.diff(age_y), start=1):
        kept = np.exp(-curve.rate_per_y * step)
        moved[:, k] = gain[:, k] + (moved[:, k - 1] - gain[:, k]) * kept
    return np.asarray(limit[:, None] * curve.share(age_y) + moved)
