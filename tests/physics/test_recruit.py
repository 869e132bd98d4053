"""Virtual people are those of their sources, keep to limits, and do not depend on who else is drawn."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from scipy import stats

from endplate.errors import InputError
from endplate.knowledge.evidence import get, value
from endplate.knowledge.evidence.populations import load_populations, population_findings
from endplate.knowledge.vocabulary.patterns import muscles_of
from endplate.simulation.draws.people import PeopleDraws
from endplate.simulation.people import body_size
from endplate.simulation.people.candidates import correlation
from endplate.simulation.people.demographics import Eligibility, recruit
from endplate.simulation.people.marginals import between, chance, normal_before_limits

MANY = 40_000
ADULTS = [name for name, population in load_populations().items() if not population.children]
CHILDREN = [name for name in load_populations() if name not in ADULTS]
FOUR_SE = 4 / np.sqrt(MANY)


def _many(population, **limits):
    return recruit(population, PeopleDraws(1, range(1), range(MANY)), Eligibility(**limits))


@pytest.fixture(scope="module")
def everybody():
    return {name: _many(name) for name in load_populations()}


def _normal_scores(numbers):
    return stats.norm.ppf(stats.rankdata(numbers) / (len(numbers) + 1))


def test_populations_hold_what_drawing_needs():
    assert not list(population_findings())


@pytest.mark.parametrize("name", load_populations())
def test_people_have_the_moments_of_their_records(everybody, name):
    """Mean and SD within four standard errors (of an SD at these sizes less than 2 %)."""
    people, age = everybody[name], get(f"people.{name}.age")
    assert people.age_y.mean() == pytest.approx(age.value, abs=FOUR_SE * age.distribution.sd)
    assert people.age_y.std() == pytest.approx(age.distribution.sd, rel=0.02)
    assert people.female.mean() == pytest.approx(value(f"people.{name}.female"), abs=FOUR_SE / 2)
    for place, pattern in enumerate(people.patterns):
        share = value(f"people.{name}.pattern.{pattern}")
        assert people.has_pattern[:, place].mean() == pytest.approx(share, abs=FOUR_SE / 2), pattern
    for level in load_populations()[name].gmfcs_levels:
        share = value(f"people.{name}.gmfcs.{level}")
        assert (people.gmfcs == level).mean() == pytest.approx(share, abs=FOUR_SE / 2)


@pytest.mark.parametrize("name", ADULTS)
def test_time_since_onset_is_that_of_the_record_and_begins_after_birth(everybody, name):
    """The median within 6 %: times longer than a life are cut off."""
    people = everybody[name]
    assert np.median(people.months_since_onset) == pytest.approx(value(f"people.{name}.onset"), rel=0.06)
    assert np.all(people.months_since_onset <= 12 * people.age_y)


def test_the_printed_mean_of_the_time_since_onset_comes_out(everybody):
    """7.6 years is printed beside the median (ULIS-III); a life's length takes a tenth of the tail."""
    assert everybody["stroke_arm"].months_since_onset.mean() / 12 == pytest.approx(7.6, rel=0.12)


def test_children_weigh_what_their_series_prints(everybody):
    """Median 22.0 kg of 69 children (1.8 to 17.9 years); within 1.5 kg."""
    assert np.median(everybody["children_leg"].weight_kg) == pytest.approx(22.0, abs=1.5)
    assert np.array_equal(everybody["children_leg"].months_since_onset, 12 * everybody["children_leg"].age_y)


@pytest.mark.parametrize("name", load_populations())
def test_grades_have_the_moments_of_their_records_up_to_the_ends_of_the_scale(everybody, name):
    people = everybody[name]
    for place, joint in enumerate(people.joints):
        record, told = get(f"people.{name}.grade.{joint}"), people.grade[:, place]
        assert np.array_equal(np.isnan(told), ~people.involved[:, place])
        assert np.nanmedian(told) == pytest.approx(record.value, abs=0.05)
        assert np.nanmin(told) >= 0 and np.nanmax(told) <= 4


def test_the_main_pattern_is_had_and_tells_the_joint(everybody):
    for name, people in everybody.items():
        assert people.has_pattern[np.arange(people.size), people.main_pattern].all()
        assert people.involved.any(axis=1).all(), name
    one = everybody["stroke_arm"]
    own = [name for name, has in zip(one.patterns, one.has_pattern[0], strict=True) if has]
    assert set(one.muscles(0)) == set().union(*map(muscles_of, own))


@pytest.mark.parametrize("name", ["stroke_arm", "children_leg"])
def test_covariates_hang_together_as_stated(everybody, name):
    """Correlation of normal scores within four standard errors of the records."""
    people, severity = everybody[name], _normal_scores(everybody[name].severity)
    age = _normal_scores(people.age_y)
    wanted = value("people.correlation.age_severity")
    assert np.corrcoef(age, severity)[0, 1] == pytest.approx(wanted, abs=FOUR_SE)
    if name == "stroke_arm":
        onset = _normal_scores(people.months_since_onset)
        for other, record in ((age, "age_onset"), (severity, "onset_severity")):
            wanted = value(f"people.correlation.{record}")
            assert np.corrcoef(onset, other)[0, 1] == pytest.approx(wanted, abs=FOUR_SE)
    joints = np.corrcoef(people.score.T)[np.triu_indices(len(people.joints), 1)]
    np.testing.assert_allclose(joints, value("people.correlation.joints"), atol=FOUR_SE)


def test_children_of_higher_levels_are_stiffer_smaller_and_lighter(everybody):
    people = everybody["children_leg"]
    mean = [people.severity[people.gmfcs == level].mean() for level in range(1, 6)]
    assert mean == sorted(mean) and mean[4] - mean[0] > 0.3
    same_age = (people.age_y > 8) & (people.age_y < 9)
    for size in (people.weight_kg, people.height_cm):
        told = [np.median(size[same_age & (people.gmfcs == level)]) for level in range(1, 6)]
        assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_bodies_of_adults_are_those_of_the_survey(everybody, sex):
    people = everybody["stroke_leg"]
    own = (people.female == (sex == "female")) & (people.age_y >= 40) & (people.age_y < 60)
    height, weight = people.height_cm[own], np.log(people.weight_kg[own])
    tall, heavy = get(f"people.height.{sex}.age_40"), get(f"people.weight.{sex}.age_40")
    error = 4 / np.sqrt(own.sum())
    assert height.mean() == pytest.approx(tall.value, abs=error * tall.distribution.sd)
    assert weight.mean() == pytest.approx(np.log(heavy.value), abs=error * heavy.distribution.sd_log)
    wanted = value(f"people.height_weight.{sex}.age_40")
    assert np.corrcoef(height, weight)[0, 1] == pytest.approx(wanted, abs=error)


def test_growth_gives_the_percentiles_that_the_reference_prints():
    """Boys of 24 months: 3rd, 50th and 97th percentile of stature and weight in the data files of 2000."""
    two, boy, level = np.full(3, 2.0), np.zeros(3, bool), np.ones(3, int)
    at = stats.norm.ppf([0.03, 0.5, 0.97]) - value("people.growth_shift.gmfcs_1")
    tall = body_size.growth("height_cm", two, boy, level).at(at)
    np.testing.assert_allclose(tall, [79.91084447, 86.45220101, 93.02265441], rtol=1e-6)
    heavy = body_size.growth("weight_kg", two, boy, level).at(at)
    np.testing.assert_allclose(heavy, [10.38209025, 12.6707633, 15.59648294], rtol=1e-6)


def test_growth_scores_undo_growth():
    age, girl, level = np.linspace(2, 18, 50), np.arange(50) % 2 == 0, 1 + np.arange(50) % 5
    scores = np.linspace(-3, 3, 50)
    for measure in ("height_cm", "weight_kg"):
        marginal = body_size.growth(measure, age, girl, level)
        np.testing.assert_allclose(marginal.score(marginal.at(scores)), scores, atol=1e-9)


LIMITS = {"age_y": (30.0, 70.0), "months_since_onset": (6.0, 120.0), "weight_kg": (55.0, 95.0)}


CASES = [("stroke_arm", {name: LIMITS[name]}) for name in LIMITS]
CASES += [("stroke_arm", LIMITS), ("children_leg", {"weight_kg": (10.0, 25.0)})]


@pytest.mark.parametrize(("population", "limits"), CASES)
def test_people_let_in_are_those_of_the_population_who_meet_the_limits(everybody, population, limits):
    """Every number as among people drawn freely and sorted (Kolmogorov-Smirnov, p > 0.001)."""
    people, whole = _many(population, **limits), everybody[population]
    inside = np.ones(whole.size, bool)
    for name, (low, high) in limits.items():
        told = getattr(people, name)
        assert told.min() >= low and told.max() <= high
        inside &= (getattr(whole, name) >= low) & (getattr(whole, name) <= high)
    assert people.eligible.mean() == pytest.approx(inside.mean(), abs=FOUR_SE / 2)
    for name in ("age_y", "months_since_onset", "weight_kg", "height_cm", "severity", "gmfcs"):
        assert stats.ks_2samp(getattr(people, name), getattr(whole, name)[inside]).pvalue > 0.001, name
    assert people.female.mean() == pytest.approx(whole.female[inside].mean(), abs=4 / np.sqrt(inside.sum()))


def test_limits_that_let_in_few_are_kept_and_each_person_still_gets_in():
    people = recruit("children_leg", PeopleDraws(1, range(1), range(300)), Eligibility(weight_kg=(9.0, 10.0)))
    assert people.weight_kg.min() >= 9 and people.weight_kg.max() <= 10
    assert people.age_y.mean() < 4


def test_children_are_let_in_by_level_age_and_pattern():
    people = _many("children_leg", gmfcs=(2, 4), months_since_onset=(36, 72), patterns=("flexed_knee",))
    assert set(np.unique(people.gmfcs)) == {2, 4}
    assert people.age_y.min() >= 3 and people.age_y.max() <= 6
    assert people.has_pattern[:, people.patterns.index("flexed_knee")].all()
    ratio = value("people.children_leg.gmfcs.2") / value("people.children_leg.gmfcs.4")
    assert (people.gmfcs == 2).sum() / (people.gmfcs == 4).sum() == pytest.approx(ratio, rel=0.06)


def test_an_age_that_a_trial_states_stays_where_a_later_limit_turns_people_away():
    people = _many("children_leg", weight_kg=(10.0, 25.0), mean_age_y=7.0, sd_age_y=2.5, female_share=0.3)
    assert people.age_y.mean() == pytest.approx(7, abs=FOUR_SE * 2.5)
    assert people.female.mean() == pytest.approx(0.3, abs=FOUR_SE / 2)
    assert people.weight_kg.max() <= 25


def test_an_age_that_a_trial_states_is_that_of_the_people_let_in():
    people = _many("stroke_arm", age_y=(18, 80), mean_age_y=60.0, sd_age_y=11.0, female_share=0.3)
    assert people.age_y.mean() == pytest.approx(60, abs=FOUR_SE * 11)
    assert people.age_y.std() == pytest.approx(11, rel=0.02)
    assert people.age_y.max() <= 80
    assert people.female.mean() == pytest.approx(0.3, abs=FOUR_SE / 2)


@pytest.mark.parametrize("population", ["stroke_arm", "children_leg", {"stroke_arm": 3, "children_leg": 1}])
def test_a_part_of_the_people_is_drawn_as_in_the_whole(population):
    limits = Eligibility(weight_kg=(8.0, 90.0))
    whole = recruit(population, PeopleDraws(5, range(4), range(30)), limits)
    part = recruit(population, PeopleDraws(5, range(1, 3), range(10, 20)), limits)
    rows = (np.arange(1, 3)[:, None] * 30 + np.arange(10, 20)).reshape(-1)
    for item in fields(whole):
        told = getattr(whole, item.name)
        if isinstance(told, np.ndarray):
            np.testing.assert_array_equal(told[rows], getattr(part, item.name), err_msg=item.name)


def test_a_mixture_holds_its_populations_in_their_shares():
    shares = {"traumatic_brain_injury_leg": 1, "stroke_arm": 3}
    people = _many(shares)
    assert people.populations == ("stroke_arm", "traumatic_brain_injury_leg")
    arm = people.population == 0
    assert arm.mean() == pytest.approx(3 / 4, abs=FOUR_SE / 2)
    assert set(np.unique(people.condition[arm])) == {"stroke"}
    assert not people.involved[arm, people.at("ankle")].any()
    assert np.isnan(people.score[arm, people.at("ankle")]).all()
    assert people.age_y[~arm].mean() < people.age_y[arm].mean()


def test_what_is_known_stays_and_moves_what_hangs_on_it():
    high = np.full(MANY, 2.0)
    people = recruit(
        "stroke_arm",
        PeopleDraws(1, range(1), range(MANY)),
        None,
        {"score.elbow": high, "height_cm": 190 + 0 * high},
    )
    assert np.all(people.score[:, people.at("elbow")] == 2) and np.all(people.height_cm == 190)
    shared = value("people.correlation.joints")
    wrist = people.score[:, people.at("wrist")]
    assert wrist.mean() == pytest.approx(2 * shared, abs=FOUR_SE)
    assert wrist.std() == pytest.approx(np.sqrt(1 - shared**2), rel=0.02)
    assert np.median(people.weight_kg) > np.median(_many("stroke_arm").weight_kg) + 5


def test_correlations_can_be_drawn():
    for children in (False, True):
        assert np.linalg.eigvalsh(correlation(children=children)).min() > 0


def test_truncated_scores_follow_the_normal_between_two_even_far_out():
    share = (np.arange(1000) + 1 / 2) / 1000
    for low, high in ((-1.0, 2.0), (3.0, np.inf), (-np.inf, -5.0), (9.0, 9.5)):
        low_, high_ = np.full(1000, low), np.full(1000, high)
        np.testing.assert_allclose(
            between(share, low_, high_), stats.truncnorm.ppf(share, low, high), rtol=1e-6, atol=1e-9
        )
        wanted = stats.norm.sf(low) - stats.norm.sf(high)
        np.testing.assert_allclose(chance(low_, high_)[0], wanted, rtol=1e-9)


def test_a_normal_before_limits_has_the_part_asked_for():
    mean, sd = normal_before_limits(36.0, 14.0, 18.0, 90.0)
    part = stats.truncnorm((18 - mean) / sd, (90 - mean) / sd, mean, sd)
    assert part.mean() == pytest.approx(36, abs=0.01) and part.std() == pytest.approx(14, abs=0.01)
    assert normal_before_limits(36.0, 60.0, 18.0, 90.0) is None
    assert normal_before_limits(10.0, 3.0, 18.0, 90.0) is None


@pytest.mark.parametrize(
    ("population", "limits", "rule"),
    [
        ("stroke_am", {}, "unknown_population"),
        ({}, {}, "share"),
        ({"stroke_arm": 0}, {}, "share"),
        ("stroke_arm", {"gmfcs": (1,)}, "gmfcs_of_adults"),
        ("stroke_arm", {"age_y": (95.0, 99.0)}, "nobody_eligible"),
        ("stroke_arm", {"patterns": ("flexed_knee",)}, "nobody_eligible"),
        ("children_leg", {"weight_kg": (300.0, 400.0)}, "nobody_eligible"),
        ("stroke_arm", {"mean_age_y": 17.0}, "age_not_possible"),
        ("stroke_arm", {"mean_age_y": 60.0, "sd_age_y": 50.0}, "age_not_possible"),
        ("stroke_arm", {"age_y": (70.0, 60.0)}, "range_reversed"),
        ("children_leg", {"gmfcs": (6,)}, "unknown_word"),
        ("stroke_arm", {"patterns": ()}, "unknown_word"),
        ("stroke_arm", {"sex": "men"}, "unknown_word"),
        ("stroke_arm", {"female_share": 44.0}, "share"),
        ("stroke_arm", {"sd_age_y": 0.0}, "age_sd"),
    ],
)
def test_people_who_cannot_be_are_told_in_one_sentence(population, limits, rule):
    with pytest.raises(InputError) as raised:
        recruit(population, PeopleDraws(1, range(1), range(20)), Eligibility(**limits))
    assert raised.value.rule == rule
    assert raised.value.remedy
