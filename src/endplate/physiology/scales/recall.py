r"""Reports: a day that a person recalls, given the day on which they noticed.

.. math:: p(q \mid t) = (1 - p_q)\,\mathrm{Lognormal}(q;\,\ln t,\,s_q^2) + \frac{p_q}{2T}

t is the day noticed, q the day reported, both counted from the injection, and T the day asked. A share of
reports tells nothing of it: any day so far, or as often that nothing was noticed yet. *Not yet* has the
probability of a day after T.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import default_value
from endplate.physiology.scales.normal import share_below

Array = NDArray[np.float64]


def log_density(x: Array | float, mean: Array | float, sd: Array | float) -> Array:
    """Logarithm of the normal density, shapes broadcast."""
    return np.asarray(-(((x - mean) / sd) ** 2) / 2 - np.log(sd * np.sqrt(2 * np.pi)))


@dataclass(frozen=True)
class Recall:
    """How far reported days are off.

    Attributes:
        sd_log: standard deviation of the logarithm.
        misreport: share of reports that tell nothing.
        earliest_d: what is noticed before is told as the first hours.
    """

    sd_log: float = default_value("visits.recall_sd_log")
    misreport: float = default_value("visits.misreport")
    earliest_d: float = default_value("visits.recall_earliest")

    def log_reported(self, noticed_d: Array, reported_d: float, asked_d: float) -> Array:
        """Logarithm of the density of a reported day, same shape as the days noticed.

        Args:
            noticed_d: infinite or NaN where nothing was noticed.
            reported_d: up to the day asked.
            asked_d: day of the report.
        """
        at, known = self._logs(noticed_d)
        said = np.log(max(reported_d, self.earliest_d))
        true = np.where(known, np.exp(log_density(said, at, self.sd_log) - said), 0)
        slip = self.misreport / (2 * max(asked_d, self.earliest_d))
        return np.asarray(np.log((1 - self.misreport) * true + slip))

    def log_not_yet(self, noticed_d: Array, asked_d: float) -> Array:
        """Logarithm of the probability that nothing was noticed by a day, same shape.

        Args:
            noticed_d: infinite or NaN where nothing was noticed.
            asked_d: day of the report.
        """
        at, known = self._logs(noticed_d)
        later = np.where(known, share_below((at - np.log(max(asked_d, self.earliest_d))) / self.sd_log), 1)
        return np.asarray(np.log((1 - self.misreport) * later + self.misreport / 2))

    def reported_d(self, noticed_d: Array, normal: Array, slip: Array, asked_d: float) -> Array:
        """Days as they are told, NaN where nothing was noticed yet, same shape.

        Args:
            noticed_d: infinite or NaN where nothing was noticed.
            normal: standard normal numbers.
            slip: numbers between 0 and 1, which decide whether a report tells nothing, and then what.
            asked_d: day of the report.
        """
        at, known = self._logs(noticed_d)
        told = np.where(known, np.exp(at + self.sd_log * normal), np.inf)
        told = np.where(slip < self.misreport, 2 * asked_d * slip / self.misreport, told)
        return np.where(told <= asked_d, np.maximum(told, self.earliest_d), np.nan)

    def _logs(self, noticed_d: Array) -> tuple[Array, NDArray[np.bool_]]:
        """Logarithms of days noticed, 0 where nothing was, and where something was."""
        known = np.isfinite(noticed_d)
        return np.log(np.maximum(np.where(known, noticed_d, 1), self.earliest_d)), known
