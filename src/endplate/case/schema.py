"""The JSON Schema of the user files, and the ids they may hold."""

from __future__ import annotations

from typing import Any

from endplate.case.fields import FileModel
from endplate.case.goals import Goals
from endplate.case.models import Case
from endplate.case.study import Study
from endplate.case.training import Training
from endplate.case.trial import Trial
from endplate.errors import InputError
from endplate.knowledge import vocabulary

_FILES: dict[str, type[FileModel]] = {
    "case": Case,
    "study": Study,
    "trial": Trial,
    "goals": Goals,
    "training": Training,
}
KINDS = (*_FILES, "vocabulary")


def schema(kind: str) -> dict[str, Any]:
    """The schema of ``case``, ``study``, ``trial``, ``goals`` or ``training``, or the ids of ``vocabulary``.

    Raises:
        InputError: another kind was asked for.
    """
    if kind in _FILES:
        return _FILES[kind].model_json_schema()
    if kind == "vocabulary":
        names = [name for name in vocabulary.__all__ if name.isupper()]
        return {name.lower(): sorted(getattr(vocabulary, name)) for name in names}
    raise InputError(
        f"No schema {kind!r}", rule="kind", remedy=f"Use one of {', '.join(KINDS)}.", field="kind"
    )
