"""Files of a command: results never half written, a bad place told before the work starts."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from endplate.errors import InputError

DEFAULT_FOLDER = Path("endplate-out")
_REMEDY = "Name a folder you may write to with --out."
_STRICT, _EVERYBODY = 0o077, 0o666
_MASK = os.umask(
    _STRICT
)  # the system tells it only by changing it: once, while nothing else runs, and never laxer
os.umask(_MASK)
_NOTED: ContextVar[list[Path] | None] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[Path]]:
    """The files written meanwhile, in the order in which they were written first."""
    noted: list[Path] = []
    token = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(token)


def note(path: Path) -> Path:
    """Say that a file was written, for whoever keeps the list."""
    noted = _NOTED.get()
    if noted is not None and path not in noted:
        noted.append(path)
    return path


def can_take(folder: Path | None) -> None:
    """Look at the folder asked for, if one is, before long work starts: whether it is or can become one.

    Nothing is made.

    Raises:
        InputError: when it is a file or cannot be written to.
    """
    if folder is None:
        return
    if os.path.exists(folder) and not folder.is_dir():
        raise _bad_folder(folder, "is a file, not a folder", "out_is_a_file")
    try:
        with suppress(FileNotFoundError):
            folder.stat()
        nearest = next(place for place in (folder, *folder.parents) if os.path.exists(place))
        with tempfile.TemporaryFile(dir=nearest):
            return
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from error


def ready_folder(folder: Path) -> Path:
    """The folder, made if need be and known to take files.

    Raises:
        InputError: when it is a file or cannot be written to.
    """
    can_take(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise _unwritable(folder, error) from error
    return folder


def write_text(path: Path, text: str) -> Path:
    """Write a text file whole or not at all; raises InputError as :func:`write_bytes`."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all: beside its place first, then moved into it.

    Raises:
        InputError: when the disk refuses it.
    """
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        os.chmod(temporary, _usual_mode())
        os.replace(temporary, path)
    except OSError as error:
        raise _bad_folder(path, f"cannot be written: {error.strerror}", "out_not_writable") from error
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
    return note(path)


def folder_name(code: str) -> str:
    """A patient's code as the name of one folder, whatever characters it holds."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", code).strip("._") or "case"


def _usual_mode() -> int:
    """The permissions an ordinary new file gets here (a temporary file has fewer)."""
    return _EVERYBODY & ~_MASK


def _unwritable(folder: Path, error: Exception) -> InputError:
    """The input error for a folder that takes no file."""
    reason = getattr(error, "strerror", None) or str(error)
    return _bad_folder(folder, f"cannot be written to: {reason}", "out_not_writable")


def _bad_folder(path: Path, what: str, rule: str) -> InputError:
    """The input error for a place that cannot hold the results."""
    return InputError(f"{path} {what}.", rule=rule, remedy=_REMEDY, file=str(path), field="--out")
