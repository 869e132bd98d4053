"""The text of a user's YAML file as plain data with line numbers, within bounds of size, values and depth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.parser import Parser
from ruamel.yaml.scanner import Scanner

from endplate.errors import InputError
from endplate.handed import MB, Unread, raw_of
from endplate.knowledge.vocabulary.sentence import Sentence

LARGEST_BYTES = 1 * MB
MOST_VALUES = 20_000
DEEPEST = 60
"""Levels of lists and mappings; files need five."""
_PER_VALUE = 2  # nodes: a value and its key
_UNPARSED = (YAMLError, ValueError, RecursionError, TypeError, KeyError, AttributeError, OverflowError)
"""What ruamel raises of a text that is no YAML."""


class _TooManyValues(Exception):
    """A text holds more values than may be."""


class _AtLine(Exception):
    """Something stands where it may not.

    Attributes:
        line: counted from 1.
    """

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _TooDeep(_AtLine):
    """Lists or mappings stand in each other too deep."""


class _Tagged(_AtLine):
    """A value carries a tag, such as ``!!python/object``, which no file needs."""


class _Scanner(Scanner):
    """As ruamel's, which drops comments, but without tags."""

    def fetch_tag(self) -> None:
        """Refuse before it is read, which may take long."""
        raise _Tagged(self.reader.line + 1)


class _Composer(Composer):
    """As ruamel's, but it ends at the bounds, so that no text takes long."""

    _nodes = 0
    _level = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next value, and what stands in it."""
        self._nodes += 1
        self._level += 1
        if self._nodes > _PER_VALUE * MOST_VALUES:
            raise _TooManyValues
        if self._level > DEEPEST:
            raise _TooDeep(self.parser.peek_event().start_mark.line + 1)
        found = super().compose_node(parent, index)
        self._level -= 1
        return found


class _Constructor(RoundTripConstructor):
    """As ruamel's, but a date stays text, so that a wrong one is reported with its line."""


def _as_text(_: RoundTripConstructor, node: ScalarNode) -> str:
    return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        InputError: it cannot be read, is too large, or is no UTF-8.
    """
    wrong = partial(InputError, rule="file", file=str(path))
    try:
        return raw_of(path, LARGEST_BYTES).decode("utf-8")
    except Unread as error:
        if not error.why:
            raise wrong("The file is larger than 1 MB", remedy="A file holds one case or study.") from error
        message = Sentence("The file cannot be read: {why}", why=error.why)
        raise wrong(message, remedy="Give the path of a readable YAML file.") from error
    except UnicodeDecodeError as error:
        raise wrong("The file is not UTF-8 text", remedy="Save it as UTF-8.") from error


def parse(text: str, path: Path) -> Any:
    """The mapping that a text holds, with line numbers.

    Args:
        text: YAML.
        path: of its file, for messages.

    Raises:
        InputError: it is no YAML, no mapping, or holds too much.
    """
    wrong = partial(InputError, file=str(path))
    try:
        found = _reader().load(text)
    except DuplicateKeyError as error:
        raise _syntax(path, error, "duplicate_key", "Keep one of the two.") from error
    except MarkedYAMLError as error:
        raise _syntax(path, error, "yaml", "Mend the YAML there.") from error
    except _Tagged as error:
        message = "A tag stands here, which no file needs"
        raise wrong(message, rule="yaml", remedy="Take it out.", line=error.line) from error
    except _TooDeep as error:
        message, remedy = "The file nests or counts too far", "Write plain values."
        raise wrong(message, rule="size", remedy=remedy, line=error.line) from error
    except _TooManyValues as error:
        raise too_many(path) from error
    except _UNPARSED as error:
        raise wrong("The file is not valid YAML", rule="yaml", remedy="Mend the YAML.") from error
    if not isinstance(found, dict):
        remedy = "Begin with 'endplate: 1' and one section a key."
        raise wrong("The file holds no mapping", rule="mapping", remedy=remedy, line=1)
    if _count(found, {}) > MOST_VALUES:
        raise too_many(path)
    return found


def _reader() -> YAML:
    """A reader of YAML 1.2 that keeps the line of everything but drops comments, which take time."""
    reader = YAML(typ="rt")
    reader.Scanner, reader.Parser = _Scanner, Parser
    reader.Composer, reader.Constructor = _Composer, _Constructor
    reader.allow_duplicate_keys = False
    return reader


def too_many(path: Path | None) -> InputError:
    """The error of a file, or of a document without one, that holds too many values."""
    remedy = "Write the values out, without anchors that multiply them."
    file = None if path is None else str(path)
    field = None if path is not None else "document"
    return InputError("The file holds too many values", rule="size", remedy=remedy, file=file, field=field)


def fits(document: Any) -> bool:
    """Whether plain data, none of which stands inside itself, hold no more values than a file may."""
    waiting, seen = [document], 0
    while waiting and seen <= MOST_VALUES:
        node = waiting.pop()
        seen += 1
        if isinstance(node, (Mapping, list, tuple)):
            waiting += node.values() if isinstance(node, Mapping) else node
    return seen <= MOST_VALUES


def _count(node: Any, known: dict[int, int]) -> int:
    """How many values stand under a node, aliases written out; one inside itself is too many."""
    if not isinstance(node, (dict, list)):
        return 1
    if id(node) not in known:
        known[id(node)] = MOST_VALUES + 1
        parts = node.values() if isinstance(node, dict) else node
        known[id(node)] = 1 + sum(_count(part, known) for part in parts)
    return known[id(node)]


def _syntax(path: Path, error: MarkedYAMLError, rule: str, remedy: str) -> InputError:
    mark = error.problem_mark or error.context_mark
    message = (error.problem or error.context or "The YAML is not valid").splitlines()[0]
    return InputError(message, rule=rule, remedy=remedy, file=str(path), line=mark.line + 1 if mark else None)
