"""What repeated sessions do to the calf, month by month: blocks of both kinds of fibre, and lost volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, planned_injections
from endplate.case.plan import PlannedInjection, volume_shares
from endplate.errors import InputError
from endplate.knowledge.units import DAYS_PER_YEAR
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, session_times
from endplate.simulation.parameters import Draws
from endplate.simulation.results import daily

Array = NDArray[np.float64]
Index = NDArray[np.int64]

CALF = "triceps_surae"
MOST_FOLLOWED = 3
"""Sessions followed; between the first and the last, later cycles are like the second."""
FADES_Y = 2.0
"""Years followed after the last session; what is left then, half a percent of fibres, counts as none."""


@dataclass(frozen=True)
class Monthly:
    """Means between one age and the next, (members, ages - 1) each; as in ``Blocks``."""

    extrafusal: Array
    intrafusal: Array
    volume_lost: Array


@dataclass(frozen=True)
class Blocks:
    """The calf of one leg on every day of the sessions followed and until it recovers, (members, days) each.

    Attributes:
        every_d: days between sessions.
        followed: how many sessions.
        extrafusal: share of its fibres that an impulse no longer fires.
        intrafusal: the same of its spindles.
        volume_lost: share of its volume that is lost.
    """

    every_d: int
    followed: int
    extrafusal: Array
    intrafusal: Array
    volume_lost: Array

    def monthly(self, start_y: float, months_y: Array, sessions: int) -> Monthly:
        """Mean of each between one age and the next; none before treatment and once it has worn off.

        With more sessions than are followed, the second to last cycle followed is repeated.

        Args:
            start_y: age at the first session.
            months_y: ascending ages, (ages,).
            sessions: how many are given, no fewer than are followed.
        """
        since = np.round((months_y - start_y) * DAYS_PER_YEAR).astype(int)
        days = np.arange(since[0], since[-1])
        place = _place(days, sessions, self.followed, self.every_d)
        length = self.extrafusal.shape[1]
        given = (days >= 0) & (place < length)
        starts, width = since[:-1] - since[0], np.diff(since)

        def mean(held: Array) -> Array:
            on = held[:, np.clip(place, 0, length - 1)] * given
            return np.add.reduceat(on, starts, axis=1) / width

        return Monthly(mean(self.extrafusal), mean(self.intrafusal), mean(self.volume_lost))


def _place(days: Index, sessions: int, followed: int, every_d: int) -> Index:
    """Day of the run that a day since the first session is like."""
    cycle = np.clip(days // every_d, 0, sessions - 1)
    repeated = max(followed - 2, 0)  # of the run: the cycle before the last
    own = np.where(cycle == sessions - 1, followed - 1, np.minimum(cycle, repeated))
    return np.asarray(own * every_d + days - cycle * every_d)


def blocks_of(case: Case, draws: Draws, every_d: int, sessions: int, biology: Biology) -> Blocks:
    """Follow a few sessions of the plan in the calf of the leg that gets most.

    Args:
        case: a case with a plan.
        draws: the members.
        every_d: days between sessions.
        sessions: how many are given; no more than ``MOST_FOLLOWED`` are followed.
        biology: variants.

    Raises:
        InputError: the plan injects no calf muscle.
    """
    shares = volume_shares(CALF)
    shots = planned_injections(case)
    side = _side(shots, shares)
    mass = case.patient.weight_kg
    followed = min(sessions, MOST_FOLLOWED)
    days = tuple(float(k * every_d) for k in range(followed))
    last_d = (followed - 1) * every_d + round(FADES_Y * DAYS_PER_YEAR)
    chain = run_chain(shots, (), mass, draws, session_times(last_d, days), sessions_d=days, biology=biology)
    on = daily(chain.time_d, last_d)

    def lost(name: str) -> Array:
        whole = np.zeros((draws.size, last_d + 1))
        for muscle, share in shares.items():
            whole += share * (1 - on(getattr(chain.course_of(muscle, side), name)))
        return whole

    return Blocks(every_d, followed, lost("transmission"), lost("spindle"), lost("volume"))


def _side(shots: tuple[PlannedInjection, ...], calf: dict[str, float]) -> str:
    """The leg whose calf gets most."""
    units = {"left": 0.0, "right": 0.0}
    for shot in shots:
        if shot.muscle in calf:
            units[shot.side] += shot.dose_U
    if not any(units.values()):
        raise InputError(
            "The plan injects no muscle of the calf, whose growth and range are what is followed",
            rule="calf_required",
            remedy="Plan an injection of gastrocnemius or soleus.",
            field="plan.injections",
        )
    return max(units, key=lambda name: units[name])
