r"""Goal attainment: the levels of several goals as one T score (Kiresuk and Sherman 1968).

.. math:: T = m + s \frac{\sum w x}{\sqrt{(1 - \rho) \sum w^2 + \rho (\sum w)^2}}

with the level x of each goal (-2 to +2, 0 is what was expected), its weight w and the correlation
rho expected between goals. The score does not change when every weight is multiplied by one number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GoalConstants:
    """The conventions of the T score; every field has shape (draws,) or (1,)."""

    mean: Array = evidence("scales.goal_mean")
    sd: Array = evidence("scales.goal_sd")
    correlation: Array = evidence("scales.goal_correlation")


def goal_t_score(p: GoalConstants, level: Array, weight: Array) -> Array:
    """T score of goals taken together, (draws,).

    Args:
        p: conventions, fields (draws,) or (1,).
        level: level of each goal, -2 to +2, (draws, goals) with at least one goal.
        weight: weight of each goal, above 0, (goals,) or (draws, goals).
    """
    share = weight / weight.max(axis=-1, keepdims=True)
    own = (1.0 - p.correlation) * np.square(share).sum(axis=-1)
    common = p.correlation * np.square(share.sum(axis=-1))
    return np.asarray(p.mean + p.sd * (share * level).sum(axis=-1) / np.sqrt(own + common))
