"""Attempts kept in the server's folder: learner by code, training, time and score, never a name."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from endplate.app.files import ready_folder, write_bytes, write_text
from endplate.app.plain import to_json
from endplate.app.trained import next_number, of_learner, row_of
from endplate.errors import InputError
from endplate.handed import MB, Unread, raw_of

PROGRESS = "training-progress.json"
_ASIDE = ".bad"
_MOST_KEPT = 5000
_LARGEST = 10 * MB
_writing = threading.Lock()


class Row(BaseModel):
    """An attempt as it is kept; what else a row holds is left out."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    learner: Annotated[str, Field(max_length=40)] = ""
    training: Annotated[str, Field(max_length=60)]
    level: int
    seed: int = 0
    at: Annotated[str, Field(max_length=40)]
    attempt: Annotated[int, Field(ge=1)] = 1
    score: Annotated[float, Field(ge=0, le=100)]
    passed: bool
    reason: str = ""
    parts: dict[str, float] = {}


class Progress:
    """The file of attempts in a folder.

    A file that cannot be read whole is never lost: before it is written again it is copied beside itself
    (``.bad``), and the rows that can be read are kept on.

    Args:
        folder: made when the first attempt is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / PROGRESS
        self._lost: Counter[tuple[str, str]] = Counter()

    def attempts(self, learner: str | None = None) -> list[dict[str, Any]]:
        """Attempts, oldest first.

        Args:
            learner: whose; "" for those without a code, None for everybody's.
        """
        try:
            return of_learner(self._read()[0], learner)
        except InputError:
            return []

    @property
    def set_aside(self) -> list[str]:
        """Names of the files that were copied because they could not be read whole."""
        return sorted(path.name for path in self._path.parent.glob(f"{PROGRESS}{_ASIDE}*"))

    def _read(self) -> tuple[list[dict[str, Any]], bytes | None]:
        """The rows that can be read, and the file's bytes where some of it cannot.

        Raises:
            InputError: the file is there and not to be opened.
        """
        if not self._path.exists():
            return [], None
        try:
            raw = raw_of(self._path, _LARGEST)
        except Unread as error:
            message = f"{PROGRESS} cannot be read: {error.why or 'it is too large'}"
            raise InputError(message, rule="progress", remedy="See to the file.") from error
        try:
            found = json.loads(raw.decode("utf-8-sig"))
            rows = found["attempts"]
            read = [_row(row) for row in rows]
        except (ValueError, KeyError, TypeError, RecursionError):
            return [], raw
        kept = [row for row in read if row is not None]
        return kept, None if len(kept) == len(read) else raw

    def keep(self, result: dict[str, Any], learner: str = "") -> None:
        """Add an attempt; the file is written whole or not at all.

        Args:
            result: of the attempt.
            learner: a code; "" without one.

        Raises:
            InputError: the folder takes no file.
        """
        with _writing:
            rows = self._ready()
            self._write([*rows, row_of(result, learner)][-_MOST_KEPT:])

    def forget(self, learner: str) -> int:
        """Take out the attempts of a learner, and tell how many they were.

        Raises:
            InputError: the folder takes no file.
        """
        with _writing:
            rows = self._ready()
            left = [row for row in rows if row["learner"] != learner]
            if len(left) < len(rows):
                self._write(left)
            return len(rows) - len(left)

    def _ready(self) -> list[dict[str, Any]]:
        """The rows, once a file that cannot be read whole is copied beside itself."""
        ready_folder(self._path.parent)
        rows, spoilt = self._read()
        if spoilt is not None:
            names = (f"{PROGRESS}{_ASIDE}{end}" for end in ("", *(f"-{k}" for k in range(2, _MOST_KEPT))))
            free = next(name for name in names if not (self._path.parent / name).exists())
            write_bytes(self._path.parent / free, spoilt)
        return rows

    def _write(self, rows: list[dict[str, Any]]) -> None:
        write_text(self._path, to_json({"endplate": 1, "attempts": rows}) + "\n")

    def lost(self, training: str, learner: str = "") -> None:
        """An attempt could not be kept; it counts all the same while the server runs."""
        self._lost[training, learner] += 1

    def next_number(self, training: str, learner: str = "") -> int:
        """The number of a learner's next attempt at a training."""
        return next_number(training, self.attempts(learner)) + self._lost[training, learner]


def _row(row: object) -> dict[str, Any] | None:
    """A row as it is kept; None where it cannot be read."""
    try:
        return Row.model_validate(row).model_dump()
    except ValidationError:
        return None
