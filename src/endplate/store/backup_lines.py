"""The lines of a backup, proved while they are read; whatever a file holds, it is a backup or damaged."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Integer, Table

from endplate.errors import InputError
from endplate.handed import MB, patient

FORMAT = 1
ROWS_AT_ONCE = 1000
_VERSION = re.compile(r"[1-9][0-9]{0,5}")
_LARGEST = 2**63
_AT_ONCE = 2 * MB
_LONGEST_LINE = 4 * MB


class BackupLines:
    """First line and rows of one backup.

    Args:
        file: the backup.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.sha256 = ""
        """Of all lines but the last, once that has been read."""
        self._digest = hashlib.sha256()
        self._lines = self._read()

    def _read(self) -> Iterator[bytes]:
        try:
            with (
                open(self.file, "rb", opener=patient) as raw,
                gzip.GzipFile(fileobj=raw, mode="rb") as stream,
            ):
                if not stat.S_ISREG(os.fstat(raw.fileno()).st_mode):
                    raise damaged(self.file, "it is no file")
                while line := stream.readline(_LONGEST_LINE + 1):
                    if len(line) > _LONGEST_LINE:
                        raise damaged(self.file, "a line is longer than any of a backup")
                    yield line
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise damaged(self.file, "it is cut off, or no backup") from error
        except OSError as error:
            message = f"The backup cannot be read: {error.strerror}"
            remedy = "Name a backup that you may read."
            raise InputError(message, rule="backup_not_read", remedy=remedy, file=str(self.file)) from error

    def head(self) -> dict[str, Any]:
        """The first line: ``schema``, a version, and ``rows``, how many by table.

        Raises:
            InputError: it is none of a backup.
        """
        first = next(self._lines, b"")
        self._digest.update(first)
        found = self._parsed(first)
        if not isinstance(found, dict) or found.get("endplate_backup") != FORMAT:
            raise damaged(self.file, "it is no backup of a store")
        version, rows = found.get("schema"), found.get("rows")
        if not isinstance(version, str) or not _VERSION.fullmatch(version) or not isinstance(rows, dict):
            raise damaged(self.file, "its first line does not tell version and rows")
        return found

    def rows(self, tables: dict[str, Table]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Rows of one table at a time.

        Args:
            tables: that may be filled, by name.

        Raises:
            InputError: a line is no row of them, or at the end the checksum does not fit.
        """
        while lines := self._some():
            groups: dict[str, list[dict[str, Any]]] = {}
            for line in lines:
                found = self._parsed(line)
                if isinstance(found, dict):
                    self._close(found)
                else:
                    self._digest.update(line)
                    name, row = self._row(found, tables)
                    groups.setdefault(name, []).append(row)
            yield from groups.items()
        if not self.sha256:
            raise damaged(self.file, "its end is missing")

    def _some(self) -> list[bytes]:
        """The next lines: a number of rows, fewer where they are long."""
        lines, letters = [], 0
        for line in self._lines:
            lines.append(line)
            letters += len(line)
            if len(lines) == ROWS_AT_ONCE or letters > _AT_ONCE:
                break
        return lines

    def _row(self, found: Any, tables: dict[str, Table]) -> tuple[str, dict[str, Any]]:
        match found:
            case [str(name), dict(row)] if not self.sha256 and name in tables and _fits(row, tables[name]):
                return name, row
        raise damaged(self.file, "a line is not one of a backup")

    def _close(self, found: dict[str, Any]) -> None:
        if self.sha256 or found != {"sha256": self._digest.hexdigest()}:
            raise damaged(self.file, "its checksum does not fit")
        self.sha256 = found["sha256"]

    def _parsed(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise damaged(self.file, "a line is not one of a backup") from error


def _fits(row: dict[str, Any], table: Table) -> bool:
    """Whether a row has columns of its table only, each with what its type can hold."""
    return all(name in table.columns and _holds(table.columns[name], part) for name, part in row.items())


def _holds(column: Column[Any], part: Any) -> bool:
    if part is None or isinstance(column.type, JSON):
        return True
    if isinstance(column.type, Integer):
        return type(part) is int and -_LARGEST <= part < _LARGEST
    return isinstance(part, str) and "\0" not in part


def damaged(file: Path, why: str) -> InputError:
    """The error of a backup that is none, or no longer.

    Args:
        file: the backup.
        why: what is wrong with it, in words.
    """
    message = f"The backup is damaged: {why}; nothing was restored"
    return InputError(message, rule="backup_damaged", remedy="Use another backup.", file=str(file))
