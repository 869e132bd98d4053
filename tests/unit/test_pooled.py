"""Pooled differences: beside the trials of adults at the same limb and week, and never scored."""

import made_studies

from endplate.questions.reproducing.pooled import beside_pooled
from endplate.questions.reproducing.trial import SimulatedStudy

POOLED = (
    "{arm: BoNT-A arm, versus: placebo, measure: smd, at: 4 wk, value: -0.9, se: 0.1}",
    "{arm: BoNT-A arm, versus: placebo, measure: smd, at: 12 wk, value: -0.6}",
    "{arm: BoNT-A leg, versus: placebo, measure: smd, at: 4 wk, value: -0.1}",
    "{arm: BoNT-A arm, versus: placebo, measure: smd, value: -0.7}",
)
NAMED = ("{arm: BoNT-A arm}", "{arm: BoNT-A leg}", "{arm: placebo}")
TRIAL = "{arm: one, measure: scale_change, scale: modified_ashworth, joint: elbow, at: 4 wk, value: -1.0}"
ARMS = ("{arm: one, n: 9, " + made_studies.BICEPS + "}", "{arm: none, n: 9}")


def _read(tmp_path, name, *rows, arms, people=""):
    text = made_studies.HUMAN.replace("made_up", name) + people + made_studies.arms_and(*rows, arms=arms)
    return made_studies.study(tmp_path, text, name)


def _simulated(study):
    return SimulatedStudy(study, 20, 1)


def test_a_pooled_row_stands_beside_the_adult_trials_of_its_limb_at_its_week(tmp_path):
    review = _read(tmp_path, "review", *POOLED, arms=NAMED)
    trial = _read(tmp_path, "trial", TRIAL, arms=ARMS)
    child = _read(tmp_path, "child", TRIAL, arms=ARMS, people="population: {adults: false}\n")
    four, twelve, leg = beside_pooled([review, trial, child], _simulated)
    assert [one["study"] for one in four["trials"]] == ["trial"]
    assert leg["trials"] == []  # the only trial is of the arm
    assert (four["observed"], four["se"], twelve["at"]) == (-0.9, 0.1, "12 wk")
    early, late = four["trials"][0], twelve["trials"][0]
    assert early["p10"] < early["p50"] < early["p90"]
    assert early["p50"] < late["p50"] < 0.3  # it wears off


def test_nothing_is_pooled_where_every_study_lists_what_was_injected(tmp_path):
    assert beside_pooled([_read(tmp_path, "trial", TRIAL, arms=ARMS)], _simulated) == []
