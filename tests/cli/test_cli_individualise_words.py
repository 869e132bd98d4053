"""individualise on screen and page: every promised key, every word whole, nothing forbidden."""

from __future__ import annotations

import re

import pytest
from program import EXAMPLES, ask, results, strict

import endplate
from endplate.app.cli import main
from endplate.knowledge.vocabulary import wording

VISITS = str(EXAMPLES / "adult_arm_visits.yaml")
FEW = ("--draws", "60", "--horizon", "16 wk")
FORBIDDEN = ("recommended dose", "safe", "optimal for this patient", "best date", "predicts")
SUMMARY = {"p05", "p25", "median", "p75", "p95"}


def flat(text):
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").replace("&#39;", "'").split())


def test_the_document_has_the_promised_keys(capsys, tmp_path):
    code, document, _ = ask(capsys, "individualise", VISITS, "--out", str(tmp_path), *FEW)
    assert code == 0
    for row in document["posterior"].values():
        assert set(row["prior"]) == set(row["posterior"]) == SUMMARY
        assert 0 <= row["learnt"] <= 1
        assert (row["says"] is None) == (row["shrinkage"] <= 0.5) == (row["taught"] == "much")
    assert {"method", "ess", "khat"} <= set(document["diagnostics"])
    assert {"earliest_by_limits", "modelled_re_emergence_d"} <= set(document["next"])
    assert set(document["next"]["modelled_re_emergence_d"]) == SUMMARY
    assert document["forecast"]["t_d"] == list(range(16 * 7 + 1))
    for joint in document["forecast"]["joints"]:
        assert len(joint["expected_score"]["modified_ashworth"]["median"]) == 16 * 7 + 1
    assert len(document["visits"]) == 12
    assert "not_used" in document
    assert strict((tmp_path / "individualise.json").read_text(encoding="utf-8")) == document
    assert results(tmp_path) == {"individualise.json", "individualise.html"}


def test_it_tells_people_and_writes_a_page(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["individualise", VISITS, "--out", str(tmp_path), *FEW]) == 0
    printed = capsys.readouterr().out
    told, html = flat(printed), flat((tmp_path / "individualise.html").read_text(encoding="utf-8"))
    for text in (told, html):
        for sentence in (wording.BANNER, wording.SIMULATION, "effective copies"):
            assert sentence in text
        assert (
            "Earliest date the limits allow: 2026-05-25" in text
            and "Modelled re-emergence of the joint" in text
        )
        assert "this person's visits taught little here" in text.lower()
        assert not [word for word in FORBIDDEN if re.search(rf"\b{word}\b", text.lower())]
    assert wording.REPORT in html and wording.AFTER_HARM in html
    assert html.count('class="seen"') == 8 + 1  # every grade, and the legend
    assert "Goal attainment as the case file tells it, T score: 40.0 before" in told
    assert html.count('<div class="panel">') == 2 and html.count('<svg class="chart"') >= 2
    assert not re.search(r"<(script|link|img|iframe|object)\b|\bsrc=|url\(|@import", html)
    assert all(len(line) <= 80 for line in printed.splitlines() if not line.startswith(("Page:", "Result:")))


def test_the_same_seed_gives_the_same_bytes(capsys):
    def bytes_of(seed):
        assert main(["individualise", VISITS, *FEW, "--seed", seed, "--json"]) == 0
        return capsys.readouterr().out

    assert bytes_of("3") == bytes_of("3")
    assert bytes_of("3") != bytes_of("4")


def test_a_method_that_is_none_is_refused():
    with pytest.raises(endplate.InputError) as refused:
        endplate.individualise(endplate.load_case(VISITS), method="magic")
    assert refused.value.rule == "method"


def test_python_gives_what_the_command_gives(capsys, extra):
    _, document, _ = ask(capsys, "individualise", VISITS, *FEW)
    result = endplate.individualise(endplate.load_case(VISITS), draws=60, horizon_d=16 * 7)
    assert strict(result.to_json()) == document
    extra("polars", "tables")
    assert result.to_polars().height == len(document["posterior"])
