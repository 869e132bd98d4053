"""view spread."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from program import ADULT, ask, fails
from scipy.io import netcdf_file


def test_view_spread_writes_section_field_and_table(capsys, tmp_path):
    code, document, _ = ask(
        capsys, "view", "spread", ADULT, "--muscle", "flexor_carpi_radialis", "--out", str(tmp_path)
    )
    assert code == 0
    held = {row["muscle"]: row["held_U"] for row in document["muscles"]}
    assert sum(held.values()) == pytest.approx(sum(document["dose_U"].values()), rel=1e-6)
    assert held["flexor_carpi_radialis"] > 30
    picture, field = document["files"]
    assert "schematic" in Path(picture).read_text(encoding="utf-8")
    with netcdf_file(io.BytesIO(Path(field).read_bytes())) as data:
        assert data.variables["exposure"].shape == data.variables["muscle"].shape


def test_a_muscle_that_is_not_injected_is_an_input_error(capsys, tmp_path):
    told = fails(capsys, "view", "spread", ADULT, "--muscle", "soleus", "--out", str(tmp_path))
    assert told["field"] == "--muscle" and "biceps_brachii" in told["remedy"]
    assert (
        fails(capsys, "view", "spread", ADULT, "--muscle", "nose", "--out", str(tmp_path))["field"]
        == "--muscle"
    )
