"""`doctor`: is this installation complete, does it work, and is the compile cache filled?"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate._version import __version__
from endplate.app.emit import emit, say, tell
from endplate.app.examples import example
from endplate.app.exits import ExitCode
from endplate.app.extras import NEEDED_BY, Extra, Loading, Package, extras, packages
from endplate.app.options import Options, with_options
from endplate.app.plain import plain
from endplate.errors import InputError, first_line
from endplate.handed import MB

OLDEST_PYTHON = (3, 11)
WARM_DRAWS = 2
TRYING_S = 1
LEAST_DISK_MB = 100
_COMPILED = "*.nbi"
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MARKS = {"installed": "ok ", "missing": "-- ", "wrong_version": "NO ", "broken": "NO "}

Warm = Annotated[bool, typer.Option("--warm", help="Run a tiny simulation to fill the compile cache.")]
Licences = Annotated[bool, typer.Option("--licences", help="List the licences of what endplate uses.")]
Load = Annotated[
    bool,
    typer.Option("--load", help="Load every package, however long it takes."),
]


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it is well, what was found, and what to do if not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


@with_options()
def doctor(options: Options, warm: Warm = False, licences: Licences = False, load: Load = False) -> int:
    """Look at the installation: versions, packages, extras, compile cache, machine."""
    wanted = packages()
    loading = Loading(wanted, None if load else TRYING_S)
    warmed = [warm_up()] if warm else []
    others = [check_cache_folder(), check_example(), check_disk(), *warmed]
    found = loading.tried(wanted)
    checks = [check_python(), *check_packages(found), *others]
    held = extras(found)
    document: dict[str, Any] = {"endplate": __version__, "checks": plain(checks), "extras": plain(held)}
    document |= {"machine": machine(), "browser_for_tests": browser_for_tests()}
    if licences:
        from endplate.app.installed import installed_licences

        document["licences"] = plain(installed_licences())
    emit(document, options, "doctor", lambda: _show(document, held, options))
    well = all(check.ok for check in checks) and all(extra.well for extra in held)
    return ExitCode.DONE if well else ExitCode.ANSWER_IS_NO


def check_python() -> Check:
    """Is the interpreter new enough?"""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", sys.version_info >= OLDEST_PYTHON, found, "Use Python 3.11 or newer.")


def check_packages(found: Iterable[Package]) -> list[Check]:
    """Is every package that endplate always needs there, in a version that does, and does it load?"""
    return [
        Check(package.name, package.state == "installed", package.found, package.remedy)
        for package in found
        if package.extra is None
    ]


def check_cache_folder() -> Check:
    """Can compiled code be kept for the next start, and how much is kept already?"""
    told = os.environ.get("NUMBA_CACHE_DIR")
    remedy = "Set NUMBA_CACHE_DIR to a folder you may write to; until then every start compiles anew."
    if told and (why := _not_writable(Path(told))):
        return Check("compile cache", False, f"NUMBA_CACHE_DIR cannot be written: {why}", remedy)
    try:
        from endplate._compiled import KEPT
    except Exception as error:  # whatever a broken numba fails with
        mend = "Mend the packages named above."
        return Check("compile cache", False, f"the compiler does not load ({first_line(error)})", mend)
    if KEPT is None:
        return Check("compile cache", False, "no folder for compiled code can be written", remedy)
    beside = KEPT.name == "__pycache__"
    folder = KEPT.parent if beside else KEPT.parent.resolve()
    files = [path for path in folder.rglob(_COMPILED) if path.is_file()]
    found = f"{len(files)} compiled functions kept in {folder}"
    if not told and folder.parent == Path(tempfile.gettempdir()).resolve():  # this user's and endplate's own
        found += ", only as long as temporary files are; NUMBA_CACHE_DIR names a folder that lasts"
    elif not beside:
        found += ", with those of other programs that share it"
    return Check("compile cache", True, found)


def check_example() -> Check:
    """Are the examples present?"""
    try:
        with example() as path:
            return Check("examples", True, path.name)
    except InputError as error:
        return Check("examples", False, error.message, error.remedy)


def check_disk() -> Check:
    """Is there room for results in the current folder?"""
    free = shutil.disk_usage(Path.cwd()).free // MB
    remedy = f"Make room, or write elsewhere with --out; results need up to {LEAST_DISK_MB} MB."
    return Check("disk", free >= LEAST_DISK_MB, f"{free} MB free here", remedy)


def warm_up() -> Check:
    """Run a tiny simulation of the example, so that the next start finds its code compiled."""
    from endplate.case.loader import load_case
    from endplate.simulation import simulate

    since = time.monotonic()
    with example() as path:
        simulate(load_case(path), draws=WARM_DRAWS, seed=1)
    return Check("warm-up", True, f"simulated {WARM_DRAWS} draws in {time.monotonic() - since:.1f} s")


def machine() -> dict[str, int | None]:
    """Cores and memory that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = _MEMORY_LIMIT.read_text(encoding="ascii").strip() if _MEMORY_LIMIT.is_file() else "max"
    return {"cores": cores, "memory_MB": min(memory, int(limit) if limit.isdigit() else memory) // MB}


def browser_for_tests() -> str | None:
    """The browser that endplate's own tests would use; only whoever works on endplate needs one."""
    return next((path for name in _BROWSERS if (path := shutil.which(name))), None)


def _not_writable(folder: Path) -> str | None:
    """Why nothing can be written there; None where it can."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return error.strerror


def _show(document: dict[str, Any], held: Iterable[Extra], options: Options) -> None:
    """Print the checks, the extras, the machine and the licences, as aligned lines."""
    say(f"endplate {document['endplate']}", options)
    for check in document["checks"]:
        tell(f"  {'ok ' if check['ok'] else 'NO '} {check['name']:<16} {check['found']}", options)
        if not check["ok"]:
            say(f"       {check['remedy']}", options)
    say("Extras, which some commands need", options)
    for extra in held:
        _show_extra(extra, options)
    has = document["machine"]
    say(f"Machine: {has['cores']} cores, {has['memory_MB']} MB of memory", options)
    for row in document.get("licences", []):
        tell(f"  {row['name']:<24} {row['version']:<12} {row['licence']}", options)


def _show_extra(extra: Extra, options: Options) -> None:
    """Print what was found of an extra, what needs it, and how to get it."""
    needed_by = ", ".join(NEEDED_BY[extra.name]) or "work on endplate itself"
    tell(f"  {_MARKS[extra.state]} {extra.name:<16} {extra.found}; for {needed_by}", options)
    if extra.remedy:
        say(f"       {extra.remedy}", options)
