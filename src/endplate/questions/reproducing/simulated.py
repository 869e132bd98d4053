"""One simulated arm of a study: how its courses are read on a day and averaged over its group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from endplate.case import Outcome
from endplate.physiology.scales import Enrolment
from endplate.questions.reproducing.groups import Group
from endplate.questions.reproducing.reported import Statistic, mean_of_people, of_people
from endplate.simulation.chain import Chain
from endplate.simulation.results import on_day

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Simulated:
    """One arm: the chain, the group's chance, the visits in days, and by joint who was let in."""

    chain: Chain
    group: Group
    visits_d: tuple[float, ...]
    people: int
    enrolments: Mapping[str, Enrolment] = field(default_factory=dict)

    def at(self, course: Array, day: Array) -> Array:
        """A course (copies, times) read on each copy's day (copies,), (copies,)."""
        return on_day(self.chain.time_d, course, day)

    def day(self, outcome: Outcome) -> Array:
        """The day of an outcome, (copies,): if not held, that of the only follow-up visit, else drawn."""
        follow_up = [day for day in self.visits_d if day > 0]
        if outcome.at is not None:
            return np.full(self.group.size, outcome.at.to("d").value)
        if len(follow_up) == 1:
            return np.full(self.group.size, follow_up[0])
        return self.group.of("measures.day_not_stated")

    def each(self, values: Array) -> Array:
        """Values of all copies (copies, ...) as those of the people of the group, (draws, people, ...)."""
        return self.group.by_draw(values)[:, : self.simulated]

    def average(self, values: Array) -> Statistic:
        """Mean of the group over those who have a value, with what chance among people adds to it."""
        return mean_of_people(self.each(values), self.people)

    def as_a_group(self, read: Callable[[slice], Array]) -> Statistic:
        """What belongs to the group as a whole, read from some of its people, with its chance."""
        return of_people(read, self.simulated, self.people)

    @property
    def simulated(self) -> int:
        """How many of the group are simulated; the rest only narrow its mean."""
        return max(1, min(self.people, self.group.people))
