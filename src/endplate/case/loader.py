"""Read a user file: YAML with line numbers, one clear error for whatever is wrong."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode

from endplate.case.checked import remedy_of, sentence_of
from endplate.case.fields import FileModel
from endplate.case.models import Case
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
_LARGEST_BYTES = 1_000_000
_MOST_VALUES = 200_000


class _Constructor(RoundTripConstructor):
    """As ruamel's, but a date stays text, so that a wrong one is reported with its line."""


def _as_text(_: RoundTripConstructor, node: ScalarNode) -> str:
    return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def _text(path: Path) -> str:
    """The file's text, or one sentence why not."""
    wrong = partial(InputError, rule="file", file=str(path))
    try:
        with path.open("rb") as stream:
            raw = stream.read(_LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = str(getattr(error, "strerror", None) or error)
        message = Sentence("The file cannot be read: {why}", why=why)
        raise wrong(message, remedy="Give the path of a readable YAML file.") from error
    if len(raw) > _LARGEST_BYTES:
        raise wrong("The file is larger than 1 MB", remedy="A file holds one case or study.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise wrong("The file is not UTF-8 text", remedy="Save it as UTF-8.") from error


def _parse(text: str, path: Path) -> Any:
    parser = YAML(typ="rt")
    parser.Constructor = _Constructor
    parser.allow_duplicate_keys = False
    try:
        found = parser.load(text)
    except DuplicateKeyError as error:
        raise _syntax(path, error, "duplicate_key", "Keep one of the two.") from error
    except MarkedYAMLError as error:
        raise _syntax(path, error, "yaml", "Mend the YAML there.") from error
    except (
        YAMLError,
        ValueError,
        RecursionError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
    ) as error:
        message = "The file is not valid YAML"
        raise InputError(message, rule="yaml", remedy="Mend the YAML.", file=str(path)) from error
    if not isinstance(found, dict):
        remedy = "Begin with 'endplate: 1' and one section a key."
        raise InputError("The file holds no mapping", rule="mapping", remedy=remedy, file=str(path), line=1)
    if _count(found, {}) > _MOST_VALUES:
        remedy = "Write the values out, without anchors that multiply them."
        raise InputError("The file holds too many values", rule="size", remedy=remedy, file=str(path))
    return found


def _count(node: Any, known: dict[int, int]) -> int:
    """How many values stand under a node, aliases written out; one inside itself is too many."""
    if not isinstance(node, (dict, list)):
        return 1
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1
        parts = node.values() if isinstance(node, dict) else node
        known[id(node)] = 1 + sum(_count(part, known) for part in parts)
    return known[id(node)]


def _syntax(path: Path, error: MarkedYAMLError, rule: str, remedy: str) -> InputError:
    mark = error.problem_mark or error.context_mark
    message = (error.problem or error.context or "The YAML is not valid").splitlines()[0]
    return InputError(message, rule=rule, remedy=remedy, file=str(path), line=mark.line + 1 if mark else None)


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
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
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


def _rank(item: Any, rows: list[Any], root: Any) -> tuple[int, bool]:
    """Order of errors: by line; a missing key follows a misspelt one beside it."""
    location = item["loc"]
    if item["type"] == "missing":
        beside = [
            row["loc"]
            for row in rows
            if row["type"] == "extra_forbidden" and row["loc"][:-1] == location[:-1]
        ]
        return max(_line(root, place) for place in [*beside, location]), True
    return _line(root, (*location, *item.get("ctx", {}).get("at", ()))), False


def _without_echoes(rows: list[Any]) -> list[Any]:
    """The errors without lists that are only too short because an item in them is wrong."""
    return [
        row
        for row in rows
        if row["type"] != "too_short"
        or not any(
            len(other["loc"]) > len(row["loc"]) and other["loc"][: len(row["loc"])] == row["loc"]
            for other in rows
        )
    ]


def _first_error(error: ValidationError, model: type[FileModel], root: Any, path: Path) -> InputError:
    rows = _without_echoes(error.errors(include_url=False, include_input=False))
    item = min(rows, key=partial(_rank, rows=rows, root=root))
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
    return _read(_text(path), path, model)


def _read(text: str, path: Path, model: type[M]) -> tuple[M, Any]:
    root = _parse(text, path)
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
    return _line(_parse(_text(Path(path)), Path(path)), location) if location else None


def load_trial(path: str | Path) -> Trial:
    """Read a trial file; raises InputError as :func:`load_case`."""
    from endplate.case.trial import Trial

    return _load(path, Trial)[0]


def load_training(path: str | Path) -> Training:
    """Read a training file; raises InputError as :func:`load_case`."""
    from endplate.case.training import Training

    return _load(path, Training)[0]
