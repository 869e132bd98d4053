"""When a session is given again, at what dose, and who comes: the rules of a clinic, and people's chance.

Days are whole and counted from the first session. A clinic sees a person every so many days after a session;
the next session is given at the first of these visits at which it is due and the person comes. Nobody is
injected before the shortest interval is over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError
from endplate.knowledge.evidence import default_value, value
from endplate.knowledge.units import DAYS_PER_WEEK

Array = NDArray[np.float64]
Kind = Literal["interval", "re_emergence", "request"]

KINDS: tuple[Kind, ...] = ("interval", "re_emergence", "request")
MOST_SESSIONS = 30
_SPACING = {
    "interval": "clinic.shortest_interval",
    "re_emergence": "clinic.visit_spacing",
    "request": "clinic.request_spacing",
}


def _wrong(message: str, remedy: str, at: str) -> InputError:
    return InputError(message, rule="repeat", remedy=remedy, field=at)


@dataclass(frozen=True)
class Repeat:
    """When a session is given again.

    Attributes:
        kind: ``interval``, every so many days; ``re_emergence``, at the first visit at which the change of
            the joint that gained most is back within the threshold that counts as effect; ``request``, when
            its person notices that, asks and gets an appointment.
        every_d: days between sessions (``interval``) or between visits (else); the records' without it.
        minimum_d: days before which nobody is injected again; by default ``every_d`` of an interval, else
            the clinic's.
        most_sessions: sessions at most, the first among them; without it as many as the horizon holds.
    """

    kind: Kind
    every_d: int | None = None
    minimum_d: int | None = None
    most_sessions: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _wrong(f"{self.kind!r} is no rule of repeating", f"Use one of {', '.join(KINDS)}.", "kind")
        if self.spacing_d < 1:
            raise _wrong("Sessions and visits cannot be on one day", "Give at least one day.", "every_d")
        if self.minimum_d is not None and self.minimum_d < 0:
            raise _wrong("A shortest interval below 0 is not possible", "Give 0 d or more.", "minimum_d")
        if self.kind == "interval" and (self.minimum_d or 0) > self.spacing_d:
            message = f"Sessions every {self.spacing_d} d are closer than the shortest interval given"
            raise _wrong(message, "Give a longer interval or a shorter minimum.", "minimum_d")
        if self.most_sessions is not None and not 1 <= self.most_sessions <= MOST_SESSIONS:
            message = f"{self.most_sessions} sessions cannot be followed"
            raise _wrong(message, f"Ask for 1 to {MOST_SESSIONS}.", "most_sessions")

    @property
    def spacing_d(self) -> int:
        """Days between visits, or between sessions of an interval."""
        if self.every_d is not None:
            return self.every_d
        return round(value(_SPACING[self.kind]) * DAYS_PER_WEEK)

    @property
    def floor_d(self) -> int:
        """Days before which nobody is injected again."""
        if self.minimum_d is not None:
            return self.minimum_d
        if self.kind == "interval":
            return self.spacing_d
        return round(value("clinic.shortest_interval") * DAYS_PER_WEEK)

    @property
    def shortest_d(self) -> int:
        """Fewest days between two sessions that the rule lets happen: the first visit past the floor."""
        visits = max(1, -(-self.floor_d // self.spacing_d))
        return visits * self.spacing_d

    def fit_within(self, horizon_d: int) -> int:
        """Sessions that the horizon holds at most, however many are asked for."""
        return -(-horizon_d // self.shortest_d)

    def most_within(self, horizon_d: int) -> int:
        """Most sessions before the horizon.

        Raises:
            InputError: more than can be followed.
        """
        fit = self.fit_within(horizon_d)
        most = fit if self.most_sessions is None else min(fit, self.most_sessions)
        if most > MOST_SESSIONS:
            message = f"The rule lets {most} sessions happen in {horizon_d} d"
            raise _wrong(message, f"Ask for at most {MOST_SESSIONS} sessions.", "most_sessions")
        return most


@dataclass(frozen=True)
class Adapt:
    """How the dose of the next session follows from the last one; doses over the plan's.

    Attributes:
        raise_below_grade: the dose is raised where the largest improvement was smaller.
        lower_below_strength: it is lowered instead where a joint's strength over untreated fell below this.
        step: by how much, over the plan's dose.
        least: where lowering ends.
        most: where raising ends.
    """

    raise_below_grade: float = default_value("clinic.raise_below")
    lower_below_strength: float = default_value("clinic.weak_below")
    step: float = default_value("clinic.dose_step")
    least: float = default_value("clinic.dose_least")
    most: float = default_value("clinic.dose_most")

    def __post_init__(self) -> None:
        if not (self.step >= 0 and 0 < self.least <= 1 <= self.most < np.inf):
            message = f"A step of {self.step:g} between {self.least:g} and {self.most:g} cannot be"
            raise _wrong(message, "Give a step from 0, a least in (0, 1] and a most from 1.", "adapt")

    def next_dose(self, dose: Array, gain: Array, strength: Array) -> Array:
        """Dose of the next session, (copies,).

        Args:
            dose: of the last one, (copies,).
            gain: largest improvement after it, grade, (copies,).
            strength: least strength of a joint after it, over untreated, (copies,).
        """
        step = np.where(gain < self.raise_below_grade, self.step, 0.0)
        step = np.where(strength < self.lower_below_strength, -self.step, step)
        return np.clip(dose + step, self.least, self.most)


@dataclass(frozen=True)
class Attendance:
    """Who stays and who comes; by default everybody does.

    Attributes:
        dropout_per_wk: hazard of leaving treatment for good.
        missed: probability that a visit at which a session is due is missed; the next visit counts then.
    """

    dropout_per_wk: float = 0.0
    missed: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.dropout_per_wk < np.inf and 0 <= self.missed < 1):
            message = (
                f"A dropout of {self.dropout_per_wk:g} a week and {self.missed:g} visits missed cannot be"
            )
            raise _wrong(message, "Give a hazard from 0 and a probability below 1.", "attendance")


def usual_attendance() -> Attendance:
    """Dropout and missed visits of the records."""
    return Attendance(value("clinic.dropout_hazard"), value("clinic.missed_visit"))


@dataclass(frozen=True)
class Resistance:
    """Hazards of losing response, in place of the records' where given; 0 for none.

    Attributes:
        antibodies: of one session at the reference load and interval.
        failure_per_y: of secondary failure without antibodies.
    """

    antibodies: float | None = None
    failure_per_y: float | None = None

    def __post_init__(self) -> None:
        given = [hazard for hazard in (self.antibodies, self.failure_per_y) if hazard is not None]
        if not all(0 <= hazard < np.inf for hazard in given):
            raise _wrong("A hazard below 0 cannot be", "Give hazards from 0.", "resistance")
