"""What is installed with endplate, and under which licences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Licence:
    """A distribution that endplate needs, and the licence it declares."""

    name: str
    version: str
    licence: str


def requirements(name: str) -> list[str]:
    """The distributions that one needs at all times, extras left out; empty when it is not installed."""
    try:
        declared = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    needed = [line for line in declared if ";" not in line]
    return [match.group() for line in needed if (match := _NAME.match(line))]


def installed_licences() -> list[Licence]:
    """The licence of endplate and of everything installed that it needs, directly or not."""
    found: dict[str, Licence] = {}
    waiting = ["endplate"]
    while waiting:
        name = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found or not installed_version(name):
            continue
        found[key] = _licence(name)
        waiting += requirements(name)
    return [found[key] for key in sorted(found)]


def installed_version(name: str) -> str | None:
    """The version of an installed distribution."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _licence(name: str) -> Licence:
    """The licence an installed distribution declares: expression, else classifiers, else free text."""
    about = metadata.metadata(name)
    classifiers = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    expression = "".join(about.get_all("License-Expression") or [])
    named = "; ".join(line.rsplit("::", 1)[1].strip() for line in classifiers)
    free_text = "".join(about.get_all("License") or []).strip().partition("\n")[0]
    return Licence(about["Name"], about["Version"], expression or named or free_text or "not declared")
