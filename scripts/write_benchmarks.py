"""Run every benchmark, keep what it found, write the page, and print one JSON document of all last.

Run: python scripts/write_benchmarks.py docs/data/benchmarks.json docs/benchmarks.md   (about half an hour)
     python scripts/write_benchmarks.py docs/data/benchmarks.json docs/benchmarks.md --only bench,spread
     python scripts/write_benchmarks.py docs/data/benchmarks.json docs/benchmarks.md --kept   (the page alone)
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "benchmarks"
ORDER = (
    "bench",
    "waits",
    "engine",
    "spread",
    "joint",
    "mixture",
    "scale",
    "trial",
    "sensitivity",
    "individualise",
    "optimise",
    "develop",
    "training",
    "store",
    "serve",
)
PEERS = (
    "numpy",
    "scipy",
    "numba",
    "libroadrunner",
    "scikit-fem",
    "mujoco",
    "SALib",
    "statsmodels",
    "pymoo",
    "distributed",
    "sqlalchemy",
)
INTRO = """# Benchmarks

Written by `make bench`, which runs every script of `benchmarks/` and prints one JSON document last. On a
machine that others share, seconds say little: what can be compared are ratios within one run, and a ratio
says nothing without the errors of both sides. So peers run in the same process and the same minute, tuned as
their makers advise, and errors stand beside. Bars that were missed are named as missed.
"""


def processor() -> str:
    """The processor's name, where the system tells it."""
    told = Path("/proc/cpuinfo")
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def machine() -> dict[str, Any]:
    """What was measured on, and the version of every peer that is installed."""
    versions = {}
    for name in ("endplate", *PEERS):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }


def ran(name: str) -> dict[str, Any]:
    """What one benchmark printed: its tables as text, and the JSON document of its last line."""
    command = [sys.executable, str(FOLDER / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"benchmarks/{name}.py ended with {done.returncode}:\n{done.stderr}")
    *lines, last = done.stdout.rstrip("\n").splitlines()
    load = os.getloadavg()[0]
    return {"on": date.today().isoformat(), "load": load, "table": lines, "found": json.loads(last)}


def sections(kept: Mapping[str, Any]) -> Iterator[str]:
    """The page, section by section."""
    yield INTRO
    held = kept["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in held["versions"].items())
    yield (
        f"Machine: {held['processor']}, {held['cores']} cores, {held['system']}, Python {held['python']}. "
        f"Versions: {versions}.\n"
    )
    for name in ORDER:
        if name in kept["benchmarks"]:
            found = kept["benchmarks"][name]
            text = ast.get_docstring(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))) or ""
            title, _, rest = text.partition("\n\n")
            about = rest.partition("Run:")[0].strip()
            yield f"## {name}\n\n{title}\n\n{about}\n"
            table = "\n".join(line.rstrip() for line in found["table"]).strip("\n")
            yield f"```text\n{table}\n```\n"
            yield f"Run on {found['on']}, load of the machine at its end {found['load']:.1f}.\n"


def main() -> None:
    """Run what is asked for, keep it, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--only", default=",".join(ORDER), help="names with commas between")
    parser.add_argument("--kept", action="store_true", help="run nothing")
    asked = parser.parse_args()
    kept = json.loads(asked.data.read_text(encoding="utf-8")) if asked.data.exists() else {"benchmarks": {}}
    if not asked.kept:
        kept["machine"] = machine()
        for name in asked.only.split(","):
            print(f"benchmarks/{name}.py", flush=True)
            kept["benchmarks"][name] = ran(name)
            print("\n".join(kept["benchmarks"][name]["table"]), flush=True)
            asked.data.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    asked.page.write_text("\n".join(sections(kept)), encoding="utf-8")
    print(json.dumps(kept))


if __name__ == "__main__":
    main()
