"""Cases kept as files in one folder: written whole or not at all, and read back by the case loader."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from endplate.app.files import ready_folder, write_text
from endplate.case import Case
from endplate.case.loader import from_document, load_case
from endplate.case.writer import case_yaml
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}\.yaml")
_MOST = 500
_VERSION = 16


class Missing(Exception):
    """There is no such file."""


class Changed(Exception):
    """The file holds something else than the asker knows."""


def version_of(text: str) -> str:
    """What tells one text of a file from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION]


class CaseFolder:
    """The case files of one folder.

    Args:
        folder: made when the first case is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._writing = folder, threading.Lock()

    @property
    def name(self) -> str:
        """Its name, without where it lies."""
        return self._folder.name

    def listed(self) -> list[dict[str, Any]]:
        """Every case file, the last changed first."""
        if not self._folder.is_dir():
            return []
        names = (path for path in self._folder.glob("*.yaml") if _NAME.fullmatch(path.name))
        seen = [(path.name, told) for path in names if (told := _of_a_file(path)) is not None]
        seen.sort(key=lambda file: file[1].st_mtime, reverse=True)
        return [
            {"file": name, "modified": _when(told.st_mtime), "bytes": told.st_size}
            for name, told in seen[:_MOST]
        ]

    def read(self, name: str) -> tuple[Case, str]:
        """A case and its text.

        Raises:
            Missing: no such file.
            InputError: its name or its text cannot be read as a case.
        """
        path = self._path(name)
        if not os.path.isfile(path):
            raise Missing
        return load_case(path), path.read_text(encoding="utf-8")

    def keep(self, name: str, document: dict[str, Any], known: str | None = None) -> str:
        """Write a case; what stood there before is replaced whole.

        Args:
            name: of the file.
            document: the case.
            known: version that the asker knows; empty for a new file, None to replace whatever is there.

        Returns:
            The text written.

        Raises:
            InputError: the name or the case is wrong; nothing is written then.
            Changed: the file is not as the asker knows it; nothing is written then.
        """
        path = self._path(name)
        text = case_yaml(from_document(Case, document))
        ready_folder(self._folder)
        with self._writing:
            if known is not None and known != self._version(path):
                raise Changed
            write_text(path, text)
        return text

    @staticmethod
    def _version(path: Path) -> str:
        return version_of(path.read_text(encoding="utf-8")) if os.path.isfile(path) else ""

    def drop(self, name: str, known: str | None = None) -> None:
        """Delete a case file.

        Args:
            name: of the file.
            known: version that the asker knows; None to delete whatever is there.

        Raises:
            Missing: no such file.
            Changed: the file is not as the asker knows it; it stays then.
        """
        path = self._path(name)
        with self._writing:
            if not os.path.isfile(path):
                raise Missing
            if known is not None and known != self._version(path):
                raise Changed
            path.unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise InputError(
                Sentence("{name} is no name of a case file", name=repr(name)),
                rule="file_name",
                remedy="Use letters, digits, '-', '_' and '.', and end with .yaml.",
                field="file",
            )
        return self._folder / name


def _of_a_file(path: Path) -> os.stat_result | None:
    """What the system tells of a file; None where it is none, or just went."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told if stat.S_ISREG(told.st_mode) else None


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
