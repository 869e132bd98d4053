"""Which earlier sessions of a case are followed with its plan, and which joints they start from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from endplate.case import Case, JointBaseline, PlannedInjection, joint_baselines, planned_injections
from endplate.case.models import AssessmentRow, HistoryEntry, Plan
from endplate.case.plan import sides_of, units_of, volume_shares
from endplate.knowledge.evidence import value
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.knowledge.vocabulary import GROUPS

Place = tuple[str, str, str]  # joint, side, movement
Reason = tuple[str, str]  # where in the file, why it is not used

_REACH, _ALIKE = "visits.session_reach", "visits.dose_alike"
SESSION_RECORDS = (_REACH, _ALIKE)
"""Records that decide which sessions are followed."""


@dataclass(frozen=True)
class Sessions:
    """Sessions followed, in days since the first.

    Attributes:
        first: date of the first.
        days: ascending from 0, the plan's last.
        doses: of each over the plan's.
        used: places in the file of the earlier ones.
        left_out: earlier ones that are not followed, and why.
    """

    first: date
    days: tuple[float, ...]
    doses: tuple[float, ...]
    used: tuple[str, ...]
    left_out: tuple[Reason, ...]

    @property
    def plan_d(self) -> float:
        """Day of the plan."""
        return self.days[-1]

    def start_d(self, session_d: float | None) -> float:
        """Day of the session that a report is about; None for the plan's."""
        return self.plan_d if session_d is None else session_d

    def until_d(self, session_d: float) -> float:
        """Day of the session after one, infinite after the plan's."""
        return min((day for day in self.days if day > session_d), default=math.inf)

    def day(self, when: date) -> float:
        """Days from the first session to a date."""
        return float((when - self.first).days)


def sessions_of(case: Case, plan: Plan) -> Sessions:
    """The sessions of a case that one chain can follow: the plan's muscles, product and proportions.

    Going back from the plan, the first session that cannot be followed ends it: what was given before that
    one cannot be told from it.
    """
    wanted = _by_muscle(planned_injections(case))
    weight = case.patient.weight_kg
    kept, left, closed = [(plan.date, 1.0, "plan")], [], ""
    rows = sorted(enumerate(case.history), key=lambda item: (item[1].date, item[0]), reverse=True)
    for place, entry in rows:
        where = f"history[{place}]"
        factor = _factor(entry, plan, wanted, weight, kept[-1][0])
        if closed or isinstance(factor, str):
            left.append((where, closed or str(factor)))
            closed = closed or f"it lies before {where}, which is not followed"
        else:
            kept.append((entry.date, factor, where))
    first = kept[-1][0]
    days, doses, names = zip(*((float((d - first).days), f, w) for d, f, w in reversed(kept)), strict=True)
    return Sessions(first, days, doses, names[:-1], tuple(reversed(left)))


def _by_muscle(shots: Iterable[PlannedInjection]) -> dict[tuple[str, str], float]:
    doses: dict[tuple[str, str], float] = defaultdict(float)
    for shot in shots:
        doses[shot.muscle, shot.side] += shot.dose_U
    return dict(doses)


def _factor(
    entry: HistoryEntry,
    plan: Plan,
    wanted: dict[tuple[str, str], float],
    weight_kg: float | None,
    later: date,
) -> float | str:
    """Dose of a session over the plan's, or why one chain cannot follow both."""
    if entry.product != plan.product:
        return f"it is of another product ({entry.product}), whose units do not convert"
    if not entry.injections:
        return "its injections are not given"
    if (plan.date - entry.date).days > value(_REACH):
        return f"it lies more than {value(_REACH) / DAYS_PER_WEEK:g} weeks before the plan"
    if entry.date == later:
        return "two sessions are given on one day"
    given: dict[tuple[str, str], float] = defaultdict(float)
    for shot in entry.injections:
        units = units_of(shot.dose, weight_kg)
        if units is None:
            return "its doses are per kg and no weight is given"
        if not {m for m, _ in wanted}.issuperset(GROUPS.get(shot.muscle, (shot.muscle,))):
            return "its muscles are not those of the plan"
        for side in sides_of(shot.side):
            for muscle, share in volume_shares(shot.muscle).items():
                given[muscle, side] += units * share
    if set(given) != set(wanted) or not all(wanted.values()):
        return "its muscles are not those of the plan"
    ratios = [given[place] / dose for place, dose in wanted.items()]
    if max(ratios) > (1 + value(_ALIKE)) * min(ratios) or not min(ratios):
        return "its doses are not in the proportions of the plan"
    return sum(given.values()) / sum(wanted.values())


@dataclass(frozen=True)
class Start:
    """The joints as they were before toxin, as far as the file tells.

    Attributes:
        baselines: of every joint, side and movement assessed.
        late_d: day since the first session of those first assessed after it.
        later: rows of the assessment that were recorded after the joint's baseline, with place in the file.
    """

    baselines: tuple[JointBaseline, ...]
    late_d: dict[Place, float]
    later: tuple[tuple[int, AssessmentRow], ...]


def start_of(case: Case, plan: Plan, sessions: Sessions) -> Start:
    """From which findings each joint starts: the latest before the first session, else the first after it."""
    if not sessions.used:
        return Start(joint_baselines(case), {}, ())
    rows = sorted(enumerate(case.assessment), key=lambda item: (item[1].date or plan.date, item[0]))
    rows = [(k, row) for k, row in rows if (row.date or plan.date) <= plan.date]
    before = [(k, row) for k, row in rows if row.date is not None and row.date <= sessions.first]
    early = joint_baselines(case.model_copy(update={"assessment": [row for _, row in before]}))
    known = {(base.joint, base.side, base.movement) for base in early}
    baselines, late_d, used = list(early), {}, {k for k, _ in before}
    for k, row in rows:
        alone = joint_baselines(case.model_copy(update={"assessment": [row]}))
        for base in alone:
            place = (base.joint, base.side, base.movement)
            if place not in known:
                known.add(place)
                baselines.append(base)
                late_d[place] = sessions.day(row.date or plan.date)
                used.add(k)
    later = tuple((k, row) for k, row in rows if k not in used)
    return Start(tuple(baselines), late_d, later)
