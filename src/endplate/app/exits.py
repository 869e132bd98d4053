"""Exit codes, the same for every command."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the program tells the shell."""

    DONE = 0
    ANSWER_IS_NO = 1
    INPUT_WRONG = 2
    FAILED = 3
    INTERRUPTED = 130
    PIPE_CLOSED = 141
