"""Fifty people at once on this computer: everybody is answered or told to wait, and memory stays where it is.

A few seconds here; ``ENDPLATE_LOAD_S=60`` (``make validate``) for a minute.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

TOKEN = "load"
PEOPLE = 50
SECONDS = float(os.environ.get("ENDPLATE_LOAD_S", "6"))
MOST_MB = 1200
MOST_GROWTH = 1.25  # of memory from the middle to the end
ANSWERS = {200, 202, 204, 429}  # 429: too many questions wait, and it says so


def memory_mb(process):
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


async def person(client, number, until, seen):
    """Somebody who types doses, looks at drawings, keeps the case and now and then asks a long question."""
    case = (await client.get("/api/examples/adult_arm")).json()["case"]
    for turn in itertools.count():
        if time.monotonic() > until:
            return
        case["plan"]["injections"][0]["dose"] = f"{60 + (turn + number) % 60} U"
        asked = [
            client.post("/api/check", json={"case": case}),
            client.post("/api/ranges", json={"case": case}),
            client.put(f"/api/cases/person-{number}.yaml", json={"case": case}),
        ]
        if turn % 4 == number % 4:
            asked.append(client.post("/api/limb", json={"case": case}))
        if turn % 8 == number % 8:
            asked.append(client.post("/api/curves", json={"case": case, "draws": 20}))
        if turn % 16 == number % 16:
            job = {"kind": "simulate", "case": case, "options": {"draws": 20}}
            asked.append(client.post("/api/jobs", json=job))
        seen += [answer.status_code for answer in await asyncio.gather(*asked)]
        await asyncio.sleep(0.2)


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.timed
def test_fifty_people_are_answered_and_memory_stays(tmp_path):
    command = [sys.executable, "-m", "endplate", "serve", "--no-browser", "--cases", str(tmp_path)]
    environment = {**os.environ, "ENDPLATE_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            lines = [process.stdout.readline() for _ in range(2)]
            address = lines[1].split()[-1].partition("/#")[0]
            with ThreadPoolExecutor(1) as thread:  # the browser's tests hold a loop in this one
                seen, memory = thread.submit(asyncio.run, crowd(address, process)).result()
        finally:
            process.kill()
    assert len(seen) > 5 * PEOPLE and set(seen) <= ANSWERS, {code: seen.count(code) for code in set(seen)}
    assert max(memory) < MOST_MB and memory[-1] < MOST_GROWTH * memory[len(memory) // 2]


async def crowd(address, process):
    seen, memory = [], []
    limits = httpx.Limits(max_connections=PEOPLE)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120, limits=limits) as client:
        case = (await client.get("/api/examples/adult_arm")).json()["case"]
        await client.post("/api/curves", json={"case": case, "draws": 20})  # everything is warm
        until = time.monotonic() + SECONDS
        people = [asyncio.create_task(person(client, number, until, seen)) for number in range(PEOPLE)]
        while time.monotonic() < until:
            memory.append(memory_mb(process))
            await asyncio.sleep(0.5)
        await asyncio.gather(*people)
        memory.append(memory_mb(process))
    return seen, memory
