"""What replicates find beside what a trial published."""

from __future__ import annotations

import pytest
from made_trials import made

from endplate.questions.trialling.again import again, verdict_of
from endplate.questions.trialling.characteristics import Tally

PARTS = "endpoint: change, arm: dose"


def test_published_results_are_counted_among_replicates(tmp_path):
    asked = made(tmp_path, extra=f"published: [{{{PARTS}, difference: -0.5, p: 0.01}}]")
    rows = [
        {"endpoint": "change", "arm": "dose", "difference": difference, "won": won}
        for difference, won in ((-0.6, True), (-0.4, True), (-0.5, True), (0.7, False), (-0.9, False))
    ]
    found = again(asked, Tally(asked, rows=rows), {})
    (row,) = found["rows"]
    assert row["find"]["value"] == 0.6  # one of the four that were declared different was worse
    assert row["at_least_as_large"]["value"] == 0.6
    assert found["same_verdicts"]["value"] == 0.6
    assert "was −0.50 (p = 0.01); 60 % of replicates find one, 60 % are at least as large" in row["sentence"]


def test_a_published_arm_without_a_difference_is_missed_by_those_that_find_one(tmp_path):
    asked = made(tmp_path, extra=f"published: [{{{PARTS}, difference: -0.1, p: 0.6}}]")
    rows = [{"endpoint": "change", "arm": "dose", "difference": -0.5, "won": k > 0} for k in range(4)]
    assert again(asked, Tally(asked, rows=rows), {})["same_verdicts"]["value"] == 0.25


@pytest.mark.parametrize(
    ("told", "sides", "found"),
    [
        ("p: 0.08", 2, False),
        ("p: 0.08", 1, True),  # two-sided as printed, half of it towards the better
        ("p_below: 0.05", 2, True),
        ("p_below: 0.1", 2, None),
    ],
)
def test_a_published_p_is_held_against_the_level_of_the_file(tmp_path, told, sides, found):
    extra = f"analysis: {{sides: {sides}}}\npublished: [{{{PARTS}, difference: -0.5, {told}}}]"
    asked = made(tmp_path, extra=extra)
    assert verdict_of(asked, asked.published[0]) is found
