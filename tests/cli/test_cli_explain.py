"""`endplate explain` as a user meets it: words, JSON, page, and the answer to what cannot be asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from endplate.app.cli import main
from endplate.knowledge.vocabulary.wording import BANNER

EXAMPLE = Path(__file__).parents[2] / "examples" / "adult_arm_visits.yaml"
FEW = ("--draws", "60")


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """The example with an elbow that stayed as it was."""
    text = EXAMPLE.read_text(encoding="utf-8")
    row = "joint: elbow, side: right, measure: scale, scale: modified_ashworth, value"
    for value in ('"1+"', '"2"'):
        text = text.replace(f"{row}: {value}", f'{row}: "3"')
    path = tmp_path_factory.mktemp("explain") / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_json_alone_on_stdout_and_a_page(file, tmp_path, capsys):
    assert main(["explain", str(file), *FEW, "--json", "--out", str(tmp_path), "--quiet"]) == 0
    document = json.loads(capsys.readouterr().out)
    verdicts = {row["joint"]: row["verdict"] for row in document["joints"]}
    assert verdicts == {"elbow": "fell_short", "wrist": "worked"}
    assert document["wording"]["banner"] == BANNER
    page = (tmp_path / "explain.html").read_text(encoding="utf-8")
    assert BANNER.replace("'", "&#39;") in page and "The causes, weighed" in page


def test_words_on_the_screen(file, capsys):
    assert main(["explain", str(file), *FEW]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert BANNER in shown and "they do not add up to 100 %" in shown
    assert "lie outside the model" in shown and "Nothing is to explain." in shown


def test_where_all_worked_nothing_is_said_of_causes(capsys):
    assert main(["explain", str(EXAMPLE), *FEW]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert BANNER in shown and "Nothing is to explain." in shown and "add up to 100 %" not in shown


def test_a_gain_that_nobody_can_hope_for_is_named(file, capsys):
    assert main(["explain", str(file), *FEW, "--hoped", "9", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["rule"], error["field"]) == ("hoped", "--hoped")
