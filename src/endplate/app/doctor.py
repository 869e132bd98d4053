"""`doctor`: is this installation complete, and is the compile cache filled?"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate._version import __version__
from endplate.app.emit import emit, say, tell
from endplate.app.examples import example
from endplate.app.exits import ExitCode
from endplate.app.options import Options, with_options
from endplate.app.plain import plain
from endplate.errors import InputError

OLDEST_PYTHON = (3, 11)
WARM_DRAWS = 2
_CACHE_FILES = "*.nbi"

Warm = Annotated[bool, typer.Option("--warm", help="Run a tiny simulation to fill the compile cache.")]
Licences = Annotated[bool, typer.Option("--licences", help="List the licences of what endplate uses.")]


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it is well, what was found, and what to do if not."""

    name: str
    ok: bool
    found: str
    remedy: str = ""


@with_options()
def doctor(options: Options, warm: Warm = False, licences: Licences = False) -> int:
    """Look at the installation: versions, packages, compile cache, examples."""
    checks = [check_python(), *check_packages(), check_cache_folder(), check_example()]
    if warm:
        checks.append(warm_up())
    document: dict[str, Any] = {"endplate": __version__, "checks": plain(checks)}
    if licences:
        from endplate.app.installed import installed_licences

        document["licences"] = plain(installed_licences())
    emit(document, options, "doctor", lambda: _show(document, options))
    return ExitCode.DONE if all(check.ok for check in checks) else ExitCode.ANSWER_IS_NO


def check_python() -> Check:
    """Is the interpreter new enough?"""
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", sys.version_info >= OLDEST_PYTHON, found, "Use Python 3.11 or newer.")


def check_packages() -> list[Check]:
    """Is every package that endplate always needs installed?"""
    from endplate.app.installed import requirements

    return [_check_package(name) for name in requirements("endplate")]


def check_cache_folder() -> Check:
    """Can compiled code be kept for the next start, and how much is kept already?"""
    folder = cache_folder()
    kept = len(list(folder.rglob(_CACHE_FILES)))
    try:
        with tempfile.TemporaryFile(dir=folder):
            return Check("compile cache", True, f"{kept} compiled functions kept")
    except OSError as error:
        remedy = "Set NUMBA_CACHE_DIR to a folder you may write to; until then every start compiles anew."
        return Check("compile cache", False, f"not writable: {error.strerror}", remedy)


def check_example() -> Check:
    """Are the examples present?"""
    try:
        with example() as path:
            return Check("examples", True, path.name)
    except InputError as error:
        return Check("examples", False, error.message, error.remedy)


def warm_up() -> Check:
    """Run a tiny simulation of the example, so that the next start finds its code compiled."""
    from endplate.case.loader import load_case
    from endplate.simulation import simulate

    since = time.monotonic()
    with example() as path:
        simulate(load_case(path), draws=WARM_DRAWS, seed=1)
    return Check("warm-up", True, f"simulated {WARM_DRAWS} draws in {time.monotonic() - since:.1f} s")


def cache_folder() -> Path:
    """Where numba keeps compiled code: the folder it was told, or the package's own."""
    told = os.environ.get("NUMBA_CACHE_DIR")
    return Path(told) if told else Path(__file__).resolve().parents[1]


def _check_package(name: str) -> Check:
    """Is this one package installed?"""
    from endplate.app.installed import installed_version

    version = installed_version(name)
    return Check(name, version is not None, version or "missing", f"pip install {name}")


def _show(document: dict[str, Any], options: Options) -> None:
    """Print the checks, then the licences, as aligned lines."""
    say(f"endplate {document['endplate']}", options)
    for check in document["checks"]:
        say(f"  {'ok ' if check['ok'] else 'NO '} {check['name']:<16} {check['found']}", options)
        if not check["ok"]:
            say(f"       {check['remedy']}", options)
    for row in document.get("licences", []):
        tell(f"  {row['name']:<24} {row['version']:<12} {row['licence']}", options)
