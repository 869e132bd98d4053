"""What many replicates say of a trial: sizes, interim looks, and arms too small to test."""

from __future__ import annotations

import numpy as np
import pytest
from made_trials import (
    arms_with_baseline,
    as_given,
    group,
    made,
    one,
)
from scipy import stats

from endplate.questions.trial import trial
from endplate.questions.trialling import looks as looking
from endplate.questions.trialling.analysis import (
    UNTESTED,
    Comparison,
)
from endplate.questions.trialling.characteristics import Tally, power_of
from endplate.questions.trialling.looks import Looks, looks, operating
from endplate.questions.trialling.sizes import shares_of_size, size_found


@pytest.fixture
def rng():
    return np.random.default_rng(7)


# Sizes


def test_a_smaller_trial_is_the_first_people(tmp_path, rng):
    control, arm = arms_with_baseline(rng, n=(40, 40))
    np.testing.assert_array_equal(arm.first(0.25).columns["change"], arm.columns["change"][:10])
    asked = made(tmp_path, n=40, extra="sample_size: {power: 80 %}")
    tally = Tally(asked)
    for name, people in {"placebo": control, "dose": arm}.items():
        tally.see(0, name, people, asked.endpoints)
    tally.add(0, {"placebo": control, "dose": arm}, asked.endpoints)
    (found,) = tally.by_size["dose"]
    for k, share in enumerate(shares_of_size()):
        n = max(2, round(share * 40))
        cut = [
            group(**{name: column[:n] for name, column in as_given(each).items()}) for each in (control, arm)
        ]
        assert found[k] == (one(asked, cut[1], cut[0]).p < 0.05)


def test_the_size_found_keeps_the_power_from_there_on(tmp_path):
    """A power that is reached once and lost again is not reached."""
    asked = made(tmp_path, n=40, extra="sample_size: {power: 80 %}")
    won = np.arange(20) >= 10
    lost = won & (np.arange(20) != 14)
    tally = Tally(asked, by_size={"dose": [list(won)] * 3 + [list(lost)] * 2})
    (row,) = size_found(asked, tally.by_size)["arms"]
    assert row["curve"]["power"][10] == 1 and row["curve"]["power"][14] == 0.6
    assert (row["n"], row["n_control"]) == (32, 32)
    tally = Tally(asked, by_size={"dose": [[False] * 20]})
    (row,) = size_found(asked, tally.by_size)["arms"]
    assert (row["n"], row["n_low"], row["n_high"]) == (None, 2, None)  # one replicate says little


def test_the_replicates_leave_sizes_between_those_that_their_bounds_reach(tmp_path):
    """Power rises by a twentieth a size: bounds are those of the exact binomial interval."""
    asked = made(tmp_path, n=40, extra="sample_size: {power: 80 %}")
    replicates = 100
    rising = np.arange(replicates)[:, None] < replicates * shares_of_size()
    (row,) = size_found(asked, {"dose": rising})["arms"]
    bounds = [stats.binomtest(int(k), replicates).proportion_ci() for k in rising.sum(axis=0)]
    first = {
        name: int(np.argmax([getattr(each, bound) >= 0.8 for each in bounds]))
        for name, bound in (("n_low", "high"), ("n_high", "low"))
    }
    assert (row["n_low"], row["n"], row["n_high"]) == (
        2 * (first["n_low"] + 1),
        32,
        2 * (first["n_high"] + 1),
    )
    assert row["n_low"] < row["n"] < row["n_high"]
    assert row["curve"]["low"] == pytest.approx([each.low for each in bounds], abs=1e-5)


# Interim looks

FIRST = "{after: 25 %, stop_if_p_below: 0.01, drop_if_p_above: 0.5}"
RULES = f"interims: [{FIRST}, {{after: 50 %, drop_if_p_above: 0.4}}]"


def looked(tmp_path, monkeypatch, *p_by_look, adjust="none", difference=-1.0):
    """One replicate of 40 people an arm whose p values, look by look, are given."""
    rules = f"{RULES}\nanalysis: {{adjust: {adjust}}}"
    asked = made(tmp_path, arms=("placebo", "a", "b"), n=40, extra=rules)
    told = iter(p_by_look)

    def given(trial, endpoint, groups):
        now = next(told)
        return {arm: Comparison(difference, 0.3, now[arm]) for arm in groups if arm != "placebo"}

    monkeypatch.setattr(looking, "compared", given)
    people = {arm: group(change=np.zeros(40)) for arm in ("placebo", "a", "b")}
    return asked, looks(asked, people)


def test_a_trial_stops_when_an_arm_is_clear(tmp_path, monkeypatch):
    _, found = looked(tmp_path, monkeypatch, {"a": 0.001, "b": 0.6})
    assert (found.stopped, found.dropped, found.won) == (1, {}, {"a": True, "b": False})
    assert found.people == 3 * 10


def test_an_arm_that_does_little_is_dropped_and_the_rest_goes_on(tmp_path, monkeypatch):
    _, found = looked(tmp_path, monkeypatch, {"a": 0.2, "b": 0.6}, {"a": 0.2}, {"a": 0.03})
    assert (found.stopped, found.dropped, found.won) == (0, {"b": 1}, {"a": True, "b": False})
    assert found.people == 40 + 40 + 10


@pytest.mark.parametrize("adjust", ["bonferroni", "holm"])
@pytest.mark.parametrize(("p", "won"), [(0.03, False), (0.02, True)])
def test_a_dropped_arm_still_counts_among_those_adjusted_for(tmp_path, monkeypatch, adjust, p, won):
    looks_ = {"a": 0.2, "b": 0.6}, {"a": 0.2}, {"a": p}
    assert looked(tmp_path, monkeypatch, *looks_, adjust=adjust)[1].won == {"a": won, "b": False}


def test_a_trial_ends_when_every_arm_is_dropped(tmp_path, monkeypatch):
    _, found = looked(tmp_path, monkeypatch, {"a": 0.2, "b": 0.6}, {"a": 0.45})
    assert (found.stopped, found.dropped, found.won) == (0, {"b": 1, "a": 2}, {})
    assert found.people == 20 + 20 + 10


def test_a_look_without_a_rule_for_stopping_never_stops(tmp_path, monkeypatch):
    _, found = looked(
        tmp_path, monkeypatch, {"a": 0.3, "b": 0.3}, {"a": 0.0, "b": 0.0}, {"a": 0.9, "b": 0.01}
    )
    assert (found.stopped, found.won) == (0, {"a": False, "b": True})


def test_an_arm_that_is_clearly_worse_neither_stops_the_trial_nor_wins(tmp_path, monkeypatch):
    every = [{"a": 0.001, "b": 0.001}] * 3
    asked, found = looked(tmp_path, monkeypatch, *every, difference=1.0)
    assert (found.stopped, found.won) == (0, {"a": False, "b": False})
    assert found.rejected == {"a": True, "b": True}
    for null, share in ((False, 0), (True, 1)):
        assert operating(asked, [found], null=null)["won"]["value"] == share


def test_operating_characteristics_count_replicates(tmp_path, monkeypatch):
    asked, stopped = looked(tmp_path, monkeypatch, {"a": 0.001, "b": 0.6})
    _, dropped = looked(tmp_path, monkeypatch, {"a": 0.2, "b": 0.6}, {"a": 0.2}, {"a": 0.03})
    found = operating(asked, [stopped, dropped, dropped, dropped], null=False)
    assert [row["stopped"]["value"] for row in found["looks"]] == [0.25, 0]
    told = [(row["arm"], row["dropped"]["value"], row["won"]["value"]) for row in found["arms"]]
    assert told == [("a", 0, 1), ("b", 0.75, 0)]
    expected = stats.binomtest(3, 4).proportion_ci()
    share = found["arms"][1]["dropped"]
    assert (share["low"], share["high"]) == pytest.approx((expected.low, expected.high), abs=1e-5)
    assert (found["people"]["p05"], found["people"]["p95"]) == pytest.approx((39, 90), abs=1)
    assert found["won"]["value"] == 1


def test_an_arm_that_cannot_be_tested_yet_is_not_dropped(tmp_path, monkeypatch):
    asked = made(tmp_path, n=40, extra="interims: [{after: 5 %, drop_if_p_above: 0.5}]")
    told = iter([{"dose": UNTESTED}, {"dose": Comparison(-1.0, 0.3, 0.01)}])
    monkeypatch.setattr(looking, "compared", lambda *_: next(told))
    people = {arm: group(change=np.zeros(40)) for arm in ("placebo", "dose")}
    assert looks(asked, people) == Looks({}, 0, {"dose": True}, {"dose": True}, 80)


@pytest.mark.parametrize("null", [False, True])
def test_with_looks_the_power_of_the_trial_is_what_they_declare(tmp_path, null):
    """Of ten replicates the fixed design finds six and the looks three, or in a null trial four."""
    asked = made(tmp_path, extra=RULES)
    row = {"endpoint": "change", "arm": "dose", "difference": -1.0, "tested": True}
    rows = [row | {"replicate": k, "rejected": k < 6, "won": k < 6} for k in range(10)]
    seen = [Looks({}, 0, {"dose": k < 4}, {"dose": k < 3}, 20) for k in range(10)]
    power = power_of(asked, Tally(asked, rows=rows, looks=seen), null=null)
    assert power["design"] == "looks"
    assert power["any"]["value"] == power["by_arm"]["dose"]["value"] == (0.4 if null else 0.3)
    assert power["fixed"]["any"]["value"] == 0.6
    fixed = power_of(asked, Tally(asked, rows=rows), null=null)
    assert (fixed["design"], fixed["any"]["value"]) == ("fixed", 0.6)


# Arms of two


def test_of_arms_too_small_to_test_no_power_is_told(tmp_path):
    found = trial(made(tmp_path, n=2, replicates=3)).to_dict()
    (row,) = found["endpoints"][0]["comparisons"]
    assert row["untested"]
    for share in (row["power"], row["rejected"], found["power"]["any"], found["power"]["by_arm"]["dose"]):
        assert share["value"] is None
    assert "'dose' against 'placebo' cannot be tested by 'change'" in found["warnings"][0]
