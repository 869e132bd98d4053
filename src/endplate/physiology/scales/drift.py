r"""Drift: how a joint's grade changes apart from toxin and placebo, less the longer the condition lasts.

.. math:: d(t) = z\,s_d \int_0^t e^{-(m + \tau)/m_d}\,d\tau = z\,s_d\,m_d\,e^{-m/m_d}\,(1 - e^{-t/m_d})

z is the person's and the joint's own, m the months since the onset of the condition on day 0. Either
direction is as likely: early on tone grows in some people and is lost in others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import default_value

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Drift:
    """How fast grades drift.

    Attributes:
        sd_grade_per_mo: standard deviation between people just after onset.
        fade_mo: months over which it fades to 1/e.
        not_stated_mo: months since onset where they are not stated.
    """

    sd_grade_per_mo: float = default_value("visits.drift_sd")
    fade_mo: float = default_value("visits.drift_fade")
    not_stated_mo: float = default_value("visits.months_not_stated")

    def sd_grade(self, since_mo: float | None, later_mo: Array) -> Array:
        """Standard deviation of the drift some months after day 0, same shape; 0 on day 0.

        Args:
            since_mo: months since onset on day 0; None where not stated.
            later_mo: months since day 0.
        """
        start = self.not_stated_mo if since_mo is None else since_mo
        left = np.exp(-start / self.fade_mo)
        return np.asarray(self.sd_grade_per_mo * self.fade_mo * left * -np.expm1(-later_mo / self.fade_mo))
