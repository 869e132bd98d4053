"""How a blocked junction comes back: reserve, sprouts and the two published accounts of who leads.

``parent_first`` (V1, rogozhin2008): the parent terminal gives more than four fifths of release throughout;
sprouts add to it. ``sprouts_first`` (V2, depaiva1999): sprouts are junctions that carry
transmission from about day 28 while the blocked parent stays silent for about two months, then go.
``course`` reads both through :class:`Leader`; ``ACCOUNTS`` is where an account is registered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

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
class Leader(ABC):
    """What an account tells the course; every account has these, every field has shape (draws,).

    Attributes:
        growth_d: time constant with which sprouts come to work, days.
        apart: whether sprouts are junctions that stand for themselves, or add to the parent's release.
    """

    growth_d: Array
    apart: ClassVar[bool]

    @abstractmethod
    def sprout_release(self, beside: Array) -> Array:
        """Release of grown sprouts over that of a naive parent, (draws,).

        Args:
            beside: what sprouts add to a parent that releases too, (draws,).
        """

    @abstractmethod
    def parent_d(self) -> tuple[Array, Array]:
        """Days for which a blocked parent stays silent, and time constant of its return, (draws,) each."""


@dataclass(frozen=True)
class ParentFirst(Leader):
    """V1: sprouts add to the parent's release; every field has shape (draws,)."""

    growth_d: Array = evidence("muscle.sprout_growth")
    apart = False

    def sprout_release(self, beside: Array) -> Array:
        """What they add."""
        return beside

    def parent_d(self) -> tuple[Array, Array]:
        """Not read: the parent follows its own release at once."""
        return np.ones_like(self.growth_d), np.ones_like(self.growth_d)


@dataclass(frozen=True)
class SproutsFirst(Leader):
    """V2: sprouts transmit while the parent is silent; every field has shape (draws,)."""

    growth_d: Array = evidence("terminal.sprouts_first.growth")
    release_share: Array = evidence("terminal.sprouts_first.release_share")
    parent_silent_d: Array = evidence("terminal.sprouts_first.parent_silent")
    parent_return_d: Array = evidence("terminal.sprouts_first.parent_return")
    apart = True

    def sprout_release(self, beside: Array) -> Array:
        """Their own."""
        return self.release_share

    def parent_d(self) -> tuple[Array, Array]:
        """Silence and return of the parent."""
        return self.parent_silent_d, self.parent_return_d


ACCOUNTS: Mapping[Account, type[Leader]] = {"parent_first": ParentFirst, "sprouts_first": SproutsFirst}
"""Every account by the name that ``--recovery`` and ``Biology`` take; the first is the default."""


def others(account: Account) -> tuple[Account, ...]:
    """The other accounts, in their order."""
    return tuple(name for name in ACCOUNTS if name != account)
