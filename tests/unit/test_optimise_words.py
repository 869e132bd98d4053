"""What is said above the plans of a search: never the best where none reaches the targets."""

from __future__ import annotations

import pytest

from endplate.knowledge.vocabulary.wording import OPTIMISER
from endplate.outputs.optimised import NO_PLAN, NOT_REACHED, answer

PLAN = {"critical": 0, "over_own_limits": []}


def _document(*chances):
    plans = [{**PLAN, "goal_probability": chance} for chance in chances]
    own = {**PLAN, "goal_probability": 0.0}
    said = {"goals": {"costs": {}}, "learnt_from": None, "closest": None}
    return {"feasible": bool(plans), "plans": plans, "own": own, **said}


@pytest.mark.parametrize(
    ("chances", "lead"),
    [((0.4, 0.0), OPTIMISER), ((0.0, 0.2), OPTIMISER), ((0.0,), NOT_REACHED), ((), NO_PLAN)],
)
def test_the_best_is_only_said_of_plans_that_reach_the_targets(chances, lead):
    told = answer(_document(*chances))[0]
    assert told.startswith(lead)
    assert ("Best of" in told) == (lead == OPTIMISER)
