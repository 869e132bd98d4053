"""The search's problem: which plans fit every limit, and how good the surfaces believe them to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, planned_injections
from endplate.case.goals import Goals
from endplate.case.plan import units_of
from endplate.knowledge.units import PERCENT
from endplate.questions.optimising.limits import (
    Limit,
    amounts,
    limits_of,
    punctures,
    site_limits_broken,
    units,
    vials_of,
    volume,
)
from endplate.questions.optimising.space import Space
from endplate.questions.optimising.surrogate import Believed, Surrogate, worst_of
from endplate.simulation.biology import Biology
from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Picks = NDArray[np.int64]

SUMMED = {"units": units, "volume": volume, "punctures": punctures}
_DUST = 1e-9
_RANKED = 12  # decimals


@dataclass(frozen=True)
class Demands:
    """Shares of copies that a plan must reach to be an answer: targets, strength, unwanted weakness."""

    targets: Array
    strength: Array
    unwanted: float

    def short(self, found: Believed) -> Array:
        """By how much plans fall short of the demands, all together, (plans,)."""
        missing = np.maximum(self.targets - found.targets, 0).sum(axis=1)
        missing += np.maximum(self.strength - found.strength, 0).sum(axis=1)
        return np.asarray(missing + np.maximum(self.unwanted - found.unwanted, 0))


def demands_of(goals: Goals) -> Demands:
    """The demands of the goals; 0 where none is made."""
    keep = goals.keep
    return Demands(
        np.array([(t.probability.value if t.probability else 0) / PERCENT for t in goals.targets]),
        np.array([row.probability.value / PERCENT for row in keep.strength]),
        keep.unwanted.probability.value / PERCENT if keep.unwanted else 0.0,
    )


@dataclass(frozen=True)
class Judged:
    """Plans as the search ranks them, (plans,) each: what demands lack, the score, the amounts.

    ``lacking`` is the grade that lacks to the targets demanded, 0 where no demand is short: it leads the
    search to where a demand that few copies meet comes closest.
    """

    short: Array
    lacking: Array
    score: Array
    attained: Array
    amounts: dict[str, Array]

    def order(self) -> Picks:
        """Places from the best plan on: least short, least lacking, highest score, fewest units, (plans,)."""
        return np.asarray(np.lexsort(self._keys()[::-1]))

    def best(self) -> int:
        """The place of the best plan."""
        return int(self.order()[0])

    def better_than(self, other: Judged) -> bool:
        """Whether one plan is better than another one."""
        return self.key() < other.key()

    def key(self) -> tuple[float, ...]:
        """What the first plan ranks by, the smaller the better."""
        return tuple(float(key[0]) for key in self._keys())

    def _keys(self) -> tuple[Array, ...]:
        """What plans are ranked by, the first before the others, (plans,) each."""
        return (
            *(np.round(key, _RANKED) for key in (self.short, self.lacking, -self.score)),
            self.amounts["units"],
        )

    def only(self, place: int) -> Judged:
        """One of the plans."""
        one = slice(place, place + 1)
        held = {name: amount[one] for name, amount in self.amounts.items()}
        return Judged(self.short[one], self.lacking[one], self.score[one], self.attained[one], held)


@dataclass
class Problem:
    """Everything the search asks.

    Attributes:
        space: what is searched.
        goals: what is wanted.
        limits: that sum up.
        surrogates: one for each biology.
        demands: that the surfaces must meet; more than the goals' where a full run fell short.
        sums: units, volume and punctures of every choice.
        whole: the own plan's amounts, by which costs are counted.
        allowed: which choices lie within the limits of one site, (choices,) each.
        banned: plans that the label code refused.
        vials: whole vials and what is left over, by total dose.
    """

    space: Space
    goals: Goals
    limits: tuple[Limit, ...]
    surrogates: tuple[Surrogate, ...]
    demands: Demands
    sums: dict[str, tuple[Array, ...]]
    whole: dict[str, float]
    allowed: tuple[Flags, ...]
    banned: set[tuple[int, ...]] = field(default_factory=set)
    vials: dict[float, tuple[int, float]] = field(default_factory=dict)

    def fits(self, picks: Picks) -> Flags:
        """Whether plans inject at all and lie within every limit, (plans,)."""
        found = np.asarray((picks > 0).any(axis=1))
        for k, flags in enumerate(self.allowed):
            found &= flags[picks[:, k]]
        for limit in self.limits:
            found &= limit.room(picks) >= 0
        if self.banned:
            found &= [tuple(row.tolist()) not in self.banned for row in picks]
        own = self.goals.limits
        if own.vials is None and own.waste is None:
            return found
        vials, waste = self._vials(picks)
        found &= vials <= (own.vials or np.inf)
        return np.asarray(found & (waste <= (np.inf if own.waste is None else own.waste.value + _DUST)))

    def broken(self, picks: Picks) -> Array:
        """By how much plans break limits, over these, 0 for those that fit, (plans,)."""
        over = sum((np.maximum(-limit.room(picks), 0) / (limit.maximum or 1) for limit in self.limits), 0.0)
        return np.where(self.fits(picks), 0.0, np.asarray(over) + 1)

    def amounts(self, picks: Picks) -> dict[str, Array]:
        """Units, volume, punctures, vials and waste of plans, (plans,) each."""
        found = {name: self._sum(name, picks) for name in self.sums}
        vials, waste = self._vials(picks)
        return found | {"vials": vials, "waste": waste}

    def _sum(self, name: str, picks: Picks) -> Array:
        return np.asarray(sum(each[picks[:, k]] for k, each in enumerate(self.sums[name])))

    def _vials(self, picks: Picks) -> tuple[Array, Array]:
        """Whole vials and what is left over, (plans,) each."""
        totals = np.round(self._sum("units", picks), 6)
        for total in set(totals.tolist()) - set(self.vials):
            self.vials[total] = vials_of(self.space.plan.product, total)
        found = np.array([self.vials[total] for total in totals.tolist()], dtype=np.float64).reshape(-1, 2)
        return found[:, 0], found[:, 1]

    def believed(self, picks: Picks) -> Believed:
        """The worst of every share over the biologies."""
        return worst_of([surrogate.believed(picks) for surrogate in self.surrogates])

    def judged(self, picks: Picks) -> Judged:
        """How plans rank."""
        found = self.believed(picks)
        weights = np.array([target.weight for target in self.goals.targets])
        attained = found.near @ weights / weights.sum()
        used = self.amounts(picks) | {"unwanted": found.weakness}
        spent = sum(cost / self.whole[name] * used[name] for name, cost in self.costs.items())
        short = self.demands.short(found)
        lacking = np.where(short > 0, found.lacking @ (self.demands.targets > 0), 0.0)
        return Judged(short, lacking, attained - spent / weights.sum(), attained, used)

    @cached_property
    def doses(self) -> tuple[Array, ...]:
        """Doses of every choice, ascending, (choices,) each."""
        return tuple(np.array([choice.dose_U for choice in c.choices]) for c in self.space.candidates)

    @property
    def costs(self) -> dict[str, float]:
        """What the goals want to spare, by name."""
        return {name: cost for name, cost in self.goals.costs.model_dump().items() if cost > 0}

    def costs_of_choices(self) -> tuple[Array, ...]:
        """What every choice costs of the score where costs add up over muscles, (choices,) each."""
        whole = sum(target.weight for target in self.goals.targets)
        rates = {name: cost / self.whole[name] / whole for name, cost in self.costs.items()}
        return tuple(
            sum((rates.get(name, 0.0) * each[k] for name, each in self.sums.items()), np.zeros(flags.size))
            for k, flags in enumerate(self.allowed)
        )

    def demanding(self, demands: Demands) -> Problem:
        """The same problem with other demands."""
        return replace(self, demands=demands)


def problem_of(case: Case, space: Space, goals: Goals, draws: Draws, biologies: Sequence[Biology]) -> Problem:
    """Follow every candidate alone and gather limits.

    Args:
        case: the case with the user's own plan.
        space: what is searched.
        goals: what is wanted.
        draws: the copies of the search.
        biologies: of which the worst counts.
    """
    asked = goals.keep.unwanted is not None or goals.costs.unwanted > 0 or "unwanted" in goals.front
    surrogates = tuple(Surrogate(space, goals, draws, biology, asked) for biology in biologies)
    allowed = tuple(
        np.array([not (pick and any(site_limits_broken(space, c, pick))) for pick in range(len(c.choices))])
        for c in space.candidates
    )
    sums = {name: amounts(space, counts) for name, counts in SUMMED.items()}
    return Problem(
        space, goals, limits_of(space, goals), surrogates, demands_of(goals), sums, _whole(case), allowed
    )


def nearest(problem: Problem, case: Case) -> Picks | None:
    """The user's plan in the choices searched, (candidates,); None where it fits none.

    Doses are rounded down; of several ways to give one the last stands in, with the most sites searched.
    """
    rows = {(item.muscle, item.side): item for item in case.plan.injections} if case.plan else {}
    picks = np.zeros(len(problem.allowed), dtype=np.int64)
    for k, candidate in enumerate(problem.space.candidates):
        row = rows.get((candidate.muscle, candidate.side))
        dose_U = (units_of(row.dose, case.patient.weight_kg) if row else None) or 0.0
        for place, choice in enumerate(candidate.choices):
            if place and choice.dose_U <= dose_U + _DUST:
                picks[k] = place
    return picks if problem.fits(picks[None])[0] else None


def _whole(case: Case) -> dict[str, float]:
    """Amounts of the own plan, none 0."""
    shots = planned_injections(case)
    found = {name: sum(counts(shot) for shot in shots) for name, counts in SUMMED.items()}
    vials = vials_of(shots[0].product, found["units"])[0]
    told = {**found, "vials": float(vials), "waste": found["units"], "unwanted": 1.0}
    return {name: amount or 1.0 for name, amount in told.items()}
