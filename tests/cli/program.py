"""Calling the program in tests: in process, or as a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from endplate.app.cli import main

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


def results(folder):
    """Names of what a command wrote into a folder, without the manifest and the copies of its inputs."""
    return {path.name for path in folder.iterdir()} - {"manifest.json", "inputs"}


def placed(document, **names):
    """A document as its file holds it: names in place of the paths that are printed."""
    return {**document, **names}
