"""export sbml."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import ADULT, ask, fails


def test_export_sbml_writes_a_model_that_libsbml_finds_sound(capsys, tmp_path, extra):
    libsbml = extra("libsbml")
    code, document, _ = ask(
        capsys, "export", "sbml", ADULT, "--out", str(tmp_path), "--sessions", "0,84", "--bins", "4"
    )
    assert code == 0
    assert (document["level"], document["version"], document["sessions_d"]) == (3, 2, [0, 84])
    model = libsbml.readSBMLFromString(Path(document["file"]).read_text(encoding="utf-8"))
    model.checkConsistency()
    assert model.getNumErrors() == 0
    assert model.getModel().getNumRules() > document["states"]
    assert {row["muscle"] for row in document["muscles"]} >= {"biceps_brachii", "brachialis"}


@pytest.mark.parametrize(
    "days", ["", "3", "0,0", "0,84,50", "0,x", "0,inf", "0,1e9", ",".join("0123456789" * 4)]
)
def test_sessions_that_are_no_ascending_days_are_an_input_error(capsys, tmp_path, days):
    told = fails(capsys, "export", "sbml", ADULT, "--out", str(tmp_path), "--sessions", days)
    assert (told["field"], told["rule"]) == ("--sessions", "sessions")


def test_bins_that_do_not_divide_the_classes_are_an_input_error(capsys, tmp_path):
    assert fails(capsys, "export", "sbml", ADULT, "--bins", "3", "--out", str(tmp_path))["rule"] == "bins"


def test_a_case_without_a_plan_cannot_be_exported(capsys, tmp_path):
    text = Path(ADULT).read_text(encoding="utf-8")
    case = tmp_path / "case.yaml"
    case.write_text(text[: text.index("\nplan:")] + "\n", encoding="utf-8")
    assert fails(capsys, "export", "sbml", str(case), "--out", str(tmp_path))["rule"] == "plan_required"


def test_without_libsbml_the_error_says_what_to_install(capsys, tmp_path, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "libsbml", None)
    told = fails(capsys, "export", "sbml", ADULT, "--out", str(tmp_path))
    assert told["rule"] == "missing_extra" and "endplate[exchange]" in told["remedy"]
