"""Write a case as the file a person would have written."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from endplate.case.models import Case

_WIDTH = 10_000  # a row stays on one line
_INDENT = {"mapping": 2, "sequence": 4, "offset": 2}


def case_yaml(case: Case, comments: Iterable[str] = ()) -> str:
    """The case as YAML that :func:`endplate.load_case` reads back as the same case.

    Args:
        case: what to write; what it leaves empty or does not state is left out.
        comments: lines to stand above it.
    """
    unstated = {"plan": set(case.plan.not_stated)} if case.plan else None
    sections = _filled(case.model_dump(exclude_none=True, exclude=unstated))
    writer = YAML()
    writer.width = _WIDTH
    writer.indent(**_INDENT)
    stream = io.StringIO()
    for line in comments:
        stream.write(f"# {' '.join(line.split())}\n")
    writer.dump({name: _rows(held) for name, held in sections.items()}, stream)
    return stream.getvalue()


def _filled(section: Mapping[str, Any]) -> dict[str, Any]:
    """What a section holds, empty lists left out."""
    return {name: held for name, held in section.items() if held != ()}


def _rows(held: Any) -> Any:
    """A section with each of its rows on one line."""
    if isinstance(held, tuple):
        return [_line(row) for row in held]
    if isinstance(held, dict):
        return {name: _short(part) for name, part in _filled(held).items()}
    return held


def _short(part: Any) -> Any:
    """A list of rows row by row, a list of words on one line."""
    rows = isinstance(part, tuple) and any(isinstance(item, dict) for item in part)
    return _rows(part) if rows else _line(part)


def _line(part: Any) -> Any:
    """The same data in YAML's one-line style."""
    if isinstance(part, dict):
        mapping = CommentedMap({name: _line(held) for name, held in _filled(part).items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(part, tuple):
        row = CommentedSeq([_line(held) for held in part])
        row.fa.set_flow_style()
        return row
    return part
