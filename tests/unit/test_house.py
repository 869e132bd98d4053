"""The counts the house is built to: short functions and files, every public name documented and annotated."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = '''"""Module."""


def told(x: int) -> int:
    """Do."""
    return x


class Bare:
    def m(self, x):
        return x
'''


@pytest.fixture
def house(monkeypatch):
    """The script that counts."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module("count_house")


def test_functions_and_files_stay_short_and_public_names_are_told(house):
    """Median function at most 10 lines, 95th percentile at most 50, no file over 400."""
    found = house.counts_of_code(house.read())
    assert found["median_function"] <= 10
    assert found["p95_function"] <= house.MOST_FUNCTION
    for name in ("files_over", "undocumented", "unannotated"):
        assert found["offenders"][name] == []


def test_what_breaks_a_count_is_named(house):
    tree = ast.parse(SMALL)
    found = house.counts_of_code([house.Read("a.py", 401, tree)])["offenders"]
    assert found["files_over"] == ["a.py: 401"]
    assert found["undocumented"] == ["a.py::Bare", "a.py::Bare.m"]
    assert found["unannotated"] == ["a.py::Bare.m"]


def test_the_first_load_and_the_rest_are_counted(house):
    assert house.counts_of_app()["first_load_kB"] > 0
    assert house.counts_of_contents()["limb_muscles_without_a_body"] == []
    assert house.counts_of_checks()["import_contracts"] >= 3
