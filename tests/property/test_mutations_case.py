"""Whatever is done to an example, loading it gives a case or an input error, never anything else."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from endplate.case import Case, joint_baselines, load_case, planned_injections
from endplate.errors import InputError

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
MUTATIONS = 200
ODD = (
    *(
        "nan",
        ".nan",
        ".inf",
        "-1",
        "0",
        "true",
        "null",
        "~",
        '""',
        "[]",
        "{}",
        "1e308",
        "1e999",
        "2026-02-30",
    ),
    *(
        "!!binary eA==",
        "!x y",
        "&a [*a]",
        "*b",
        "<<",
        "\t",
        "\0",
        "é",
        "'",
        '"',
        "#",
        ": ",
        "- ",
        "%",
        "9" * 400,
    ),
    *(
        "400 y",
        "-5 U",
        "100 mL",
        "bilateral",
        "1+",
        "1++",
        "2026-11-22T10:00:00",
        "\n",
        "---\n",
        "? ",
        "|",
        ">",
    ),
)


def cut(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text))
    return text[:start] + text[start + dice.randrange(1, 40) :]


def insert(text: str, dice: random.Random) -> str:
    start = dice.randrange(len(text))
    return text[:start] + dice.choice(ODD) + text[start:]


def revalue(text: str, dice: random.Random) -> str:
    """Replace what follows one colon, up to the next comma, brace or end of line."""
    starts = [place + 2 for place in range(len(text)) if text.startswith(": ", place)]
    start = dice.choice(starts)
    end = min(found for mark in ",}\n" if (found := text.find(mark, start)) >= 0)
    return text[:start] + dice.choice(ODD) + text[end:]


def move_line(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    line = lines.pop(dice.randrange(len(lines)))
    lines.insert(dice.randrange(len(lines)), line)
    return "".join(lines)


def repeat_line(text: str, dice: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    lines.insert(dice.randrange(len(lines)), dice.choice(lines))
    return "".join(lines)


def rename(text: str, dice: random.Random) -> str:
    words = sorted({word for word in text.replace(":", " ").split() if word.isidentifier()})
    word = dice.choice(words)
    return text.replace(word, word[:-1] + dice.choice("xyz_1 :"), 1)


KINDS = (cut, insert, revalue, move_line, repeat_line, rename)


@pytest.mark.parametrize("seed", range(MUTATIONS))
def test_a_mutated_example_is_a_case_or_an_input_error(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    text = dice.choice(EXAMPLES).read_text(encoding="utf-8")
    for _ in range(dice.randint(1, 3)):
        text = dice.choice(KINDS)(text, dice)
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        case = load_case(path)
    except InputError as error:
        assert error.file == str(path)
        assert error.rule
        assert error.message
        assert error.remedy
        return
    assert isinstance(case, Case)
    for shot in planned_injections(case):
        assert math.isfinite(shot.dose_U)
        assert shot.volume_mL >= 0
        assert shot.sites >= 1
    assert all(math.isfinite(base.coded) for base in joint_baselines(case))


def test_raw_bytes_are_a_case_or_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    for seed in range(MUTATIONS):
        dice = random.Random(seed)
        raw = bytearray(dice.choice(EXAMPLES).read_bytes())
        for _ in range(dice.randint(1, 8)):
            raw[dice.randrange(len(raw))] = dice.randrange(256)
        path.write_bytes(raw)
        try:
            assert isinstance(load_case(path), Case)
        except InputError as error:
            assert error.rule
