"""From a simulated statistic to the number a study prints: the row's own error, bounds and rounding."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Study

Array = NDArray[np.float64]

_FRACTIONS = ("responder_fraction", "adverse_fraction", "antibody_fraction", "reinjected_by")
_POSITIVE = ("half_time", "ed50", "ic50", "onset", "peak", "duration", "bolus_length", "bolus_thickness")


@dataclass(frozen=True)
class Statistic:
    """A group's statistic in every draw.

    Attributes:
        values: as the people simulated show it, (draws,).
        drawn_sd: the part of its spread that comes from who was drawn into the group and how they were
            measured; 0 where that is not told apart.
        chance_sd: the same part of the number reported: of a group of its size, which may be larger than what
            is simulated, or as its row holds it.
    """

    values: Array
    drawn_sd: float = 0.0
    chance_sd: float = 0.0

    def minus(self, other: Statistic) -> Statistic:
        """The difference of two groups that were drawn apart."""
        drawn = float(np.hypot(self.drawn_sd, other.drawn_sd))
        return Statistic(self.values - other.values, drawn, float(np.hypot(self.chance_sd, other.chance_sd)))


def row_error(study: Study, outcome: Outcome) -> float | None:
    """Standard error of the printed statistic as its row holds it, or None.

    The standard error as printed, else the standard deviation over the root of the group's size; between two
    arms, of both sizes.
    """
    if outcome.se is not None or outcome.sd is None:
        return outcome.se
    sizes = {arm.arm: arm.n for arm in study.arms}
    first = outcome.n or sizes[outcome.arm]
    second = sizes[outcome.versus] if outcome.versus else None
    if first is None or (outcome.versus and second is None):
        return None
    return outcome.sd * float(np.sqrt(1 / first + (1 / second if second else 0)))


def settled(found: Statistic, scores: Array) -> Array:
    """The statistic with the chance of the group reported in place of that simulated, (draws,).

    Less chance than simulated narrows the spread between draws by the difference of variances; more is added.

    Args:
        found: the simulated statistic.
        scores: standard normal numbers, (draws,).
    """
    wanted = found.chance_sd
    if wanted >= found.drawn_sd:
        return np.asarray(found.values + np.sqrt(wanted**2 - found.drawn_sd**2) * scores)
    centre, total = found.values.mean(), found.values.var()
    between = max(total - found.drawn_sd**2, 0.0)
    scale = np.sqrt((between + wanted**2) / total) if total else 1.0
    return np.asarray(centre + (found.values - centre) * scale)


def step_of(study: Study, outcome: Outcome) -> float:
    """The step in which a study prints a measure: one unit of the last decimal it ever uses for it.

    A file holds 0.50 as 0.5, so the rows of one measure are taken together; what has no unit of its own
    (grades, ratios) is never coarser than tenths.
    """
    alike = [
        row.value
        for row in study.outcomes
        if (row.measure, row.scale, row.unit) == (outcome.measure, outcome.scale, outcome.unit)
    ]
    places = max((_decimals(number) for number in alike if number is not None), default=0)
    return float(10.0 ** -max(places, 0 if outcome.unit else 1))


def _decimals(number: float) -> int:
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def as_printed(sample: Array, outcome: Outcome, step: float, shares: Array) -> Array:
    """A sample as it could be printed: within half a step of rounding and within what the measure can be.

    Args:
        sample: the statistic, (draws,).
        outcome: whose measure bounds it: ratios are not negative, shares lie between 0 and 1.
        step: of the print.
        shares: numbers between 0 and 1, (draws,).
    """
    printed = sample + step * (shares - 1 / 2)
    if outcome.versus is not None:
        return np.asarray(printed)
    if outcome.measure in _FRACTIONS:
        return np.clip(printed, 0, 1)
    bounded = outcome.measure.endswith("_ratio") or outcome.measure in ("transmission", *_POSITIVE)
    return np.asarray(np.maximum(printed, 0) if bounded else printed)
