"""The visits of a case as observations: what was seen, when, of which joint; what is not used, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import nan
from typing import Literal

import numpy as np

from endplate.case import Case, JointBaseline, PlannedInjection, planned_injections
from endplate.case.findings import NONE, days_reported, share_of_strength
from endplate.case.models import ADULT_Y, AssessmentRow, Plan, Tardieu, Visit
from endplate.case.plan import sides_of
from endplate.knowledge.vocabulary import UNLINKED_SCALES
from endplate.physiology import scales
from endplate.questions.individualising.answers import settled
from endplate.questions.individualising.copies import months
from endplate.questions.individualising.sessions import Place, Reason, Sessions, sessions_of, start_of
from endplate.simulation.adverse.rates import WEAKNESS, rates
from endplate.simulation.joints.mechanics import turns

Kind = Literal["grade", "r1", "r2", "strength", "onset", "wear_off", "reinjection", "weakness", "before"]


@dataclass(frozen=True)
class Seen:
    """One observation.

    Attributes:
        where: place in the case file.
        day: since the first session followed.
        kind: what was seen; ``before`` is the baseline grade of a joint first assessed after that session.
        place: of which joint; None for the joint that gains most.
        told: as it was written.
        number: angle (deg), share of the strength before the session, or days since it; NaN where not until
            ``day``.
        scale: of a grade.
        rater: code of who graded; None for the rater of the baseline.
        end: whether an angle was met only by the end of the range: it may lie further.
        session_d: day of the session that a report or a strength is about; None for the plan's.
        no_d: of an answer about weakness, day of the last no before it; None where it is the first.
    """

    where: str
    day: float
    kind: Kind
    place: Place | None
    told: str
    number: float = nan
    scale: str = ""
    rater: str | None = None
    end: bool = False
    session_d: float | None = None
    no_d: float | None = None


@dataclass(frozen=True)
class Followed:
    """A case as it is followed: sessions, joints and observations.

    Attributes:
        injections: of the plan.
        baselines: of the joints assessed.
        mass_kg: body mass; None where not stated.
        sessions: those followed.
        months: since onset on the day of the first session; None where not stated.
        people: ``adults`` or ``children``.
        seen: observations, in order of the file.
        not_used: rows that teach nothing, with the reason.
        notes: what is taken as given, in sentences.
    """

    injections: tuple[PlannedInjection, ...]
    baselines: tuple[JointBaseline, ...]
    mass_kg: float | None
    sessions: Sessions
    months: float | None
    people: str
    seen: tuple[Seen, ...]
    not_used: tuple[Reason, ...]
    notes: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Joint, side and movement of every joint."""
        return tuple((base.joint, base.side, base.movement) for base in self.baselines)

    @property
    def weakness_asked(self) -> tuple[tuple[float, float], ...]:
        """Days of a session and of the question whether anything had become too weak since."""
        asked = [seen for seen in self.seen if seen.kind == "weakness"]
        return tuple(sorted({(self.sessions.start_d(seen.session_d), seen.day) for seen in asked}))

    @property
    def last_seen_d(self) -> float:
        """Day of the last observation, of the plan where there is none."""
        return max((seen.day for seen in self.seen), default=self.sessions.plan_d)


def followed(case: Case, plan: Plan) -> Followed:
    """Read what a case tells of its person."""
    sessions = sessions_of(case, plan)
    start = start_of(case, plan, sessions)
    age = case.patient.age
    people = "children" if age is not None and age.to("y").value < ADULT_Y else "adults"
    reader = _Reader(start.baselines, sessions, list(sessions.left_out), people)
    for base in start.baselines:
        place = (base.joint, base.side, base.movement)
        if place in start.late_d and base.coded > 0:
            reader.seen.append(
                Seen("assessment", start.late_d[place], "before", place, base.value, scale=base.scale)
            )
    for k, row in start.later:
        reader.assessment(f"assessment[{k}]", sessions.day(row.date or plan.date), row)
    for where, session_d, visit in _visits(case, sessions):
        if session_d is None:
            reader.not_used.append((where, "its session is not followed"))
        else:
            reader.visit(where, visit, session_d)
    for k, goal in enumerate(case.goals):
        if goal.gas_achieved is not None:
            reader.not_used.append((f"goals[{k}]", UNLINKED_SCALES["goal_attainment"]))
    onset_mo = case.patient.months_since_onset
    seen, repeated = settled(reader.seen, sessions)
    return Followed(
        planned_injections(case),
        start.baselines,
        case.patient.weight_kg,
        sessions,
        None if onset_mo is None else max(onset_mo - float(months(sessions.plan_d)), 0),
        people,
        tuple(seen),
        (*reader.not_used, *repeated),
        tuple(_notes(sessions, start.late_d)),
    )


def _visits(case: Case, sessions: Sessions) -> Iterator[tuple[str, float | None, Visit]]:
    """Every visit, earlier sessions first: place in the file, day of its session (None: not followed)."""
    for place, entry in sorted(enumerate(case.history), key=lambda item: item[1].date):
        where = f"history[{place}]"
        day = sessions.day(entry.date) if where in sessions.used else None
        for k, visit in enumerate(entry.visits):
            yield f"{where}.visits[{k}]", day, visit
    for k, visit in enumerate(case.visits):
        yield f"visits[{k}]", sessions.plan_d, visit


def _notes(sessions: Sessions, late_d: Iterable[Place]) -> Iterator[str]:
    if sessions.used:
        yield (
            f"Followed from {', '.join(sessions.used)} on: needles land where they land in the plan, and "
            "changes are those from the joint before that session."
        )
    for joint, side, movement in late_d:
        yield (
            f"The {joint.replace('_', ' ')} ({side}, {movement.replace('_', ' ')}) was first assessed after "
            "an earlier session: its grade counts as seen then; its angles are taken as those before toxin."
        )


class _Reader:
    """Turns rows of the file into observations."""

    def __init__(
        self, baselines: tuple[JointBaseline, ...], sessions: Sessions, not_used: list[Reason], people: str
    ) -> None:
        self._people = people
        self._places = [(base.joint, base.side, base.movement) for base in baselines]
        self._sessions, self._session_d = sessions, sessions.plan_d
        self.seen: list[Seen] = []
        self.not_used = not_used
        self._by_measure: dict[str, Callable[[str, float, Visit], None]] = {
            "scale": self._scale,
            "strength": self._strength,
            "onset": self._clock,
            "wear_off": self._clock,
            "reinjection": self._again,
            "weakness": self._weakness,
        }

    def assessment(self, where: str, day: float, row: AssessmentRow) -> None:
        """A joint examined again before the plan."""
        if row.date is not None and day <= 0:
            self.not_used.append((where, "an examination before the first session that another replaced"))
            return
        for side in sides_of(row.side):
            place = (row.joint, side, row.movement)
            if place not in self._places:
                self.not_used.append((where, "no baseline grade of this joint and movement is held"))
                continue
            self._angles(where, day, place, row.tardieu)
            self._grade(where, day, place, row.scale, row.value, None)

    def visit(self, where: str, visit: Visit, session_d: float) -> None:
        """One row of the visits after the session of a day."""
        self._session_d = session_d
        self._by_measure[visit.measure](where, self._sessions.day(visit.date), visit)

    def _at(self, where: str, visit: Visit) -> list[Place]:
        """The joints that a visit is about; none, with the reason, where that cannot be told."""
        sides = sides_of(visit.side) if visit.side else ("left", "right")
        found = [
            place
            for place in self._places
            if place[0] == visit.joint and place[1] in sides and visit.movement in (None, place[2])
        ]
        if visit.joint is None:
            self.not_used.append((where, "no joint is named"))
        elif not found:
            self.not_used.append((where, "no baseline grade of this joint, side and movement is held"))
        elif len(found) > len({place[1] for place in found}):
            self.not_used.append((where, "two movements of this joint were assessed: name the movement"))
        elif visit.side is None and len(found) > 1:
            self.not_used.append((where, "both sides of this joint were assessed: name the side"))
        else:
            return found
        return []

    def _scale(self, where: str, day: float, visit: Visit) -> None:
        if visit.scale in UNLINKED_SCALES:
            self.not_used.append((where, UNLINKED_SCALES[str(visit.scale)]))
            return
        for place in self._at(where, visit):
            self._angles(where, day, place, visit.tardieu)
            self._grade(where, day, place, visit.scale, visit.value, visit.rater)

    def _grade(
        self, where: str, day: float, place: Place, scale: str | None, told: str | None, rater: str | None
    ) -> None:
        if scale is None or told is None:
            return
        if scale == "tardieu_angle":
            self.seen.append(Seen(where, day, "r1", place, f"R1 {told} deg", float(told)))
        elif scale in scales.GRADED:
            self.seen.append(Seen(where, day, "grade", place, told, scale=scale, rater=rater))
        else:
            reason = UNLINKED_SCALES.get(scale, f"the scale {scale} is not turned into resistance")
            self.not_used.append((where, reason))

    def _angles(self, where: str, day: float, place: Place, found: Tardieu | None) -> None:
        """R1 and R2; where they are the same no catch was felt before the end."""
        if found is None:
            return
        r1, r2 = found.r1.value, found.r2.value
        self.seen.append(Seen(where, day, "r1", place, f"R1 {found.r1}", r1, end=r1 >= r2))
        whole = float(np.rad2deg(turns(place[0], place[2])[1]))
        self.seen.append(Seen(where, day, "r2", place, f"R2 {found.r2}", r2, end=r2 >= whole))

    def _strength(self, where: str, day: float, visit: Visit) -> None:
        told, share = visit.value or "", share_of_strength(visit.value)
        own = self._session_d
        self.seen += [
            Seen(where, day, "strength", place, told, share, session_d=own)
            for place in self._at(where, visit)
        ]

    def _clock(self, where: str, day: float, visit: Visit) -> None:
        kind: Kind = "onset" if visit.measure == "onset" else "wear_off"
        since = day - self._session_d
        told = visit.value or f"{since:g} d"
        reported = days_reported(told)
        number = nan if reported is None else reported
        places = [None] if visit.joint is None else self._at(where, visit)
        self.seen += [
            Seen(where, day, kind, place, told, number, session_d=self._session_d) for place in places
        ]

    def _again(self, where: str, day: float, visit: Visit) -> None:
        number = nan if visit.value == NONE else day - self._session_d
        own = self._session_d
        self.seen.append(
            Seen(where, day, "reinjection", None, visit.value or "that day", number, session_d=own)
        )

    def _weakness(self, where: str, day: float, visit: Visit) -> None:
        if rates(WEAKNESS, self._people) is None:
            reason = f"no row of weakness with a placebo group is held for {self._people}"
            self.not_used.append((where, reason))
        else:
            told = visit.value or ""
            self.seen.append(Seen(where, day, "weakness", None, told, session_d=self._session_d))
