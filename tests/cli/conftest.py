"""What tests of the command line share."""

from __future__ import annotations

import pytest
import trial_runs

from endplate.app.cli import main


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """File and folder of a small trial's run on one thread that nothing disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = trial_runs.trial_file(folder)
    assert main(["trial", str(path), "--quiet", "--workers", "1", "--out", str(folder / "out")]) == 0
    return path, folder / "out"
