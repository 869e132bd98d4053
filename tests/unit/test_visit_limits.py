"""What a case file may hold of a visit: days within reach, fields of the measure, angles that a joint has."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from endplate.app.options import LONGEST_HORIZON
from endplate.case.again import given_again
from endplate.case.loader import load_case
from endplate.case.models import OLDEST_Y
from endplate.case.visit_limits import LONGEST_AFTER
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import parse_quantity

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
BEFORE = TEXT[: TEXT.index("visits:")]
CASE = load_case(EXAMPLE)


def refused(tmp_path, text):
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_case(path)
    assert caught.value.file == str(path) and caught.value.line
    return caught.value


def visited(visit, date="2026-03-30"):
    return f"{BEFORE}visits:\n  - {{date: {date}, {visit}}}\n"


@pytest.mark.parametrize("date", ["2196-05-25", "2062-05-25", "2028-02-29"])
def test_a_visit_past_the_longest_horizon_is_refused_where_it_stands(tmp_path, date):
    wrong = refused(tmp_path, visited("measure: onset, value: none", date))
    assert (wrong.rule, wrong.field) == ("visit_too_late", "visits[0].date")


def test_the_last_day_within_reach_is_taken_and_reach_is_the_longest_horizon(tmp_path):
    assert LONGEST_AFTER == LONGEST_HORIZON
    path = tmp_path / "case.yaml"
    path.write_text(visited("measure: onset, value: none", "2028-02-28"), encoding="utf-8")
    assert (load_case(path).visits[0].date - CASE.plan.date) == timedelta(weeks=104)


def test_a_visit_of_an_earlier_session_is_held_to_that_session(tmp_path):
    entry = (
        "history:\n  - {date: 2022-01-10, product: onabotulinumtoxinA, "
        "visits: [{date: 2026-01-10, measure: onset}]}\nplan:"
    )
    wrong = refused(tmp_path, BEFORE.replace("plan:", entry, 1))
    assert (wrong.rule, wrong.field) == ("visit_too_late", "history[0].visits[0].date")


@pytest.mark.parametrize(
    ("visit", "field"),
    [
        ("joint: elbow, measure: onset, tardieu: {r1: 70 deg, r2: 140 deg}", "tardieu"),
        ("joint: elbow, measure: strength, value: 80 %, rater: B", "rater"),
        ('measure: weakness, value: "no", joint: elbow', "joint"),
        ("measure: reinjection, value: none, joint: elbow", "joint"),
        ('measure: onset, value: "2", scale: modified_ashworth', "scale"),
    ],
)
def test_a_finding_that_its_measure_does_not_have_is_refused(tmp_path, visit, field):
    wrong = refused(tmp_path, visited(visit))
    assert (wrong.rule, wrong.field) == ("measure_field", f"visits[0].{field}")


def test_an_angle_far_beyond_the_joint_is_refused(tmp_path):
    """The elbow's healthy range is 143 deg: 150 is a lax joint, 190 a slip of the pen."""
    angles = "joint: elbow, measure: scale, tardieu: {{r1: 70 deg, r2: {} deg}}"
    for r2 in (190, 900):
        wrong = refused(tmp_path, visited(angles.format(r2)))
        assert (wrong.rule, wrong.field) == ("angle_range", "visits[0].tardieu.r2")
    assert refused(tmp_path, BEFORE.replace("r2: 135 deg", "r2: 900 deg")).field == "assessment[0].tardieu.r2"
    path = tmp_path / "case.yaml"
    path.write_text(visited(angles.format(150)), encoding="utf-8")
    assert load_case(path).visits[0].tardieu.r2.value == 150


def test_a_person_given_the_plan_again_is_older_by_the_days_between():
    later = given_again(CASE, 98)
    assert later.patient.age.to("d").value - CASE.patient.age.to("d").value == pytest.approx(98, abs=1e-3)
    assert later.patient.months_since_onset - CASE.patient.months_since_onset == pytest.approx(98 / 30.4375)
    assert later.patient.weight == CASE.patient.weight


def test_nobody_grows_older_than_anybody_is():
    age = parse_quantity(f"{OLDEST_Y} y")
    oldest = CASE.patient.model_copy(update={"age": age, "months_since_onset": 12.0 * OLDEST_Y})
    later = given_again(CASE.model_copy(update={"patient": oldest}), 98)
    assert later.patient.months_since_onset == 12 * OLDEST_Y
