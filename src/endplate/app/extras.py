"""The packages endplate asks for and its extras: what each is for, and whether it is there and loads."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Literal

from endplate.app.installed import installed_version
from endplate.errors import install

NEEDED_BY: Mapping[str, tuple[str, ...]] = {
    "web": ("serve",),
    "pdf": ("run --pdf", "compare --pdf"),
    "tables": ("trial --out", "export csv --parquet", "people --own FILE.parquet"),
    "trials": ("trial",),
    "cluster": ("trial --scheduler",),
    "optimise": ("optimise --front",),
    "sensitivity": ("sensitivity",),
    "store": ("store", "run --store", "serve --store"),
    "exchange": ("export sbml", "export petab"),
    "maintainer": ("labels spl",),
    "mujoco": (),
    "inference": (),
    "figures": (),
}
"""The commands that need each extra; those without one serve work on endplate itself."""

State = Literal["installed", "missing", "wrong_version", "broken"]

_MODULES = {
    "libroadrunner": "roadrunner",
    "python-libsbml": "libsbml",
    "ruamel-yaml": "ruamel.yaml",
    "salib": "SALib",
    "scikit-learn": "sklearn",
}
_SLOW = ("polars", "sqlalchemy", "alembic", "SALib", "distributed", "xarray", "emcee", "sklearn", "arviz")
_LINE = re.compile(r"([\w.-]+)(?:\[[^]]*\])?([^;]*)(?:;.*extra\s*==\s*['\"]([\w-]+)['\"])?")
_CONDITION = re.compile(r"(>=|<|!=)\s*([\w.]+)")
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")
_MARK = "loaded"
_LOAD = """
import importlib, resource, sys
seconds = int(sys.argv[1])
if seconds:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
for name in sys.argv[2:]:
    try:
        importlib.import_module(name)
        told = ""
    except BaseException as error:
        told = (type(error).__name__ + ": " + str(error).strip().partition("\\n")[0]).rstrip(". ")
    print("loaded", name, told, sep="\\t", flush=True)
"""


@dataclass(frozen=True)
class Package:
    """A distribution that endplate asks for.

    Attributes:
        name: of the distribution.
        needed: versions that do, such as ``>=1.20``.
        extra: that asks for it; None of the base.
        version: installed; None where it is missing.
        fault: why it does not load; empty where it does, None where that was not tried.
    """

    name: str
    needed: str
    extra: str | None
    version: str | None
    fault: str | None = None

    @property
    def module(self) -> str:
        """What is imported of it."""
        return _MODULES.get(self.name, self.name)

    @property
    def state(self) -> State:
        """What is wrong with it, the first thing first."""
        if self.version is None:
            return "missing"
        if not fits(self.version, self.needed):
            return "wrong_version"
        return "broken" if self.fault else "installed"

    @property
    def found(self) -> str:
        """The state in words."""
        words = {
            "missing": "missing",
            "wrong_version": f"{self.version}, but {self.needed} is needed",
            "broken": f"{self.version} is installed and does not load ({self.fault})",
        }
        return words.get(self.state, str(self.version))

    @property
    def remedy(self) -> str:
        """The command that mends it; empty where nothing is wrong."""
        if self.state == "installed":
            return ""
        if self.state == "broken":
            return f"python -m pip install --force-reinstall '{self.name}{self.needed}'"
        return (
            f"python -m pip install '{self.name}{self.needed}'" if self.extra is None else install(self.extra)
        )

    def to_dict(self) -> dict[str, str | bool | None]:
        """The package as it stands in the answer; ``loads`` is None where that was not tried."""
        loads = None if self.fault is None else not self.fault
        return {
            "name": self.name,
            "needed": self.needed,
            "version": self.version,
            "loads": loads,
            "state": self.state,
        }


@dataclass(frozen=True)
class Extra:
    """An extra of endplate's: its name and the packages it brings."""

    name: str
    packages: tuple[Package, ...]

    @property
    def worst(self) -> Package:
        """The first package that is wrong, else the first."""
        order: tuple[State, ...] = ("broken", "wrong_version", "missing")
        wrong = (package for state in order for package in self.packages if package.state == state)
        return next(wrong, self.packages[0])

    @property
    def state(self) -> State:
        """Installed where all of it is; else the worst state among its packages."""
        return self.worst.state

    @property
    def well(self) -> bool:
        """Whether nothing needs mending: an extra that nobody asked for may be missing."""
        return self.state in ("installed", "missing")

    @property
    def found(self) -> str:
        """The state in words."""
        wrong = [package for package in self.packages if package.state != "installed"]
        if wrong and all(package.version is None for package in self.packages):
            return "missing"
        return ", ".join(f"{package.name} {package.found}" for package in wrong or self.packages)

    @property
    def remedy(self) -> str:
        """The command that installs or mends it; empty where nothing is wrong."""
        return self.worst.remedy

    def to_dict(self) -> dict[str, object]:
        """The extra as it stands in the answer."""
        return {
            "extra": self.name,
            "state": self.state,
            "needed_by": list(NEEDED_BY[self.name]),
            "packages": [package.to_dict() for package in self.packages],
            "remedy": self.remedy,
        }


def packages() -> list[Package]:
    """What the installed endplate asks for: the base, then extra by extra; empty without its metadata."""
    try:
        declared = metadata.requires("endplate") or []
    except metadata.PackageNotFoundError:
        return []
    parts = [match.groups() for line in declared if (match := _LINE.match(line))]
    asked = [(name, needed.strip(" ()"), extra) for name, needed, extra in parts]
    wanted = [row for extra in (None, *NEEDED_BY) for row in asked if row[2] == extra]
    return [Package(*row, installed_version(row[0])) for row in wanted]


def extras(found: Iterable[Package]) -> list[Extra]:
    """The packages of extras, extra by extra."""
    held: dict[str, list[Package]] = {}
    for package in found:
        if package.extra is not None:
            held.setdefault(package.extra, []).append(package)
    return [Extra(name, tuple(rows)) for name, rows in held.items()]


def fits(version: str, needed: str) -> bool:
    """Whether a version meets conditions such as ``>=0.20,<1``; what cannot be read is taken to."""
    conditions = _CONDITION.findall(needed)
    return all(_meets(_numbers(version), how, _numbers(bound)) for how, bound in conditions)


class Loading:
    """Loads modules in a process of its own, which one that ends Python cannot take endplate along with.

    Args:
        found: packages, of which those that are missing are left out.
        seconds: of computing after which what is left is not tried; None: all is.
    """

    def __init__(self, found: Iterable[Package], seconds: int | None) -> None:
        names = dict.fromkeys(package.module for package in found if package.version is not None)
        self._names = sorted(names, key=lambda name: _SLOW.index(name) + 1 if name in _SLOW else 0)
        command = [sys.executable, "-P", "-W", "ignore", "-c", _LOAD, str(seconds or 0), *self._names]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
        )

    def tried(self, found: Iterable[Package]) -> list[Package]:
        """The same packages with why they do not load, as far as that was tried."""
        faults = self._faults()
        return [replace(package, fault=faults.get(package.module)) for package in found]

    def _faults(self) -> dict[str, str]:
        """Why each module does not load, empty where it does."""
        raw, _ = self._process.communicate()
        lines = [line.split("\t") for line in raw.decode(errors="replace").splitlines()]
        faults = {line[1]: line[2] for line in lines if line[0] == _MARK and len(line) > 2}
        left, code = [name for name in self._names if name not in faults], self._process.returncode
        if left and code != -signal.SIGXCPU:
            faults[left[0]] = f"it ends Python with code {code}"
        return faults


def _meets(version: tuple[int, ...], how: str, bound: tuple[int, ...]) -> bool:
    """Whether a version meets one condition."""
    length = max(len(version), len(bound))
    one, other = (numbers + (0,) * (length - len(numbers)) for numbers in (version, bound))
    return {">=": one >= other, "<": one < other, "!=": one != other}[how]


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers a version begins with."""
    match = _NUMBERS.match(version)
    return tuple(map(int, match.group().split("."))) if match else ()
