"""What endplate rests on: pinned, hashed, of a known licence, and without a known vulnerability.

The lock, the licences and the notices are looked at on this machine. Known vulnerabilities are asked of the
public advisory services, by pip-audit (a tool of its own: pip install pip-audit) for Python and npm audit for
the pages. Where tool or service gives no answer, the document says that nothing was audited there; --offline
asks none. Prints a table; ends with 1 where something is found.

Run: python scripts/audit_dependencies.py docs/data/dependencies.json [--offline]     (make audit)
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
PERMISSIVE = ("MIT", "BSD", "APACHE", "ISC", "PSF", "PYTHON", "ZLIB", "0BSD", "UNLICENSE", "CC0", "HPND")
"""Beginnings of the licences that the base may have."""
NOT_AUDITED = "NOT AUDITED: no answer from its tool or service"
PATIENCE_S = 300


def locked() -> dict[str, list[str]]:
    """Every pinned requirement of the lock, with its hashes."""
    text = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {
        " ".join(part for part in line if not part.startswith("--hash")): [
            part for part in line if part.startswith("--hash=sha256:")
        ]
        for line in lines
    }


def declared() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for: the base as ``base``, then every extra of others' packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {"base": project["dependencies"], **project["optional-dependencies"]}
    return {
        extra: [Requirement(line) for line in lines if not line.startswith("endplate")]
        for extra, lines in asked.items()
        if extra != "all"
    }


def closure(asked: list[Requirement]) -> set[str]:
    """Names of what is installed with some requirements on this Python, themselves included."""
    found: set[str] = set()
    todo = [(canonicalize_name(each.name), each.extras) for each in asked]
    while todo:
        name, extras = todo.pop()
        if name in found:
            continue
        try:
            needs = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue
        found.add(name)
        todo += [
            (canonicalize_name(need.name), need.extras)
            for need in needs
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        ]
    return found


def licence(name: str) -> str:
    """The licence that a package states: its expression, else its classifiers, else its own words."""
    held = metadata(name)
    told = held["License-Expression"]
    if told:
        return str(told)
    classified = [
        line.rpartition(" :: ")[2] for line in held.get_all("Classifier") or () if line.startswith("License")
    ]
    return " AND ".join(sorted(set(classified))) or (held["License"] or "not stated").splitlines()[0]


def permissive(told: str) -> bool:
    """Whether every part of a licence that must be kept is a permissive one."""
    parts = re.split(r"\s+AND\s+|\s*[,;]\s*", told.upper().strip("()"))
    return all(any(one.strip(" ()").startswith(PERMISSIVE) for one in part.split(" OR ")) for part in parts)


def of_the_lock(lock: Mapping[str, list[str]], asked: Mapping[str, list[Requirement]]) -> Iterator[str]:
    """What is wrong with the lock."""
    names = set()
    for line, hashes in lock.items():
        held = Requirement(line)
        names.add(canonicalize_name(held.name))
        if held.url or not str(held.specifier).startswith("=="):
            yield f"requirements.lock: {line} is not pinned to one version"
        if not hashes:
            yield f"requirements.lock: {line} has no hash"
    for extra, requirements in asked.items():
        for each in requirements:
            if canonicalize_name(each.name) not in names:
                yield f"requirements.lock: {each.name} of {extra} is missing"


def of_the_base(base: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with licences and notices of the base."""
    notices = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8").lower().replace(".", "-")
    for name, told in base.items():
        if not permissive(told):
            yield f"{name}: {told} is not a permissive licence"
        if not re.search(rf"\b{re.escape(name)}\b", notices):
            yield f"THIRD_PARTY.md: {name} of the base is not named"


def of_the_pages() -> Iterator[str]:
    """What is wrong with the notices of the packages that are bundled into the app's pages."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    notices = (ROOT / "src/endplate/app/server/pages/third_party.txt").read_text(encoding="utf-8")
    for path, held in lock.items():
        if not path or held.get("dev"):
            continue
        name = path.removeprefix("node_modules/")
        if not held.get("integrity"):
            yield f"web/package-lock.json: {name} has no hash"
        if f"--- {name} {held['version']}\n" not in notices:
            yield f"third_party.txt: {name} {held['version']} is not named"


def asked_of(command: list[str], folder: Path) -> dict[str, Any] | None:
    """The JSON document a service's program prints, or nothing where it gets no answer."""
    program = shutil.which(command[0], path=str(Path(sys.executable).parent)) or shutil.which(command[0])
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *command[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None


def python_advisories() -> dict[str, Any]:
    """What pip-audit is told of the lock."""
    command = ["pip-audit", "-r", str(LOCK), "--disable-pip", "--no-deps", "--format", "json"]
    rows = (asked_of(command, ROOT) or {}).get("dependencies", [])
    known = [row for row in rows if "skip_reason" not in row]
    return {
        "audited": len(known),
        "found": [f"{row['name']} {row['version']}: {each['id']}" for row in known for each in row["vulns"]],
    }


def page_advisories() -> dict[str, Any]:
    """What npm audit is told of the packages in the pages."""
    found = asked_of(["npm", "audit", "--json", "--omit=dev"], ROOT / "web") or {}
    if "vulnerabilities" not in found:
        return {"audited": 0, "found": []}
    return {
        "audited": found["metadata"]["dependencies"]["prod"],
        "found": [f"{name}: {held['severity']}" for name, held in found["vulnerabilities"].items()],
    }


def audited(offline: bool) -> dict[str, Any]:
    """The whole document."""
    lock, asked = locked(), declared()
    licences = {
        extra: {name: licence(name) for name in sorted(closure(requirements))}
        for extra, requirements in asked.items()
    }
    nothing: dict[str, Any] = {"audited": 0, "found": []}
    advisories = {
        "python": nothing if offline else python_advisories(),
        "pages": nothing if offline else page_advisories(),
    }
    findings = [*of_the_lock(lock, asked), *of_the_base(licences["base"]), *of_the_pages()]
    return {
        "on": date.today().isoformat(),
        "locked": len(lock),
        "hashes": sum(map(len, lock.values())),
        "base": licences["base"],
        "not_permissive": {
            extra: {name: told for name, told in held.items() if not permissive(told)}
            for extra, held in licences.items()
        },
        "advisories": advisories,
        "findings": findings + advisories["python"]["found"] + advisories["pages"]["found"],
    }


def main() -> None:
    """Audit, keep the document, tell it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--offline", action="store_true", help="Ask no advisory service.")
    asked = parser.parse_args()
    found = audited(asked.offline)
    asked.file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(f"{found['locked']} packages pinned, {found['hashes']} hashes; {len(found['base'])} in the base")
    for name, held in found["advisories"].items():
        told = f"{held['audited']} audited" if held["audited"] else NOT_AUDITED
        print(f"known vulnerabilities, {name}: {told}")
    print("\n".join(found["findings"]) or "nothing found")
    sys.exit(1 if found["findings"] else 0)


if __name__ == "__main__":
    main()
