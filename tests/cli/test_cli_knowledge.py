"""schema, evidence and reproduce."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import ask, fails, strict

from endplate.app.cli import main
from endplate.app.commands_studies import verdict

# ---- what endplate knows -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["case", "study", "vocabulary"])
def test_schema_prints_json(kind, capsys):
    code, document, _ = ask(capsys, "schema", kind)
    assert code == 0
    assert document
    assert main(["schema", kind]) == 0
    assert strict(capsys.readouterr().out) == document


def test_an_unknown_schema_is_an_input_error(capsys):
    fails(capsys, "schema", "recipe")


def test_evidence_list_can_be_narrowed(capsys):
    _, everything, _ = ask(capsys, "evidence", "list")
    _, assumed, _ = ask(capsys, "evidence", "list", "--basis", "assumed")
    _, terminal, _ = ask(capsys, "evidence", "list", "--stage", "terminal")
    assert {record["basis"] for record in assumed["records"]} == {"assumed"}
    assert 0 < len(assumed["records"]) < len(everything["records"])
    assert 0 < len(terminal["records"]) < len(everything["records"])


def test_evidence_gaps_are_the_assumed_and_the_recalled(capsys):
    code, document, _ = ask(capsys, "evidence", "gaps")
    assert code == 0
    assert {record["basis"] for record in document["records"]} <= {"assumed", "recalled"}


@pytest.mark.parametrize("command", ["list", "gaps"])
def test_evidence_is_shown_to_people(command, capsys):
    assert main(["evidence", command]) == 0
    assert "assumed" in capsys.readouterr().out


def test_gaps_begin_with_how_many_and_stand_by_area(capsys):
    _, document, _ = ask(capsys, "evidence", "gaps")
    assert main(["evidence", "gaps"]) == 0
    told = capsys.readouterr().out
    assert f"{len(document['records'])} records: " in told
    terminal = [record for record in document["records"] if record["id"].startswith("terminal.")]
    assert f"\nterminal ({len(terminal)})\n" in told
    assert max(map(len, told.splitlines())) <= 80


def test_evidence_trace_by_symbol(capsys):
    _, everything, _ = ask(capsys, "evidence", "list")
    by_symbol = {}
    for record in everything["records"]:
        by_symbol.setdefault(record["symbol"], []).append(record["id"])
    once = next(symbol for symbol, ids in by_symbol.items() if symbol and len(ids) == 1)
    often = next(symbol for symbol, ids in by_symbol.items() if symbol and len(ids) > 1)
    assert ask(capsys, "evidence", "trace", once)[1]["record"]["id"] == by_symbol[once][0]
    told = fails(capsys, "evidence", "trace", often)
    assert told["rule"] == "several_records"
    assert all(record in told["remedy"] for record in by_symbol[often])


def test_evidence_trace(capsys):
    _, everything, _ = ask(capsys, "evidence", "list")
    wanted = everything["records"][0]["id"]
    assert wanted in json.dumps(ask(capsys, "evidence", "trace", wanted)[1])
    assert wanted in fails(capsys, "evidence", "trace", wanted + "x")["remedy"]
    assert main(["evidence", "trace", wanted]) == 0
    assert wanted in capsys.readouterr().out


def test_evidence_lint_is_clean(capsys):
    code, document, _ = ask(capsys, "evidence", "lint")
    assert document == {"findings": []}
    assert code == 0


# ---- studies -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcomes", "errors", "code"),
    [
        ([{"inside_80": True, "cannot": None}], [], 0),
        ([{"inside_80": False, "cannot": None}], [], 1),
        ([{"inside_80": False, "cannot": "not simulated"}], [], 1),
        ([{"inside_80": True, "cannot": None}], [{"file": "bad.yaml"}], 2),
    ],
)
def test_the_exit_code_of_a_score(outcomes, errors, code):
    assert verdict({"studies": [{"outcomes": outcomes}], "errors": errors}) == code


def test_a_bad_study_goes_to_errors(capsys, tmp_path):
    (tmp_path / "bad.yaml").write_text("endplate: 1\nstudy: [\n", encoding="utf-8")
    code, document, _ = ask(capsys, "reproduce", str(tmp_path), "--draws", "2")
    assert code == 2
    assert [Path(error["file"]).name for error in document["errors"]] == ["bad.yaml"]


STUDY = """endplate: 1
study: made_up
title: Invented for this test
sources: [{citation: none, evidence: read}]
role: validation
species: human
preparation: in_vivo
arms:
  - arm: one
    n: 9
    product: onabotulinumtoxinA
    injections: [{muscle: biceps_brachii, dose: 100 U, sites: 4}]
outcomes:
  - {arm: one, measure: scale_change, scale: modified_ashworth, joint: elbow, at: 4 wk, value: 4}
"""


def test_a_missed_outcome_ends_with_1(capsys, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    arguments = ("reproduce", str(tmp_path), "--draws", "4")
    code, document, _ = ask(capsys, *arguments)
    assert code == 1
    assert [study["study"] for study in document["studies"]] == ["made_up"]
    assert document["totals"]["outcomes"] == 1
    assert main([*arguments]) == 1
    assert "made_up" in capsys.readouterr().out


def test_a_folder_without_studies_is_no_success(capsys, tmp_path):
    assert fails(capsys, "reproduce", str(tmp_path))["rule"] == "no_study"


def test_out_writes_the_scoreboard_and_names_it(capsys, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    out = tmp_path / "out"
    assert main(["reproduce", str(tmp_path), "--draws", "4", "--out", str(out)]) == 1
    told = capsys.readouterr().out
    assert f"Scoreboard: {out / 'scoreboard.html'}" in told.replace("\n", "")
    document = strict((out / "reproduce.json").read_text(encoding="utf-8"))
    assert document["comparison"]["outcomes"] == 1
    assert document["studies"][0]["courses"]
    assert "made_up" in (out / "scoreboard.html").read_text(encoding="utf-8")


def test_compare_adds_the_baseline_and_plain_json_stays_small(capsys, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    arguments = ("reproduce", str(tmp_path), "--draws", "4")
    _, plain, _ = ask(capsys, *arguments)
    _, compared, _ = ask(capsys, *arguments, "--compare")
    assert "comparison" not in plain
    assert "courses" not in plain["studies"][0]
    assert len(plain["totals"]["pit"]) == 10
    assert set(compared["comparison"]) >= {"mechanism", "baseline", "families", "outcomes"}


def test_compare_prints_both_models(capsys, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    main(["reproduce", str(tmp_path), "--draws", "4"])
    assert "baseline" not in capsys.readouterr().out
    main(["reproduce", str(tmp_path), "--draws", "4", "--compare"])
    told = capsys.readouterr().out
    assert all(
        part in told for part in ("Mechanism / empirical baseline", "inside 80 %", "CRPS", "Of 1 outcomes")
    )


def test_a_model_that_is_none_is_told(capsys, tmp_path):
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    assert fails(capsys, "reproduce", str(tmp_path), "--model", "oracle")["rule"] == "unknown_word"
