"""Fifty people at once on this computer: everybody is answered or told to wait, and memory stays where it is.

A few seconds here; ``ENDPLATE_LOAD_S=60`` (``make validate``) for a minute. The crowd is that of
``benchmarks/serve.py``, whose ten-minute soak stands in docs/hardening.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CROWD = Path(__file__).resolve().parents[2] / "benchmarks" / "serve.py"
SECONDS = os.environ.get("ENDPLATE_LOAD_S", "6")
MOST_MB = 1200
MOST_GROWTH = 1.25  # of memory, from the second quarter of the time to the last
ANSWERS = {"200", "202", "204", "429"}  # 429: too many questions wait, and it says so


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.timed
def test_fifty_people_are_answered_and_memory_stays():
    command = [sys.executable, str(CROWD), "--seconds", SECONDS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])["serve"]
    answered = found["answers"]
    assert sum(answered.values()) > 5 * found["people"] and set(answered) <= ANSWERS, answered
    assert found["most_MB"] < MOST_MB and found["memory_growth"] < MOST_GROWTH
    assert found["files"][1] < 2 * found["people"]
