"""The trainings that come with endplate, and those of an instructor's files."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from endplate.case import Training, load_training
from endplate.case.loader import line_of
from endplate.errors import InputError
from endplate.knowledge.vocabulary.sentence import Sentence

_DATA = Path(__file__).parent / "data"
_FILE = (".yaml", ".yml")


@cache
def shipped() -> dict[str, Training]:
    """Every shipped training by id, by level and then by id."""
    found = [load_training(path) for path in sorted(_DATA.glob("*.yaml"))]
    return {each.training: each for each in sorted(found, key=lambda each: (each.level, each.training))}


def training_of(name: str) -> Training:
    """A shipped training by its id, or that of a file.

    Args:
        name: an id, or the path of a YAML file.

    Raises:
        InputError: there is none, or the file is wrong.
    """
    if name in shipped():
        return shipped()[name]
    if name.endswith(_FILE) or os.path.exists(name):
        return own_training(name)
    raise InputError(
        Sentence("There is no training {name}", name=repr(name)),
        rule="unknown_training",
        remedy="See 'endplate train list', or give the path of a YAML file.",
        field="training",
    )


def own_training(path: str | Path) -> Training:
    """The training of an instructor's file, known to be one that can be played.

    Raises:
        InputError: the file is wrong, or an attempt at it could not pass or not fail.
    """
    from endplate.questions.training.playable import check_playable

    found = load_training(path)
    try:
        check_playable(found)
    except InputError as error:
        error.file = str(path)
        error.line = line_of(path, error.field or "")
        raise
    return found
