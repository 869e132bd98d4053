"""Drug against control across trials: what is compared, the slope, a constant effect."""

import made_studies
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from endplate.questions.reproducing.against_placebo import (
    against_placebo,
    comparisons,
    normal_crps,
    slope,
)

ARMS = (
    "{arm: one, n: 9, " + made_studies.BICEPS + "}",
    "{arm: less, n: 9, " + made_studies.BICEPS + "}",
    "{arm: none, n: 9}",
)
CHANGE = "measure: scale_change, scale: modified_ashworth, joint: elbow"


def _trial(tmp_path, *rows, people=""):
    return made_studies.study(tmp_path, made_studies.HUMAN + people + made_studies.arms_and(*rows, arms=ARMS))


def _predict(outcome):
    """What both arms share moves them together; what is an arm's own is small."""
    shared = np.linspace(-1, 1, 101)
    return shared + (-0.5 if outcome.arm == "one" else -0.1)


def test_arms_are_compared_draw_by_draw_at_one_joint_scale_and_day(tmp_path):
    trial = _trial(
        tmp_path,
        f"{{arm: one, {CHANGE}, at: 4 wk, value: -1.0}}",
        f"{{arm: one, {CHANGE}, at: 8 wk, value: -0.6}}",
        f"{{arm: none, {CHANGE}, at: 4 wk, value: -0.3}}",
        f"{{arm: one, versus: none, {CHANGE}, at: 12 wk, value: -0.2}}",
    )
    found = comparisons(trial, trial.outcomes, _predict)
    assert [one["observed"] for one in found] == pytest.approx([-0.7, -0.2])
    assert [one["mean"] for one in found] == pytest.approx([-0.4, -0.5])
    assert found[0]["sd"] == pytest.approx(0, abs=1e-9)  # all of the spread is shared
    assert {one["group"] for one in found} == {"arm, adults"}


def test_a_lower_dose_is_no_control(tmp_path):
    trial = _trial(
        tmp_path,
        f"{{arm: one, versus: less, {CHANGE}, at: 4 wk, value: -0.4}}",
        f"{{arm: one, {CHANGE}, at: 4 wk, value: -0.9}}",
        f"{{arm: less, {CHANGE}, at: 4 wk, value: -0.5}}",
    )
    assert comparisons(trial, trial.outcomes, _predict) == []
    assert against_placebo([{"comparisons": []}]) is None


def test_children_are_a_group_of_their_own(tmp_path):
    row = f"{{arm: one, versus: none, {CHANGE}, at: 4 wk, value: -1.0}}"
    trial = _trial(tmp_path, row, people="population: {adults: false}\n")
    assert comparisons(trial, trial.outcomes, _predict)[0]["group"] == "arm, children"


def _one(observed, mean=-1.0):
    return {"group": "arm, adults", "observed": observed, "mean": mean, "sd": 0.1}


def test_the_slope_weighs_trials_not_rows():
    assert slope([[_one(-1.0)] * 9, [_one(-2.0)]]) == pytest.approx(1.5)
    assert slope([]) is None


@pytest.mark.parametrize(("mean", "sd", "observed"), [(0.0, 1.0, 0.4), (-0.5, 0.2, -1.1)])
def test_the_score_of_a_normal_distribution_is_its_integral(mean, sd, observed):
    def apart(x):
        return (norm.cdf(x, mean, sd) - (x >= observed)) ** 2

    ends = (mean - 9 * sd, mean + 9 * sd)
    whole = quad(apart, ends[0], observed)[0] + quad(apart, observed, ends[1])[0]
    assert normal_crps(mean, sd, observed) == pytest.approx(whole, abs=1e-6)
    assert normal_crps(mean, 0.0, observed) == abs(observed - mean)


def test_a_constant_effect_never_sees_its_own_trial():
    """Four trials, three alike: the fourth, far off, is expected to be as the others are."""
    trials = [{"comparisons": [_one(value, value)]} for value in (-0.4, -0.5, -0.6, -3.0)]
    told = against_placebo(trials)
    assert told["slope"] == 1.0
    others = normal_crps(-0.5, 0.1 * np.sqrt(1 + 1 / 3), -3.0)
    assert told["constant_crps"] > others / 4
    assert told["crps"] < told["constant_crps"]
    assert against_placebo(trials[:3])["constant_crps"] is None
