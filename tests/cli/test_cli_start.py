"""Starting, parsing, failing and the state of the installation."""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import time

import pytest
from program import ADULT, FEW, ask, fails, process

import endplate
from endplate.app import commands_case
from endplate.app.cli import main
from endplate.knowledge.vocabulary.wording import BANNER

# ---- help, version, start ------------------------------------------------------------------------


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


@pytest.mark.timed
def test_help_is_quick():
    def seconds():
        since = time.perf_counter()
        assert process("--help").returncode == 0
        return time.perf_counter() - since

    assert min(seconds() for _ in range(5)) < 0.3


@pytest.mark.timed
def test_importing_endplate_is_quick():
    """The median of cold processes, the start of Python among it; bar 0.15 s."""

    def seconds():
        since = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import endplate"], check=True, timeout=60)
        return time.perf_counter() - since

    assert statistics.median(seconds() for _ in range(9)) < 0.15


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from endplate.app.cli import main; main(['--help']);"
        "heavy = {'numpy', 'numba', 'scipy', 'pydantic', 'rich', 'ruamel.yaml', 'jinja2'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_simulation_loads_nothing_that_only_studies_and_views_need():
    code = (
        "import sys; from endplate.app.cli import main;"
        f"main(['simulate', {ADULT!r}, '--draws', '4', '--horizon', '6 wk', '--quiet']);"
        "spared = {'endplate.case.study', 'endplate.knowledge.vocabulary.measures',"
        " 'endplate.knowledge.vocabulary.patterns',"
        " 'endplate.knowledge.labels.approvals', 'scipy.optimize', 'scipy.stats', 'jinja2', 'rich'};"
        "print(sorted(spared & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "package",
    [
        "endplate",
        "endplate.case",
        *(f"endplate.knowledge.{room}" for room in ("anatomy", "labels", "vocabulary")),
    ],
)
def test_every_public_name_is_there_on_first_use(package):
    module = importlib.import_module(package)
    assert all(getattr(module, name) is not None for name in module.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


# ---- the command line is wrong -------------------------------------------------------------------


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


# ---- how it ends when something else goes wrong --------------------------------------------------


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
