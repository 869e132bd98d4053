"""From a simulated statistic to the number a study prints: the row's own error, bounds and rounding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome, Study
from endplate.knowledge.vocabulary import MEASURES

Array = NDArray[np.float64]

TOLD = ("arm", "versus", "measure", "scale", "joint", "muscle", "event", "of", "by", "unit")


def row_key(study: Study, outcome: Outcome) -> str:
    """The name of an outcome's own chance: all that tells it from the other rows, and its place in the file.

    An outcome that is no row of the file (a point of a course) has no place.
    """
    place = next((i for i, row in enumerate(study.outcomes) if row is outcome), None)
    told = "/".join(str(getattr(outcome, name)) for name in (*TOLD, "at"))
    return f"{study.study}/{place}/{told}"


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

    def over(self, unit: Array) -> Statistic:
        """The statistic in units of a spread that every draw knows, (draws,)."""
        typical = float(np.sqrt(np.mean(unit**2)))
        return Statistic(self.values / unit, self.drawn_sd / typical, self.chance_sd / typical)


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


def mean_of_people(values: Array, reported: int) -> Statistic:
    """The mean over those who have a value, with what chance among people adds to it.

    Args:
        values: of the people simulated, (draws, people); NaN for who has none.
        reported: people in the group that the study reports.

    Returns:
        The mean, NaN in a draw in which nobody has a value.
    """
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    some = np.maximum(count, 1)
    mean = np.where(known, values, 0).sum(axis=1) / some
    squares = np.where(known, values - mean[:, None], 0) ** 2
    within = float((squares.sum(axis=1) / np.maximum(count - 1, 1)).mean())
    drawn = float(np.sqrt(within / some.mean()))
    shown = np.where(count > 0, mean, np.nan)
    return Statistic(shown, drawn, drawn * float(np.sqrt(values.shape[1] / reported)))


def of_people(read: Callable[[slice], Array], simulated: int, reported: int) -> Statistic:
    """A positive statistic that belongs to a group as a whole, with the chance that lies in who is in it.

    The people are split into halves of a and b. If chance goes with the size of the statistic and as one over
    the root of the number of people, the halves of one draw differ, over their mean, with the variance
    (1/a + 1/b) times that of a single person, over all draws. With fewer than two people chance cannot be
    told apart.

    Args:
        read: the statistic in every draw of some of the people, (draws,).
        simulated: people that there are.
        reported: people in the group that the study reports.

    Returns:
        The statistic; its deviations are those at its median.
    """
    values = read(slice(0, simulated))
    if simulated < 2:
        return Statistic(values)
    half = simulated // 2
    first, second = read(slice(0, half)), read(slice(half, simulated))
    apart = (first - second) / np.maximum((first + second) / 2, np.finfo(float).tiny)
    single = float(np.mean(apart**2)) / (1 / half + 1 / (simulated - half))
    size = float(np.median(values))
    return Statistic(values, *(size * float(np.sqrt(single / people)) for people in (simulated, reported)))


def settled(found: Statistic, scores: Array, *, relative: bool = False) -> Array:
    """The statistic with the chance of the group reported in place of that simulated, (draws,).

    Less chance than simulated narrows the spread between draws by the difference of variances; more is added.
    Narrowing keeps the mean and the spread over draws right, which is what an interval needs. It moves what
    the parameters do and what chance does alike, so a draw's value no longer stands for that draw's
    parameters: calibration reads the raw values of a Statistic instead.

    Args:
        found: the simulated statistic.
        scores: standard normal numbers, (draws,).
        relative: chance goes with the size of the statistic, so all is done on logarithms, with deviations
            over the median; where some values are not positive, it is not.
    """
    if relative and (found.values > 0).all():
        size = float(np.median(found.values))
        logs = Statistic(np.log(found.values), found.drawn_sd / size, found.chance_sd / size)
        return np.exp(settled(logs, scores))
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
    held = MEASURES[outcome.measure]
    least, most = (
        (-np.inf if held.least is None else held.least),
        (np.inf if held.most is None else held.most),
    )
    return np.clip(printed, least, most)
