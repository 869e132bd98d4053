"""Fifty people at once on one server: who is answered, how long they wait, what memory and open files do.

A person types doses, looks at drawings, keeps the case, asks a long question now and then, opens the report
and the trainer. Everybody is answered or told to wait (429). Memory, threads and open files are read twice a
second off the server's process. Growth is that of the last quarter of the time over the second, medians, so
that what is filled at the start (caches, the pages) does not count and a slow leak does.

Run: python benchmarks/serve.py [--seconds 60] [--people 50]     (--seconds 600: the ten-minute soak)
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from endplate.app.server.jobs import ENDED

TOKEN = "load"
PEOPLE, SECONDS = 50, 60.0
MOST_MB, MOST_GROWTH = 1200.0, 1.10
REST_S, LOOK_S, PATIENCE_S = 0.2, 0.5, 120.0
KIB_PER_MB = 1e6 / 1024
KINDS = ("simulate", "sensitivity", "simulate", "individualise")
DRAWS = 20


@dataclass
class Seen:
    """What came back, and what the server's process held meanwhile."""

    answers: Counter[int] = field(default_factory=Counter)
    waited_s: list[float] = field(default_factory=list)
    memory_MB: list[float] = field(default_factory=list)
    threads: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def look(self, process: subprocess.Popen[str]) -> None:
        """Read the process once."""
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        held = {name: int(number) for name, number in re.findall(r"(VmRSS|Threads):\s+(\d+)", status)}
        self.memory_MB.append(held["VmRSS"] / KIB_PER_MB)
        self.threads.append(held["Threads"])
        self.files.append(len(os.listdir(f"/proc/{process.pid}/fd")))


Asked = tuple[str, str, dict[str, Any]]


def long_question(case: dict[str, Any], kind: str) -> dict[str, Any]:
    """What is asked of a job."""
    return {"kind": kind, "case": case, "options": {"draws": DRAWS}}


def questions(case: dict[str, Any], number: int, turn: int) -> list[Asked]:
    """What a person asks in one turn, as method, path and body."""
    case["plan"]["injections"][0]["dose"] = f"{60 + (turn + number) % 60} U"
    asked: list[Asked] = [
        ("POST", "/api/check", {"case": case}),
        ("POST", "/api/ranges", {"case": case}),
        ("PUT", f"/api/cases/person-{number}.yaml", {"case": case}),
    ]
    long = long_question(case, KINDS[turn % len(KINDS)])
    rarely: tuple[tuple[int, Asked], ...] = (
        (4, ("POST", "/api/limb", {"case": case})),
        (8, ("POST", "/api/curves", {"case": case, "draws": DRAWS})),
        (16, ("POST", "/api/jobs", long)),
        (32, ("GET", "/api/training", {})),
        (64, ("POST", "/api/report", {"case": case, "draws": DRAWS})),
    )
    return asked + [question for every, question in rarely if turn % every == number % every]


async def ask(client: httpx.AsyncClient, seen: Seen, method: str, path: str, body: dict[str, Any]) -> None:
    """Ask one question and note how it was answered."""
    begun = time.monotonic()
    answer = await client.request(method, path, json=body if body else None)
    seen.answers[answer.status_code] += 1
    seen.waited_s.append(time.monotonic() - begun)


async def warmed(client: httpx.AsyncClient, case: dict[str, Any]) -> None:
    """Ask each kind of question once, long ones to their end: what a server loads at first is no growth."""
    for method, path, body in questions(case, 0, 0):
        await client.request(method, path, json=body if body else None)
    for kind in dict.fromkeys(KINDS):
        job = (await client.post("/api/jobs", json=long_question(case, kind))).json()["id"]
        while (await client.get(f"/api/jobs/{job}")).json()["state"] not in ENDED:
            await asyncio.sleep(REST_S)


async def person(client: httpx.AsyncClient, number: int, until: float, seen: Seen) -> None:
    """Somebody at work until the time is over."""
    case = (await client.get("/api/examples/adult_arm")).json()["case"]
    for turn in itertools.count():
        if time.monotonic() > until:
            return
        await asyncio.gather(*(ask(client, seen, *asked) for asked in questions(case, number, turn)))
        await asyncio.sleep(REST_S)


async def crowd(address: str, process: subprocess.Popen[str], people: int, seconds: float) -> Seen:
    """That many people at once for that long."""
    seen = Seen()
    async with httpx.AsyncClient(
        base_url=address,
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=PATIENCE_S,
        limits=httpx.Limits(max_connections=people),
    ) as client:
        case = (await client.get("/api/examples/adult_arm")).json()["case"]
        await warmed(client, case)
        until = time.monotonic() + seconds
        crowd = [asyncio.create_task(person(client, number, until, seen)) for number in range(people)]
        while time.monotonic() < until:
            seen.look(process)
            await asyncio.sleep(LOOK_S)
        await asyncio.gather(*crowd)
        seen.look(process)
    return seen


def served(people: int, seconds: float) -> Seen:
    """A server of its own process, and the crowd before it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "endplate", "serve", "--no-browser", "--cases", folder]
        environment = {**os.environ, "ENDPLATE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            try:
                assert process.stdout is not None
                lines = [process.stdout.readline() for _ in range(2)]
                address = lines[1].split()[-1].partition("/#")[0]
                return asyncio.run(crowd(address, process, people, seconds))
            finally:
                process.kill()


def growth(values: Sequence[float]) -> float:
    """Median of the last quarter of the readings over that of the second."""
    quarter = max(len(values) // 4, 1)
    return statistics.median(values[-quarter:]) / statistics.median(values[quarter : 2 * quarter] or values)


def document(seen: Seen, people: int, seconds: float) -> dict[str, Any]:
    """What was found, against its bars."""
    waits = sorted(seen.waited_s)
    found: dict[str, Any] = {
        "people": people,
        "seconds": seconds,
        "answers": {str(code): count for code, count in sorted(seen.answers.items())},
        "median_wait_s": round(statistics.median(waits), 3),
        "slowest_of_100_s": round(waits[int(len(waits) * 0.99)], 3),
        "most_MB": round(max(seen.memory_MB), 1),
        "memory_growth": round(growth(seen.memory_MB), 4),
        "threads": [min(seen.threads), max(seen.threads)],
        "files": [min(seen.files), max(seen.files)],
        "files_growth": round(growth(seen.files), 4),
        "bars": {"most_MB": MOST_MB, "growth": MOST_GROWTH},
    }
    held = found["most_MB"] <= MOST_MB and max(found["memory_growth"], found["files_growth"]) <= MOST_GROWTH
    return {**found, "held": held}


def main() -> None:
    """Soak the server; a table, then one JSON document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    asked = parser.parse_args()
    found = document(served(asked.people, asked.seconds), asked.people, asked.seconds)
    print(f"{'':22}found")
    for name, value in found.items():
        told = ", ".join(f"{key} {part}" for key, part in value.items()) if isinstance(value, dict) else value
        print(f"{name:22}{told}")
    print(json.dumps({"serve": found}))


if __name__ == "__main__":
    main()
