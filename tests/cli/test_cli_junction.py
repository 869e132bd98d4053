"""view junction."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import ADULT, ask, fails


def test_view_junction_shows_block_and_recovery(capsys, tmp_path):
    given = ("--muscle", "biceps_brachii", "--days", "0,14,400", "--out", str(tmp_path))
    code, document, _ = ask(capsys, "view", "junction", ADULT, *given)
    assert code == 0
    before, blocked, later = document["days"]
    passing = [day["junctions_transmitting"] for day in (before, blocked, later)]
    assert passing[0] == pytest.approx(1)
    assert passing[1] < passing[2] <= 1
    assert before["cleaved_share"] == pytest.approx(0, abs=1e-9)
    assert 0 < later["cleaved_share"] < blocked["cleaved_share"]
    assert Path(document["files"][0]).read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.parametrize("days", ["", "-1", "a,b", "nan"])
def test_days_that_are_none_are_an_input_error(capsys, days):
    told = fails(capsys, "view", "junction", ADULT, "--muscle", "biceps_brachii", "--days", days)
    assert told["field"] == "--days"


def test_a_muscle_that_is_not_injected_is_an_input_error(capsys):
    told = fails(capsys, "view", "junction", ADULT, "--muscle", "soleus")
    assert told["field"] == "--muscle" and "biceps_brachii" in told["remedy"]


def test_a_plan_of_two_products_is_refused_with_the_words_of_simulate(capsys, tmp_path):
    case, line = tmp_path / "mixed.yaml", "{muscle: brachialis,"
    text = Path(ADULT).read_text(encoding="utf-8")
    case.write_text(text.replace(line, f"{line} product: abobotulinumtoxinA,"), encoding="utf-8")
    told = [
        fails(capsys, *words, str(case))
        for words in (("view", "junction", "--muscle", "biceps_brachii"), ("simulate",))
    ]
    for name in ("message", "remedy", "field"):
        assert told[0][name] == told[1][name]
    assert told[0]["rule"] == "product_mixing"
