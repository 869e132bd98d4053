"""What a shell offers at a press of TAB, asked as bash, zsh and fish ask."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from importlib import import_module
from typing import get_args

import pytest
from program import process
from typer.main import get_command

from endplate.app.cli import app, main
from endplate.case.schema import KINDS
from endplate.knowledge.evidence import load_records
from endplate.knowledge.vocabulary import JOINTS, MUSCLES, PRODUCTS, SCALES
from endplate.outputs.report import SECTIONS
from endplate.physiology.terminal.recovery import ACCOUNTS
from endplate.questions.training.shipped import shipped
from endplate.questions.view_joint import LAWS, TESTS
from endplate.simulation.sessions.repeating import Kind


def bash(typed, **options):
    """What bash is offered for the last word of a line."""
    words = shlex.split(typed) + ([""] if typed.endswith(" ") else [])
    asked = {"COMP_WORDS": typed, "COMP_CWORD": str(len(words) - 1), "_ENDPLATE_COMPLETE": "complete_bash"}
    done = process(env={**os.environ, **asked}, **options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def offered(*verbs, option=None):
    """What the option of a command, or its first argument, offers for nothing typed."""
    command = get_command(app)
    for verb in verbs:
        command = command.commands[verb]
    found = command.params
    named = [p for p in found if option in p.opts or (option is None and p.param_type_name == "argument")]
    context = command.make_context(" ".join(verbs), [], resilient_parsing=True)
    return {item.value for item in named[0].shell_complete(context, "")}


def test_verbs_and_options_are_offered():
    verbs = bash("endplate ")
    assert {"run", "check", "view", "evidence", "doctor"} <= set(verbs)
    assert bash("endplate vi") == ["view"]
    assert bash("endplate view ") == ["spread", "junction", "joint"]
    assert {"--muscle", "--side", "--json"} <= set(bash("endplate view spread --"))
    assert bash("endplate run examples/adult_arm.yaml --horizon '26 wk' --rec") == ["--recovery"]


def test_files_are_left_to_the_shell():
    assert bash("endplate run exam") == []
    assert bash("endplate run --goals ") == []


def test_ids_are_offered():
    assert bash("endplate view spread a.yaml --muscle bice") == [
        "biceps_brachii",
        "biceps_femoris_long",
        "biceps_femoris_short",
    ]
    assert bash("endplate labels status --product ona") == ["onabotulinumtoxinA"]
    assert bash("endplate view joint a.yaml --joint=wr") == ["wrist"]


@pytest.mark.parametrize(
    ("verbs", "option", "known"),
    [
        (("view", "spread"), "--muscle", MUSCLES),
        (("view", "joint"), "--joint", JOINTS),
        (("view", "joint"), "--test", TESTS),
        (("view", "joint"), "--law", LAWS),
        (("run",), "--recovery", ACCOUNTS),
        (("run",), "--repeat", get_args(Kind)),
        (("run",), "--without", SECTIONS),
        (("labels", "limits"), "--product", PRODUCTS),
        (("store", "visit"), "--scale", SCALES),
        (("store", "visit"), "--movement", {each for joint in JOINTS.values() for each in joint.movements}),
        (("schema",), None, KINDS),
        (("train", "show"), None, shipped()),
        (("evidence", "trace"), None, load_records()),
    ],
)
def test_what_is_offered_is_what_is_known(verbs, option, known):
    assert offered(*verbs, option=option) == set(known)


def test_every_stage_offered_is_one_that_uses_records():
    for stage in offered("evidence", "list", option="--stage"):
        assert main(["evidence", "list", "--stage", stage, "--quiet"]) == 0


def test_every_offer_is_made_without_a_fault():
    """Names of modules and of what they hold stand as text: each is looked up once."""

    def commands(command):
        for held in getattr(command, "commands", {}).values():
            yield from commands(held)
        yield command

    context = get_command(app).make_context("endplate", [], resilient_parsing=True)
    offers = [p.shell_complete(context, "") for c in commands(get_command(app)) for p in c.params]
    assert sum(bool(found) for found in offers) > 40


def test_zsh_and_fish_ask_in_their_own_ways():
    zsh = {"_ENDPLATE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": "endplate view spread --side l"}
    told = process(env={**os.environ, **zsh}).stdout
    assert "_arguments" in told and '"left"' in told
    fish = {"_ENDPLATE_COMPLETE": "complete_fish", "_TYPER_COMPLETE_ARGS": "endplate view spread --side "}
    get, ask = ({**os.environ, **fish, "_TYPER_COMPLETE_FISH_ACTION": f"{how}-args"} for how in ("get", "is"))
    assert process(env=get).stdout.split() == ["left", "right"]
    assert process(env=ask).returncode == 0
    no_words = {**ask, "_TYPER_COMPLETE_ARGS": "endplate run "}
    assert process(env=no_words).returncode == 1  # files instead


@pytest.mark.timed
def test_a_press_of_tab_is_answered_at_once():
    def seconds(typed):
        since = time.perf_counter()
        assert bash(typed)
        return time.perf_counter() - since

    for typed in ("endplate ", "endplate view spread a.yaml --muscle b", "endplate evidence trace "):
        assert min(seconds(typed) for _ in range(4)) < 0.3


@pytest.fixture
def program(tmp_path):
    """An environment in which ``endplate`` is a command."""
    file = tmp_path / "bin" / "endplate"
    file.parent.mkdir()
    file.write_text(f'#!/bin/sh\nexec {sys.executable} -m endplate "$@"\n', encoding="utf-8")
    file.chmod(0o755)
    return {**os.environ, "PATH": f"{file.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}


def in_shell(environment, *command):
    """Standard output of a shell."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_bash_completes_with_the_script_printed(program):
    script = (
        'eval "$(endplate --show-completion bash)"; COMP_WORDS=(endplate view joint --law l); COMP_CWORD=4;'
        '_endplate_completion endplate; echo "${COMPREPLY[@]}"; complete -p endplate'
    )
    told = in_shell(program, "bash", "--norc", "-c", script)
    assert told[0] == "lambda" and "_endplate_completion" in told


def test_fish_completes_with_the_script_installed(program):
    if shutil.which("fish") is None:
        pytest.skip("no fish here")
    in_shell(program, "endplate", "--install-completion", "fish")
    assert in_shell(program, "fish", "-c", "complete -C 'endplate view joint --law l'") == ["lambda"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_can_be_installed(shell, program, tmp_path):
    told = in_shell(program, "endplate", "--install-completion", shell)
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "bin"]
    assert any("_ENDPLATE_COMPLETE" in path.read_text(encoding="utf-8") for path in written)
    assert any(str(path) in told[2] for path in written)


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
def test_an_unknown_shell_is_an_input_error(option, capsys):
    assert main([option, "csh"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and option in told.err and "bash, zsh, fish" in told.err


def test_a_home_that_cannot_be_written_is_an_input_error(capsys, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert main(["--install-completion", "bash"]) == 2
    told = capsys.readouterr().err
    assert "rule: completion" in told and "--show-completion bash" in told and told.count("\n") == 1


def test_a_fault_offers_nothing_and_says_nothing(monkeypatch, capsys):
    completion = import_module("typer.completion")
    monkeypatch.setattr(completion, "completion_init", lambda: None)
    completing = import_module("endplate.app.completing")

    class Broken:
        def main(self, **_):
            raise ZeroDivisionError

    assert completing.answer(Broken(), "endplate") == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
