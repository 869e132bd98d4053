"""`endplate serve` as a process: where it listens, how it stops, what survives its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

TOKEN = "a-token-of-this-run"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def served(tmp_path):
    """A server of its own process."""
    environment = {**os.environ, "ENDPLATE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "endplate", "serve", "--no-browser", "--cases", str(tmp_path / "kept")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        lines = [process.stdout.readline() for _ in range(2)]
        address = lines[1].split()[-1].partition("/#")[0]
        with httpx.Client(base_url=address, headers=HEADERS, timeout=60) as own:
            yield process, own, tmp_path / "kept"
        process.kill()


def test_it_listens_on_this_computer_only_and_stops_when_told(served):
    process, own, _ = served
    assert own.base_url.host == "127.0.0.1" and own.get("/api/health").json() == {"ok": True}
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130)  # as of every command that is stopped


def test_a_killed_server_loses_no_kept_case(served):
    process, own, kept = served
    case = own.get("/api/examples/adult_arm").json()["case"]
    for k in range(5):
        assert own.put(f"/api/cases/case-{k}.yaml", json={"case": case}).status_code == 200
    process.kill()
    process.wait(20)
    from endplate.case.loader import load_case

    assert [load_case(path).to_dict() for path in sorted(kept.glob("*.yaml"))] == [case] * 5
    assert {path.suffix for path in kept.iterdir()} == {".yaml"}


def test_a_taken_port_is_told(served, capsys):
    from endplate.app.cli import main

    _, own, kept = served
    assert main(["serve", "--no-browser", "--port", str(own.base_url.port), "--cases", str(Path(kept))]) == 2
    assert "--port" in capsys.readouterr().err
