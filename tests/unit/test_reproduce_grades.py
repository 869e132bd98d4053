"""Grades as a trial reports them: recorded categories, enrolment, and the shares of a change."""

import numpy as np
import pytest
from made_studies import BICEPS, HUMAN, arms_and, simulated

from endplate.knowledge.vocabulary import SCALES
from endplate.questions.reproduce import reproduce
from endplate.questions.reproducing.grades import grades, rated
from endplate.questions.reproducing.groups import CannotSimulate

ARMS = ("{arm: one, n: 20, " + BICEPS + "}", "{arm: placebo, n: 20}")
ROW = "{{arm: {}, measure: {}, scale: {}, joint: elbow, at: 4 wk, value: -1}}"
PEOPLE = "population: {{adults: true, joint: elbow, baseline: {{scale: ashworth, mean: {}, sd: {}{}}}}}\n"


def trial(tmp_path, *rows, baseline=(2.6, 0.7, ""), draws=60):
    text = HUMAN + PEOPLE.format(*baseline) + arms_and(*rows, arms=ARMS)
    return simulated(tmp_path, text, draws)


def seen(made, row):
    arm = made._arm(row.arm, row)
    return arm, grades(arm, row, arm.day(row), "28")


@pytest.mark.parametrize("scale", ["ashworth", "modified_ashworth", "mas_0_5", "modified_modified_ashworth"])
def test_only_grades_of_the_scale_are_recorded(tmp_path, scale):
    made = trial(tmp_path, ROW.format("one", "scale_change", scale), draws=5)
    _, found = seen(made, made.study.outcomes[0])
    for each in found:
        assert set(each) <= set(SCALES[scale].coding.values())


def test_a_rater_sees_a_person_at_every_visit(tmp_path):
    made = trial(tmp_path, ROW.format("placebo", "scale_change", "ashworth"), draws=200)
    row = made.study.outcomes[0]
    arm = made._arm(row.arm, row)
    found = rated(arm, row)
    spread = found.rater.between_sd_grade
    assert (found.kept / spread).std() == pytest.approx(1, abs=0.05)
    assert (found.first / found.rater.within_sd_grade).std() == pytest.approx(1, abs=0.05)
    assert np.corrcoef(found.kept / spread, found.first / found.rater.within_sd_grade)[0, 1] == pytest.approx(
        0, abs=0.05
    )


def test_the_recorded_baseline_is_the_printed_one_and_holds_the_criterion(tmp_path):
    made = trial(
        tmp_path,
        ROW.format("placebo", "scale_change", "ashworth"),
        baseline=(2.6, 0.6, ", min: 2"),
        draws=200,
    )
    _, (before, _) = seen(made, made.study.outcomes[0])
    assert before.min() == 2
    assert before.mean() == pytest.approx(2.6, abs=0.08)
    assert before.std() == pytest.approx(0.6, abs=0.1)


def test_without_a_criterion_there_is_no_regression_to_the_mean(tmp_path):
    row = ROW.format("placebo", "scale_change", "ashworth")
    made = [trial(tmp_path, row, baseline=(2.2, 0.5, least)) for least in ("", ", min: 2")]
    free, held = (each.change_shares(each.study.outcomes[0]) for each in made)
    assert free.parts["regression"] == pytest.approx(0, abs=1e-12)
    assert held.parts["regression"] < -0.02


def test_shares_add_to_the_simulated_change(tmp_path):
    rows = [ROW.format(arm, "scale_change", "mas_0_5") for arm in ("one", "placebo")]
    made = trial(tmp_path, *rows, baseline=(2.6, 0.6, ", min: 2"))
    for row in made.study.outcomes:
        shares, arm = made.change_shares(row), made._arm(row.arm, row)
        before, after = grades(arm, row, arm.day(row), "28")
        assert shares.total == pytest.approx((after - before).mean())
        assert sum(shares.parts.values()) == pytest.approx(shares.total)
        assert made.simulated(row).values.mean() == pytest.approx(shares.total)
        spread = np.sqrt(arm.each(after - before).var(axis=1, ddof=1).mean())
        assert np.hypot(shares.person_sd, shares.rater_sd) == pytest.approx(spread)
    treated, placebo = (made.change_shares(row) for row in made.study.outcomes)
    assert placebo.parts["drug"] == 0
    assert treated.parts["drug"] < -0.2
    assert placebo.parts["placebo"] < 0


def test_shares_of_two_arms_are_their_difference(tmp_path):
    row = ROW.format("one", "scale_change", "ashworth")
    versus = row.replace("measure", "versus: placebo, measure")
    made = trial(tmp_path, row, ROW.format("placebo", "scale_change", "ashworth"), versus)
    one, other, both = (made.change_shares(each) for each in made.study.outcomes)
    for name, part in both.parts.items():
        assert part == pytest.approx(one.parts[name] - other.parts[name])


def test_only_changes_of_grades_have_shares(tmp_path):
    made = trial(tmp_path, ROW.format("one", "scale_value", "ashworth"), draws=2)
    assert made.change_shares(made.study.outcomes[0]) is None
    unlisted = HUMAN + arms_and(ROW.format("one", "scale_change", "ashworth"), arms=("{arm: one}",))
    bare = simulated(tmp_path, unlisted, 2)
    with pytest.raises(CannotSimulate, match="lists what was injected"):
        bare.change_shares(bare.study.outcomes[0])


def test_reproduce_tells_the_shares(tmp_path):
    rows = (
        ROW.format("one", "scale_change", "ashworth"),
        ROW.format("one", "responder_fraction", "ashworth").replace("value: -1", "value: 0.5"),
    )
    text = HUMAN + PEOPLE.format(2.6, 0.7, ", min: 2") + arms_and(*rows, arms=ARMS)
    (tmp_path / "made_up.yaml").write_text(text, encoding="utf-8")
    (study,) = reproduce(tmp_path, draws=20).to_dict()["studies"]
    shares, none = (row["change_shares"] for row in study["outcomes"])
    parts = ("drug", "placebo", "regression", "rater")
    assert set(shares) == {*parts, "total", "person_sd", "rater_sd", "sd"}
    assert sum(shares[part] for part in parts) == pytest.approx(shares["total"], abs=1e-3)
    assert none is None


def test_responders_are_counted_from_recorded_grades(tmp_path):
    row = ROW.format("one", "responder_fraction", "modified_ashworth").replace("measure", "by: 1, measure")
    row = row.replace("value: -1", "value: 0.5")
    made = trial(tmp_path, row)
    _, (before, after) = seen(made, made.study.outcomes[0])
    counted = (before - after >= 1).mean()
    assert made.simulated(made.study.outcomes[0]).values.mean() == pytest.approx(counted)
