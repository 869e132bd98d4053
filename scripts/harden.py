"""Hand endplate spoilt files of every kind, in process and by process, and keep how that ended.

Run: python scripts/harden.py docs/data/hardening.json docs/hardening.md   (about half an hour)
     python scripts/harden.py docs/data/hardening.json docs/hardening.md --kept   (the page alone)
     python scripts/harden.py --tries 500 --processes 20 --seed 7   (another seed; nothing kept)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from hardening.home import ROOT, Home
from hardening.page import page
from hardening.specials import Special, specials
from hardening.tried import PATIENCE_S, REFUSED_S, Ended, command, judge, spoilt, swept, tried

from endplate.handed import PATIENCE_S as PIPE_S

TRIES, PROCESSES, SEED = 10_000, 200, 1
PARTS = ("by_process", "in_process", "special")
REFUSED_MB, ACCEPTED_MB = 300, 700
"""Memory of a process that refuses, and of one that computes with what it accepted."""
SHARES = {
    "case": 25,
    "study": 12,
    "trial": 8,
    "goals": 6,
    "training": 5,
    "answer": 6,
    "record": 3,
    "people": 6,
    "people_parquet": 3,
    "parameters": 4,
    "store_tables": 5,
    "store_backup": 4,
    "store_file": 4,
    "result": 4,
    "label": 6,
    "manifest": 4,
    "trial_folder": 2,
    "word": 6,
    "http": 5,
}
"""How many of every 118 tries go to a kind."""
AS_PROCESSES = (
    *("case", "label", "people", "people_parquet"),
    *("store_tables", "store_backup", "answer", "manifest"),
)
"""Kinds whose special files are also handed to a process of its own."""
_KB = 1024
_LAUNCHER = """
import json, os, subprocess, sys, time
begun = time.monotonic()
child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
told = {"code": os.waitstatus_to_exitcode(status), "cpu_s": round(used.ru_utime + used.ru_stime, 2)}
told |= {"wall_s": round(time.monotonic() - begun, 2), "peak_MB": used.ru_maxrss}
open(sys.argv[1], "w").write(json.dumps(told))
"""
# A process is measured from a small one: the system counts the memory of whoever starts it as its own.
_NO_PROCESS = ("http", "parameters", "word")
_MOST_TOLD = 50


class Kept:
    """What is kept of all tries."""

    def __init__(self) -> None:
        self.kinds: dict[str, Counter[str]] = {}
        self.slowest: dict[str, float] = {}
        self.wrong: list[dict[str, Any]] = []
        self.bundles = 0

    def add(self, ended: Ended) -> None:
        """One more try."""
        how = "wrong" if ended.wrong else "refused" if ended.code == 2 else "accepted"
        self.kinds.setdefault(ended.kind, Counter())[how] += 1
        if ended.code == 2:
            self.slowest[ended.kind] = max(self.slowest.get(ended.kind, 0.0), ended.seconds)
        self.bundles += how == "accepted" and ended.words[:2] == ("export", "fhir")
        if ended.wrong:
            told = [what[:400] for what in ended.wrong]
            self.wrong.append({"kind": ended.kind, "try": ended.name, "wrong": told})
            print("WRONG", ended.kind, ended.name, ended.words[:4], told, ended.err[-400:], flush=True)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        ends = ("refused", "accepted", "wrong")
        by_kind = {
            kind: {
                "tries": sum(found.values()),
                **{end: found[end] for end in ends},
                "slowest_refusal_s": round(self.slowest.get(kind, 0.0), 2),
            }
            for kind, found in sorted(self.kinds.items())
        }
        totals = {name: sum(row[name] for row in by_kind.values()) for name in ("tries", *ends)}
        return {**totals, "kinds": by_kind, "failed": self.wrong[:_MOST_TOLD]}


def in_process(home: Home, tries: int, seed: int) -> dict[str, Any]:
    """Spoilt files by seed, kind after kind."""
    kept, begun = Kept(), time.monotonic()
    whole = sum(SHARES.values())
    for kind, share in SHARES.items():
        for number in range(-(-tries * share // whole)):
            file, door = spoilt(home, kind, seed * 1_000_000 + number)
            kept.add(tried(home, kind, f"{kind}/{seed}/{number}", file, door))
        swept(home)
        print(kind, dict(kept.kinds[kind]), f"{time.monotonic() - begun:.0f} s", flush=True)
    return {**_told(kept, begun), "bundles": kept.bundles}


def special_in_process(home: Home) -> dict[str, Any]:
    """Every special file."""
    kept, begun = Kept(), time.monotonic()
    for special in specials():
        file, door = special.placed(home)
        kept.add(tried(home, special.kind, special.name, file, door))
        swept(home)
    return _told(kept, begun)


def _told(kept: Kept, begun: float) -> dict[str, Any]:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KB
    return {**kept.told(), "seconds": round(time.monotonic() - begun), "peak_MB": peak}


def as_processes(home: Home, count: int, seed: int) -> dict[str, Any]:
    """Special files, then spoilt ones, each handed to a process of its own."""
    kept, rows, begun = Kept(), [], time.monotonic()
    for number, (kind, name, file, door) in enumerate(_for_processes(home, count, seed)):
        ended, used = _process(home, kind, name, file, door, as_json=number % 2 == 0)
        kept.add(ended)
        rows.append({"kind": kind, "try": name, "code": ended.code, **used})
        swept(home)
    refused, others = [row for row in rows if row["code"] == 2], [row for row in rows if row["code"] != 2]
    return {
        **kept.told(),
        "seconds": round(time.monotonic() - begun),
        "refused_most": {name: _most(refused, name) for name in ("cpu_s", "wall_s", "peak_MB")},
        "accepted_most": {name: _most(others, name) for name in ("cpu_s", "wall_s", "peak_MB")},
    }


def _most(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, Any]:
    row = max(rows, key=lambda row: row[name], default={"kind": "", "try": "", name: 0})
    return {"most": row[name], "kind": row["kind"], "try": row["try"]}


def _for_processes(home: Home, count: int, seed: int) -> Iterator[tuple[str, str, Path, Sequence[str]]]:
    special = [each for each in specials() if each.kind in AS_PROCESSES and _one_of_each(each)]
    random.Random(seed).shuffle(special)
    chosen = special[: max(count * 2 // 3, 1)]
    for each in chosen:
        yield each.kind, each.name, *each.placed(home)
    kinds = [kind for kind in SHARES if kind not in _NO_PROCESS]
    for number in range(count - len(chosen)):
        kind = kinds[number % len(kinds)]
        yield kind, f"{kind}/{seed}/{number}", *spoilt(home, kind, seed * 1_000_000 + number)


def _one_of_each(special: Special) -> bool:
    """Whether a special file is one of those for processes: places (a folder, a pipe) only in part."""
    from hardening.specials import PATHS

    return special.name not in PATHS or special.kind in ("case", "people", "label")


def _process(
    home: Home, kind: str, name: str, file: Path, door: Sequence[str], *, as_json: bool
) -> tuple[Ended, dict[str, float]]:
    """One command as a process; how it ended and what it used."""
    words = command(home, file, tuple(door), as_json)
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    used, launched = home.folder / "used.json", [sys.executable, "-I", "-S", "-c", _LAUNCHER]
    asked = [*launched, str(used), sys.executable, "-m", "endplate", *words]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        launcher = subprocess.Popen(asked, stdout=out, stderr=err, env=environment, start_new_session=True)
        try:
            launcher.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(launcher.pid, signal.SIGKILL)
            raise SystemExit(f"no answer within {PATIENCE_S} s: {kind}, {name}, {words}") from None
        texts = [_text(stream) for stream in (out, err)]
    found = json.loads(used.read_text(encoding="utf-8"))
    code = found.pop("code")
    told: dict[str, float] = {**found, "peak_MB": found["peak_MB"] // _KB}
    ended = Ended(kind, name, tuple(words), code, texts[0], texts[1], told["cpu_s"])
    judge(ended, home, as_json)
    if told["peak_MB"] > (REFUSED_MB if ended.code == 2 else ACCEPTED_MB):
        ended.wrong.append(f"{told['peak_MB']} MB of memory")
    return ended, told


def _text(stream: Any) -> str:
    stream.seek(0)
    raw: bytes = stream.read()
    return raw.decode("utf-8", "replace")


def main() -> int:
    """Try what is asked for, keep it, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("page", type=Path, nargs="?")
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--kept", action="store_true", help="only write the page from what was kept")
    asked = parser.parse_args()
    if asked.kept:
        asked.page.write_text(page(json.loads(asked.data.read_text(encoding="utf-8"))), encoding="utf-8")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="endplate-harden-"))
    try:
        home = Home(folder)
        found = {
            "command": "python scripts/harden.py docs/data/hardening.json docs/hardening.md",
            "on": date.today().isoformat(),
            "load": round(os.getloadavg()[0], 1),
            "seed": asked.seed,
            "machine": {
                "cores": os.cpu_count(),
                "system": platform.system(),
                "python": platform.python_version(),
            },
            "bounds": {
                "refused_cpu_s": REFUSED_S,
                "refused_MB": REFUSED_MB,
                "accepted_s": PATIENCE_S,
                "accepted_MB": ACCEPTED_MB,
                "pipe_s": PIPE_S,
            },
            "by_process": as_processes(home, asked.processes, asked.seed),
            "in_process": in_process(home, asked.tries, asked.seed),
            "special": special_in_process(home),
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if asked.data and asked.page:
        asked.data.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        asked.page.write_text(page(found), encoding="utf-8")
    wrong = sum(found[part]["wrong"] for part in ("by_process", "in_process", "special"))
    print(
        json.dumps({part: found[part]["tries"] for part in ("by_process", "in_process", "special")}),
        "wrong",
        wrong,
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
