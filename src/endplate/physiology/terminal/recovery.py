"""How a blocked junction comes back: reserve, sprouts and the two published accounts of who leads.

``parent_first`` (V1, rogozhin2008): the parent terminal gives more than four fifths of release throughout;
sprouts add to it. ``sprouts_first`` (V2, depaiva1999): sprouts are junctions that carry
transmission from about day 28 while the blocked parent stays silent for about two months, then go.
Both fields of records are read by ``course``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import evidence

Array = NDArray[np.float64]
Account = Literal["parent_first", "sprouts_first"]


@dataclass(frozen=True)
class Parameters:
    """What both accounts share; every field has shape (draws,)."""

    basal_uptake_share: Array = evidence("terminal.basal_uptake_share")
    reserve_floor: Array = evidence("terminal.reserve_floor")
    reserve_loss_d: Array = evidence("terminal.reserve_loss_time")
    reserve_recovery_d: Array = evidence("terminal.reserve_recovery_time")
    sprout_delay_d: Array = evidence("muscle.sprout_delay")
    sprout_exposure: Array = evidence("terminal.sprout_exposure")
    train_facilitation: Array = evidence("terminal.train_facilitation")
    train_half_rate_Hz: Array = evidence("terminal.train_half_rate")

    def train_gain(self, rate_Hz: float) -> Array:
        """Release that a silent junction gains in a train at this rate over its own, (draws,)."""
        return np.asarray(self.train_facilitation * rate_Hz / (rate_Hz + self.train_half_rate_Hz))


@dataclass(frozen=True)
class ParentFirst:
    """V1: sprouts add to the parent's release; every field has shape (draws,)."""

    growth_d: Array = evidence("muscle.sprout_growth")


@dataclass(frozen=True)
class SproutsFirst:
    """V2: sprouts transmit while the parent is silent; every field has shape (draws,)."""

    growth_d: Array = evidence("terminal.sprouts_first.growth")
    release_share: Array = evidence("terminal.sprouts_first.release_share")
    parent_silent_d: Array = evidence("terminal.sprouts_first.parent_silent")
    parent_return_d: Array = evidence("terminal.sprouts_first.parent_return")
