"""The manifest of a folder of results: which words, versions and inputs made which files, all by SHA-256.

``keeping`` writes it after a command, ``endplate rerun`` reads it. It names no place on the computer: files
count from its folder, and inputs are the copies beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from endplate._version import MODEL_VERSION, __version__
from endplate.errors import InputError
from endplate.handed import MB, Unread, raw_of

NAME = "manifest.json"
INPUTS = "inputs"
FORMAT = 1
COMMANDS: Mapping[tuple[str, ...], str] = {
    **{
        (name,): name
        for name in (
            "run",
            "check",
            "simulate",
            "compare",
            "sensitivity",
            "individualise",
            "explain",
            "optimise",
            "develop",
            "people",
            "trial",
            "reproduce",
            "demo",
        )
    },
    **{("view", name): name for name in ("spread", "junction", "joint")},
    **{("export", name): name for name in ("sbml", "petab", "fhir", "csv")},
}
"""The commands that leave a manifest and that ``rerun`` runs; no other is ever run."""
LEFT_OUT = frozenset({"as_json", "out", "quiet", "store", "scheduler", "workers", "record"})
"""Parameters that never stand in a manifest: places, addresses, and what changes no file."""
_ROOT = Path(__file__).parents[1]
_LARGEST_BYTES = 5 * MB
_OWN = frozenset({".py", ".toml", ".csv", ".json", ".npz", ".yaml", ".j2", ".css", ".typ"})
_NOT_OWN = frozenset({"__pycache__", "pages"})  # what is compiled, and the app's pages
_SHOWN = 16  # of the 64 letters of a digest
# Module and distribution of what can move a byte; told where the command has loaded it.
_LIBRARIES = {
    "numpy": "numpy",
    "scipy": "scipy",
    "numba": "numba",
    "llvmlite": "llvmlite",
    "polars": "polars",
    "pyarrow": "pyarrow",
    "h5netcdf": "h5netcdf",
    "libsbml": "python-libsbml",
    "pymoo": "pymoo",
    "SALib": "SALib",
    "statsmodels": "statsmodels",
    "typst": "typst",
}


@dataclass(frozen=True)
class Kept:
    """A file by its place in the folder and its SHA-256."""

    file: str
    sha256: str

    def told(self) -> dict[str, str]:
        """As the manifest holds it."""
        return {"file": self.file, "sha256": self.sha256}


@dataclass(frozen=True)
class Manifest:
    """What made a folder of results.

    Attributes:
        words: the command line: command, options, ``--``, arguments; inputs are copies in the folder.
        seed: of the random draws.
        exit_code: what the command ended with.
        made_by: versions and processor.
        inputs: copies of what was read.
        files: what was written.
        not_whole: why the command cannot be run again from the folder alone; None where it can.
    """

    words: tuple[str, ...]
    seed: int
    exit_code: int
    made_by: Mapping[str, str]
    inputs: tuple[Kept, ...]
    files: tuple[Kept, ...]
    not_whole: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """The manifest with a digest of all the rest."""
        told = {
            "endplate_manifest": FORMAT,
            "words": list(self.words),
            "seed": self.seed,
            "exit_code": self.exit_code,
            "made_by": dict(self.made_by),
            "inputs": [each.told() for each in self.inputs],
            "files": [each.told() for each in self.files],
            "not_whole": self.not_whole,
        }
        return {**told, "digest": _digest(told)}


def sha256(content: bytes) -> str:
    """The digest of a file's content."""
    return hashlib.sha256(content).hexdigest()


def sha256_of(path: Path) -> str:
    """The digest of a file, however large."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def made_by() -> dict[str, str]:
    """Versions of endplate, its model, Python and the libraries loaded, its own files, and the processor."""
    import platform
    from importlib import metadata

    libraries = {name: metadata.version(name) for module, name in _LIBRARIES.items() if module in sys.modules}
    return {
        "endplate": __version__,
        "model_version": MODEL_VERSION,
        "own_files": own_files(),
        "python": platform.python_version(),
        "processor": processor(),
        **libraries,
    }


@cache
def own_files(root: Path = _ROOT) -> str:
    """A digest of endplate's code, records and tables: with one changed it is another model."""
    told = hashlib.sha256()
    for path in sorted(path.relative_to(root) for path in root.rglob("*") if path.suffix in _OWN):
        if _NOT_OWN.isdisjoint(path.parts):
            told.update(f"{path.as_posix()}\0{sha256_of(root / path)}\n".encode())
    return told.hexdigest()[:_SHOWN]


def processor() -> str:
    """The type of processor, such as its maker calls it: results are the same to the byte on one type."""
    import platform

    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()} {next(names, platform.processor())}".strip()


def read_manifest(path: Path) -> Manifest:
    """Read a manifest and make sure that it is the one that was written.

    Raises:
        InputError: it cannot be read, is of another form, or was changed since.
    """
    try:
        told = json.loads(raw_of(path, _LARGEST_BYTES).decode("utf-8"))
    except Unread as error:
        why = f"The manifest cannot be read: {error.why or 'it is larger than any'}"
        raise refused(path, why, "Give the path of a manifest.json.") from error
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or told.get("endplate_manifest") != FORMAT:
        raise refused(path, "This is no manifest of endplate", "Give the manifest.json of a folder of --out.")
    digest = told.pop("digest", None)
    try:
        if digest != _digest(told):
            message = "The manifest was changed after it was written"
            raise refused(path, message, "Run the command itself again.")
        return _manifest(told)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError, RecursionError) as error:
        raise refused(
            path, "The manifest is not of the form known here", "Run the command itself."
        ) from error


def refused(path: Path, message: str, remedy: str) -> InputError:
    """The input error of a manifest from which nothing may be run."""
    return InputError(message, rule="manifest", remedy=remedy, file=str(path), field="MANIFEST")


def inside(folder: Path, place: str, manifest: Path) -> Path:
    """The file of a place that a manifest names.

    Raises:
        InputError: the place does not lie in the manifest's folder.
    """
    pure = PurePosixPath(place)
    escapes = "\0" in place or pure.is_absolute() or ".." in pure.parts or "\\" in place or not pure.parts
    path = folder.joinpath(*pure.parts) if not escapes else folder
    if escapes or not _real(path).is_relative_to(_real(folder)):
        message = f"The manifest names {place!r}, which does not lie in its folder"
        raise refused(manifest, message, "Only files of the manifest's own folder are read.")
    return path


def _real(path: Path) -> Path:
    """A path without links; one whose links go round in a circle stays as it is."""
    return Path(os.path.realpath(path))


def _manifest(told: Mapping[str, Any]) -> Manifest:
    def kept(rows: Any) -> tuple[Kept, ...]:
        return tuple(Kept(str(row["file"]), str(row["sha256"])) for row in rows)

    why = told["not_whole"]
    return Manifest(
        words=tuple(str(word) for word in told["words"]),
        seed=int(told["seed"]),
        exit_code=int(told["exit_code"]),
        made_by={str(name): str(version) for name, version in told["made_by"].items()},
        inputs=kept(told["inputs"]),
        files=kept(told["files"]),
        not_whole=None if why is None else str(why),
    )


def _digest(told: Mapping[str, Any]) -> str:
    return sha256(json.dumps(told, sort_keys=True).encode())
