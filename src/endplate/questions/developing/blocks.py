"""What repeated sessions do to the calf, month by month: blocks of both kinds of fibre, and lost volume."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, planned_injections
from endplate.case.plan import PlannedInjection, volume_shares
from endplate.errors import InputError
from endplate.simulation.biology import Biology
from endplate.simulation.chain import run_chain, session_times
from endplate.simulation.parameters import Draws
from endplate.simulation.results import daily

Array = NDArray[np.float64]

CALF = "triceps_surae"
_FOLLOWED = 3  # sessions followed; later cycles are like the last of these
DAYS_PER_YEAR = 365.25
MONTHS = 12
"""Steps of a year."""


@dataclass(frozen=True)
class Monthly:
    """Means between one age and the next, (members, ages - 1) each; as in ``Blocks``."""

    extrafusal: Array
    intrafusal: Array
    volume_lost: Array


@dataclass(frozen=True)
class Blocks:
    """The calf of one leg on every day of the sessions followed, (members, days) each.

    Attributes:
        every_d: days between sessions.
        extrafusal: share of its fibres that an impulse no longer fires.
        intrafusal: the same of its spindles.
        volume_lost: share of its volume that is lost.
    """

    every_d: int
    extrafusal: Array
    intrafusal: Array
    volume_lost: Array

    def monthly(self, start_y: float, months_y: Array, until_y: float) -> Monthly:
        """Mean of each between one age and the next; none outside treatment.

        Sessions are given from the start on, the last before the end; what they do is followed past it.

        Args:
            start_y: age at the first session.
            months_y: ascending ages, (ages,).
            until_y: age from which no session is given.
        """
        sessions = max(int(np.ceil((until_y - start_y) * DAYS_PER_YEAR / self.every_d)), 0)
        since = np.round((months_y - start_y) * DAYS_PER_YEAR).astype(int)
        days = np.arange(since[0], since[-1])
        cycle = np.clip(days // self.every_d, 0, max(sessions - 1, 0))
        own = np.minimum(cycle, _FOLLOWED - 1) * self.every_d
        place = np.minimum(own + days - cycle * self.every_d, self.extrafusal.shape[1] - 1)
        given = (days >= 0) & (sessions > 0)
        starts = since[:-1] - since[0]
        width = np.diff(since)

        def mean(held: Array) -> Array:
            return np.add.reduceat(held[:, np.maximum(place, 0)] * given, starts, axis=1) / width

        return Monthly(mean(self.extrafusal), mean(self.intrafusal), mean(self.volume_lost))


def blocks_of(case: Case, draws: Draws, every_d: int, biology: Biology) -> Blocks:
    """Follow a few sessions of the plan in the calf of the leg that gets most.

    Args:
        case: a case with a plan.
        draws: the members.
        every_d: days between sessions.
        biology: variants.

    Raises:
        InputError: the plan injects no calf muscle.
    """
    shares = volume_shares(CALF)
    shots = planned_injections(case)
    side = _side(shots, shares)
    mass = None if case.patient.weight is None else case.patient.weight.value
    days = tuple(float(k * every_d) for k in range(_FOLLOWED))
    last_d = _FOLLOWED * every_d + every_d  # the last effect fades in the time after it
    chain = run_chain(shots, (), mass, draws, session_times(last_d, days), sessions_d=days, biology=biology)
    on = daily(chain.time_d, last_d)

    def lost(name: str) -> Array:
        whole = np.zeros((draws.size, last_d + 1))
        for muscle, share in shares.items():
            whole += share * (1 - on(getattr(chain.course_of(muscle, side), name)))
        return whole

    return Blocks(every_d, lost("transmission"), lost("spindle"), lost("volume"))


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
