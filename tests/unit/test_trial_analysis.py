"""How one replicate is analysed, and that people do not depend on who else is followed."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from made_trials import (
    AGAIN,
    BICEPS,
    CHANGE,
    CLOSE,
    DAY,
    MIXED,
    SHARE,
    arms_with_baseline,
    as_given,
    group,
    load,
    made,
    one,
    people_of,
    text,
)
from scipy import stats
from statsmodels.formula.api import ols
from statsmodels.stats.multitest import multipletests

from endplate.questions.trial import trial
from endplate.questions.trialling.analysis import (
    NOTHING,
    UNTESTED,
    Comparison,
    rejected,
    values_of,
)
from endplate.questions.trialling.characteristics import Tally, endpoint_row


@pytest.fixture
def rng():
    return np.random.default_rng(7)


# ANCOVA


def test_ancova_is_least_squares_with_the_grade_of_baseline(tmp_path, rng):
    control, arm = arms_with_baseline(rng)
    found = one(made(tmp_path), arm, control)
    parts = [
        pd.DataFrame({"y": g.columns["change"], "before": g.columns["change/baseline"], "treated": k})
        for k, g in enumerate((control, arm))
    ]
    told = ols("y ~ treated + before", pd.concat(parts)).fit()
    expected = (told.params["treated"], told.bse["treated"], told.pvalues["treated"])
    assert (found.difference, found.error, found.p) == pytest.approx(expected, rel=CLOSE)


def test_ancova_finds_the_effect_in_people_made_by_hand(tmp_path):
    """Without noise y = -0.5 before - 2 treated, though the raw means differ by -1 alone."""
    control = group(change=[-1, -1.5, -2, -2], change__baseline=[2, 3, 4, 4])
    arm = group(change=[-2.5, -2.5, -3, -2.5], change__baseline=[1, 1, 2, 1])
    found = one(made(tmp_path), arm, control)
    assert found.difference == pytest.approx(-2)
    assert found.p < 1e-6


def test_without_noise_at_baseline_ancova_is_a_t_test(tmp_path, rng):
    control, arm = (group(change=rng.normal(k, 1, 20), change__baseline=np.full(20, 3.0)) for k in (0, 0.5))
    found = one(made(tmp_path), arm, control)
    told = stats.ttest_ind(arm.columns["change"], control.columns["change"])
    assert found.p == pytest.approx(told.pvalue, rel=CLOSE)


@pytest.mark.parametrize(
    ("values", "found"), [([1.0, np.nan, np.nan, 2.0], UNTESTED), ([0.0, 0.0, 0.0, 0.0], NOTHING)]
)
def test_too_few_people_have_no_difference_and_people_alike_one_of_none(tmp_path, values, found):
    control = group(change=[0.0, 0.0, 0.0, 0.0], change__baseline=[2, 2, 3, 3])
    told = one(made(tmp_path), group(change=values, change__baseline=[2, 2, 3, 3]), control)
    assert (told.p, told.tested) == (1, found.tested)
    np.testing.assert_equal(told.difference, found.difference)


def test_replicates_without_any_event_count_in_the_difference_expected(tmp_path):
    """Shares of 1 in 4 against none, and of none against none: 1/8 in the mean, not 1/4."""
    asked = made(tmp_path, SHARE, replicates=2)
    tally = Tally(asked)
    for replicate, seen in enumerate(([1, 0, 0, 0], [0, 0, 0, 0])):
        held = {"placebo": group(responders=[0, 0, 0, 0]), "dose": group(responders=seen)}
        for arm, people in held.items():
            tally.see(replicate, arm, people, asked.endpoints)
        tally.add(replicate, held, asked.endpoints)
    (row,) = endpoint_row(asked, asked.endpoints[0], tally, None)["comparisons"]
    assert row["expected_difference"] == pytest.approx(1 / 8)
    assert row["difference"]["p05"] < row["difference"]["p95"]


@pytest.mark.parametrize("endpoint", [CHANGE, MIXED])
def test_a_fit_without_a_single_answer_is_no_test_and_prints_nothing(tmp_path, rng, endpoint):
    """The grade at baseline is the same throughout each arm, so that it stands for the arm."""
    parts = [
        group(
            change=rng.normal(0, 1, 6),
            change__28=rng.normal(0, 1, 6),
            change__84=rng.normal(0, 1, 6),
            change__baseline=np.full(6, grade),
        )
        for grade in (2.0, 3.0)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = one(made(tmp_path, endpoint), *parts)
    assert (found.p, found.tested) == (1, False)


def test_type_one_error_of_small_arms_is_the_level(tmp_path, rng):
    """2,000 pairs of arms of 30 without a difference: within 1.5 points of 5 %."""
    asked = made(tmp_path)
    p = [one(asked, *arms_with_baseline(rng, effect=0, n=(30, 30))).p for _ in range(2000)]
    assert np.mean(np.array(p) < asked.analysis.alpha) == pytest.approx(0.05, abs=0.015)


# Shares and times


@pytest.mark.parametrize(("one_of", "other_of"), [((15, 40), (8, 40)), ((3, 25), (0, 31)), ((9, 9), (4, 12))])
def test_shares_are_compared_by_the_score_test(tmp_path, one_of, other_of):
    """It is Pearson's test of the two-way table with N - 1 in place of N."""
    arm, control = (group(responders=np.arange(n) < k) for k, n in (one_of, other_of))
    found = one(made(tmp_path, SHARE), arm, control)
    table = [[k, n - k] for k, n in (one_of, other_of)]
    people = np.sum(table)
    statistic = stats.chi2_contingency(table, correction=False).statistic * (people - 1) / people
    assert found.p == pytest.approx(stats.chi2(1).sf(statistic), rel=1e-6)
    assert found.difference == pytest.approx(one_of[0] / one_of[1] - other_of[0] / other_of[1])


def test_times_are_compared_by_the_log_rank_test(tmp_path, rng):
    asked = made(tmp_path, AGAIN)
    days = [rng.exponential(mean, 50) for mean in (60, 110)]
    found = one(asked, *(group(again=day) for day in days))
    end = 84.0
    censored = [stats.CensoredData(day[day <= end], right=np.full((day > end).sum(), end)) for day in days]
    assert found.p == pytest.approx(stats.logrank(*censored).pvalue, rel=1e-6)
    shares = [np.mean(day <= end) for day in days]  # nobody left: the Kaplan-Meier share is the plain one
    assert found.difference == pytest.approx(shares[0] - shares[1])


@pytest.mark.parametrize(("left_d", "found"), [(np.inf, NOTHING), (30.0, NOTHING), (20.0, UNTESTED)])
def test_an_event_of_all_on_one_day_is_no_difference_and_one_after_an_arm_has_left_no_test(
    tmp_path, left_d, found
):
    """The arm stays, leaves on that very day, or has left before it; one who left before decides nothing."""
    asked = made(tmp_path, AGAIN, extra="estimand: hypothetical")
    days, left = np.full(12, 30.0), np.full(12, left_d)
    assert one(asked, group(left, again=days), group(again=days)) == found
    one_left = np.where(np.arange(12) == 0, 20.0, np.inf)
    assert one(asked, group(one_left, again=days), group(again=days)) == NOTHING


# Mixed model


def visits(rng, effects, size, before):
    """Changes at weeks 4 and 12 with a share that stays with each person."""
    own = rng.normal(0, 0.6, size)
    changes = [effect - 0.3 * before + own + rng.normal(0, 0.4, size) for effect in effects]
    return group(change__28=changes[0], change__84=changes[1], change__baseline=before)


def test_a_mixed_model_of_complete_data_is_least_squares_and_recovers_the_effect(tmp_path, rng):
    asked, size, effect = made(tmp_path, MIXED), 150, -0.5
    before = rng.normal(2.5, 0.5, size)
    control, arm = visits(rng, (0, 0), size, before), visits(rng, (-0.9, effect), size, before)
    found = one(asked, arm, control)
    assert found.difference == pytest.approx(effect, abs=4 * found.error)
    rows = [
        pd.DataFrame({"y": g.columns[f"change/{day}"], "before": before, "treated": k, "day": day})
        for k, g in enumerate((control, arm))
        for day in (28, 84)
    ]
    told = ols("y ~ 0 + C(day) + C(day):treated + before", pd.concat(rows)).fit()
    assert found.difference == pytest.approx(told.params["C(day)[84]:treated"], abs=1e-5)
    assert found.p < 1e-3


def test_a_mixed_model_keeps_the_visits_before_a_person_left(tmp_path, rng):
    """Only the later visit is missing, and what the earlier one tells of it narrows the error."""
    asked = made(tmp_path, MIXED, extra="estimand: hypothetical")
    held = visits(rng, (0, 0), 40, rng.normal(2.5, 0.5, 40))
    leaving = group(np.where(np.arange(40) < 15, 50.0, np.inf), **as_given(held))
    endpoint = asked.endpoints[0]
    assert np.isfinite(values_of(asked, endpoint, leaving, 28.0)).all()
    assert np.isnan(values_of(asked, endpoint, leaving)).sum() == 15


# Estimands

WEAK = "{endpoint: weak, measure: adverse_fraction, event: muscle_weakness, at: 4 wk}"
LEFT = [10.0, 28.0, 40.0, np.inf]  # before the day, on it, after it, never


@pytest.mark.parametrize(
    ("endpoint", "estimand", "expected"),
    [
        (CHANGE, "treatment_policy", [-1, -2, -3, -4]),
        (CHANGE, "hypothetical", [np.nan, -2, -3, -4]),
        (CHANGE, "composite", [0, -2, -3, -4]),
        (SHARE, "treatment_policy", [1, 0, 1, 1]),
        (SHARE, "hypothetical", [np.nan, 0, 1, 1]),
        (SHARE, "composite", [0, 0, 1, 1]),
        (CHANGE.replace("scale_change", "scale_value"), "composite", [3, -2, -3, -4]),
        (AGAIN.replace("12 wk", "4 wk"), "treatment_policy", [1, 0, 1, 0]),
        (AGAIN.replace("12 wk", "4 wk"), "composite", [1, 0, 1, 0]),
        (AGAIN.replace("12 wk", "4 wk"), "hypothetical", [np.nan, 0, 1, 0]),
        *((WEAK, estimand, [1, 0, 0, 1]) for estimand in ("treatment_policy", "hypothetical", "composite")),
    ],
)
def test_what_counts_of_people_who_left_is_what_the_estimand_says(tmp_path, endpoint, estimand, expected):
    asked = made(tmp_path, endpoint, extra=f"estimand: {estimand}")
    held = group(
        LEFT,
        change=[-1, -2, -3, -4],
        change__baseline=[3, 3, 4, 4],
        responders=[1, 0, 1, 1],
        again=[DAY, 200, 14, 300],
        weak=[1, 0, 0, 1],
    )
    np.testing.assert_array_equal(values_of(asked, asked.endpoints[0], held), expected)


def test_a_person_who_leaves_has_the_event_under_the_composite_estimand(tmp_path):
    """All of the arm leave on day 20: as if all had the event then."""
    days, left = np.full(12, 300.0), np.full(12, 20.0)
    control = group(again=np.full(12, 60.0))
    asked = {name: made(tmp_path, AGAIN, extra=f"estimand: {name}") for name in ("composite", "hypothetical")}
    found = one(asked["composite"], group(left, again=days), control)
    assert found == one(asked["composite"], group(again=left), control)
    assert one(asked["hypothetical"], group(left, again=days), control) == UNTESTED


# More than one arm


@pytest.mark.parametrize("adjust", ["none", "bonferroni", "holm"])
def test_adjustments_are_those_of_the_library(tmp_path, rng, adjust):
    asked = made(tmp_path, arms=("placebo", "a", "b", "c"), extra=f"analysis: {{adjust: {adjust}}}")
    for p in rng.beta(0.4, 6, (12, 3)):  # few, for the library's function collects garbage at every call
        found = rejected(asked, dict(zip("abc", p, strict=True)))
        expected = p < 0.05 if adjust == "none" else multipletests(p, 0.05, adjust)[0]
        assert list(found.values()) == list(expected)
        assert list(found) == list("abc")


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ((0.01, 0.02, 0.03), (True, True, True)),
        ((0.01, 0.06, 0.001), (True, False, False)),
        ((0.2, 0.001, 0.001), (False, False, False)),
    ],
)
def test_in_order_stops_at_the_first_arm_that_fails(tmp_path, p, expected):
    asked = made(tmp_path, arms=("placebo", "a", "b", "c"), extra="analysis: {adjust: in_order}")
    assert tuple(rejected(asked, dict(zip("abc", p, strict=True))).values()) == expected


def test_a_one_sided_p_is_half_towards_the_better(tmp_path):
    change, share = (made(tmp_path, row).endpoints[0] for row in (CHANGE, SHARE))
    fell = Comparison(-0.3, 0.1, 0.04)
    assert (fell.sided(1, change), fell.sided(1, share), fell.sided(2, share)) == (0.02, 0.98, 0.04)
    assert (NOTHING.sided(1, change), NOTHING.sided(2, change)) == (0.5, 1)  # between either way
    assert (UNTESTED.sided(1, change), UNTESTED.sided(2, change)) == (1, 1)


# The people


def same(one_of, other_of, rows=slice(None)):
    assert one_of.keys() == other_of.keys()
    for name, column in one_of.items():
        np.testing.assert_array_equal(column, other_of[name][rows], err_msg=name)


MUSCLES = "biceps_brachii, brachialis, flexor_carpi_radialis, flexor_carpi_ulnaris"
BOTH = f"product: onabotulinumtoxinA, injections: [{{muscles: [{MUSCLES}], dose: 200 U}}]"


def test_another_arm_or_more_replicates_change_nobody(tmp_path):
    """Not a byte of any column, though blocks are cut otherwise and people take turns at two joints."""

    def content(**given):
        whole = text(CHANGE.replace(" joint: elbow,", ""), SHARE, n=7, **given)
        attendance = "attendance: {left_by_end: 20 %, missed_visits: 10 %}\n"
        return whole.replace(BICEPS, BOTH).replace(", joint: elbow}", "}") + attendance

    small = load(tmp_path, content())
    larger = load(tmp_path, content(arms=("placebo", "dose", "more")).replace("more, n: 7", "more, n: 600"))
    longer = load(tmp_path, content(replicates=3))
    for arm in ("placebo", "dose"):
        held = people_of(small, arm)
        same(held, people_of(larger, arm))
        same(held, people_of(longer, arm), slice(len(held["person"])))


def test_a_larger_arm_keeps_its_first_people(tmp_path):
    held, more = (people_of(made(tmp_path, n=n), "dose") for n in (6, 9))
    first = more["person"] < 6
    same(held, {name: column[first] for name, column in more.items()})


def test_an_effect_that_is_not_there_lasts_no_time(tmp_path):
    """Of everybody a duration is known, so that arms are compared as they were randomised."""
    asked = made(tmp_path, "{endpoint: lasting, measure: duration, of: scale, joint: elbow}", n=30)
    placebo, dose = (people_of(asked, arm)["lasting"] for arm in ("placebo", "dose"))
    assert np.all(placebo == 0)
    assert np.isfinite(dose).all() and dose.max() > 28 and dose.min() == 0


def test_workers_change_nothing(tmp_path):
    asked = made(tmp_path, CHANGE, SHARE, n=600, replicates=2)
    assert trial(asked, workers=1).to_json() == trial(asked, workers=3).to_json()


def test_under_the_null_hypothesis_differences_are_found_about_as_often_as_the_level_says(tmp_path):
    """60 replicates: more than 9 would come up once in a thousand times (binomial)."""
    asked = made(tmp_path, n=20, replicates=60)
    found = trial(asked, null=True).to_dict()
    (row,) = found["endpoints"][0]["comparisons"]
    assert row["rejected"]["value"] * 60 <= stats.binom(60, 0.05).ppf(0.999)
    assert abs(row["expected_difference"]) < 0.15
    assert found["again"] is None and found["sample_size"] is None
    assert trial(asked).to_dict()["power"]["any"]["value"] > 0.3
