"""Copies at shares asked for, and the chain as a function of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

from endplate.case import load_case
from endplate.errors import InputError
from endplate.knowledge.evidence import get, load_posterior, value
from endplate.questions.sensing.asked import asked_of, names_of
from endplate.questions.sensing.model import Model
from endplate.simulation import Biology
from endplate.simulation.draws.factors import (
    CHANCE,
    JOINT,
    PLACEMENT,
    SHARED,
    TRUE_GRADE,
    Factor,
    ScoredDraws,
    factors_of,
)
from endplate.simulation.parameters import OneAtATime, RandomDraws, quantile

EXAMPLES = Path(__file__).parents[2] / "examples"
LEARNT = "terminal.basal_uptake_share"
PERSON = "terminal.potency_person"
BOTH = "terminal.light_chain_half_life"
STUDY = "terminal.potency_study"
RECORDS = (LEARNT, PERSON, BOTH, STUDY)


@pytest.fixture(scope="module")
def arm():
    return load_case(EXAMPLES / "adult_arm.yaml")


def model_of(case, name):
    return Model(case, asked_of(case, name, 182), 1, Biology())


@pytest.fixture(scope="module")
def elbow(arm):
    return model_of(arm, "scale_change:elbow:left:extension@2wk")


def test_a_record_has_a_factor_for_every_part_that_is_not_certain():
    found = factors_of([*RECORDS, "studies.tail_freedom"], joints=True)
    assert set(found) == {
        Factor(LEARNT, SHARED),
        Factor(PERSON, "person"),
        Factor(BOTH, "person"),
        Factor(BOTH, SHARED),
        Factor(STUDY, "study"),
        *(Factor(name, CHANCE) for name in (PLACEMENT, TRUE_GRADE, JOINT)),
    }
    assert factors_of(RECORDS, joints=False)[-1] == Factor(PLACEMENT, CHANCE)


def test_shares_are_quantiles_of_the_posterior_or_of_the_prior():
    shares = np.linspace(0.05, 0.95, 7)
    factors = (Factor(LEARNT, SHARED),)
    draws = ScoredDraws(factors, shares[:, None], 1)
    wanted = quantile(get(LEARNT), np.quantile(load_posterior().column(LEARNT), shares))
    np.testing.assert_allclose(draws.of(LEARNT)[1:], wanted)
    assert (np.diff(draws.of(LEARNT)[1:]) > 0).all()


def test_the_middle_is_that_of_one_at_a_time():
    """So are the 10 % and 90 % points of a record that only differs between people."""
    single = OneAtATime((PERSON,))
    draws = ScoredDraws((Factor(PERSON, "person"),), np.array([[0.1], [0.9]]), 1)
    for record in RECORDS:
        np.testing.assert_allclose(draws.of(record), single.of(record), rtol=1e-9)


def test_a_study_follows_its_own_tails():
    draws = ScoredDraws((Factor(STUDY, "study"),), np.array([[0.95]]), 1)
    assert get(STUDY).distribution.kind == "normal"
    wanted = get(STUDY).distribution.sd * student.ppf(0.95, value("studies.tail_freedom"))
    assert draws.of(STUDY)[1] == pytest.approx(get(STUDY).value + wanted)


def test_extreme_shares_give_finite_numbers():
    factors = factors_of(RECORDS, joints=True)
    draws = ScoredDraws(factors, np.array([[0.0] * len(factors), [1.0] * len(factors)]), 1)
    told = [draws.of(record) for record in RECORDS]
    told += [draws.normal(process, 2) for process in ("needle/a", "zone/a", "baseline grade/a", "joint/a")]
    assert all(np.isfinite(numbers).all() for numbers in told)


def test_placement_takes_the_landings_of_an_ordinary_run():
    usual = RandomDraws(3, 1024)
    draws = ScoredDraws((Factor(PLACEMENT, CHANCE),), np.array([[0.0], [0.999999]]), 3)
    for name in ("needle/a", "zone/a"):
        np.testing.assert_array_equal(draws.normal(name, 2)[1:], usual.normal(name, 2)[[0, -1]])
    np.testing.assert_array_equal(draws.uniform("miss/a", 2)[1:], usual.uniform("miss/a", 2)[[0, -1]])


def test_what_the_outcome_does_not_read_changes_nothing(elbow, arm):
    """Placebo only reaches what a clinic sees, never the drug's own effect."""
    unread = ("scales.placebo_study", "scales.placebo_change", "scales.placebo_person_sd")
    places = [k for k, factor in enumerate(elbow.factors) if factor.parameter in unread]
    assert len(places) == len(unread)
    shares = np.full((1 + len(places), len(elbow.factors)), 0.5)
    for row, place in enumerate(places):
        shares[1 + row, place] = 0.9
    found = elbow.outcome(shares)
    np.testing.assert_array_equal(found, np.full_like(found, found[0]))


def test_a_copy_does_not_depend_on_those_beside_it(elbow):
    """Above all, other copies do not move it to another joint; summing in another order may: 1e-9."""
    shares = np.random.default_rng(1).random((40, len(elbow.factors)))
    whole = elbow.outcome(shares)
    np.testing.assert_allclose(elbow.outcome(shares[7:9]), whole[7:9], atol=1e-9)
    assert np.std(whole) > 0.1


def test_more_potency_improves_the_grade_and_weakens_the_muscle(elbow, arm):
    force = model_of(arm, "force:biceps_brachii:left@2wk")
    for model in (elbow, force):
        place = model.factors.index(Factor(PERSON, "person"))
        found = model.only([place])(np.array([[0.1], [0.5], [0.9]]))
        assert (np.diff(found) < 0).all()


def test_chance_has_no_joint_where_only_a_muscle_is_asked_for(arm):
    chance = [f.parameter for f in model_of(arm, "force:brachialis:left@2wk").factors if f.part == CHANCE]
    assert chance == [PLACEMENT]


def test_a_duration_ends_at_the_horizon_and_is_0_where_nothing_happens(arm):
    """The hand is injected alone here, so that the upper arm gets no more than the blood carries."""
    plan = arm.plan.model_copy(update={"injections": arm.plan.injections[-1:]})
    hand = arm.model_copy(update={"plan": plan})
    asked = asked_of(hand, "duration:flexor_digitorum_profundus:left", 35)
    far = replace(asked, reading=names_of(arm)["force:coracobrachialis:left"])
    for wanted, days in ((asked, 35), (far, 0)):
        model = Model(hand, wanted, 1, Biology())
        assert model.outcome(np.full((2, len(model.factors)), 0.5)).tolist() == [days, days]


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        (None, "scale_change:elbow:left:extension@4wk-8wk"),
        ("strength:wrist:left:extension@6wk", "strength:wrist:left:extension@6wk"),
        ("force:Biceps brachii:left", "force:biceps_brachii:left@4wk-8wk"),
        ("duration:fingers:left:extension", "duration:fingers:left:extension"),
    ],
)
def test_names_of_outcomes(arm, name, whole):
    asked = asked_of(arm, name, 182)
    assert asked.name == whole
    assert asked_of(arm, asked.name, 182) == asked


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("force:bicep:left@4wk", "unknown_outcome"),
        ("pain:elbow:left@4wk", "unknown_outcome"),
        ("force:biceps_brachii:right@4wk", "unknown_outcome"),
        ("", "unknown_outcome"),
        ("force:biceps_brachii:left@", "outcome_days"),
        ("force:biceps_brachii:left@soon", "outcome_days"),
        ("force:biceps_brachii:left@8wk-4wk", "outcome_days"),
        ("force:biceps_brachii:left@0d", "outcome_days"),
        ("force:biceps_brachii:left@1wk-2wk-3wk", "outcome_days"),
        ("force:biceps_brachii:left@27wk", "outcome_days"),
        ("duration:biceps_brachii:left@4wk", "outcome_days"),
    ],
)
def test_outcomes_that_are_none_are_refused(arm, name, rule):
    with pytest.raises(InputError) as raised:
        asked_of(arm, name, 182)
    assert raised.value.rule == rule


def test_what_is_wrong_of_the_days_of_an_outcome_is_shown_as_it_was_written(arm):
    with pytest.raises(InputError) as raised:
        asked_of(arm, "duration:biceps_brachii:left@", 182)
    assert raised.value.message == "A duration has no day (@)"


def test_a_wrong_name_lists_what_may_be_asked_for(arm):
    with pytest.raises(InputError, match="bicep") as raised:
        asked_of(arm, "force:bicep:left@4wk", 182)
    assert "Did you mean force:biceps_brachii:left?" in raised.value.remedy
    for part in ("scale_change", "elbow:left:extension", "flexor_carpi_ulnaris:left", "duration"):
        assert part in raised.value.remedy
