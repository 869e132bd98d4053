"""Rules of repeating: what they accept, when they ask again, and what the labels say of them."""

from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case
from endplate.case.again import given_again
from endplate.errors import InputError
from endplate.physiology import body, scales
from endplate.questions.check import check
from endplate.questions.checking.repeats import check_repeats
from endplate.questions.courses import courses
from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, Resistance

EXAMPLES = Path(__file__).parents[2] / "examples"
ARM, CALF = (load_case(EXAMPLES / f"{name}.yaml") for name in ("adult_arm", "child_calf"))


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Repeat("weekly"), "kind"),
        (lambda: Repeat("interval", every_d=0), "every_d"),
        (lambda: Repeat("request", minimum_d=-1), "minimum_d"),
        (lambda: Repeat("interval", every_d=56, minimum_d=84), "minimum_d"),
        (lambda: Repeat("interval", most_sessions=0), "most_sessions"),
        (lambda: Repeat("interval", every_d=7).most_within(728), "most_sessions"),
        (lambda: Adapt(least=0), "adapt"),
        (lambda: Adapt(step=float("nan")), "adapt"),
        (lambda: Attendance(dropout_per_wk=-1), "attendance"),
        (lambda: Attendance(missed=1), "attendance"),
        (lambda: Resistance(antibodies=-1), "resistance"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(make, field):
    with pytest.raises(InputError) as told:
        make()
    assert told.value.field == field


def test_the_shortest_time_apart_is_the_first_visit_past_the_floor():
    assert Repeat("interval", every_d=98).shortest_d == 98
    assert Repeat("re_emergence", every_d=28, minimum_d=84).shortest_d == 84
    assert Repeat("re_emergence", every_d=28, minimum_d=85).shortest_d == 112
    assert Repeat("request", every_d=7, minimum_d=0).shortest_d == 7
    assert Repeat("interval", every_d=100).most_within(300) == 3
    assert Repeat("interval", every_d=100).most_within(301) == 4
    assert Repeat("interval", every_d=100, most_sessions=2).most_within(301) == 2


def test_who_asks_again_and_when():
    """Lag and delay follow the end of benefit; none means at once; the floor holds; no end, no wish."""
    p = scales.Asking(np.full(4, 10.0), np.full(4, 5.0))
    found = scales.asks_again_d(p, np.array([100.0, np.nan, 20.0, np.inf]), 84)
    assert found.tolist() == [115.0, 84.0, 84.0, np.inf]


def immunity(**changes):
    numbers = {
        "hazard": 0.01,
        "load_reference_ng": 3.0,
        "load_exponent": 1.0,
        "interval_reference_wk": 12.0,
        "interval_exponent": 1.0,
        "titre": 1.0,
        "failure_hazard_per_y": 0.01,
        "failure_size": 3.0,
    }
    return body.Immunity(**{name: np.array([value]) for name, value in (numbers | changes).items()})


def test_hazard_of_a_session_goes_with_toxin_and_falls_with_time():
    p, one = immunity(), np.ones(1)
    at = body.session_hazard(p, 3 * one, 12 * one)
    assert at == pytest.approx(0.01)
    assert body.session_hazard(p, 6 * one, 12 * one) == pytest.approx(2 * at)
    assert body.session_hazard(p, 3 * one, 6 * one) == pytest.approx(2 * at)
    assert body.session_hazard(p, 3 * one, np.nan * one) == pytest.approx(at)
    flat = immunity(load_exponent=0.0, interval_exponent=0.0)
    assert body.session_hazard(flat, 9 * one, 2 * one) == pytest.approx(0.01)


def test_resistance_divides_uptake():
    yes, no = np.array([True]), np.array([False])
    assert body.uptake_left(immunity(), no, no) == 1
    assert body.uptake_left(immunity(), yes, no) == 1 / 2
    assert body.uptake_left(immunity(), no, yes) == 1 / 4
    assert body.uptake_left(immunity(), yes, yes) == 1 / 8


def test_a_plan_given_again_lies_behind_itself():
    later = given_again(ARM, 84, 1.5)
    assert (later.plan.date - ARM.plan.date).days == 84
    assert later.history[-1].date == ARM.plan.date
    assert [i.dose.value for i in later.plan.injections] == [1.5 * i.dose.value for i in ARM.plan.injections]
    assert [i.dose.value for i in later.history[-1].injections] == [i.dose.value for i in ARM.plan.injections]


def named(case, days, most=1.0):
    return {(finding.rule, finding.severity) for finding in check_repeats(case, days, most)}


def test_a_shorter_interval_than_the_label_holds_is_critical():
    """The finding is that of `check` for the same two sessions; at the limit it is silent."""
    short = check_repeats(ARM, 83)
    assert ("interval", "critical") in named(ARM, 83)
    assert "interval" not in {rule for rule, _ in named(ARM, 84)}
    (told,) = [finding for finding in short if finding.rule == "interval"]
    assert (told.limit, told.where) == (12, "repeat")
    same = [issue for issue in check(given_again(ARM, 83)).issues if issue.rule == "interval"]
    assert [issue.value for issue in same] == [told.value]
    assert ("interval", "critical") in named(CALF, 70)


def test_raised_doses_meet_the_limits_and_lowered_ones_do_not():
    apart = 182
    assert not named(ARM, apart)
    assert not named(ARM, apart, 0.5)
    assert ("session_total", "critical") in named(ARM, apart, 1.5)


def test_courses_say_what_the_labels_have_against_them():
    result = courses(ARM, Repeat("interval", every_d=56), draws=3, horizon_d=120)
    issues = result.document["repeat"]["issues"]
    assert any(issue["rule"] == "interval" and issue["severity"] == "critical" for issue in issues)
    assert [row["cycle"] for row in result.document["cycles"]] == [1, 2, 3]
    with pytest.raises(InputError):
        courses("case.yaml", Repeat("interval"))
    with pytest.raises(InputError):
        courses(ARM.model_copy(update={"plan": None}), Repeat("interval"))


def test_the_interval_of_the_label_is_no_breach_of_its_total():
    """300 U at 12 weeks: 84 days are less than three months. Closer, or more than the cap at once, is one."""
    dose = sum(i.dose.value for i in ARM.plan.injections)
    assert dose <= 400 < 2 * dose
    assert named(ARM, 84) == {("cumulative_3_months", "warning")}
    assert ("cumulative_3_months", "critical") in named(ARM, 83)
    assert ("cumulative_3_months", "critical") in named(ARM, 84, 401 / dose)
    assert not named(ARM, 93)
