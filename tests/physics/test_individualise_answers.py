"""Answers that stand for one event, and errors that stay with a joint: weighed once, however often asked."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from endplate.case import Case
from endplate.case.again import given_again
from endplate.case.loader import load_case
from endplate.knowledge.evidence import value
from endplate.physiology import scales
from endplate.questions.individualise import individualise
from endplate.questions.individualising import likelihood
from endplate.questions.individualising.answers import settled
from endplate.questions.individualising.imagined import imagined
from endplate.questions.individualising.likelihood import (
    Viewed,
    log_likelihood,
    log_likelihoods,
    strength_since,
)
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.sessions import sessions_of
from endplate.questions.individualising.visits import Seen, followed
from endplate.simulation import Biology

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
CASE = load_case(EXAMPLE)
READ = followed(CASE.model_copy(update={"visits": ()}), CASE.plan)
LATER = given_again(CASE.model_copy(update={"visits": ()}), 98)
LAST_D = 182.0
MANY = 2000


def seen(kind, day, told="", place=None, **more):
    return Seen(f"{kind} {day} {told}", float(day), kind, place, told, **more)


def weak(day, told="", **more):
    return seen("weakness", day, told, **more)


def reinjected(day, number=nan):
    return seen("reinjection", day, "none" if np.isnan(number) else "that day", number=number)


def r1(day, number=nan):
    return seen("r1", day, place=READ.places[0], number=number)


def copies_of(*asked, size=60, read=READ, seed=1):
    case = replace(read, seen=asked)
    return case, Runner(case, LAST_D, seed, Biology()).population(size)


def by_session(*answers, case=CASE):
    return settled(answers, sessions_of(case, case.plan))


def test_answers_about_weakness_are_one_event(monkeypatch):
    """Where every answer is right: 1 - p(last no), and p(first yes) - p(no before it), to round-off."""
    monkeypatch.setattr(likelihood.scales, "Recall", lambda recall=scales.Recall: recall(misreport=0.0))
    noes, _ = by_session(*(weak(day, "no") for day in (14, 56, 84)))
    case, copies = copies_of(*noes)
    assert np.allclose(np.exp(log_likelihood(case, copies)[:, 0]), 1 - copies.weak[:, 2], atol=1e-9)
    both, _ = by_session(weak(7, "no"), weak(84, "yes"))
    case, copies = copies_of(*both)
    risen = copies.weak[:, 1] - copies.weak[:, 0]
    assert np.allclose(np.exp(log_likelihood(case, copies)[:, 0]), risen, atol=1e-9) and risen.max() > 0.01


def test_weakness_told_again_teaches_nothing_more():
    """Eleven times yes weighs as the first yes; what follows it is listed, whatever was said."""
    days = range(14, 168, 14)
    kept, left = by_session(*(weak(day, "yes") for day in days))
    assert kept == [weak(14, "yes")] and len(left) == 10
    kept, left = by_session(weak(28, "yes"), weak(56, "no"))
    assert [one.told for one in kept] == ["yes"]
    assert left == [("weakness 56 no", "weakness was told before, by weakness 28 yes")]


def test_the_last_not_yet_of_a_reinjection_or_its_day_stands_alone():
    kept, left = by_session(reinjected(90), reinjected(140), reinjected(120))
    assert [one.day for one in kept] == [140] and len(left) == 2
    kept, left = by_session(reinjected(90), reinjected(120, 120.0), reinjected(150))
    assert [one.day for one in kept] == [120]
    assert dict(left)["reinjection 90 none"].endswith("says it too")
    assert "injected again before" in dict(left)["reinjection 150 none"]


def test_a_report_of_a_day_after_the_next_session_is_not_used():
    told = LATER.to_dict()
    rows = [
        {"date": "2026-06-08", "measure": "wear_off", "value": "90 d"},
        {"date": "2026-08-20", "measure": "wear_off", "value": "150 d"},
        {"date": "2026-08-20", "measure": "weakness", "value": "no"},
    ]
    plan = told["plan"] | {"date": "2026-09-20"}
    second = told["history"][0] | {"date": "2026-06-08", "visits": []}
    history = [told["history"][0] | {"visits": rows}, second]
    case = Case.model_validate(told | {"history": history, "plan": plan})
    read = followed(case, case.plan)
    assert [one.where for one in read.seen] == ["history[0].visits[0]"]
    reasons = dict(read.not_used)
    for k in (1, 2):
        assert "after the next session" in reasons[f"history[0].visits[{k}]"]


def test_weakness_counts_from_its_own_session():
    """After the first session as in its own cycle; on the day of the second not what the first one did."""
    _, own = copies_of(weak(14))
    later = followed(LATER, LATER.plan)
    asked = (weak(14, session_d=0.0), weak(90, session_d=0.0), weak(98, session_d=98.0))
    case, both = copies_of(*asked, read=later)
    assert case.weakness_asked == ((0.0, 14.0), (0.0, 90.0), (98.0, 98.0))
    np.testing.assert_allclose(both.weak[:, 0], own.weak[:, 0], atol=1e-9)
    assert np.all(both.weak[:, 2] <= both.weak[:, 1] + 1e-12)
    assert both.weak[:, 2].mean() < both.weak[:, 1].mean() - 0.01


def test_imagined_people_tell_of_weakness_once_and_as_often_as_the_likelihood_says():
    """Shares of the three courses of two questions within four standard errors of their mean probability."""
    asked = (weak(10), weak(84))
    case, copies = copies_of(*asked, size=MANY)
    shown = [tuple(one.told for one in person) for person in imagined(case, copies, asked, 3)]
    assert set(shown) == {("yes",), ("no", "yes"), ("no", "no")}
    for course in set(shown):
        rows, _ = by_session(*(replace(one, told=told) for one, told in zip(asked, course, strict=False)))
        likely = np.exp(log_likelihood(replace(case, seen=tuple(rows)), copies_of(*rows, size=MANY)[1]))
        mean = likely[:, 0].mean()
        assert abs(shown.count(course) / MANY - mean) < 4 * np.sqrt(mean * (1 - mean) / MANY)


def test_imagined_people_are_injected_again_as_often_as_the_likelihood_says():
    """Not yet by week 18: within four standard errors; nobody who tells the truth before twelve weeks."""
    asked = (reinjected(126),)
    case, copies = copies_of(*asked, size=MANY)
    shown = [person[0] for person in imagined(case, copies, asked, 3)]
    mean = np.exp(log_likelihood(case, copies))[:, 0].mean()
    share = np.mean([one.told == "none" for one in shown])
    assert abs(share - mean) < 4 * np.sqrt(mean * (1 - mean) / MANY)
    early = np.mean([one.number < 84 for one in shown])
    assert early < value("visits.misreport")


def test_the_error_of_the_models_catch_is_one_for_all_visits():
    """Readings of one joint: a bivariate normal whose covariance is that error's, within 1e-4."""
    case, copies = copies_of(r1(20, 75.0), r1(60, 80.0), size=20)
    found = log_likelihood(case, copies)[:, 0]
    joint, shared = copies.joints[0], value("visits.r1_model_sd") ** 2
    view = likelihood.Viewed(case, copies)
    means = np.hstack([view.at(joint.r1_deg, day) for day in (20.0, 60.0)])
    for own, mean, sd in zip(found, means, joint.r1_sd, strict=True):
        covariance = shared + sd**2 * np.eye(2)
        assert own == pytest.approx(stats.multivariate_normal(mean, covariance).logpdf([75, 80]), abs=1e-4)


def test_imagined_readings_of_a_joint_share_that_error():
    """Variance of the difference of two readings on a day is that of reading alone, within four errors."""
    asked = (r1(28), r1(28))
    case, copies = copies_of(asked[0], size=MANY)
    people = imagined(case, copies, asked, 5)
    pairs = [[one.number for one in person if one.kind == "r1" and not one.end] for person in people]
    apart = np.array([(a - b) for a, b in (pair for pair in pairs if len(pair) == 2)])
    reading = np.mean(2 * copies.joints[0].r1_sd ** 2)
    assert apart.var() < reading * (1 + 8 / np.sqrt(apart.size))
    assert apart.var() < 2 * value("visits.r1_model_sd") ** 2 / 2


@pytest.mark.parametrize("method", ["population", "laplace", "smc"])
def test_without_a_visit_every_method_has_the_whole_population_as_person(method):
    """More copies than tempering leads: the person has them all, with the values of the prior."""
    found = individualise(CASE.model_copy(update={"visits": ()}), draws=450, method=method)
    record = "terminal.potency_person"
    np.testing.assert_allclose(found.person.of(record), found.parameters[record], rtol=1e-12)


def test_the_evidence_lists_what_visits_are_read_with():
    told = CASE.to_dict()["visits"]
    told += [{"date": "2026-06-10", "measure": "reinjection", "value": "none"}]
    told += [{"date": "2026-06-10", "measure": "weakness", "value": "no"}]
    case = Case.model_validate(CASE.to_dict() | {"visits": told})
    held = {row["id"] for row in individualise(case, draws=40).document["evidence"]}
    assert {
        "clinic.appointment_delay",
        "clinic.shortest_interval",
        "scales.improvement_threshold",
        "scales.perception_lag",
        "visits.misreport",
        "visits.session_reach",
        "visits.dose_alike",
        "adverse.logit_mean",
        "adverse.weakness_hazard",
    } <= held


def test_each_catch_is_told_given_those_before_it():
    """The parts of the list multiply to the whole; the second of two alike readings surprises less."""
    case, copies = copies_of(r1(28, 110.0), r1(30, 110.0))
    first, second = (part[:, 0] for part in log_likelihoods(case, copies))
    np.testing.assert_allclose(first + second, log_likelihood(case, copies)[:, 0], rtol=1e-12)
    assert second.mean() > first.mean() + 1


def test_strength_is_over_that_before_its_own_session():
    """On the day of a session it is 1, though the one before it still weakens; later the ratio of both."""
    later = followed(LATER, LATER.plan)
    place = later.places[0]
    asked = tuple(
        seen("strength", day, place=place, number=1.0, session_d=start)
        for day, start in ((98, 0.0), (98, 98.0), (126, 0.0), (126, 98.0))
    )
    view = Viewed(*copies_of(*asked, read=later))
    before, own, both, ratio = (strength_since(view, one) for one in asked)
    assert before.mean() < 0.99
    np.testing.assert_allclose(own, 1, atol=1e-12)
    np.testing.assert_allclose(ratio, both / before, atol=1e-12)
