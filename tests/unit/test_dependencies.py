"""What endplate rests on: pinned with hashes, the base under permissive licences, notices complete."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "audit_dependencies.py"


def test_the_audit_of_what_is_locked_finds_nothing(tmp_path):
    command = [sys.executable, str(SCRIPT), str(tmp_path / "found.json"), "--offline"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    assert {"numpy", "scipy", "numba", "pydantic", "typer"} <= set(found["base"])
    assert found["hashes"] > found["locked"] > 100


@pytest.mark.parametrize(
    ("told", "free"),
    [
        ("MIT", True),
        ("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only OR MIT", True),
        ("MIT AND LGPL-2.1-or-later", False),
        ("not stated", False),
    ],
)
def test_every_part_of_a_licence_that_must_be_kept_is_weighed(monkeypatch, told, free):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import audit_dependencies

    assert audit_dependencies.permissive(told) is free
