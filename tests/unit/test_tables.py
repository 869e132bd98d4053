"""A run handed on as a polars table and an xarray dataset."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import endplate
from endplate.errors import InputError

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture(scope="module")
def run():
    return endplate.simulate(endplate.load_case(EXAMPLES / "adult_arm.yaml"), draws=8, horizon_d=28)


def test_the_table_holds_every_band(run):
    table = run.to_polars()
    first = run.document["muscles"][0]
    rows = table.filter(kind="muscle", id=first["muscle"], outcome="force")
    assert rows["median"].to_list() == first["force"]["median"]
    bands = (
        len(run.document["muscles"]) * 3 + len(run.document["neighbours"]) + len(run.document["joints"]) * 5
    )
    assert table.height == bands * 29


def test_the_dataset_holds_every_copy(run):
    data = run.to_xarray()
    assert data.sizes["draw"] == 8
    held = data["force"].sel(muscle="biceps_brachii left").values
    assert np.array_equal(held, run.force["biceps_brachii", "left"])


def test_a_missing_library_is_one_sentence(run, monkeypatch):
    def refuse(name):
        raise ModuleNotFoundError(name, name=name)

    monkeypatch.setattr(importlib, "import_module", refuse)
    with pytest.raises(InputError, match="polars is not installed"):
        run.to_polars()
