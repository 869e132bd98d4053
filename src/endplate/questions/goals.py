"""The goals of a case as one goal attainment T score, before and after treatment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from endplate.case.models import Case, Goal
from endplate.errors import InputError
from endplate.knowledge.evidence import record_ids, value
from endplate.knowledge.vocabulary.sentence import Sentence
from endplate.physiology.scales import GoalConstants, goal_t_score

GOAL_RECORDS = tuple(record_ids(GoalConstants).values())
"""What a score rests on: a convention, not the model."""


@dataclass(frozen=True)
class GoalScore:
    """T scores of the goals that have a baseline level; 50 means attained as expected.

    Attributes:
        goals: how many goals are scored.
        left_out: how many goals have no baseline level, and so no part in either score.
        baseline: T score before treatment.
        achieved: T score after it; None until every scored goal has an achieved level.
        change: achieved less baseline; None while there is no achieved score.
    """

    goals: int
    left_out: int
    baseline: float
    achieved: float | None
    change: float | None

    def to_dict(self) -> dict[str, int | float | None]:
        """The score as a JSON object."""
        return asdict(self)


def goal_score(case: Case) -> GoalScore | None:
    """Baseline and achieved T score of a case; None when no goal has a baseline level.

    Raises:
        InputError: when some of the scored goals have a weight and others have none.
    """
    goals = [goal for goal in case.goals if goal.gas_baseline is not None]
    if not goals:
        return None
    weights = _weights(case.goals)
    levels = [goal.gas_achieved for goal in goals if goal.gas_achieved is not None]
    before = _t_score([goal.gas_baseline for goal in goals if goal.gas_baseline is not None], weights)
    after = _t_score(levels, weights) if len(levels) == len(goals) else None
    change = None if after is None else after - before
    return GoalScore(len(goals), len(case.goals) - len(goals), before, after, change)


def _weights(goals: Sequence[Goal]) -> list[float]:
    """The weights of the scored goals; all 1 when none has any."""
    scored = [(place, goal.weight) for place, goal in enumerate(goals) if goal.gas_baseline is not None]
    bare = [place for place, weight in scored if weight is None]
    if 0 < len(bare) < len(scored):
        raise InputError(
            Sentence("{goal} has no weight while another goal has one", goal=f"goals[{bare[0]}]"),
            rule="goal_weight_missing",
            remedy="Give every goal that has gas_baseline a weight, or none of them.",
            field=f"goals[{bare[0]}].weight",
        )
    return [1.0 if weight is None else weight for _, weight in scored]


def _t_score(levels: Sequence[int], weights: Sequence[float]) -> float:
    """The T score of the levels of one person's goals."""
    constants = {name: np.full(1, value(record)) for name, record in record_ids(GoalConstants).items()}
    level, weight = np.array([levels], dtype=np.float64), np.array([weights], dtype=np.float64)
    return float(goal_t_score(GoalConstants(**constants), level, weight)[0])
