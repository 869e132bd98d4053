"""The people of a chunk: numbers of their own, and who they are where the trial recruits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Quantity
from endplate.case.recruiting import Recruit
from endplate.simulation.draws.people import PeopleDraws
from endplate.simulation.draws.subset import Rows, Subset
from endplate.simulation.people.demographics import recruit
from endplate.simulation.people.recruits import EVERYTHING, Eligibility, Recruits

Array = NDArray[np.float64]
Columns = dict[str, NDArray[np.generic]]

_CLASS = 0.1  # width of a class of body mass, logarithm: people of a class are followed together
_GRADE = "baseline grade/"


@dataclass(frozen=True)
class Enrolled(PeopleDraws):
    """People of a population: the score of their true grade goes with who they are."""

    recruits: Recruits | None = None

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        if self.recruits is not None and process.startswith(_GRADE):
            joint = process.removeprefix(_GRADE).split("/")[0]
            if joint in self.recruits.joints:
                return np.repeat(self.recruits.score[:, self.recruits.at(joint), None], count, axis=1)
        return super().normal(process, count)


@dataclass(frozen=True)
class SomePeople(Subset):
    """Some people of a chunk, each a draw of one person."""

    all: PeopleDraws

    @property
    def seed(self) -> int:
        """Seed of every stream."""
        return self.all.seed

    @property
    def draws(self) -> int:
        """Number of people."""
        return self.size

    @property
    def people(self) -> int:
        """One person in each draw."""
        return 1

    @property
    def places(self) -> Rows:
        """Place of each copy among the people of its world, (size,)."""
        return self.all.places[self.rows]

    def by_draw(self, values: Array) -> Array:
        """Values of all copies as (size, 1, ...)."""
        return values[:, None]

    def study_scores(self, record_id: str, key: str = "") -> Array:
        """The setting's own scores of each person's world, (size,)."""
        return np.repeat(self.all.study_scores(record_id, key), self.all.people)[self.rows]

    def of_draws(self, process: str, count: int) -> Array:
        """Standard normal numbers of each person's world, (size, count)."""
        return np.repeat(self.all.of_draws(process, count), self.all.people, axis=0)[self.rows]


def enrolled(people: PeopleDraws, wanted: Recruit) -> Enrolled:
    """The people as the population and the limits of a trial have them."""
    limits = Eligibility(
        age_y=_span(wanted.age, "y"),
        months_since_onset=_span(wanted.since_onset, "mo"),
        weight_kg=_span(wanted.weight, "kg"),
        gmfcs=wanted.gmfcs,
    )
    return Enrolled(**vars(people), recruits=recruit(wanted.shares, people, limits))


def _span(given: tuple[Quantity, Quantity] | None, unit: str) -> tuple[float, float]:
    if given is None:
        return EVERYTHING
    low, high = (amount.value if unit == "kg" else amount.to(unit).value for amount in given)
    return low, high


def by_mass(recruits: Recruits) -> list[tuple[float, Rows]]:
    """People of about the same body mass: that mass, kg, and their rows."""
    classes = np.floor(np.log(recruits.weight_kg) / _CLASS).astype(np.int64)
    return [
        (float(np.exp((place + 1 / 2) * _CLASS)), np.flatnonzero(classes == place))
        for place in np.unique(classes)
    ]


def told_of(recruits: Recruits) -> Columns:
    """Who the people are, for the table of people."""
    return {
        "age_y": recruits.age_y.astype(np.float32),
        "female": recruits.female,
        "weight_kg": recruits.weight_kg.astype(np.float32),
        "months_since_onset": recruits.months_since_onset.astype(np.float32),
        "gmfcs": recruits.gmfcs.astype(np.int8),
    }
