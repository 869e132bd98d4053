"""How a plan is repeated over a child's years: from now, from later ages, and further apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from endplate.questions.developing.blocks import DAYS_PER_YEAR

MOST_D = 728
"""Days between sessions at most."""
_LATER_Y = (2.0, 4.0)  # other starting ages
_SEVERAL = 2  # times as far apart


@dataclass(frozen=True)
class Scenario:
    """How a plan is repeated: from an age on, every so many days, until an age."""

    name: str
    start_y: float
    every_d: int
    until_y: float

    @property
    def sessions(self) -> int:
        """Sessions given."""
        return max(int(np.ceil((self.until_y - self.start_y) * DAYS_PER_YEAR / self.every_d)), 0)


def scenarios(age_y: float, every_d: int, until_y: float) -> list[Scenario]:
    """The plan repeated, begun later, and given further apart; none of them where no time is left for it.

    Args:
        age_y: age now.
        every_d: days between sessions.
        until_y: age from which no session is given.
    """
    found = [Scenario("plan", age_y, every_d, until_y)]
    found += [
        Scenario(f"from {age_y + later:g} y", age_y + later, every_d, until_y)
        for later in _LATER_Y
        if age_y + later < until_y
    ]
    if every_d * _SEVERAL <= MOST_D:
        found.append(Scenario("twice as far apart", age_y, every_d * _SEVERAL, until_y))
    return found
