"""What `make wheels` kept says what the project file claims: Pythons, and the lowest versions of the base."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "data" / "wheels.json").read_text(encoding="utf-8")
TRIED = {row["python"]: row for row in json.loads(TEXT)["tried"]}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def numbers(version):
    """A version as numbers, without zeros at its end."""
    found = [int(part) for part in version.split(".")]
    while found and found[-1] == 0:
        found.pop()
    return found


def test_every_python_claimed_was_tried_with_the_base_and_with_every_extra():
    claimed = {match[1] for line in PROJECT["classifiers"] if (match := re.search(r":: (3\.\d+)$", line))}
    whole = {name.rpartition(".")[0] for name, row in TRIED.items() if "all_MB" in row}
    assert claimed == whole
    assert all(row["missing_extras_told"] > 10 for row in TRIED.values())


def test_the_lowest_versions_that_are_claimed_were_tried():
    (lowest,) = (row["versions"] for name, row in TRIED.items() if "lowest" in name)
    for needed in PROJECT["dependencies"]:
        name, version = re.fullmatch(r"([\w.]+)>=([\d.]+)", needed).groups()
        assert numbers(lowest[name.replace(".", "-")]) == numbers(version), needed


def test_nothing_of_the_machine_is_kept():
    assert "/" not in TEXT
