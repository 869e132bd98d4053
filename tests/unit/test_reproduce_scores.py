"""Scores of `reproduce`, the row's own error and rounding."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from made_studies import BICEPS, HUMAN, arms_and, study

from endplate.case import Outcome
from endplate.knowledge.vocabulary import FAMILIES, MEASURES, measure_unit
from endplate.questions.reproducing.reported import (
    Statistic,
    as_printed,
    mean_of_people,
    of_people,
    row_error,
    row_key,
    settled,
    step_of,
)
from endplate.questions.reproducing.scores import (
    comparison,
    crps,
    family_of,
    pit_histogram,
    share_below,
    totals,
)


def scored(study_name, *shares):
    plain = {"crps": 1.0, "measure": "force_ratio", "family": "ratios", "scale": None, "unit": None}
    plain["predicted"] = {"p10": 0.0, "p90": 2.0}
    rows = [{**plain, "share_below": s, "inside_80": 0.1 <= s <= 0.9} for s in shares]
    return {"study": study_name, "outcomes": rows}


@pytest.mark.parametrize("observed", [-2.0, 0.0, 0.7, 3.0])
def test_crps_of_a_normal_sample_is_the_closed_form(observed):
    """Gneiting and Raftery 2007: sigma [z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)]."""
    levels = (np.arange(40_000) + 0.5) / 40_000
    sample = np.sqrt(2) * np.array([_erfinv(2 * p - 1) for p in levels[::20]])
    phi = math.exp(-(observed**2) / 2) / math.sqrt(2 * math.pi)
    exact = observed * math.erf(observed / math.sqrt(2)) + 2 * phi - 1 / math.sqrt(math.pi)
    assert crps(sample, observed) == pytest.approx(exact, abs=2e-3)


def _erfinv(y):
    from scipy.special import erfinv

    return erfinv(y)


def test_crps_of_one_value_is_the_distance():
    assert crps(np.full(7, 2.0), 5.0) == pytest.approx(3.0)


def test_share_below_counts_ties_half():
    assert share_below(np.array([0.0, 1.0, 1.0, 2.0]), 1.0) == pytest.approx(0.5)


def test_pit_of_what_is_right_is_level():
    """Observed values at all quantiles of their own distribution fill every bin alike."""
    even = scored("even", *((np.arange(50) + 0.5) / 50))
    assert pit_histogram([even]) == pytest.approx([0.1] * 10)


def test_pit_weighs_studies_alike_however_many_outcomes_they_have():
    found = pit_histogram([scored("large", *[0.05] * 9), scored("small", 0.95)])
    assert found == pytest.approx([0.5, *[0.0] * 8, 0.5])
    assert pit_histogram([]) is None


def test_totals_hold_their_keys_and_sum():
    found = totals([scored("one", 0.5, 0.99)])
    assert found["outcomes"] == found["simulated"] == 2
    assert found["inside_80"] == 1
    assert found["coverage_by_study"] == 0.5
    assert found["median_width"] == 2
    assert sum(found["pit"]) == pytest.approx(1)


def test_unlike_units_are_never_put_together():
    """A time in days and one in minutes beside two ratios: three groups, and the totals are of the ratios."""
    rows = scored("one", 0.5, 0.5, 0.5, 0.5)
    times = {"measure": "onset", "family": "times", "crps": 900.0}
    rows["outcomes"][0] |= times | {"unit": "min"}
    rows["outcomes"][1] |= times | {"unit": "d"}
    found = totals([rows])
    assert (found["crps"], found["largest"]) == (1.0, {"family": "ratios", "unit": "over untreated"})
    groups = [(group["family"], group["unit"], group["outcomes"]) for group in found["groups"]]
    assert groups == [("ratios", "over untreated", 2), ("times", "d", 1), ("times", "min", 1)]


def test_within_a_unit_every_study_weighs_the_same():
    large, small = scored("large", *[0.5] * 9), scored("small", 0.5)
    small["outcomes"][0] |= {"crps": 3.0, "predicted": {"p10": 0.0, "p90": 4.0}}
    found = totals([large, small])
    assert (found["crps"], found["median_width"]) == (2.0, 3.0)


def test_totals_of_nothing_scored():
    found = totals([])
    assert (found["crps"], found["median_width"], found["groups"]) == (None, None, [])


def test_comparison_is_on_what_both_simulate():
    ours, theirs = scored("one", 0.5, 0.5), scored("one", 0.99, 0.5)
    theirs["outcomes"][1] |= {"crps": None, "predicted": None}
    found = comparison([ours], [theirs])
    assert found["outcomes"] == 1
    assert (found["mechanism"]["inside_80"], found["baseline"]["inside_80"]) == (1, 0)
    assert "crps" not in found["mechanism"]
    assert [(row["family"], row["outcomes"]) for row in found["families"]] == [("ratios", 1)]


def test_the_error_of_the_row_takes_the_place_of_the_simulated_one():
    """Spread between draws 3 and chance 4 make 5; with a row error of 1 the root of 10 is left, of 12 it is
    the root of 153; a group of a size at which chance is 2 shows the root of 13."""
    rng = np.random.default_rng(1)
    found, scores = Statistic(5 * rng.standard_normal(200_000), 4.0, 2.0), rng.standard_normal(200_000)
    assert settled(replace(found, chance_sd=1.0), scores).std() == pytest.approx(math.sqrt(10), rel=0.01)
    assert settled(replace(found, chance_sd=12.0), scores).std() == pytest.approx(math.sqrt(153), rel=0.01)
    assert settled(found, scores).std() == pytest.approx(math.sqrt(13), rel=0.01)


def test_a_difference_adds_the_chance_of_both_groups():
    one, other = Statistic(np.zeros(3), 3.0, 0.3), Statistic(np.ones(3), 4.0, 0.4)
    found = one.minus(other)
    assert (found.drawn_sd, found.chance_sd) == pytest.approx((5.0, 0.5))


def test_row_error_comes_from_se_else_from_sd_and_size(tmp_path):
    text = HUMAN + arms_and(
        "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0, se: 0.3}",
        "{arm: one, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0, sd: 0.6}",
        "{arm: one, versus: two, measure: scale_change, scale: ashworth, at: 4 wk, value: -1.0, sd: 0.6}",
        "{arm: two, measure: scale_change, scale: ashworth, joint: elbow, at: 4 wk, value: -1.0}",
        arms=("{arm: one, n: 9, " + BICEPS + "}", "{arm: two, n: 16}"),
    )
    made = study(tmp_path, text)
    assert [row_error(made, row) for row in made.outcomes] == [
        0.3,
        pytest.approx(0.2),
        pytest.approx(0.6 * math.sqrt(1 / 9 + 1 / 16)),
        None,
    ]


def test_the_step_of_print_is_that_of_the_finest_row(tmp_path):
    row = "{{arm: one, measure: {}, muscle: biceps_brachii, at: 4 wk, value: {}}}"
    peak = "{arm: one, measure: peak, of: force, muscle: biceps_brachii, value: 21, unit: d}"
    text = HUMAN + arms_and(row.format("force_ratio", "0.0"), row.format("force_ratio", "0.52"), peak)
    made = study(tmp_path, text)
    assert [step_of(made, outcome) for outcome in made.outcomes] == [0.01, 0.01, 1.0]


def test_what_is_printed_stays_within_what_the_measure_can_be():
    sample, shares = np.array([0.01, 0.99]), np.array([0.0, 1.0])
    ratio = Outcome(arm="a", measure="force_ratio", value=0.0)
    share = Outcome(arm="a", measure="responder_fraction", value=0.0)
    assert as_printed(sample, ratio, 0.1, shares).tolist() == pytest.approx([0.0, 1.04])
    assert as_printed(sample, share, 0.1, shares).tolist() == pytest.approx([0.0, 1.0])


# ---- the chance of a group -----------------------------------------------------------------------


def test_the_mean_is_over_those_who_have_a_value():
    found = mean_of_people(np.array([[1.0, np.nan, 3.0, np.nan], [np.nan] * 4]), 4)
    assert found.values[0] == pytest.approx(2.0)
    assert np.isnan(found.values[1])


@pytest.mark.parametrize("people", [4, 5])
def test_the_chance_of_a_group_statistic_is_told_apart_from_the_parameters(people):
    """exp of a mean of normal people with sd 0.2 about a centre of the draw: 0.2 / sqrt(n) of its size."""
    rng = np.random.default_rng(3)
    centre = rng.normal(size=(20_000, 1))
    each = centre + 0.2 * rng.normal(size=(20_000, people))
    found = of_people(lambda who: np.exp(each[:, who].mean(axis=1)), people, 16)
    size = np.median(found.values)
    assert found.drawn_sd / size == pytest.approx(0.2 / math.sqrt(people), rel=0.03)
    assert found.chance_sd / size == pytest.approx(0.05, rel=0.03)


def test_one_person_has_no_chance_that_can_be_told_apart():
    assert of_people(lambda _: np.ones(3), 1, 9).drawn_sd == 0


def test_narrowing_a_dose_of_half_effect_leaves_its_median():
    """Draws over decades: narrowed about its mean, the median of such a sample would rise."""
    doses = np.exp(1.5 * np.random.default_rng(1).normal(size=20_000))
    size = float(np.median(doses))
    found = Statistic(doses, 1.0 * size, 0.2 * size)
    narrowed = settled(found, np.zeros(20_000), relative=True)
    assert np.median(narrowed) == pytest.approx(np.median(doses), rel=0.02)
    assert np.log(narrowed).std() == pytest.approx(math.sqrt(1.5**2 - 1.0**2 + 0.2**2), rel=0.02)


# ---- the chance of a row -------------------------------------------------------------------------


def test_rows_that_differ_in_anything_have_chance_of_their_own(tmp_path):
    """Muscle, event, threshold, second arm, and the place of a row that stands twice."""
    share = "{arm: one, measure: responder_fraction, scale: ashworth, joint: elbow, at: 4 wk, value: 0.5}"
    ratio = "{arm: one, measure: force_ratio, muscle: biceps_brachii, at: 4 wk, value: 0.5}"
    rows = (
        share,
        share.replace("at:", "by: 1, at:"),
        share.replace("at:", "by: 2, at:"),
        share.replace("measure", "versus: two, measure"),
        ratio,
        ratio.replace("biceps_brachii", "soleus"),
        ratio.replace("4 wk", "5 wk"),
        ratio,
    )
    made = study(tmp_path, HUMAN + arms_and(*rows, arms=("{arm: one, " + BICEPS + "}", "{arm: two}")))
    keys = [row_key(made, row) for row in made.outcomes]
    assert len(set(keys)) == len(rows)
    assert row_key(made, made.outcomes[0]) == keys[0]
    points = [row_key(made, row.model_copy()) for row in made.outcomes[:-1]]  # of courses: in no file
    assert len(set(points)) == len(points)


# ---- one table of measures -----------------------------------------------------------------------


def test_every_measure_has_a_family_and_a_scale_on_which_it_is_carried():
    assert {held.family for held in MEASURES.values()} == set(FAMILIES)
    assert {held.carried for held in MEASURES.values()} == {"linear", "log", "arcsine"}


def test_a_measure_that_is_not_listed_fails_loudly():
    with pytest.raises(KeyError):
        family_of("invented")


def test_a_catch_angle_is_in_degrees_whatever_measure_reports_it():
    assert measure_unit("scale_change", "tardieu_angle", None) == "deg"
    assert measure_unit("scale_change", "ashworth", None) == "grades"
    assert measure_unit("onset", None, "wk") == "wk"


def test_a_difference_is_never_bounded():
    share = Outcome(arm="a", versus="b", measure="responder_fraction", value=0.0)
    assert as_printed(np.array([-0.5]), share, 0.0, np.array([0.5])).tolist() == [-0.5]
