r"""People under limits: candidates are drawn until one is let in, each person by numbers of their own.

A candidate's numbers are drawn one after the other, each within its limits given those before
(``candidates.py``). That alone would leave the earlier ones (age) as if there were no limit of a later one
(body mass). So a candidate x is taken with the probability that somebody whose earlier numbers are x's meets
the later limits; who is not taken is drawn anew. People are then those of the population who meet all limits:

.. math:: f(x \mid \text{let in}) \propto g(x)\, c(x), \qquad g = f / c \text{ within the limits}

f is the population's density, g the candidates', c the product of the conditional chances.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence.populations import Population
from endplate.simulation.parameters import Draws
from endplate.simulation.people.candidates import Known, Recruiting
from endplate.simulation.people.recruits import Eligibility, Recruits

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_MOST = 3000  # candidates for one person; limits that turn all of them away let in hardly anybody
_FEW, _LEAST_CHANCE = 50, 1e-4  # after so many candidates all of whom have less, no more are drawn
_LET_IN = "people/let in"
_STATED = {"age_y": ("mean_age_y", "sd_age_y"), "female": ("female_share",)}


@dataclass(frozen=True)
class Again:
    """Chance of some copies for another candidate, the same whoever else is drawn again.

    Attributes:
        draws: chance of all copies.
        which: whether each of them is drawn again, (draws.size,).
        candidate: number of the candidate.
    """

    draws: Draws
    which: Flags
    candidate: int
    shared = None
    one_joint = False

    @property
    def size(self) -> int:
        """Number of copies drawn again."""
        return int(self.which.sum())

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for each, (size,): no candidate changes them."""
        return self.draws.of(record_id, key)[self.which]

    def normal(self, process: str, count: int) -> Array:
        """Standard normal numbers of a process, (size, count)."""
        return self.draws.normal(f"{process}/{self.candidate}", count)[self.which]

    def uniform(self, process: str, count: int) -> Array:
        """Numbers between 0 and 1 of a process, (size, count)."""
        return self.draws.uniform(f"{process}/{self.candidate}", count)[self.which]


def admitted(population: Population, draws: Draws, wanted: Eligibility, known: Known) -> Recruits:
    """People of one population who are let in, (draws.size,).

    Age and sex that are stated of the people let in stay those of the first candidate. Few more are then
    drawn for each person: an age that hardly fits the limits would turn all of them away, so the last one is
    taken.

    Raises:
        InputError: hardly anybody is let in.
    """
    first = Recruiting(population, draws, wanted, known)
    people = first.people()
    left = np.flatnonzero(draws.uniform(_LET_IN, 1)[:, 0] >= first.later)
    stated = {name: getattr(people, name) for name in _stated(wanted)}
    held = dict(known) | stated
    best = first.later.max(initial=0)
    for candidate in range(1, _MOST):
        if not left.size or (stated and candidate == _FEW):
            return people
        if candidate == _FEW and best < _LEAST_CHANCE:
            break
        which = np.isin(np.arange(draws.size), left)
        again = Again(draws, which, candidate)
        drawn = Recruiting(population, again, wanted, {name: told[which] for name, told in held.items()})
        people = _put(people, which, drawn.people())
        left = left[again.uniform(_LET_IN, 1)[:, 0] >= drawn.later]
        best = max(best, drawn.later.max())
    raise first.nobody()


def _stated(wanted: Eligibility) -> list[str]:
    """Columns whose distribution among the people let in is stated."""
    return [
        column
        for column, names in _STATED.items()
        if any(getattr(wanted, name) is not None for name in names)
    ]


def _put(people: Recruits, which: Flags, drawn: Recruits) -> Recruits:
    """Some of the people replaced; the share of the population let in is told by first candidates alone."""
    changed: dict[str, Any] = {}
    for item in fields(people):
        told = getattr(people, item.name)
        if isinstance(told, np.ndarray) and item.name != "eligible":
            changed[item.name] = told.copy()
            changed[item.name][which] = getattr(drawn, item.name)
    return replace(people, **changed)
