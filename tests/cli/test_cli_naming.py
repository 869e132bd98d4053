"""Every verb names the file, the line and the field of what is wrong alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from program import ADULT, EXAMPLES, fails

TEXT = Path(ADULT).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "verb", ["run", "check", "simulate", "individualise", "explain", "optimise", "sensitivity"]
)
def test_a_case_without_a_plan_is_named_alike_by_every_verb(capsys, tmp_path, verb):
    path = tmp_path / "case.yaml"
    path.write_text(TEXT[: TEXT.index("\nplan:")] + "\n", encoding="utf-8")
    told = fails(capsys, verb, str(path))
    assert (told["rule"], told["field"], told["file"]) == ("plan_required", "plan", str(path))
    assert told["line"] == 1  # the section is not there


def test_of_several_cases_the_one_meant_is_named_with_its_line(capsys, tmp_path):
    path = tmp_path / "other.yaml"
    path.write_text(TEXT.replace("code: arm-01", "code: arm-09"), encoding="utf-8")
    told = fails(capsys, "compare", ADULT, str(path))
    line = next(k for k, text in enumerate(TEXT.splitlines(), 1) if "code: arm-01" in text)
    assert (told["field"], told["file"], told["line"]) == ("patient.code", str(path), line)


def test_an_option_is_named_as_it_is_spelled_and_no_file(capsys):
    told = fails(capsys, "explain", str(EXAMPLES / "adult_arm_followup.yaml"), "--hoped", "9")
    assert (told["field"], told["file"]) == ("--hoped", None)
