"""Every plan that is told: run in full in all copies, and judged by the label code, which knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, joint_baselines, planned_injections
from endplate.case.goals import Goals, Strength, Target
from endplate.knowledge.units import DAYS_PER_WEEK, PERCENT
from endplate.questions.check import CheckResult, check
from endplate.questions.optimising.problem import Demands
from endplate.questions.optimising.surrogate import Believed, worst_of
from endplate.questions.readings import WEAKNESS, Reading, joint_reading
from endplate.simulation.biology import Biology
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.clocks import expected_clock
from endplate.simulation.injection import Place
from endplate.simulation.parameters import Draws
from endplate.simulation.results import Clock, daily

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Told:
    """What a full run says under one biology.

    Attributes:
        change: mean change of the grade over each target's weeks, (draws,) each.
        shares: of copies that meet targets and demands; one plan.
        weakness: worst loss of force of a muscle not injected over the weeks read, (draws,).
        neighbours: largest loss of force by muscle and side, (draws,) each.
        clocks: of every joint, by joint, side and movement.
    """

    change: tuple[Array, ...]
    shares: Believed
    weakness: Array
    neighbours: dict[Place, Array]
    clocks: dict[tuple[str, str, str], Clock]


@dataclass(frozen=True)
class FullRun:
    """A plan with its check and what it does under every biology asked for.

    Attributes:
        case: the case with that plan.
        checked: what the label code finds.
        told: by biology, the first being the one asked for.
    """

    case: Case
    checked: CheckResult
    told: tuple[Told, ...]

    @property
    def worst(self) -> Believed:
        """The least of every share over the biologies."""
        return worst_of([each.shares for each in self.told])

    def meets(self, demands: Demands) -> bool:
        """Whether every demand is met; hard limits are the check's to judge."""
        return bool(demands.short(self.worst)[0] == 0)


def run_in_full(
    case: Case, goals: Goals, draws: Draws, biologies: Sequence[Biology], horizon_d: int
) -> FullRun:
    """Check a plan and simulate it in every copy.

    Args:
        case: a case with the plan.
        goals: what is read.
        draws: all copies.
        biologies: variants, the one asked for first.
        horizon_d: days followed.
    """
    checked = check(case)
    return FullRun(case, checked, tuple(_told(case, goals, draws, each, horizon_d) for each in biologies))


def _told(case: Case, goals: Goals, draws: Draws, biology: Biology, horizon_d: int) -> Told:
    mass = case.patient.weight_kg
    chain = run_chain(
        planned_injections(case), joint_baselines(case), mass, draws, time_grid(horizon_d), biology=biology
    )
    read = _Weekly(chain, goals)
    change = tuple(read.mean("scale_change", row) for row in goals.targets)
    strong = [read.mean("strength", row) for row in goals.keep.strength]
    weakness = read.weeks(WEAKNESS)
    reached = [[float((c <= -t.improve_by).mean()) for c, t in zip(change, goals.targets, strict=True)]]
    lacking = [
        float(np.maximum(c + t.improve_by, 0).mean()) for c, t in zip(change, goals.targets, strict=True)
    ]
    kept = [
        float((s >= row.at_least.value / PERCENT).mean())
        for s, row in zip(strong, goals.keep.strength, strict=True)
    ]
    shares = Believed(
        np.array(reached),
        np.array(reached),
        np.array([lacking]),
        np.array([kept]),
        np.array([_within(weakness, goals)]),
        np.array([float(weakness.max(axis=1).mean())]),
    )
    neighbours = {place: 1 - course.force.min(axis=1) for place, course in sorted(chain.neighbours.items())}
    clocks = {
        (j.baseline.joint, j.baseline.side, j.baseline.movement): expected_clock(chain.time_d, j)
        for j in chain.joints
    }
    return Told(change, shares, weakness.max(axis=1), neighbours, clocks)


class _Weekly:
    """A run read in whole weeks."""

    def __init__(self, chain: Chain, goals: Goals) -> None:
        last_d = goals.last_week * DAYS_PER_WEEK
        self._chain, self._days = chain, np.arange(0, last_d + 1, DAYS_PER_WEEK)
        self._on = daily(chain.time_d, int(max(last_d, chain.time_d[-1])))

    def weeks(self, reading: Reading) -> Array:
        """An outcome in every week from 0, (draws, weeks)."""
        return np.asarray(self._on(reading.course(self._chain))[:, self._days])

    def mean(self, kind: str, row: Target | Strength) -> Array:
        """The mean of an outcome of a joint over some weeks, (draws,)."""
        first, last = row.weeks
        found = self.weeks(joint_reading(kind, row.place))
        return np.asarray(found[:, first : last + 1].mean(axis=1))


def _within(weakness: Array, goals: Goals) -> float:
    """Share of copies whose worst loss stays within what is demanded; 1 where nothing is."""
    demanded = goals.keep.unwanted
    if demanded is None:
        return 1.0
    first, last = demanded.weeks
    most = weakness[:, first : last + 1].max(axis=1)
    return float((most <= demanded.at_most.value / PERCENT).mean())
