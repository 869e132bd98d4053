"""A person as learnt, run again: the very copies of the posterior, and their next session's search."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from endplate.case import Case, joint_baselines, parse_quantity, planned_injections
from endplate.case.again import given_again
from endplate.case.goals import Goals
from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.questions.individualise import individualise
from endplate.questions.individualising.likelihood import log_likelihoods
from endplate.questions.individualising.next_time import NextSession, next_case
from endplate.questions.individualising.running import Runner
from endplate.questions.individualising.visits import followed
from endplate.questions.optimise import optimise
from endplate.simulation import Biology
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
    told = {name: known["learnt_from"][name] for name in ("plan", "visits", "method", "ess", "draws")}
    assert told == {"plan": "2026-03-02", "visits": 0, "method": "population", "ess": 1000, "draws": 400}
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
    joined = next_case(case, CASE)
    assert [(row.joint, row.value) for row in joined.assessment] == [
        ("elbow", "3"),
        ("wrist", "2"),
        ("fingers", "1"),
    ]


def test_a_grade_that_an_earlier_cycle_recorded_later_is_no_start():
    """A second cycle that taught: its joints start before the first session, as its own copies do."""
    seen = CASE.assessment[0].model_copy(update={"value": "1", "date": CASE.plan.date + timedelta(weeks=6)})
    second = given_again(CASE, 98)
    second = second.model_copy(update={"assessment": (*CASE.assessment, seen)})
    third = next_case(next_cycle(second, 14), second)
    assert [row.value for row in third.assessment] == ["3", "2"]


def test_only_an_earlier_cycle_of_the_same_person_can_teach():
    other = CASE.model_copy(update={"patient": CASE.patient.model_copy(update={"code": "arm-99"})})
    with pytest.raises(InputError, match="another person"):
        next_case(NEXT, other)
    with pytest.raises(InputError, match="later date"):
        next_case(CASE, CASE)


def test_visits_of_an_earlier_session_teach_as_they_did_in_its_own_cycle():
    """The same findings seen back from a next session: the same kinds and numbers."""
    later = given_again(CASE, 98)
    own, back = followed(CASE, CASE.plan), followed(later, later.plan)
    assert [seen.where for seen in back.seen] == [f"history[0].{seen.where}" for seen in own.seen]
    kept = ("day", "kind", "place", "told", "scale")
    for mine, its in zip(own.seen, back.seen, strict=True):
        assert [getattr(mine, name) for name in kept] == [getattr(its, name) for name in kept]
        np.testing.assert_equal(mine.number, its.number)
    told = [seen.session_d for seen in back.seen if seen.kind in ("onset", "wear_off")]
    assert told == [0.0, 0.0] and back.sessions.plan_d == 98


def test_a_report_of_an_earlier_cycle_is_as_likely_as_it_was_in_its_own():
    """Grades and onset to rounding. An effect that outlasts the next session was certainly not over by then.

    Angles are followed on days spread over the whole course, so that their interpolation differs.
    """
    later = given_again(CASE, 98)
    found = []
    for case in (CASE, later):
        read = followed(case, case.plan)
        copies = Runner(read, 182.0, 1, Biology()).population(40)
        kinds = [seen.kind for seen in read.seen]
        found.append(log_likelihoods(read, copies))
    for kind, mine, its in zip(kinds, *found, strict=True):
        if kind in ("grade", "onset"):
            np.testing.assert_allclose(mine, its, atol=1e-9)
        elif kind == "wear_off":
            assert np.all(its >= mine - 1e-9) and not np.allclose(its, mine)


def test_visits_that_do_not_fit_their_session_are_refused():
    told = given_again(CASE, 98).to_dict()
    for day, message in (("2026-03-01", "comes before its session"), ("2026-06-09", "comes after the plan")):
        visit = told["history"][0]["visits"][0] | {"date": day}
        history = [told["history"][0] | {"visits": [visit]}]
        with pytest.raises(ValidationError, match=message):
            Case.model_validate(told | {"history": history})


def test_every_limit_counts_the_session_that_taught():
    """Four weeks after it the interval binds, though the next case says nothing of it."""
    learnt = individualise(CASE, draws=60)
    soon = optimise(next_cycle(CASE, 4), draws=40, learnt=learnt).document
    assert not soon["feasible"] and {row["rule"] for row in soon["binding"]} == {"us.ona.adult.any.interval"}
    assert [str(entry["date"]) for entry in soon["inputs"]["history"]] == ["2026-03-02"]
    later = optimise(NEXT, draws=40, learnt=learnt).document
    assert later["feasible"]
    written = NEXT.model_copy(update={"history": given_again(CASE, 98).history})
    assert optimise(written, draws=40, learnt=learnt).document["plans"] == later["plans"]


def test_a_history_that_holds_less_than_was_given_is_refused():
    (entry,) = given_again(CASE, 98).history
    less = entry.model_copy(update={"injections": entry.injections[:1]})
    with pytest.raises(InputError, match="holds 100 U on 2026-03-02, the cycle that taught 200 U"):
        next_case(NEXT.model_copy(update={"history": (less,)}), CASE)


@pytest.mark.parametrize(
    ("update", "rule"),
    [
        ({"cautions": ("dysphagia",), "asked": ()}, "outside_model"),
        ({"age": parse_quantity("17 y")}, "optimise_under_18"),
    ],
)
def test_what_bars_the_search_bars_what_taught(update, rule):
    last = CASE.model_copy(update={"patient": CASE.patient.model_copy(update=update)})
    with pytest.raises(InputError) as raised:
        optimise(NEXT, draws=20, learnt=individualise(last, draws=20))
    assert raised.value.rule == rule


def test_another_product_or_biology_teaches_nothing():
    learnt = individualise(CASE, draws=20)
    plan = NEXT.plan.model_copy(update={"product": "abobotulinumtoxinA"})
    with pytest.raises(InputError, match="units do not convert"):
        optimise(NEXT.model_copy(update={"plan": plan}), draws=20, learnt=learnt)
    with pytest.raises(InputError, match="another biology"):
        optimise(NEXT, draws=20, learnt=learnt, biology=Biology(recovery="sprouts_first"))
    target = {"joint": "elbow", "side": "right", "movement": "extension", "improve_by": 1}
    robust = {"endplate": 1, "product": CASE.plan.product, "targets": [target], "robust": True}
    with pytest.raises(InputError, match="alone"):
        optimise(NEXT, Goals.model_validate(robust), draws=20, learnt=learnt)


def test_warnings_of_the_learning_stand_beside_the_plans():
    values = ("0", "4", "0", "4")
    rows = [v for v in CASE.visits if v.joint == "elbow"]
    rows = [r.model_copy(update={"value": v, "tardieu": None}) for r, v in zip(rows, values, strict=True)]
    learnt = individualise(CASE.model_copy(update={"visits": tuple(rows)}), draws=60)
    assert not learnt.document["diagnostics"]["holds"]
    found = optimise(NEXT, draws=400, learnt=learnt).document
    assert found["draws"] == 60 == found["learnt_from"]["draws"]
    assert any("the bands are rough" in warning for warning in found["warnings"])


def test_a_bilateral_start_is_the_start_of_both_sides():
    both = CASE.assessment[0].model_copy(update={"side": "bilateral"})
    last = CASE.model_copy(update={"assessment": (both, *CASE.assessment[1:])})
    now = NEXT.assessment[0].model_copy(update={"value": "1", "date": NEXT.plan.date})
    joined = next_case(NEXT.model_copy(update={"assessment": (now,)}), last)
    told = {(row.joint, row.side): row.value for row in joined.assessment}
    assert told == {("elbow", "left"): "3", ("elbow", "right"): "3", ("wrist", "right"): "2"}
