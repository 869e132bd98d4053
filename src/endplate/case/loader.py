"""Read a user file: YAML with line numbers, one clear error for whatever is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from endplate.case.checked import remedy_of, sentence_of
from endplate.case.fields import FileModel
from endplate.case.models import Case
from endplate.case.parsing import fits, parse, text_of, too_many
from endplate.errors import InputError
from endplate.knowledge.vocabulary import canonical_muscle
from endplate.knowledge.vocabulary.quantity import shown
from endplate.knowledge.vocabulary.sentence import Sentence, Word

if TYPE_CHECKING:
    from endplate.case.goals import Goals
    from endplate.case.study import Study
    from endplate.case.training import Training
    from endplate.case.trial import Trial

M = TypeVar("M", bound=FileModel)

MORE = "{first} ({count} more after this one)"
"""What is said of several faults: the first of them and how many follow."""


def _line(root: Any, location: tuple[int | str, ...]) -> int:
    """The line of a field, or of the nearest mapping above it that the file holds."""
    line, node = 1, root
    for part in location:
        try:
            marks = node.lc
            line = (marks.key(part) if isinstance(node, dict) else marks.item(part))[0] + 1
            node = node[part]
        except (AttributeError, KeyError, TypeError, IndexError):
            break
    return line


def _path(location: tuple[int | str, ...]) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part or "''"
    return text


def _keys_at(model: type[FileModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys allowed in the mapping that holds the last part of ``location``."""
    schema: Any = model.model_json_schema()
    node, definitions = schema, schema.get("$defs", {})

    def resolve(part: Any) -> Any:
        for option in part.get("anyOf", [part]):
            reference = option.get("$ref")
            if reference:
                return definitions[reference.rsplit("/", 1)[1]]
            if "items" in option or "properties" in option:
                return option
        return part

    for step in location[:-1]:
        node = resolve(node)
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    return list(resolve(node).get("properties", {}))


def _rank(item: Any, misspelt: Mapping[Any, list[Any]], root: Any) -> tuple[int, bool]:
    """Order of errors: by line; a missing key follows the misspelt ones beside it."""
    location = item["loc"]
    if item["type"] == "missing":
        beside = misspelt.get(location[:-1], [])
        return max(_line(root, place) for place in [*beside, location]), True
    return _line(root, (*location, *item.get("ctx", {}).get("at", ()))), False


def _without_echoes(rows: list[Any]) -> list[Any]:
    """The errors without lists that are only too short because an item in them is wrong."""
    above = {row["loc"][:length] for row in rows for length in range(len(row["loc"]))}
    return [row for row in rows if row["type"] != "too_short" or row["loc"] not in above]


def _first_error(error: ValidationError, model: type[FileModel], root: Any, path: Path) -> InputError:
    rows = _without_echoes(error.errors(include_url=False, include_input=False))
    misspelt: dict[Any, list[Any]] = {}
    for row in rows:
        if row["type"] == "extra_forbidden":
            misspelt.setdefault(row["loc"][:-1], []).append(row["loc"])
    item = min(rows, key=partial(_rank, misspelt=misspelt, root=root))
    context = item.get("ctx", {})
    location = (*item["loc"], *context.get("at", ()))
    line = _line(root, location)
    rule, message = item["type"], context.get("message") or sentence_of(item)
    remedy = context.get("remedy") or remedy_of(item)
    if rule in ("extra_forbidden", "invalid_key"):
        keys = _keys_at(model, location)
        near = difflib.get_close_matches(str(location[-1]), keys, 1)
        rule, message = "unknown_key", Sentence("The key {key} is not known here", key=shown(location[-1]))
        remedy = Sentence("Known keys: {keys}.", keys=", ".join(keys))
        remedy = Sentence("Did you mean {near}?", near=near[0]) if near else remedy
    elif rule == "missing":
        rule, message = "missing_key", Sentence("The key {key} is missing", key=repr(location[-1]))
        remedy = "Add it."
    if len(rows) > 1:
        told = {"first": Sentence.of(message), "count": str(len(rows) - 1)}
        message = Sentence(MORE, **told)
    return InputError(
        message,
        rule=rule,
        remedy=remedy,
        file=str(path),
        line=line,
        field=_path(location) or None,
    )


def _load(path: str | Path, model: type[M]) -> tuple[M, Any]:
    path = Path(path)
    return _read(text_of(path), path, model)


def _read(text: str, path: Path, model: type[M]) -> tuple[M, Any]:
    root = parse(text, path)
    try:
        return model.model_validate(root), root
    except ValidationError as error:
        raise _first_error(error, model, root, path) from error
    except (RecursionError, OverflowError) as error:
        message = "The file nests or counts too far"
        raise InputError(message, rule="yaml", remedy="Write plain values.", file=str(path)) from error


def _spellings(node: Any) -> list[str]:
    """Notes on muscle names that were read as another id."""
    if isinstance(node, dict):
        notes = [note for item in node.values() for note in _spellings(item)]
        written = node.get("muscle")
        if isinstance(written, str) and written != canonical_muscle(written):
            muscle = str(canonical_muscle(written))
            told = written.replace("_", " ")
            notes.append(Sentence("{written} was read as {muscle}.", written=told, muscle=Word(muscle)))
        return notes
    return [note for item in node for note in _spellings(item)] if isinstance(node, list) else []


def load_case(path: str | Path) -> Case:
    """Read a case file.

    Raises:
        InputError: naming file, line, field, rule and remedy of the first thing that is wrong.
    """
    case, root = _load(path, Case)
    return case.with_notes(_spellings(root))


def read_case(text: str, name: str = "case.yaml") -> Case:
    """The case in the text of a case file.

    Args:
        text: YAML.
        name: what messages call the file.

    Raises:
        InputError: as :func:`load_case`.
    """
    case, root = _read(text, Path(name), Case)
    return case.with_notes(_spellings(root))


def from_document(model: type[M], document: Mapping[str, Any]) -> M:
    """Plain data, such as ``to_dict`` gives, as ``model``.

    Raises:
        InputError: naming field, rule and remedy of the first thing that is wrong.
    """
    if not fits(document):
        raise too_many(None)
    try:
        return model.model_validate(document)
    except ValidationError as error:
        told = _first_error(error, model, document, Path())
        told.file = told.line = None
        raise told from error


def load_study(path: str | Path) -> Study:
    """Read a study file; raises InputError as :func:`load_case`."""
    from endplate.case.study import Study

    return _load(path, Study)[0]


def load_goals(path: str | Path) -> Goals:
    """Read a goals file; raises InputError as :func:`load_case`."""
    from endplate.case.goals import Goals

    return _load(path, Goals)[0]


def line_of(path: str | Path, field: str) -> int | None:
    """The line of a field of a file that was read, such as ``targets[0].joint``; None where it has none."""
    parts = re.findall(r"[^.\[\]]+", field)
    location = tuple(int(part) if part.isdigit() else part for part in parts)
    return _line(parse(text_of(Path(path)), Path(path)), location) if location else None


def load_trial(path: str | Path) -> Trial:
    """Read a trial file; raises InputError as :func:`load_case`."""
    from endplate.case.trial import Trial

    return _load(path, Trial)[0]


def load_training(path: str | Path) -> Training:
    """Read a training file; raises InputError as :func:`load_case`."""
    from endplate.case.training import Training

    return _load(path, Training)[0]
