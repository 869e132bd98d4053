"""Visits as a case file writes them: what becomes an observation, what does not and why, what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from endplate.case.loader import load_case
from endplate.errors import InputError
from endplate.questions.individualising.visits import followed

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
BEFORE, VISITS = TEXT[: TEXT.index("visits:")], "visits:\n"
SHOTS = (
    "injections: [{{muscle: biceps_brachii, side: right, dose: {a} U}}, {{muscle: brachialis, side: right, "
    "dose: {b} U}}, {{muscle: flexor_carpi_radialis, side: right, dose: {c} U}}, "
    "{{muscle: flexor_carpi_ulnaris, side: right, dose: {c} U}}]"
)
ELBOW, WRIST = ("elbow", "right", "extension"), ("wrist", "right", "extension")


def case_of(tmp_path, *visits, text=BEFORE):
    path = tmp_path / "case.yaml"
    rows = "".join(f"  - {{date: 2026-03-30, {visit}}}\n" for visit in visits)
    path.write_text(text + (VISITS + rows if rows else ""), encoding="utf-8")
    return load_case(path)


def read(tmp_path, *visits, text=BEFORE):
    case = case_of(tmp_path, *visits, text=text)
    return followed(case, case.plan)


def told(read):
    return [(seen.kind, seen.place) for seen in read.seen]


def earlier(date, a=100, b=50, c=25, product="onabotulinumtoxinA"):
    return f"  - {{date: {date}, product: {product}, {SHOTS.format(a=a, b=b, c=c)}}}\n"


def with_history(*rows, assessment=""):
    return BEFORE.replace("plan:", f"history:\n{''.join(rows)}plan:").replace("goals:", f"{assessment}goals:")


def test_the_example_holds_twelve_findings():
    case = load_case(EXAMPLE)
    found = followed(case, case.plan)
    assert len(found.seen) == 12 and not found.not_used
    assert {seen.kind for seen in found.seen} == {"grade", "r1", "r2", "onset", "wear_off"}


@pytest.mark.parametrize(
    ("visit", "kind", "number"),
    [
        ("joint: elbow, measure: strength, value: 80 %", "strength", 0.8),
        ('joint: elbow, measure: strength, value: "0.8"', "strength", 0.8),
        ("measure: onset, value: 2 wk", "onset", 14),
        ("measure: onset", "onset", 28),
        ("measure: wear_off, value: none", "wear_off", math.nan),
        ("measure: reinjection", "reinjection", 28),
        ("measure: weakness, value: yes", "weakness", math.nan),
        ('joint: wrist, measure: scale, scale: tardieu_angle, value: "70"', "r1", 70),
    ],
)
def test_every_measure_becomes_an_observation(tmp_path, visit, kind, number):
    visit = visit.replace("value: yes", 'value: "yes"')
    (seen,) = read(tmp_path, visit).seen
    assert (seen.kind, seen.day) == (kind, 28)
    assert seen.number == pytest.approx(number, nan_ok=True)


def test_angles_stand_beside_a_grade_and_a_catch_at_the_end_is_none(tmp_path):
    found = read(
        tmp_path,
        "joint: elbow, measure: scale, scale: ashworth, value: 2, tardieu: {r1: 90 deg, r2: 90 deg}",
    )
    assert told(found) == [("r1", ELBOW), ("r2", ELBOW), ("grade", ELBOW)]
    assert [seen.end for seen in found.seen] == [True, False, False]


@pytest.mark.parametrize(
    ("visit", "reason"),
    [
        ('measure: scale, scale: goal_attainment, value: "55"', "goal attainment"),
        ('joint: knee, measure: scale, scale: modified_ashworth, value: "1"', "no baseline grade"),
        ('joint: elbow, side: left, measure: scale, scale: ashworth, value: "1"', "no baseline grade"),
        ('measure: scale, scale: modified_ashworth, value: "1"', "no joint"),
    ],
)
def test_what_teaches_nothing_is_listed_with_its_reason(tmp_path, visit, reason):
    found = read(tmp_path, visit)
    assert not found.seen
    assert found.not_used[0][0] == "visits[0]" and reason in found.not_used[0][1]


def test_a_goal_that_was_scored_again_is_listed(tmp_path):
    text = BEFORE.replace("gas_baseline: -1", "gas_baseline: -1, gas_achieved: 0")
    assert read(tmp_path, text=text).not_used[0][0] == "goals[0]"


def test_two_movements_of_a_joint_need_the_movement_named(tmp_path):
    row = (
        "  - {date: 2026-03-02, joint: elbow, side: right, movement: flexion, scale: ashworth, "
        'value: "1"}\ngoals:'
    )
    text = BEFORE.replace("goals:", row)
    grade = 'joint: elbow, side: right, measure: scale, scale: ashworth, value: "1"'
    assert "name the movement" in read(tmp_path, grade, text=text).not_used[0][1]
    (seen,) = read(tmp_path, f"movement: flexion, {grade}", text=text).seen
    assert seen.place == ("elbow", "right", "flexion")


@pytest.mark.parametrize(
    ("visit", "rule"),
    [
        ("measure: onset, value: soon", "quantity"),
        ("measure: onset, value: 30 d", "report_after_visit"),
        ("measure: weakness, value: some", "weakness"),
        ("joint: elbow, measure: strength, value: weaker", "strength"),
        ("joint: elbow, measure: strength", "strength"),
        ("measure: reinjection, value: soon", "reinjection"),
        ("joint: elbow, measure: scale", "scale"),
        ('joint: elbow, measure: scale, value: "2"', "scale"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_line(tmp_path, visit, rule):
    with pytest.raises(InputError) as caught:
        case_of(tmp_path, visit)
    missing = "scale" if rule == "scale" and "value" in visit else "value"
    assert (caught.value.rule, caught.value.field) == (rule, f"visits[0].{missing}")
    line = (tmp_path / "case.yaml").read_text(encoding="utf-8").splitlines()[caught.value.line - 1]
    assert visit in line


def test_a_report_of_an_earlier_session_is_held_against_that_session(tmp_path):
    rows = ", visits: [{date: 2026-01-26, measure: wear_off, value: DAYS d}]}\n"
    past = earlier("2025-12-01").removesuffix("}\n") + rows
    assert case_of(tmp_path, text=with_history(past.replace("DAYS", "56"))).history[0].visits
    with pytest.raises(InputError) as caught:
        case_of(tmp_path, text=with_history(past.replace("DAYS", "57")))
    told = caught.value
    assert (told.rule, told.field) == ("report_after_visit", "history[0].visits[0].value")
    assert told.line


@pytest.mark.parametrize(
    ("visit", "rule"),
    [
        ("joint: elbow, movement: pronation, measure: onset", "movement"),
        ("movement: extension, measure: onset", "movement"),
        ("joint: elbw, measure: onset", "unknown_joint"),
        ("joint: elbow, measure: scale, tardieu: {r1: 90 deg, r2: 80 deg}", "tardieu_order"),
    ],
)
def test_what_is_no_visit_is_refused_with_its_line(tmp_path, visit, rule):
    with pytest.raises(InputError) as caught:
        case_of(tmp_path, visit)
    assert caught.value.rule == rule and caught.value.line and caught.value.field.startswith("visits[0]")


def test_an_earlier_session_in_proportion_is_followed_with_its_dose(tmp_path):
    found = read(tmp_path, text=with_history(earlier("2025-12-01", 200, 100, 50)))
    assert found.sessions.days == (0, 91) and found.sessions.doses == pytest.approx((2, 1))
    assert found.sessions.used == ("history[0]",)
    assert found.months == pytest.approx(9 - 91 / 30.4375)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (earlier("2025-12-01", 200, 50, 25), "proportions"),
        (earlier("2025-12-01", product="incobotulinumtoxinA"), "another product"),
        (earlier("2023-12-01"), "104 weeks"),
        ("  - {date: 2025-12-01, product: onabotulinumtoxinA, total: 200 U}\n", "not given"),
        (
            "  - {date: 2025-12-01, product: onabotulinumtoxinA, "
            "injections: [{muscle: soleus, side: right, dose: 50 U}]}\n",
            "muscles",
        ),
    ],
)
def test_an_earlier_session_that_cannot_be_followed_is_left_out(tmp_path, row, reason):
    found = read(tmp_path, text=with_history(earlier("2023-06-01"), row))
    assert found.sessions.days == (0,)
    assert reason in dict(found.not_used)["history[1]"]
    assert "before history[1]" in dict(found.not_used)["history[0]"]


def test_examinations_between_sessions_are_observations(tmp_path):
    """The elbow was examined before the first session and after; the wrist only after."""
    before = (
        "  - {date: 2025-11-30, joint: elbow, side: right, movement: extension, "
        'scale: modified_ashworth, value: "3"}\n'
    )
    found = read(tmp_path, text=with_history(earlier("2025-12-01"), assessment=before))
    assert [base.value for base in found.baselines] == ["3", "2"]
    assert ("before", WRIST) in told(found)
    assert told(found).count(("grade", ELBOW)) == 1
    assert any("first assessed after" in note for note in found.notes)
