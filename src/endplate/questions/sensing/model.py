"""The chain of one case as a function of its uncertain factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from endplate.case import Case, JointBaseline, PlannedInjection, planned_injections
from endplate.questions.sensing.asked import Asked
from endplate.simulation import Biology
from endplate.simulation.chain import Chain, run_chain, time_grid
from endplate.simulation.draws.factors import MIDDLE, Factor, ScoredDraws, factors_of
from endplate.simulation.joints.pool import joint_pool
from endplate.simulation.parameters import Draws, RandomDraws

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Model:
    """One number of a case's copies, by the shares of its factors.

    Attributes:
        case: a case with a plan.
        asked: the number.
        seed: of the landings that placement is taken from.
        biology: variants.
    """

    case: Case
    asked: Asked
    seed: int
    biology: Biology

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """Everything not certain that a run for this outcome reads."""
        listed = RandomDraws(self.seed, 1)
        self._run(listed)
        return factors_of(listed.used, joints=bool(self._baselines))

    @property
    def pooled(self) -> tuple[str, ...]:
        """The records that the joint of a copy was drawn from; they are within the factor ``joint``."""
        used = (joint_pool(base.joint, base.movement).used for base in self._baselines)
        return tuple(sorted({record for records in used for record in records}))

    def only(self, kept: Sequence[int]) -> Response:
        """The model with some of its factors, by place; the others stay in the middle."""
        return Response(self, tuple(kept))

    def outcome(self, shares: Array) -> Array:
        """The number at shares of all factors, (rows, factors) to (rows,)."""
        return self.asked.of(self._run(ScoredDraws(self.factors, shares, self.seed)))[1:]

    def _run(self, draws: Draws) -> Chain:
        return run_chain(
            self._injections,
            self._baselines,
            self.case.patient.weight_kg,
            draws,
            time_grid(self.asked.to_d),
            biology=self.biology,
        )

    @cached_property
    def _injections(self) -> tuple[PlannedInjection, ...]:
        return planned_injections(self.case)

    @cached_property
    def _baselines(self) -> tuple[JointBaseline, ...]:
        return self.asked.baselines(self.case)


@dataclass(frozen=True)
class Response:
    """A model as a function of some of its factors; calling it takes (rows, kept) to (rows,)."""

    model: Model
    kept: tuple[int, ...]

    def __call__(self, shares: Array) -> Array:
        """Outcomes, (rows,)."""
        whole = np.full((len(shares), len(self.model.factors)), MIDDLE)
        whole[:, list(self.kept)] = shares
        return self.model.outcome(whole)
