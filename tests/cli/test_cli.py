"""The command line: what it prints, what it writes, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import endplate
from endplate.app import cli, commands_case
from endplate.app.cli import main
from endplate.app.commands_studies import verdict
from endplate.app.examples import example
from endplate.app.files import folder_name, write_text
from endplate.app.plain import plain, to_json
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ADULT = str(EXAMPLES / "adult_arm.yaml")
WRONG = str(EXAMPLES / "wrong_plan.yaml")
FEW = ("--draws", "4", "--horizon", "6 wk")
ERROR_KEYS = {"file", "line", "field", "rule", "message", "remedy"}


def strict(text):
    """Parse exactly one JSON document in which NaN and infinity are not allowed."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def ask(capsys, *arguments):
    """Run a command with --json; its exit code, document and standard error."""
    code = main([*arguments, "--json"])
    captured = capsys.readouterr()
    return code, strict(captured.out), captured.err


def fails(capsys, *arguments):
    """Run a command that the input breaks; the error object."""
    code, document, told = ask(capsys, *arguments)
    assert code == 2
    assert set(document) == {"error"}
    assert set(document["error"]) == ERROR_KEYS
    assert "Traceback" not in told
    assert document["error"]["message"] in told
    return document["error"]


def process(*arguments, **options):
    """Run the program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "endplate", *arguments], capture_output=True, text=True, timeout=240, **options
    )


# ---- help, version, start ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        (),
        ("run",),
        ("check",),
        ("simulate",),
        ("reproduce",),
        ("schema",),
        ("doctor",),
        ("demo",),
        ("evidence",),
        ("evidence", "list"),
        ("evidence", "trace"),
        ("evidence", "lint"),
        ("evidence", "gaps"),
    ],
)
def test_every_help_carries_the_banner(command, capsys):
    assert main([*command, "--help"]) == 0
    assert BANNER in " ".join(capsys.readouterr().out.split())


def test_no_arguments_show_the_help(capsys):
    assert main([]) == 0
    assert "Usage: endplate" in capsys.readouterr().out


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"endplate {endplate.__version__}\n"


def test_help_is_quick():
    def seconds():
        since = time.perf_counter()
        assert process("--help").returncode == 0
        return time.perf_counter() - since

    assert min(seconds() for _ in range(5)) < 0.3


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from endplate.app.cli import main; main(['--help']);"
        "heavy = {'numpy', 'numba', 'scipy', 'pydantic', 'rich', 'ruamel.yaml', 'jinja2'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


# ---- the command line is wrong -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        (("run", ADULT, "--draws", "0"), "--draws"),
        (("run", ADULT, "--draws", "100001"), "--draws"),
        (("run", ADULT, "--draws", "many"), "--draws"),
        (("simulate", ADULT, "--seed", "-1"), "--seed"),
        (("simulate", ADULT, "--seed", "1.5"), "--seed"),
        (("check", ADULT, "--no-such"), "--no-such"),
        (("simulate", ADULT, "--horizon", "soon"), "--horizon"),
        (("simulate", ADULT, "--horizon", "26"), "--horizon"),
        (("simulate", ADULT, "--horizon", "-3 wk"), "--horizon"),
        (("simulate", ADULT, "--horizon", "0 d"), "--horizon"),
        (("simulate", ADULT, "--horizon", "999 y"), "--horizon"),
        (("simulate", ADULT, "--horizon", "inf d"), "--horizon"),
        (("simulate", ADULT, "--horizon", "5 mL"), "--horizon"),
        (("check", ADULT, "--horizon", "soon"), "--horizon"),
        (("evidence", "list", "--basis", "guessed"), "--basis"),
        (("evidence", "list", "--draws", "0"), "--draws"),
    ],
)
def test_a_bad_option_is_an_input_error(arguments, field, capsys):
    assert fails(capsys, *arguments)["field"] == field


@pytest.mark.parametrize(
    "arguments", [("run",), ("nothing",), ("evidence",), ("evidence", "nothing"), ("schema",)]
)
def test_a_command_line_that_cannot_be_parsed(arguments, capsys):
    assert fails(capsys, *arguments)["rule"] == "command_line"


def test_without_json_the_sentence_goes_to_standard_error_only(capsys):
    assert main(["run", ADULT, "--draws", "0"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "--draws" in captured.err


@pytest.mark.parametrize("command", ["run", "check", "simulate"])
def test_a_missing_file_is_named(command, capsys, tmp_path):
    missing = str(tmp_path / "nobody.yaml")
    assert fails(capsys, command, missing)["file"] == missing


def test_a_folder_is_no_case(capsys, tmp_path):
    assert fails(capsys, "check", str(tmp_path))["file"] == str(tmp_path)


def test_an_error_deep_in_the_work_still_names_the_file(capsys, tmp_path):
    case = tmp_path / "no_plan.yaml"
    lines = ["endplate: 1", "patient: {code: a-1, age: 58 y, sex: female, weight: 72 kg, condition: stroke}"]
    case.write_text("\n".join(lines), encoding="utf-8")
    error = fails(capsys, "check", str(case))
    assert error["file"] == str(case)
    assert "plan" in error["message"]


# ---- where results go --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [("run", ADULT), ("check", ADULT), ("simulate", ADULT), ("evidence", "list")]
)
def test_out_that_is_a_file(command, capsys, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    error = fails(capsys, *command, "--out", str(taken))
    assert error["field"] == "--out"
    assert taken.read_text(encoding="utf-8") == "mine"


def test_out_below_a_file(capsys, tmp_path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert fails(capsys, "run", ADULT, "--out", str(tmp_path / "taken" / "deeper"))["field"] == "--out"


def test_out_without_permission(capsys, tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert fails(capsys, "check", ADULT, "--out", str(tmp_path))["rule"] == "out_not_writable"


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "result.json"
    write_text(path, "old")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match="No space left"):
        write_text(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("code", "name"), [("arm-01", "arm-01"), ("../../etc", "etc"), ("..", "case"), ("a b/c", "a_b_c")]
)
def test_a_code_never_leaves_the_folder(code, name):
    assert folder_name(code) == name


# ---- JSON --------------------------------------------------------------------------------------


def test_plain_values_are_strict_json():
    odd = {
        "nan": float("nan"),
        "infinite": [np.float64("inf"), np.int64(3), np.bool_(True)],
        "array": np.array([1.5, np.nan]),
        "day": date(2026, 11, 22),
        "path": Path("a/b"),
    }
    assert strict(to_json(odd)) == {
        "nan": None,
        "infinite": [None, 3, True],
        "array": [1.5, None],
        "day": "2026-11-22",
        "path": "a/b",
    }


def test_what_has_no_json_form_is_not_guessed():
    with pytest.raises(TypeError, match="no JSON form"):
        plain(object())


# ---- the main job ------------------------------------------------------------------------------


def test_run_writes_report_and_result(capsys, tmp_path):
    code, document, told = ask(capsys, "run", ADULT, "--out", str(tmp_path), *FEW)
    assert code == 0
    assert told == ""
    assert {"check", "simulate", "report"} <= set(document)
    assert document["report"] == str(tmp_path / "report.html")
    assert "<html" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert strict((tmp_path / "result.json").read_text(encoding="utf-8")) == document
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "result.json"}


def test_run_by_default_writes_under_the_patients_code(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, document, _ = ask(capsys, "run", ADULT, *FEW)
    report = Path(document["report"])
    assert report.parts[0] == "endplate-out"
    assert (tmp_path / report).is_file()


def test_a_critical_finding_ends_with_1_and_the_report_is_written(capsys, tmp_path):
    code, document, _ = ask(capsys, "run", WRONG, "--out", str(tmp_path), *FEW)
    assert code == 1
    assert any(issue["severity"] == "critical" for issue in document["check"]["issues"])
    assert (tmp_path / "report.html").is_file()


def test_check_tells_right_from_wrong(capsys):
    assert ask(capsys, "check", ADULT)[0] == 0
    assert ask(capsys, "check", WRONG)[0] == 1


def test_simulate_has_the_promised_shape(capsys):
    code, document, _ = ask(capsys, "simulate", ADULT, *FEW)
    assert code == 0
    assert {"endplate", "model_version", "seed", "draws", "t_d", "muscles", "joints"} <= set(document)
    assert document["draws"] == 4
    assert document["t_d"] == list(range(43))


def test_the_same_seed_gives_the_same_bytes(capsys):
    def bytes_of(seed):
        assert main(["simulate", ADULT, *FEW, "--seed", seed, "--json"]) == 0
        return capsys.readouterr().out

    assert bytes_of("3") == bytes_of("3")
    assert bytes_of("3") != bytes_of("4")


@pytest.mark.parametrize("command", ["run", "check", "simulate"])
def test_people_get_a_table_with_the_banner(command, capsys, tmp_path):
    assert main([command, ADULT, "--out", str(tmp_path), *FEW]) == 0
    assert BANNER in " ".join(capsys.readouterr().out.split())


def test_quiet_says_nothing(capsys, tmp_path):
    assert main(["run", ADULT, "--quiet", "--out", str(tmp_path), *FEW]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert (tmp_path / "report.html").is_file()


def test_demo_runs_the_example(capsys, tmp_path):
    code, document, _ = ask(capsys, "demo", "--out", str(tmp_path), *FEW)
    assert code == 0
    assert document["simulate"]["muscles"][0]["muscle"] == "biceps_brachii"


# ---- what endplate knows -----------------------------------------------------------------------


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


# ---- studies -----------------------------------------------------------------------------------


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


# ---- doctor ------------------------------------------------------------------------------------


def test_doctor_finds_this_installation_well(capsys):
    code, document, _ = ask(capsys, "doctor", "--warm")
    assert code == 0, document
    assert {"python", "compile cache", "examples", "warm-up"} <= {
        check["name"] for check in document["checks"]
    }


def test_doctor_lists_licences(capsys):
    _, document, _ = ask(capsys, "doctor", "--licences")
    names = {row["name"] for row in document["licences"]}
    assert {"endplate", "numpy", "llvmlite"} <= names
    assert all(row["licence"] for row in document["licences"])
    assert main(["doctor", "--licences"]) == 0
    assert "numpy" in capsys.readouterr().out


def test_doctor_says_what_is_missing(capsys, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/no/such/folder")
    code, document, _ = ask(capsys, "doctor")
    assert code == 1
    assert [check["name"] for check in document["checks"] if not check["ok"]] == ["compile cache"]


# ---- how it ends when something else goes wrong ------------------------------------------------


def raising(error):
    """A stand-in for reading a case that ends in the given way."""

    def load(_):
        raise error

    return load


def test_a_fault_of_endplate_ends_with_3(capsys, monkeypatch):
    monkeypatch.setattr(commands_case, "_load", raising(ZeroDivisionError("surprise")))
    code, document, told = ask(capsys, "check", ADULT)
    assert code == 3
    assert document["error"]["rule"] == "endplate_failed"
    assert "Traceback" in told


def test_an_interrupt_ends_with_130(capsys, monkeypatch):
    monkeypatch.setattr(commands_case, "_load", raising(KeyboardInterrupt()))
    assert main(["check", ADULT]) == 130
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("arguments", ["evidence list --json", "evidence list", "--help"])
def test_a_closed_pipe_is_no_traceback(arguments):
    command = f"{sys.executable} -m endplate {arguments} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_an_ascii_terminal_is_enough(tmp_path):
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = process("run", ADULT, "--out", str(tmp_path), *FEW, env=environment)
    assert done.returncode == 0, done.stderr


# ---- Python ------------------------------------------------------------------------------------


def test_every_public_name_loads():
    for name in endplate.__all__:
        assert getattr(endplate, name) is not None
    assert set(endplate.__all__) <= set(dir(endplate))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = endplate.no_such_name


def test_the_python_example(tmp_path):
    with example() as path:
        case = endplate.load_case(path)
    run = endplate.simulate(case, draws=2, seed=1)
    assert not endplate.check(case).critical
    assert endplate.report(run, tmp_path / "deep" / "report.html").is_file()


def test_the_program_and_the_module_are_one():
    assert cli.main is main
    assert process("--version").stdout.startswith("endplate ")
