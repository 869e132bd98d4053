"""individualise from the command line: what is followed, and what is refused."""

from __future__ import annotations

import pytest
from program import ADULT, EXAMPLES, ask, fails

VISITS = str(EXAMPLES / "adult_arm_visits.yaml")
FOLLOWUP = str(EXAMPLES / "adult_arm_followup.yaml")
FEW = ("--draws", "60", "--horizon", "16 wk")
TEXT = (EXAMPLES / "adult_arm_visits.yaml").read_text(encoding="utf-8")


def test_an_earlier_session_is_followed(capsys):
    code, document, _ = ask(capsys, "individualise", FOLLOWUP, *FEW)
    assert code == 0
    assert [row["where"] for row in document["sessions"]] == ["history[0]", "plan"]
    assert {row["kind"] for row in document["visits"]} == {"before", "grade"}


def test_goals_are_scored_before_and_after(capsys, tmp_path):
    _, document, _ = ask(capsys, "individualise", VISITS, *FEW)
    assert document["goals"] == {"goals": 1, "left_out": 0, "baseline": 40, "achieved": None, "change": None}
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace("gas_baseline: -1", "gas_baseline: -1, gas_achieved: 1"), encoding="utf-8")
    _, document, _ = ask(capsys, "individualise", str(path), *FEW)
    assert (document["goals"]["achieved"], document["goals"]["change"]) == (60, 20)
    assert "scales.goal_sd" in {row["id"] for row in document["evidence"]}


def test_a_weight_of_some_goals_only_is_refused_with_its_line(capsys, tmp_path):
    path = tmp_path / "case.yaml"
    second = "  - {text: another, gas_baseline: -1, weight: 2}\nplan:"
    path.write_text(TEXT.replace("plan:", second, 1), encoding="utf-8")
    told = fails(capsys, "individualise", str(path), *FEW)
    assert (told["rule"], told["field"]) == ("goal_weight_missing", "goals[0].weight")
    line = next(k for k, text in enumerate(TEXT.splitlines(), 1) if "gas_baseline" in text)
    assert told["line"] == line


def test_a_case_without_visits_is_its_prior(capsys):
    code, document, _ = ask(capsys, "individualise", ADULT, *FEW)
    assert code == 0 and document["visits"] == []
    assert all(row["learnt"] == 0 for row in document["posterior"].values())


@pytest.mark.parametrize(
    ("old", "new", "rule", "field"),
    [
        (
            "date: 2026-03-16, measure: onset",
            "date: 2026-03-01, measure: onset",
            "date_order",
            "visits[0].date",
        ),
        ("value: 9 d", "value: soon", "quantity", "visits[0].value"),
        ("joint: elbow, side: right, measure", "joint: elbo, side: right, measure", "unknown_joint", None),
        ('value: "1+"', 'value: "7"', "grade", None),
    ],
)
def test_what_is_wrong_in_a_visit_is_told(capsys, tmp_path, old, new, rule, field):
    path = tmp_path / "case.yaml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    error = fails(capsys, "individualise", str(path), *FEW)
    assert (error["rule"], error["file"]) == (rule, str(path))
    assert field is None or error["field"] == field


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [("plan:", "visits:", "plan_required"), ("assessment:", "goals:", "assessment_required")],
)
def test_what_is_missing_is_told(capsys, tmp_path, start, end, rule):
    text = TEXT[: TEXT.index("visits:")] if rule == "plan_required" else TEXT
    first, last = text.index(start), text.index(end) if end in text else len(text)
    path = tmp_path / "case.yaml"
    path.write_text(text[:first] + text[last:], encoding="utf-8")
    assert fails(capsys, "individualise", str(path), *FEW)["rule"] == rule
