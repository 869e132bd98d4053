"""The outcomes of one plan week by week, in every copy, light enough to hold several plans at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, joint_baselines, planned_injections
from endplate.case.goals import GOAL_WEEKS
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.questions.readings import WEAKNESS, Reading, joint_readings, muscle_reading, on_days
from endplate.simulation.chain import Chain
from endplate.simulation.injection import Place

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Weeks:
    """Whole weeks after the injection, 0 among them, and the places of those over which goals are judged."""

    t_d: tuple[int, ...]
    goal: slice

    @property
    def goal_wk(self) -> tuple[int, int]:
        """First and last of the goal weeks."""
        weeks = [day // DAYS_PER_WEEK for day in self.t_d[self.goal]]
        return weeks[0], weeks[-1]


def weeks_to(horizon_d: int) -> Weeks:
    """Weeks up to a horizon; goal weeks 4 to 12, or what of them lies before it, at least its last week."""
    t_d = tuple(range(0, horizon_d + 1, DAYS_PER_WEEK))
    first = min(GOAL_WEEKS[0], len(t_d) - 1)
    return Weeks(t_d, slice(first, GOAL_WEEKS[1] + 1))


def goal_end_d(horizon_d: int) -> int:
    """The last day of the goal weeks that lies before a horizon."""
    weeks = weeks_to(horizon_d)
    return max(weeks.t_d[weeks.goal][-1], 1)


@dataclass(frozen=True)
class PlanCourses:
    """Outcomes of one plan, (draws, weeks) by name; a muscle that is not among them is as ``remote``."""

    by_name: dict[str, Array]
    remote: Array
    reached: frozenset[Place]

    def of(self, reading: Reading) -> Array:
        """The outcome in every copy, (draws, weeks)."""
        return self.by_name.get(reading.name, self.remote)


def courses_of(chain: Chain, weeks: Weeks, last_d: int) -> PlanCourses:
    """Read a run week by week."""
    read = on_days(chain, last_d)
    places = (*chain.muscles, *chain.neighbours)
    joints = joint_readings(course.baseline for course in chain.joints)
    readings = (*joints, WEAKNESS, *(muscle_reading("force", place, wanted=True) for place in places))
    wanted = list(weeks.t_d)
    found = {reading.name: read(reading)[:, wanted] for reading in readings}
    remote = read(muscle_reading("force", ("", ""), wanted=False))[:, wanted]
    return PlanCourses(found, remote, frozenset(places))


def readings_of(cases: Sequence[Case], plans: Iterable[PlanCourses]) -> tuple[Reading, ...]:
    """What is compared: joints, worst weakness, muscles injected in any plan, muscles only reached."""
    aimed = dict.fromkeys((shot.muscle, shot.side) for case in cases for shot in planned_injections(case))
    others = sorted({place for plan in plans for place in plan.reached} - {*aimed})
    return (
        *joint_readings(joint_baselines(cases[0])),
        WEAKNESS,
        *(muscle_reading("force", place, wanted=True) for place in aimed),
        *(muscle_reading("force", place, wanted=False) for place in others),
    )
