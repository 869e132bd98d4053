"""The trainings of the app: those that come along, and an instructor's own in a folder of files."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from endplate.case import Training
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence, said
from endplate.outputs.language import told
from endplate.questions.training.shipped import own_training, shipped

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True)
class Held:
    """What a shelf holds: trainings by id, which of them are own, and files that were refused with why."""

    trainings: dict[str, Training]
    own: frozenset[str] = frozenset()
    broken: tuple[tuple[str, InputError], ...] = ()


@dataclass
class Shelf:
    """Trainings by id; a file is read again when it has changed.

    Args:
        folder: of an instructor's files; None without one.
    """

    folder: Path | None = None
    _read: dict[Path, tuple[tuple[int, int], Training | InputError]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def held(self) -> Held:
        """Everything, shipped first, own files by name; an id that is taken already is refused."""
        found, own, broken = dict(shipped()), [], []
        for path in self._files():
            got = self._one(path)
            if isinstance(got, Training) and got.training in found:
                message = Sentence("The id {name} is taken by another training", name=got.training)
                remedy = "Write another id under training."
                got = InputError(message, rule="training_id", remedy=remedy, field="training")
            if isinstance(got, InputError):
                broken.append((path.name, got))
                continue
            found[got.training] = got
            own.append(got.training)
        return Held(found, frozenset(own), tuple(broken))

    def training(self, name: str) -> Training | None:
        """A training by its id; None where there is none."""
        return shipped().get(name) or self.held().trainings.get(name)

    def _files(self) -> list[Path]:
        if self.folder is None or not os.path.isdir(self.folder):
            return []
        return sorted(
            path for path in self.folder.iterdir() if path.suffix in _ENDINGS and os.path.isfile(path)
        )

    def _one(self, path: Path) -> Training | InputError:
        with self._lock:
            try:
                seen = path.stat()
            except OSError:
                seen = None
            mark = (seen.st_mtime_ns, seen.st_size) if seen else (0, 0)
            known = self._read.get(path)
            if known is None or known[0] != mark:
                known = self._read[path] = (mark, _loaded(path))
            return known[1]


def _loaded(path: Path) -> Training | InputError:
    try:
        return own_training(path)
    except InputError as error:
        return error


def refused(name: str, error: InputError) -> dict[str, Any]:
    """A file that was refused, as the app shows it: name without folder, line, sentence and remedy."""
    message, remedy = (told(text, said(text)) for text in (error.message, error.remedy))
    return {"file": name, "line": error.line, "message": message, "remedy": remedy}
