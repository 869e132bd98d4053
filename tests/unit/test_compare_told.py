"""A comparison in words: a difference that no examiner sees is said quietly, notes say whose they are."""

from __future__ import annotations

from itertools import pairwise

import pytest

from endplate.knowledge.vocabulary import SCALES
from endplate.outputs import compared


def _grade(median, p05=-0.1, p95=0.1, **more):
    """One joint of a comparison, by its difference over the goal weeks."""
    outcome = {
        "outcome": "x",
        "kind": "scale_change",
        "place": ["elbow", "left", "extension"],
        "unit": "grade",
    }
    goal = {"median": median, "p05": p05, "p95": p95, "p_better": 1.0, "differs": 1.0, **more}
    row = {"goal": goal, "indirect": False, "outcome": "x"}
    return {"outcomes": [outcome | {"better": "lower", "shown": True}]}, {"x": row}


@pytest.mark.parametrize(
    ("median", "step", "share"),
    [
        (-0.004, False, False),
        (-0.2, True, True),
        (-0.49, True, True),
        (-0.5, False, True),
        (1.2, False, True),
    ],
)
def test_a_difference_that_no_examiner_sees_is_said_quietly(median, step, share):
    document, rows = _grade(median, p05=-2.0, p95=2.0)
    ((sentence, loud),) = compared.ranked(document, "A", "B", rows)
    assert ("less than an examiner's step" in sentence) is step
    assert ("of copies" in sentence) is share
    assert loud is (abs(median) >= 0.5)
    assert "the difference is 0.00" not in sentence.replace("\N{NO-BREAK SPACE}", " ")


def test_the_step_is_that_of_the_scale():
    coding = sorted(SCALES["modified_ashworth"].coding.values())
    least = min(high - low for low, high in pairwise(coding))
    outcome = _grade(0)[0]["outcomes"][0]
    for median, told in ((least * 0.99, True), (least, False)):
        assert bool(compared.below_step(outcome, _grade(median)[1]["x"])) is told


def test_notes_say_whose_they_are():
    plans = [("A", ["x.", "y."]), ("B", ["x."]), ("C", ["x.", "y.", "z."])]
    document = {"plans": [{"plan": letter, "notes": notes} for letter, notes in plans]}
    assert compared.notes_by_plan(document) == ["x.", "Plans A and C: y.", "Plan C: z."]
