"""individualise from the command line: shape, screen, page, and what is refused."""

from __future__ import annotations

import re

import pytest
from program import ADULT, EXAMPLES, ask, fails, results, strict

from endplate.app.cli import main
from endplate.knowledge.vocabulary import wording

VISITS = str(EXAMPLES / "adult_arm_visits.yaml")
FOLLOWUP = str(EXAMPLES / "adult_arm_followup.yaml")
FEW = ("--draws", "60", "--horizon", "16 wk")
FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")
TEXT = (EXAMPLES / "adult_arm_visits.yaml").read_text(encoding="utf-8")


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'").split())


def test_it_has_the_promised_shape(capsys, tmp_path):
    code, document, _ = ask(capsys, "individualise", VISITS, "--out", str(tmp_path), *FEW)
    assert code == 0
    assert {"posterior", "diagnostics", "forecast", "next", "not_used", "visits"} <= set(document)
    assert document["forecast"]["t_d"][-1] == 112
    assert results(tmp_path) == {"individualise.json", "individualise.html"}
    assert strict((tmp_path / "individualise.json").read_text(encoding="utf-8")) == document


def test_it_tells_people_and_writes_a_page(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "110")
    assert main(["individualise", VISITS, "--out", str(tmp_path), *FEW]) == 0
    told = flat(capsys.readouterr().out)
    html = flat((tmp_path / "individualise.html").read_text(encoding="utf-8"))
    for text in (told, html):
        for sentence in (wording.BANNER, wording.SIMULATION, "Earliest date the limits allow: 2026-05-25"):
            assert sentence in text
        assert "Modelled re-emergence" in text and "taught little here" in text
        assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", text.lower())]
    assert wording.REPORT in html and wording.AFTER_HARM in html
    assert html.count('class="seen"') == 8 + 1  # every grade, and the legend
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", html)


def test_an_earlier_session_is_followed(capsys):
    code, document, _ = ask(capsys, "individualise", FOLLOWUP, *FEW)
    assert code == 0
    assert [row["where"] for row in document["sessions"]] == ["history[0]", "plan"]
    assert {row["kind"] for row in document["visits"]} == {"before", "grade"}


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
