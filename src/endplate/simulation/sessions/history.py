"""The sessions that every copy has had so far, what they did to its response, and when it comes again.

Every number of chance belongs to a copy and to what it decides (leaving, one visit, antibodies, failure), so
a history depends neither on other copies nor on the horizon, and a larger hazard only brings things forward.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.units import DAYS_PER_WEEK, DAYS_PER_YEAR
from endplate.physiology import body
from endplate.simulation.draws.subset import Rows
from endplate.simulation.parameters import Draws, draw
from endplate.simulation.sessions.repeating import Attendance, Repeat, Resistance

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Histories:
    """Sessions of all copies; arrays (copies, sessions), NaN or False where none was given.

    Attributes:
        day: of every session, from the first.
        dose: over the plan's, as adapted.
        antibodies: whether the copy had them when the session was given.
        failed: whether it had failed without antibodies by then.
        uptake: uptake that these leave.
        left: whether the copy had left treatment when the session would have been given.

    ``leaves_d`` is a day, (copies,), by which a copy leaves whatever the hazard of leaving.
    """

    def __init__(
        self,
        draws: Draws,
        repeat: Repeat,
        attendance: Attendance,
        resistance: Resistance,
        toxin_ng: float,
        horizon_d: int,
        leaves_d: Array | None = None,
    ) -> None:
        self._draws, self._repeat, self._missed = draws, repeat, attendance.missed
        self._toxin_ng, self._horizon_d = toxin_ng, horizon_d
        self._immunity = _with(draw(body.Immunity, draws), resistance)
        hazard_per_d = np.full(draws.size, attendance.dropout_per_wk / DAYS_PER_WEEK)
        leaving = _over(self._waits("leaving treatment"), hazard_per_d)
        self._leaves_d = leaving if leaves_d is None else np.minimum(leaving, leaves_d)
        failing = self._immunity.failure_hazard_per_y / DAYS_PER_YEAR
        self._fails_d = _over(self._waits("failure without antibodies"), failing)
        self._immune_at = self._waits("antibodies")
        self._hazard = np.zeros(draws.size)
        shape = (draws.size, repeat.most_within(horizon_d))
        self.day, self.dose, self.uptake = (np.full(shape, np.nan) for _ in range(3))
        self.antibodies, self.failed, self.left = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
        self._visits: dict[tuple[int, int], Array] = {}

    @property
    def most(self) -> int:
        """Most sessions that there may be."""
        return int(self.day.shape[1])

    def offered(self, rows: Rows, sessions: int) -> Array:
        """What the first sessions of some copies offer over the plan, (rows, sessions)."""
        return np.asarray((self.dose * self.uptake)[rows, :sessions])

    def give(self, rows: Rows, session: int, day: float, dose: Array) -> None:
        """Give some copies a session, the first being 0, on a day; ``dose`` over the plan's, (rows,)."""
        since = day - self.day[rows, session - 1] if session else np.full(rows.size, np.nan)
        self.day[rows, session], self.dose[rows, session] = day, dose
        self.antibodies[rows, session] = self._hazard[rows] > self._immune_at[rows]
        self.failed[rows, session] = self._fails_d[rows] <= day
        own = type(self._immunity)(**{name: each[rows] for name, each in vars(self._immunity).items()})
        found = (self.antibodies[rows, session], self.failed[rows, session])
        self.uptake[rows, session] = body.uptake_left(own, *found)
        self._hazard[rows] += body.session_hazard(own, self._toxin_ng * dose, since / DAYS_PER_WEEK)

    def next_day(self, rows: Rows, session: int, due_d: Array) -> Array:
        """Day on which some copies get their next session, (rows,); NaN where none.

        Args:
            rows: the copies, all with the same sessions so far.
            session: the next one, the first being 0.
            due_d: days since the last session from which it is due, (rows,); infinite where never.
        """
        if session >= self.most:
            return np.full(rows.size, np.nan)
        spacing, floor = self._repeat.spacing_d, self._repeat.floor_d
        visit = np.maximum(np.ceil(np.maximum(due_d, floor) / spacing), 1)
        day = self.day[rows, session - 1] + visit * spacing
        attempt, waiting = 0, day < self._horizon_d
        while self._missed and waiting.any():
            waiting &= self._visit(session, attempt)[rows] < self._missed
            day = np.where(waiting, day + spacing, day)
            attempt, waiting = attempt + 1, waiting & (day < self._horizon_d)
        within = day < self._horizon_d
        self.left[rows, session:] = (within & (self._leaves_d[rows] < day))[:, None]
        return np.where(within & ~self.left[rows, session], day, np.nan)

    def _visit(self, session: int, attempt: int) -> Array:
        """The number that decides whether every copy comes to a visit, (copies,)."""
        key = (session, attempt)
        if key not in self._visits:
            self._visits[key] = self._draws.uniform(f"visit/{session}/{attempt}", 1)[:, 0]
        return self._visits[key]

    def _waits(self, process: str) -> Array:
        """Exponential numbers of mean 1, (copies,): the summed hazard at which something happens."""
        return -np.log1p(-self._draws.uniform(process, 1)[:, 0])


def _with(p: body.Immunity, resistance: Resistance) -> body.Immunity:
    """Parameters with the hazards that were given in place of the records'."""
    given = {"hazard": resistance.antibodies, "failure_hazard_per_y": resistance.failure_per_y}
    alike = np.ones_like(p.hazard)
    return replace(p, **{name: hazard * alike for name, hazard in given.items() if hazard is not None})


def _over(waits: Array, hazard: Array) -> Array:
    """Time at which a constant hazard has summed to the numbers, infinite without one, (copies,)."""
    return np.where(hazard > 0, waits / np.where(hazard > 0, hazard, 1), np.inf)
