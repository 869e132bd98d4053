"""Files that users hand over, read within bounds: of size, of patience, and of what a terminal shows.

Whatever a path leads to (a folder, a pipe that nobody writes to, a device without end), the answer is the
content or one sentence why not.
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterator
from pathlib import Path

from endplate.errors import InputError

PATIENCE_S = 10
"""Seconds that a pipe may have nobody at its other end; who holds that is waited for, as who types is."""
MB = 1_000_000
"""Bytes of the unit in which sizes are told."""
LARGEST_RESULT = 50 * MB
"""Bytes of a result of a run; both arms and every joint over two years have some 7 MB."""
_MS = 1000
_AT_ONCE = 1 << 20


class Unread(Exception):
    """A file that cannot be read.

    Attributes:
        why: in a few words; empty where it is larger than may be.
    """

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


def raw_of(path: str | Path, most: int) -> bytes:
    """The bytes of a file.

    Args:
        path: of a file, or of what gives bytes like one.
        most: how many there may be.

    Raises:
        Unread: it cannot be opened or read, is silent for too long, or holds more.
    """
    try:
        with open(path, "rb", opener=patient) as stream:
            told = os.fstat(stream.fileno())
            is_file, is_pipe = stat.S_ISREG(told.st_mode), stat.S_ISFIFO(told.st_mode)
            if is_file and told.st_size > most:
                raise Unread
            raw = stream.read(most + 1) if is_file else b"".join(_parts(stream.fileno(), is_pipe, most))
    except (OSError, ValueError) as error:
        raise Unread(str(getattr(error, "strerror", None) or error)) from error
    if len(raw) > most:
        raise Unread
    return raw


def content(path: str | Path, most: int, *, remedy: str, larger: str, field: str | None = None) -> bytes:
    """The bytes of a file that a user names.

    Args:
        path: of it.
        most: how many there may be.
        remedy: for one that cannot be read.
        larger: for one that holds more.
        field: where it was named, such as an option.

    Raises:
        InputError: as :class:`Unread`, with rule ``file``.
    """
    try:
        return raw_of(path, most)
    except Unread as error:
        told = f"The file cannot be read: {error.why}" if error.why else too_large(most)
        what = remedy if error.why else larger
        raise InputError(told, rule="file", remedy=what, file=str(path), field=field) from error


def too_large(most: int) -> str:
    """What is said of a file that is larger than may be."""
    return f"The file is larger than {most // MB} MB"


def patient(path: str, flags: int) -> int:
    """Open, as an ``opener``, without waiting for somebody at the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _parts(number: int, is_pipe: bool, most: int) -> Iterator[bytes]:
    """The content in parts, until one byte more than there may be.

    Raises:
        TimeoutError: nobody came to the other end of a pipe.
    """
    if not is_pipe and hasattr(os, "set_blocking"):
        os.set_blocking(number, True)
    read, expected = 0, is_pipe
    while read <= most:
        try:
            part = os.read(number, min(_AT_ONCE, most + 1 - read))
        except BlockingIOError:  # somebody holds the other end, and writes later
            _stirs(number, None)
            continue
        if not part and not expected:
            return
        if not part and not _stirs(number, PATIENCE_S):
            raise TimeoutError(f"nothing came within {PATIENCE_S} s")
        expected = False
        read += len(part)
        yield part


def _stirs(number: int, seconds: float | None) -> bool:
    """Whether a pipe has something to read, or has ended, within some seconds; without these, whenever."""
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(None if seconds is None else seconds * _MS))
