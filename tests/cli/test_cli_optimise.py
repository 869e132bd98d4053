"""optimise from the command line: shape, screen, page, exit codes, and what is refused."""

from __future__ import annotations

import re

import pytest
from program import ADULT, EXAMPLES, WRONG, ask, fails, results, strict

from endplate.app.cli import main
from endplate.app.commands_optimise import OPTIMISE_DRAWS
from endplate.knowledge.vocabulary import wording
from endplate.questions.optimise import DRAWS

GOALS = EXAMPLES / "goals" / "adult_arm.yaml"
TOO_MUCH = str(EXAMPLES / "goals" / "adult_arm_too_much.yaml")
FEW = ("--draws", "40", "--horizon", "12 wk")
FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")
VERBATIM = (wording.RANGES, wording.AFTER_HARM)


def flat(text):
    plain = text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'").replace("│", " ")
    return " ".join(plain.split())


def forbidden(text):
    for sentence in VERBATIM:
        text = text.replace(sentence, "")
    return [word for word in FORBIDDEN if re.search(rf"\b{word}\b", text.lower())]


def changed(tmp_path, *replacements):
    """The example's goals with some of their text replaced."""
    text = GOALS.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "goals.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_optimise_has_the_promised_shape(capsys, tmp_path):
    code, document, _ = ask(capsys, "optimise", ADULT, "--goals", str(GOALS), "--out", str(tmp_path), *FEW)
    assert code == 0 and document["feasible"] is True
    assert {"plans", "binding", "own", "feasible"} <= set(document)
    assert results(tmp_path) == {"optimise.json", "optimise.html"}
    assert strict((tmp_path / "optimise.json").read_text(encoding="utf-8")) == document
    plan = document["plans"][0]
    assert plan["total_U"] <= 300 and plan["punctures"] <= 12 and plan["volume_mL"] <= 8


def test_optimise_tells_people_and_writes_a_page(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    assert main(["optimise", ADULT, "--goals", str(GOALS), "--out", str(tmp_path), *FEW]) == 0
    told = flat(capsys.readouterr().out)
    html = flat((tmp_path / "optimise.html").read_text(encoding="utf-8"))
    for text in (told, html):
        sentences = (wording.BANNER, wording.OPTIMISER, wording.SIMULATION, wording.PRODUCT, wording.RANGES)
        for sentence in sentences:
            assert sentence in text
        for part in ("Earliest date the limits allow", "Modelled re-emergence", "your own limit", "recalled"):
            assert part in text
        assert "a gap of" in text
        assert not forbidden(text)
    assert wording.REPORT in html and wording.AFTER_HARM in html
    assert html.count('class="own"') == 1 and html.count('class="found"') == 1
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", html)


def test_no_plan_ends_with_one_and_names_what_binds(capsys, tmp_path):
    arguments = ["optimise", ADULT, "--goals", TOO_MUCH, *FEW]
    code, document, _ = ask(capsys, *arguments)
    assert code == 1 and document["feasible"] is False and document["plans"] == []
    assert "us.ona.adult.upper.flexor_carpi_radialis" in {row["rule"] for row in document["binding"]}
    assert main([*arguments, "--out", str(tmp_path)]) == 1
    told = flat(capsys.readouterr().out)
    html = flat((tmp_path / "optimise.html").read_text(encoding="utf-8"))
    for text in (told, html):
        assert "No plan searched meets these goals within these limits." in text
        assert "flexor carpi radialis, left: 50 of at most 50 U (not checked against the label" in text
        assert not forbidden(text)


def test_the_screen_fits_80_columns(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["optimise", ADULT, "--goals", str(GOALS), *FEW]) == 0
    assert all(len(line) <= 80 for line in capsys.readouterr().out.splitlines())


def test_a_goal_that_does_not_fit_the_case_is_told_with_its_line(capsys, tmp_path):
    path = changed(tmp_path, ("joint: wrist, side: left", "joint: wrist, side: right"))
    error = fails(capsys, "optimise", ADULT, "--goals", path)
    assert (error["rule"], error["file"], error["field"]) == ("target_not_assessed", path, "targets[2].joint")
    assert error["line"] == 8


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("maximum: 150", "maximum: 201", "limit_raised"),
        ("us.ona.adult.upper.biceps_brachii", "us.ona.adult.upper.biceps", "limit_unknown"),
        ("product: onabotulinumtoxinA ", "product: incobotulinumtoxinA ", "product_changed"),
    ],
)
def test_limits_and_products_stand(capsys, tmp_path, old, new, rule):
    error = fails(capsys, "optimise", ADULT, "--goals", changed(tmp_path, (old, new)))
    assert error["rule"] == rule and error["line"] > 1


def test_a_wrong_key_is_told_with_its_line(capsys, tmp_path):
    error = fails(capsys, "optimise", ADULT, "--goals", changed(tmp_path, ("weight: 2", "wieght: 2")))
    assert (error["rule"], error["line"]) == ("unknown_key", 6)
    assert "weight" in error["remedy"]


def test_the_optimiser_is_closed_under_18_and_outside_the_model(capsys):
    child = str(EXAMPLES / "child_calf.yaml")
    error = fails(capsys, "optimise", child)
    assert (error["rule"], error["file"], error["field"]) == ("optimise_under_18", child, "patient.age")
    assert "until children's data alone identify the child model" in error["remedy"]
    assert fails(capsys, "optimise", WRONG)["rule"] == "outside_model"


def test_goals_beyond_the_horizon(capsys):
    error = fails(capsys, "optimise", ADULT, "--horizon", "8 wk")
    assert (error["rule"], error["field"]) == ("horizon_before_goals", "--horizon")


def test_the_command_takes_as_many_copies_as_python():
    assert OPTIMISE_DRAWS == DRAWS


def test_the_schema_of_goals(capsys):
    code, document, _ = ask(capsys, "schema", "goals")
    assert code == 0 and "targets" in document["properties"]


def test_plans_are_searched_in_the_person_as_an_earlier_cycle_taught(capsys, tmp_path):
    last = EXAMPLES / "adult_arm_visits.yaml"
    text = last.read_text(encoding="utf-8")
    head = text[: text.index("visits:")].replace("  date: 2026-03-02", "  date: 2026-06-08")
    (tmp_path / "next.yaml").write_text(head, encoding="utf-8")
    code, document, _ = ask(capsys, "optimise", str(tmp_path / "next.yaml"), "--after", str(last), *FEW)
    assert code == 0 and document["learnt_from"]["visits"] == 12
    assert main(["optimise", str(tmp_path / "next.yaml"), "--after", str(last), *FEW]) == 0
    assert "12 findings after the session of 2026-03-02" in flat(capsys.readouterr().out)
    (tmp_path / "other.yaml").write_text(head.replace("arm-04", "arm-05"), encoding="utf-8")
    other = fails(capsys, "optimise", str(tmp_path / "other.yaml"), "--after", str(last), *FEW)
    assert other["rule"] == "earlier_cycle" and other["file"].endswith("other.yaml")
