"""Say which file an input error is about, at which line, and name options as they are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from endplate.errors import InputError

_OPTIONS = {
    "draws": "--draws",
    "horizon_d": "--horizon",
    "front": "--front",
    "outcome": "--outcome",
    "hoped": "--hoped",
    "every_d": "--every",
    "stop_y": "--stop",
    "gains": "--gain",
}
_OF_NO_FILE = ("missing_extra", "unusable_setting")
_OF_A_CASE = re.compile(r"cases\[(\d+)\]\.(.*)")


@contextmanager
def naming(*files: Path, goals: Path | None = None) -> Iterator[None]:
    """While a question is asked of files that were read.

    Args:
        files: the case asked about; of several the one that the error's field counts.
        goals: the goals file, where there is one.
    """
    try:
        yield
    except InputError as error:
        field = error.field or ""
        if field in _OPTIONS:
            error.field = _OPTIONS[field]
        elif error.file is None and not field.startswith("--") and error.rule not in _OF_NO_FILE:
            _place(error, files, goals)
        raise


def _place(error: InputError, files: tuple[Path, ...], goals: Path | None) -> None:
    """Give an error the file, line and field that it is about; one about no file of several stays."""
    from endplate.case.loader import line_of
    from endplate.questions.optimising.asking import goals_field

    file, field = (files[0] if len(files) == 1 else None), error.field
    if found := _OF_A_CASE.fullmatch(field or ""):
        file, field = files[int(found[1])], found[2]
    elif goals is not None and (of_goals := goals_field(field)) is not None:
        file, field = goals, of_goals
    if file is not None:
        error.file, error.field, error.line = str(file), field, line_of(file, field or "")
