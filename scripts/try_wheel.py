"""Install the wheel in a clean environment of every Python on this machine, and try it there.

First the base alone: it does the main job, and a command that needs an extra says so in one sentence. Then in
a read-only installation without a home, then with every extra. With uv at hand, once more at the lowest
versions that the project file allows. The folder's name has a space and a letter beyond ASCII, the language
is C, and there is no terminal.

Run: python scripts/try_wheel.py --out docs/data/wheels.json
     python scripts/try_wheel.py --minimal --python 3.12.1
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_ASK = "import sys; print(*sys.version_info[:3], sep='.'); print(sys.version_info[:2] >= (3, 11))"
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/#token=(\S+)")
_CAN_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
_MB, _KIB_PER_MB = 1e6, 1e6 / 1024
_FEW = ("--draws", "20")
_MISSING = {
    "pdf": (("run", "CASE", "--pdf"), ("compare", "CASE", "CASE", "--pdf", "--out", "compared")),
    "web": (("serve", "--no-browser"),),
    "trials": (("trial", "TRIAL", "--replicates", "2"),),
    "optimise": (("optimise", "CASE", "--front", "2"),),
    "sensitivity": (("sensitivity", "CASE"),),
    "store": (("store", "init", "--store", "store.db"), ("run", "CASE", "--store", "store.db")),
    "exchange": (("export", "sbml", "CASE"), ("export", "petab", "CASE", "--simulated", "14,28")),
    "tables": (("export", "csv", "CASE", "--parquet"),),
    "maintainer": (("labels", "spl", "CASE", "--product", "onabotulinumtoxinA"),),
}
_WITH_ALL: tuple[tuple[str, ...], ...] = (
    ("run", "CASE", "--pdf", "--out", "pdf", *_FEW),
    ("export", "sbml", "CASE", "--out", "sbml"),
    ("export", "petab", "CASE", "--simulated", "14,28", "--out", "petab"),
    ("export", "csv", "CASE", "--parquet", "--out", "csv", *_FEW),
    ("people", "stroke_arm", "--n", "20", "--out", "people.parquet"),
    ("trial", "TRIAL", "--replicates", "2", "--out", "trial"),
    ("sensitivity", "CASE", "--draws", "64", "--out", "sensitivity"),
    ("optimise", "CASE", "--front", "2", "--out", "front", *_FEW),
    ("store", "init", "--store", "store.db"),
    ("store", "add", "CASE", "--store", "store.db"),
    ("store", "list", "--store", "store.db"),
)
_TABLES = """
import endplate as ep
run = ep.simulate(ep.load_case({case!r}), draws=10, seed=1)
print(run.to_polars().height, len(run.to_xarray().dims))
"""


class Failed(Exception):
    """Something is not as it must be; the message says what."""


@dataclass
class Site:
    """A clean environment: its Python, a folder without the repository, and what was measured there."""

    python: Path
    folder: Path
    found: dict[str, Any] = field(default_factory=dict)

    @property
    def program(self) -> str:
        """The command that the wheel installs."""
        return str(self.python.with_name("endplate"))

    def environment(self, home: Path | None = None) -> dict[str, str]:
        """Hardly any variable: a path without the checkout, an empty home, the language C."""
        temporary = self.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        return {
            "PATH": f"{self.python.parent}:/usr/bin:/bin",
            "HOME": str(home or self.folder),
            "TMPDIR": str(temporary),
            "LANG": "C",
        }

    def run(self, *command: str, code: int = 0, before: Sequence[str] = (), home: Path | None = None) -> Done:
        """A command without a terminal; it must end with this code.

        Raises:
            Failed: it does not.
        """
        since = time.perf_counter()
        with (self.folder / "out").open("wb") as stdout, (self.folder / "err").open("wb") as stderr:
            done = subprocess.Popen(
                [*before, *command],
                cwd=self.folder / "work",
                env=self.environment(home),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
            )
            _, status, usage = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        out, err = ((self.folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
        if done.returncode != code or "Traceback" in err:
            told = (
                f"{' '.join(command)} ended with {done.returncode}, not {code}:\n{out[-1500:]}{err[-3000:]}"
            )
            raise Failed(told)
        return Done(out, err, time.perf_counter() - since, usage.ru_maxrss / _KIB_PER_MB)


@dataclass(frozen=True)
class Done:
    """What a command said, its seconds and its peak memory."""

    out: str
    err: str
    seconds: float
    peak_MB: float


def pythons() -> dict[str, Path]:
    """Every Python from 3.11 on this machine by its version: those of the PATH, /usr/bin and pyenv."""
    folders = [*map(Path, os.get_exec_path()), Path("/usr/bin"), Path("/usr/local/bin")]
    folders += sorted((Path.home() / ".pyenv" / "versions").glob("*/bin"))
    found: dict[str, Path] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("python3*"))):
        if not re.fullmatch(r"python3(\.\d+)?", path.name) or "shims" in path.parts:
            continue
        if (path.parents[1] / "pyvenv.cfg").exists():
            continue
        done = subprocess.run([path, "-c", _ASK], capture_output=True, text=True, check=False)
        version, _, new = done.stdout.strip().partition("\n")
        if done.returncode == 0 and new == "True":
            found.setdefault(version, path)
    return dict(sorted(found.items(), key=lambda item: tuple(map(int, item[0].split(".")))))


@contextmanager
def site(python: Path) -> Iterator[Site]:
    """An environment of that Python in a folder of its own, which is cleared up at the end."""
    with tempfile.TemporaryDirectory(prefix="endplate wheel \N{LATIN SMALL LETTER E WITH ACUTE} ") as made:
        folder = Path(made)
        (folder / "work").mkdir()
        subprocess.run([python, "-m", "venv", folder / "env"], check=True, capture_output=True)
        yield Site(folder / "env" / "bin" / "python", folder)
        for each in (path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink()):
            each.chmod(each.stat().st_mode | stat.S_IRWXU)


def installed(place: Site, *wanted: str) -> float:
    """Install with pip, as a user would; seconds."""
    since = time.perf_counter()
    command = [str(place.python), "-m", "pip", "install", "--quiet", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place.folder)
    if done.returncode:
        raise Failed(f"pip install {' '.join(wanted)}:\n{done.stderr[-3000:]}")
    return round(time.perf_counter() - since, 1)


def minimal(place: Site) -> None:
    """The base alone: the main job, and what is said of extras that are missing."""
    where = place.run(str(place.python), "-c", "import endplate; print(endplate.__file__)").out.strip()
    if not Path(where).is_relative_to(place.folder):
        raise Failed(f"endplate comes from {where}")
    place.run(place.program, "--help")
    told = json.loads(place.run(place.program, "doctor", "--load", "--json").out)
    place.found["versions"] = {check["name"]: check["found"] for check in told["checks"][:9]}
    first = place.run(place.program, "demo", "--quiet")
    warm = min((place.run(place.program, "demo", "--quiet") for _ in range(3)), key=lambda one: one.seconds)
    place.found["demo"] = {
        "first_s": round(first.seconds, 1),
        "first_peak_MB": round(first.peak_MB),
        "warm_s": round(warm.seconds, 1),
    }
    if "Not a medical device" not in place.run(place.program, "demo", *_FEW).out:
        raise Failed("the demo lacks its banner")
    place.run(place.program, "check", example(place, "adult_arm.yaml"))
    place.run(place.program, "check", example(place, "wrong_plan.yaml"), code=1)
    place.run(place.program, "check", "nobody.yaml", code=2)
    place.run(place.program, "evidence", "lint", "--quiet")
    for name, commands in _MISSING.items():
        if told and next(row for row in told["extras"] if row["extra"] == name)["state"] != "missing":
            raise Failed(f"the extra {name} is there without having been asked for")
        for command in commands:
            lacks(place, name, command)
    place.found["missing_extras_told"] = sum(map(len, _MISSING.values()))


def lacks(place: Site, extra: str, command: Sequence[str]) -> None:
    """A command says in one sentence which extra it lacks and how to get it, and writes nothing."""
    words = filled(place, command)
    before = sorted((place.folder / "work").iterdir())
    told = place.run(place.program, *words, code=2)
    remedy = f"python -m pip install 'endplate[{extra}]'"
    if remedy not in told.err or told.err.count("\n") != 1 or told.out:
        raise Failed(f"{' '.join(words)} does not name '{remedy}' in one sentence: {told.err}{told.out}")
    if sorted((place.folder / "work").iterdir()) != before:
        raise Failed(f"{' '.join(words)} left something behind")


def read_only(place: Site) -> None:
    """The demo where neither the installation nor the home can be written."""
    rights = _WITHOUT_RIGHTS if os.getuid() == 0 else ()
    if rights and not shutil.which(rights[0]):
        place.found["read_only"] = "not tried: running as root without setpriv"
        return
    home = place.folder / "home"
    home.mkdir()
    package = Path(example(place, "adult_arm.yaml")).parents[1]
    for cache in list(package.rglob("__pycache__")):
        shutil.rmtree(cache)
    changed = [home, package, *(path for path in package.rglob("*") if path.is_dir())]
    for folder in changed:
        folder.chmod(folder.stat().st_mode & ~_CAN_WRITE)
    runs = [place.run(place.program, "demo", *_FEW, before=rights, home=home) for _ in range(2)]
    place.run(place.program, "doctor", before=rights, home=home)
    for folder in changed:
        folder.chmod(folder.stat().st_mode | stat.S_IWUSR)
    place.found["read_only"] = {"first_s": round(runs[0].seconds, 1), "warm_s": round(runs[1].seconds, 1)}


def everything(place: Site) -> None:
    """With every extra: files of each kind, tables, the store, and the server."""
    place.run(place.program, "doctor", "--load")
    for command in _WITH_ALL:
        place.run(place.program, *filled(place, command))
    place.run(str(place.python), "-c", _TABLES.format(case=example(place, "adult_arm.yaml")))
    work = place.folder / "work"
    kept = (
        "pdf/report.pdf",
        "sbml/*.xml",
        "petab/*.yaml",
        "csv/*.parquet",
        "people.parquet",
        "trial/*.parquet",
    )
    if lost := [name for name in kept if not any(path.stat().st_size for path in work.glob(name))]:
        raise Failed(f"not written: {', '.join(lost)}; there are {sorted(p.name for p in work.rglob('*'))}")
    served(place)


def served(place: Site) -> None:
    """The server answers with its pages, refuses who has no token, and stops."""
    process = subprocess.Popen(
        [place.program, "serve", "--no-browser"],
        cwd=place.folder / "work",
        env=place.environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = iter(process.stdout or ())
        address, token = next(match.groups() for line in lines if (match := _LINK.search(line)))
        page = urllib.request.urlopen(address, timeout=60).read()
        asked = urllib.request.Request(f"{address}/api/meta", headers={"Authorization": f"Bearer {token}"})
        meta = json.load(urllib.request.urlopen(asked, timeout=60))
    finally:
        process.terminate()
        process.wait(60)
    if b"<script" not in page or not meta:
        raise Failed("the server has no pages")


def example(place: Site, name: str) -> str:
    """An example that came with the wheel."""
    (found,) = place.folder.glob(f"env/lib/python*/site-packages/endplate/examples/{name}")
    return str(found)


def filled(place: Site, command: Sequence[str]) -> list[str]:
    """A command with files of the wheel in the places of CASE and TRIAL."""
    files = {"CASE": "adult_arm.yaml", "TRIAL": "trials/two_doses_arm.yaml"}
    return [example(place, files[word]) if word in files else word for word in command]


def size_MB(folder: Path) -> int:
    """What a folder holds."""
    return round(sum(path.lstat().st_size for path in folder.rglob("*")) / _MB)


def tried(python: Path, wheel: Path, *, with_all: bool) -> dict[str, Any]:
    """All trials with one Python."""
    with site(python) as place:
        place.found["minimal_install_s"] = installed(place, str(wheel))
        place.found["minimal_MB"] = size_MB(place.folder / "env")
        minimal(place)
        read_only(place)
        if with_all:
            place.found["all_install_s"] = installed(place, f"{wheel}[all]")
            place.found["all_MB"] = size_MB(place.folder / "env")
            everything(place)
        return place.found


def lowest(python: Path, wheel: Path) -> dict[str, Any] | None:
    """The base at the lowest versions that the project file allows; None without uv."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if uv is None:
        return None
    with site(python) as place:
        ask = "import importlib.metadata as m; print(*(x for x in m.requires('endplate') if ';' not in x))"
        installed(place, "--no-deps", str(wheel))
        direct = place.run(str(place.python), "-c", ask).out.split()
        command = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(place.python),
            "--resolution",
            "lowest-direct",
        ]
        subprocess.run([*command, *direct, str(wheel)], check=True)
        minimal(place)
        return place.found


def trials(
    asked: argparse.Namespace, wheel: Path
) -> Iterator[tuple[str, Callable[[], dict[str, Any] | None]]]:
    """What is tried, by name: every Python asked for, and the oldest at the lowest versions."""
    found = pythons()
    chosen = {name: path for name, path in found.items() if not asked.python or name in asked.python}
    for name, python in chosen.items():
        yield name, partial(tried, python, wheel, with_all=not asked.minimal)
    name, python = next(iter(found.items()))
    if not asked.minimal and name in chosen:
        yield f"{name}, lowest versions", partial(lowest, python, wheel)


def main() -> int:
    """Try what was asked for, print and keep what was found; 1 where something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wheel", type=Path, help="built anew if left out")
    parser.add_argument(
        "--python", action="append", metavar="VERSION", help="such as 3.12.1; every one without it"
    )
    parser.add_argument("--minimal", action="store_true", help="the base alone")
    parser.add_argument("--out", type=Path, help="keep what was found in this JSON file")
    asked = parser.parse_args()
    rows, failed = [], 0
    with tempfile.TemporaryDirectory() as made:
        wheel = (asked.wheel or built(Path(made))).resolve()
        for name, trial in trials(asked, wheel):
            try:
                found = trial()
            except Failed as error:
                failed += 1
                print(f"NO  {name}: {error}", flush=True)
                continue
            if found is not None:
                rows.append({"python": name, **found})
                print(f"ok  {name}: {json.dumps(found)}", flush=True)
        size = round(wheel.stat().st_size / _MB, 1)
    if asked.out and not failed:
        told = {"command": "make wheels", "on": date.today().isoformat(), "wheel_MB": size, "tried": rows}
        asked.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 1 if failed or not rows else 0


def built(folder: Path) -> Path:
    """The wheel of this repository."""
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("endplate-*.whl")
    return wheel


if __name__ == "__main__":
    sys.exit(main())
