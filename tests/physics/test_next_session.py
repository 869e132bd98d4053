"""A person as learnt, run again: the very copies of the posterior, and their next session's search."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from endplate.case import joint_baselines, planned_injections
from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.questions.individualise import individualise
from endplate.questions.individualising.next_time import NextSession, with_joints_before_toxin
from endplate.questions.optimise import optimise
from endplate.simulation.chain import run_chain, session_times
from endplate.simulation.results import daily

CASE = load_case(Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml")
NONE = CASE.model_copy(update={"visits": ()})


def next_cycle(case, weeks=14):
    plan = case.plan.model_copy(update={"date": case.plan.date + timedelta(weeks=weeks)})
    return case.model_copy(update={"plan": plan, "visits": ()})


NEXT = next_cycle(CASE)


def change(draws, horizon_d=60):
    """The drug's change of every joint under the plan, (copies, days)."""
    mass = CASE.patient.weight.value
    time_d = session_times(182.0, (0.0,))
    chain = run_chain(planned_injections(CASE), joint_baselines(CASE), mass, draws, time_d)
    return [daily(chain.time_d, horizon_d)(joint.scale_change) for joint in chain.joints]


@pytest.mark.parametrize("method", ["population", "laplace", "smc"])
def test_the_person_run_again_is_the_posterior(method):
    """To rounding: the same copies with the same chance, and the scale's response that was chosen."""
    found = individualise(CASE, draws=60, method=method, horizon_d=60)
    for mine, its in zip(change(found.person), found.scale_change.values(), strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-9)


def test_a_next_session_moves_needles_alone():
    found = individualise(CASE, draws=60)
    person = NextSession.of_person(found.person, 5)
    for record in ("terminal.potency_person", "scales.response_study", "scales.placebo_change"):
        np.testing.assert_array_equal(person.of(record), found.person.of(record))
    zone = "zone/biceps_brachii/right"
    np.testing.assert_array_equal(person.normal(zone, 1), found.person.normal(zone, 1))
    for needle in ("needle/biceps_brachii", "needle/brachialis"):
        assert not np.array_equal(person.normal(needle, 3), found.person.normal(needle, 3))
    assert np.array_equal(
        person.uniform("miss/x", 2), NextSession.of_person(found.person, 5).uniform("miss/x", 2)
    )


def test_without_visits_the_search_sees_the_population():
    """Shares of copies within four standard errors of 400: the needles are others, the people are not."""
    plain = optimise(NEXT, draws=400).document["own"]
    known = optimise(NEXT, draws=400, learnt=individualise(NONE, draws=1000)).document
    assert known["learnt_from"] == {"plan": "2026-03-02", "visits": 0, "method": "population", "ess": 1000.0}
    for mine, its in zip(known["own"]["targets"], plain["targets"], strict=True):
        p = its["probability"]
        assert mine["probability"] == pytest.approx(p, abs=4 * np.sqrt(2 * max(p, 0.05) / 400))


def test_who_responded_well_is_more_likely_to_again():
    def visited(value):
        rows = [v.model_copy(update={"value": value}) for v in CASE.visits if v.joint == "elbow"]
        rows = [row.model_copy(update={"tardieu": None}) for row in rows]
        return CASE.model_copy(update={"visits": tuple(rows)})

    reached = [
        optimise(NEXT, draws=200, learnt=individualise(visited(value), draws=400)).document["own"]
        for value in ("3", "1")
    ]
    assert reached[0]["targets"][0]["probability"] < reached[1]["targets"][0]["probability"] - 0.1


def test_joints_start_as_found_before_toxin():
    now = NEXT.assessment[0].model_copy(update={"value": "1", "date": NEXT.plan.date})
    other = now.model_copy(update={"joint": "fingers"})
    case = NEXT.model_copy(update={"assessment": (now, other)})
    joined = with_joints_before_toxin(case, CASE)
    assert [(row.joint, row.value) for row in joined.assessment] == [
        ("elbow", "3"),
        ("wrist", "2"),
        ("fingers", "1"),
    ]


def test_only_an_earlier_cycle_of_the_same_person_can_teach():
    other = CASE.model_copy(update={"patient": CASE.patient.model_copy(update={"code": "arm-99"})})
    with pytest.raises(InputError, match="another person"):
        with_joints_before_toxin(NEXT, other)
    with pytest.raises(InputError, match="later date"):
        with_joints_before_toxin(CASE, CASE)
