"""How a plan is repeated over a child's years: until an end, further apart, as long from other ages."""

from __future__ import annotations

import math
from dataclasses import dataclass

from endplate.knowledge.units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from endplate.questions.developing.blocks import FADES_Y

MOST_D = 728
"""Days between sessions at most."""
COURSE_Y = 4.0
"""Years of the courses that differ in nothing but the age at which they begin."""
_LATER_Y = (2.0, 4.0, 8.0)  # other starting ages
_SEVERAL = 2  # times as far apart


@dataclass(frozen=True)
class Scenario:
    """How a plan is repeated: from an age on, every so many days, until an age.

    Attributes:
        name: as shown.
        start_y: age at the first session.
        every_d: days between sessions.
        until_y: age from which no session is given.
        of_course: whether it is one of the courses of equal length.
    """

    name: str
    start_y: float
    every_d: int
    until_y: float
    of_course: bool = False

    @property
    def sessions(self) -> int:
        """Sessions given."""
        days = round((self.until_y - self.start_y) * DAYS_PER_YEAR)  # whole, as sessions fall on days
        return max(math.ceil(days / self.every_d), 0)


def age_words(age_y: float) -> str:
    """An age in years where it is whole, else in months."""
    months = round(age_y * MONTHS_PER_YEAR)
    return f"{months // MONTHS_PER_YEAR} y" if months % MONTHS_PER_YEAR == 0 and months else f"{months} mo"


def scenarios(age_y: float, every_d: int, until_y: float, end_y: float) -> list[Scenario]:
    """The plan repeated until an age, further apart, and for a few years from several ages.

    The last differ in nothing but the age at which they begin: the same sessions, the same time between
    them, and time enough to wear off. They are left out where there are fewer than two.

    Args:
        age_y: age now.
        every_d: days between sessions.
        until_y: age from which no session is given.
        end_y: age to which the child is followed.
    """
    plan = Scenario("plan", age_y, every_d, until_y)
    found = [plan]
    if plan.sessions > 1 and every_d * _SEVERAL <= MOST_D:
        found.append(Scenario("twice as far apart", age_y, every_d * _SEVERAL, until_y))
    starts = [age_y + later for later in (0.0, *_LATER_Y) if age_y + later + COURSE_Y + FADES_Y <= end_y]
    if len(starts) > 1:
        found += [
            Scenario(f"{COURSE_Y:g} y from {age_words(start)}", start, every_d, start + COURSE_Y, True)
            for start in starts
        ]
    return found
