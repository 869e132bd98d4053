"""Drug against control across trials: what is compared, the slope, a constant effect."""

import made_studies
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from endplate.questions.reproducing.against_placebo import (
    Comparison,
    against_placebo,
    comparisons,
    normal_crps,
    slope,
)

BOTH = ("{arm: one, n: 9, " + made_studies.BICEPS + "}", "{arm: none, n: 9}")
CHANGE = "measure: scale_change, scale: modified_ashworth, joint: elbow"


def _scored(study, means):
    """The study with simulated means in the order of its outcomes, SD 0.3; None was not simulated."""
    rows = []
    for outcome, mean in zip(study.outcomes, means, strict=True):
        told = {name: getattr(outcome, name) for name in ("arm", "versus", "measure", "scale", "joint")}
        seen = None if mean is None else {"mean": mean, "sd": 0.3}
        crps = None if mean is None else 0.1
        rows.append(
            told | {"at": str(outcome.at), "observed": outcome.value, "predicted": seen, "crps": crps}
        )
    return {"study": study.study, "outcomes": rows}


def _trial(tmp_path, *rows, people=""):
    return made_studies.study(tmp_path, made_studies.HUMAN + people + made_studies.arms_and(*rows, arms=BOTH))


def test_arms_are_compared_at_one_joint_scale_and_day(tmp_path):
    trial = _trial(
        tmp_path,
        f"{{arm: one, {CHANGE}, at: 4 wk, value: -1.0}}",
        f"{{arm: one, {CHANGE}, at: 8 wk, value: -0.6}}",
        f"{{arm: none, {CHANGE}, at: 4 wk, value: -0.3}}",
        f"{{arm: one, versus: none, {CHANGE}, at: 12 wk, value: -0.2}}",
    )
    found = comparisons([trial], [_scored(trial, (-0.9, -0.5, -0.4, -0.1))])
    assert [one.observed for one in found] == pytest.approx([-0.7, -0.2])
    assert [one.mean for one in found] == pytest.approx([-0.5, -0.1])
    assert [one.sd for one in found] == pytest.approx([0.3 * np.sqrt(2), 0.3])
    assert {one.group for one in found} == {"arm, adults"}


def test_what_was_not_simulated_is_not_compared(tmp_path):
    rows = (f"{{arm: {arm}, {CHANGE}, at: 4 wk, value: -1.0}}" for arm in ("one", "none"))
    trial = _trial(tmp_path, *rows, people="population: {adults: false}\n")
    assert comparisons([trial], [_scored(trial, (-0.9, None))]) == []
    assert against_placebo([trial], [_scored(trial, (-0.9, None))]) is None
    (one,) = comparisons([trial], [_scored(trial, (-0.9, -0.2))])
    assert one.group == "arm, children"


def test_the_slope_weighs_trials_not_rows():
    def trial(name, observed, count):
        return [Comparison(name, "arm, adults", observed, -1.0, 0.1)] * count

    assert slope(trial("a", -1.0, 9) + trial("b", -2.0, 1)) == pytest.approx(1.5)
    assert slope([]) is None


@pytest.mark.parametrize(("mean", "sd", "observed"), [(0.0, 1.0, 0.4), (-0.5, 0.2, -1.1)])
def test_the_score_of_a_normal_distribution_is_its_integral(mean, sd, observed):
    def apart(x):
        return (norm.cdf(x, mean, sd) - (x >= observed)) ** 2

    ends = (mean - 9 * sd, mean + 9 * sd)
    whole = quad(apart, ends[0], observed)[0] + quad(apart, observed, ends[1])[0]
    assert normal_crps(mean, sd, observed) == pytest.approx(whole, abs=1e-6)
    assert normal_crps(mean, 0.0, observed) == abs(observed - mean)


def test_a_constant_effect_never_sees_its_own_trial(tmp_path):
    """Four trials, three alike: the fourth, far off, is expected to be as the others are."""
    trials = [
        made_studies.study(
            tmp_path,
            made_studies.HUMAN.replace("made_up", name)
            + made_studies.arms_and(
                f"{{arm: one, versus: none, {CHANGE}, at: 4 wk, value: {value}}}", arms=BOTH
            ),
            name,
        )
        for name, value in (("a", -0.4), ("b", -0.5), ("c", -0.6), ("d", -3.0))
    ]
    told = against_placebo(trials, [_scored(trial, (trial.outcomes[0].value,)) for trial in trials])
    assert told["slope"] == 1.0
    spread = 0.1 * np.sqrt(1 + 1 / 3)
    others = normal_crps(-0.5, spread, -3.0)
    assert told["constant_crps"] > others / 4
    assert told["crps"] < told["constant_crps"]
