"""Where results go and what JSON may hold."""

from __future__ import annotations

import os
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from program import ADULT, fails, strict

from endplate.app.files import folder_name, write_text
from endplate.app.plain import plain, to_json
from endplate.errors import InputError

# ---- where results go ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [("run", ADULT), ("check", ADULT), ("simulate", ADULT), ("evidence", "list")]
)
def test_out_that_is_a_file(command, capsys, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    error = fails(capsys, *command, "--out", str(taken))
    assert error["field"] == "--out"
    assert taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("command", ["run", "check", "simulate", "explain", "individualise", "optimise"])
def test_a_case_that_cannot_be_read_leaves_no_folder(command, capsys, tmp_path):
    fails(capsys, command, str(tmp_path / "nothing.yaml"), "--out", str(tmp_path / "made"))
    assert list(tmp_path.iterdir()) == []


def test_out_below_a_file(capsys, tmp_path):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert fails(capsys, "run", ADULT, "--out", str(tmp_path / "taken" / "deeper"))["field"] == "--out"


@pytest.mark.parametrize("verb", ["check", "run", "explain"])
def test_a_folder_without_a_name_is_refused(capsys, tmp_path, monkeypatch, verb):
    monkeypatch.chdir(tmp_path)
    told = fails(capsys, verb, ADULT, "--out", "")
    assert (told["rule"], told["field"]) == ("out_empty", "--out") and told["remedy"]
    assert list(tmp_path.iterdir()) == []


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


# ---- JSON ----------------------------------------------------------------------------------------


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
