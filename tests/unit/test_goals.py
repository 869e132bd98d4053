"""Goals and scales: the T score by hand, its symmetries, and what is refused on entry."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from endplate.case import load_case
from endplate.errors import InputError
from endplate.knowledge import vocabulary as words
from endplate.physiology.scales import GoalConstants, goal_t_score
from endplate.questions.goals import GoalScore, goal_score

HEAD = "endplate: 1\npatient: {code: g-01}\n"
PLAIN = GoalConstants(np.array([50.0]), np.array([10.0]), np.array([0.3]))


def score(levels, weights=None):
    level = np.array([levels], dtype=np.float64)
    return float(
        goal_t_score(PLAIN, level, np.ones_like(level) if weights is None else np.array([weights]))[0]
    )


def case_of(tmp_path: Path, *goals: str, more: str = ""):
    path = tmp_path / "case.yaml"
    lines = "".join(f"  - {{text: a goal, {goal}}}\n" for goal in goals)
    path.write_text(HEAD + ("goals:\n" + lines if goals else "") + more, encoding="utf-8")
    return load_case(path)


def refused(tmp_path: Path, *goals: str, more: str = "") -> InputError:
    with pytest.raises(InputError) as caught:
        case_of(tmp_path, *goals, more=more)
    return caught.value


@pytest.mark.parametrize(
    ("levels", "weights", "expected"),
    [
        ([0], None, 50),
        ([1], None, 60),
        ([-2], None, 30),
        ([0, 0, 0], None, 50),
        ([-1, -1], None, 50 - 20 / sqrt(0.7 * 2 + 0.3 * 4)),
        ([1, 0, 0], None, 50 + 10 / sqrt(0.7 * 3 + 0.3 * 9)),
        ([1, -1], [2.0, 1.0], 50 + 10 / sqrt(0.7 * 5 + 0.3 * 9)),
        ([2, -1, 0], [9.0, 4.0, 1.0], 50 + 140 / sqrt(0.7 * 98 + 0.3 * 196)),
    ],
)
def test_the_score_by_hand(levels, weights, expected):
    assert score(levels, weights) == pytest.approx(expected, rel=1e-12)


def test_two_goals_missed_by_one_level():
    assert score([-1, -1]) == pytest.approx(37.6, abs=0.05)


def test_the_score_is_symmetric_and_blind_to_the_unit_of_weight():
    levels, weights = [2, -1, 1], [6.0, 2.0, 1.0]
    assert score(levels, weights) + score([-level for level in levels], weights) == pytest.approx(100)
    assert score(levels[::-1], weights[::-1]) == pytest.approx(score(levels, weights))
    for unit in (1e-200, 0.5, 1e200):
        assert score(levels, [unit * weight for weight in weights]) == pytest.approx(score(levels, weights))


def test_many_copies_at_once():
    level = np.array([[1.0, 1.0], [0.0, 0.0]])
    wide = GoalConstants(np.full(2, 50.0), np.full(2, 10.0), np.array([0.3, 0.9]))
    found = goal_t_score(wide, level, np.ones(2))
    assert found == pytest.approx([50 + 20 / sqrt(2.6), 50])


def test_a_case_is_scored_with_the_numbers_held(tmp_path):
    case = case_of(
        tmp_path, "gas_baseline: -1, gas_achieved: 0", "gas_baseline: -1, gas_achieved: 1", "kind: pain"
    )
    found = goal_score(case)
    assert found is not None
    assert (found.goals, found.left_out) == (2, 1)
    assert found.baseline == pytest.approx(score([-1, -1]))
    assert found.achieved == pytest.approx(score([0, 1]))
    assert found.change == pytest.approx(score([0, 1]) - score([-1, -1]))
    assert found.to_dict()["goals"] == 2


def test_weights_of_a_case_count(tmp_path):
    case = case_of(
        tmp_path, "weight: 9, gas_baseline: -2", "weight: 1, gas_baseline: 0", "kind: pain, weight: 2"
    )
    assert goal_score(case) == GoalScore(2, 1, pytest.approx(score([-2, 0], [9.0, 1.0])), None, None)


def test_no_baseline_no_score(tmp_path):
    assert goal_score(case_of(tmp_path)) is None
    assert goal_score(case_of(tmp_path, "kind: mobility")) is None


def test_one_goal_without_an_achieved_level_leaves_it_open(tmp_path):
    found = goal_score(case_of(tmp_path, "gas_baseline: -1, gas_achieved: 2", "gas_baseline: -2"))
    assert found is not None
    assert (found.achieved, found.change) == (None, None)


def test_a_weight_for_some_goals_only_is_refused(tmp_path):
    case = case_of(tmp_path, "gas_baseline: -1, weight: 3", "gas_baseline: -1")
    with pytest.raises(InputError) as caught:
        goal_score(case)
    assert (caught.value.rule, caught.value.field) == ("goal_weight_missing", "goals[1].weight")


@pytest.mark.parametrize(
    ("goal", "field", "rule", "remedy"),
    [
        ("kind: passive_functon", "goals[0].kind", "unknown_goal_kind", "Did you mean passive_function?"),
        ("kind: zzz", "goals[0].kind", "unknown_goal_kind", "care_and_hygiene"),
        ("gas_baseline: 3", "goals[0].gas_baseline", "goal_level", "-2, -1, 0, 1, 2"),
        ("gas_baseline: 0.5", "goals[0].gas_baseline", "goal_level", "-2, -1, 0, 1, 2"),
        ("gas_baseline: true", "goals[0].gas_baseline", "goal_level", "-2, -1, 0, 1, 2"),
        ("gas_baseline: -1, gas_achieved: -3", "goals[0].gas_achieved", "goal_level", "-2, -1, 0, 1, 2"),
        ("gas_achieved: 1", "goals[0].gas_achieved", "goal_baseline_missing", "Add the level"),
        ("weight: 0", "goals[0].weight", "goal_weight", "above 0"),
        ("weight: -2", "goals[0].weight", "goal_weight", "above 0"),
        ("weight: .inf", "goals[0].weight", "finite_number", ""),
        ('weight: "3"', "goals[0].weight", "float_type", "without quotes"),
    ],
)
def test_a_wrong_goal_is_named(tmp_path, goal, field, rule, remedy):
    error = refused(tmp_path, goal)
    assert (error.field, error.rule) == (field, rule)
    assert remedy in error.remedy
    assert error.line == 4


@pytest.mark.parametrize("kind", words.GOAL_KINDS)
def test_every_goal_area_is_read(tmp_path, kind):
    assert case_of(tmp_path, f"kind: {kind}").goals[0].kind == kind


def visit(scale: str, value: str) -> str:
    return f'visits:\n  - {{date: 2026-11-22, measure: scale, scale: {scale}, value: "{value}"}}\n'


@pytest.mark.parametrize(
    ("scale", "grades", "bad"),
    [
        ("ashworth", ["0", "1", "2", "3", "4"], ["1+", "5", "1.5", ""]),
        ("modified_ashworth", ["0", "1", "1+", "2", "3", "4"], ["5", "1.5"]),
        ("mas_0_5", ["0", "1", "1+", "2", "3", "4"], ["5", "2.5"]),
        ("modified_modified_ashworth", ["0", "1", "2", "3", "4"], ["1+", "-1"]),
        ("tardieu_quality", ["0", "1", "2", "3", "4"], ["5"]),
        ("disability_assessment", ["0", "1", "2", "3"], ["4"]),
        ("physician_global", [str(grade) for grade in range(-4, 5)], ["-5", "5", "0.5", "nan"]),
        ("goal_attainment_level", ["-2", "-1", "0", "1", "2"], ["3", "-3", "0.5"]),
    ],
)
def test_grades_are_checked_and_listed(tmp_path, scale, grades, bad):
    assert list(words.SCALES[scale].grades) == grades
    for grade in grades:
        assert case_of(tmp_path, more=visit(scale, grade)).visits[0].value == grade
    for grade in bad:
        error = refused(tmp_path, more=visit(scale, grade))
        assert (error.rule, error.field) == ("grade", "visits[0].value")
        assert error.remedy == f"Use one of {', '.join(grades)}."


def test_the_t_score_itself_stays_a_number(tmp_path):
    assert case_of(tmp_path, more=visit("goal_attainment", "37.6")).visits[0].value == "37.6"
    assert refused(tmp_path, more=visit("goal_attainment", "101")).rule == "grade"
