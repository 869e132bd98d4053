"""The language of a page: English, or one that files of sentences hold under ``languages/``.

The English text is the key, with a name in braces for every gap; a text that no file holds stays English.
Words of the vocabulary go by their ids, in ``words.json``; every other file of a language holds sentences.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup, escape

from endplate.knowledge.vocabulary.sentence import said

LANGUAGES: Final = ("en", "es")
"""Every language that a page can be told in; the first needs no files."""
_FILES = Path(__file__).parent / "languages"
_WORDS = "words"
_LANGUAGE: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
_GAP = re.compile(r"\{\w*\}")
_QUANTITY = re.compile(r"([<>~]?[−-]?\d+(?:\.\d+)?)(?:[ \N{NO-BREAK SPACE}](\S+))?")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_DEGREE = "°"
_PERCENT = "\N{NO-BREAK SPACE}%"


class _Missing(Exception):
    """A text that the language does not hold."""


@dataclass(frozen=True)
class Catalog:
    """What the files of a language hold.

    Attributes:
        sentences: English text to the text in the language.
        words: ids of the vocabulary to words; in English only those that a screen says otherwise.
    """

    sentences: Mapping[str, str]
    words: Mapping[str, str]


@lru_cache(maxsize=len(LANGUAGES))
def catalog(language: str) -> Catalog:
    """The files of a language together.

    Args:
        language: one of `LANGUAGES`.
    """
    held = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((_FILES / language).glob("*.json"))
    }
    words = held.pop(_WORDS, {})
    sentences = {text: told.replace(" %", _PERCENT) for file in held.values() for text, told in file.items()}
    return Catalog(sentences, words)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """While this lasts, texts are told in a language.

    Args:
        language: one of `LANGUAGES`.
    """
    before = _LANGUAGE.set(language)
    try:
        yield
    finally:
        _LANGUAGE.reset(before)


def spoken() -> str:
    """The language that texts are told in."""
    return _LANGUAGE.get()


def is_english() -> bool:
    """Whether texts stay as they are."""
    return spoken() == LANGUAGES[0]


def N_(text: str) -> str:
    """A text as it is, marked so that it can be told later."""
    return text


def _(text: str, /, **parts: object) -> str:
    """A text in the language spoken, its gaps filled.

    Args:
        text: in English.
        **parts: one for each gap.
    """
    told = text if is_english() else catalog(spoken()).sentences.get(text, text)
    return told.format(**parts) if parts else told


def translated(text: str) -> str:
    """A sentence held as a constant, in the language spoken."""
    return _(text)


def held_word(identifier: str) -> str | None:
    """An id of the vocabulary in words of the language; None in English and where it holds none."""
    return None if is_english() else catalog(spoken()).words.get(identifier)


def plain_letters(text: str) -> str:
    """A text in small letters without accents: the order of a list in any of the languages."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def capital(text: str) -> str:
    """The same text with a capital."""
    return text[:1].upper() + text[1:]


def figures(text: str) -> str:
    """A number as text with the decimal sign of the language."""
    return text if is_english() else _POINT.sub(",", text)


_UNITS: Final = {
    "y": N_("y"),
    "mo": N_("mo"),
    "wk": N_("wk"),
    "d": N_("d"),
    "h": N_("h"),
    "deg": N_("deg"),
    "grade": N_("grade"),
}


def unit(name: str) -> str:
    """A unit as the language writes it."""
    return _(_UNITS[name]) if name in _UNITS else name


def quantity(text: str) -> str:
    """A number with its unit as the language writes both; any other text as it is."""
    found = None if is_english() else _QUANTITY.fullmatch(text)
    if found is None:
        return text
    number, of = figures(found[1]), found[2]
    told = unit(of) if of else ""
    return f"{number}{'' if told == _DEGREE else text[found.end(1) : found.start(2)]}{told}" if of else number


def told(message: str, made: Mapping[str, Any] | None = None, *, verbatim: bool = False) -> str:
    """A message in the language spoken; whole in English where any of it is not held.

    Args:
        message: in English; a ``Sentence`` knows what it is made of.
        made: the same from a document, as ``said`` there; None where the message is itself the key.
        verbatim: whether numbers in it stay as somebody typed them, or is to type them.
    """
    return _told(message, made, str if verbatim else quantity) or message


def _told(message: str, made: Mapping[str, Any] | None, tell: Callable[[str], str] = quantity) -> str | None:
    """The message told; None where it must stay English."""
    if is_english():
        return str(message)
    try:
        return _of_part(made or said(message) or {"text": str(message), "parts": {}}, tell)
    except _Missing:
        return None


def _of_part(part: Any, tell: Callable[[str], str]) -> str:
    """Words, a sentence with its parts, or text that is the same in every language but for its numbers."""
    if isinstance(part, str):
        return tell(part)
    if "word" in part:
        return held_word(part["word"]) or str(part["word"]).replace("_", " ")
    text = part["text"]
    held = catalog(spoken()).sentences.get(text)
    if held is None:
        if any(character.isalpha() for character in _GAP.sub("", text)):
            raise _Missing
        held = text
    parts = {name: _of_part(each, tell) for name, each in part["parts"].items()}
    return held.format(**parts) if parts else held


def foreign() -> Markup:
    """The attribute of an element whose text is English on a page in another language; else nothing."""
    return Markup() if is_english() else Markup(' lang="en"')


def marked(message: str, made: Mapping[str, Any] | None = None, *, begins: bool = False) -> Markup:
    """A message as `told`, marked as English where it stays so.

    Args:
        message: in English.
        made: what it is made of, as in `told`.
        begins: whether it begins a sentence, with a capital.
    """
    found = _told(message, made)
    text = str(message) if found is None else found
    shown = escape(capital(text) if begins else text)
    return Markup("<span{}>{}</span>").format(foreign(), shown) if found is None and text else shown


def finding(row: Mapping[str, Any]) -> Markup:
    """The message of a finding or fault, with a capital; see `marked`.

    Args:
        row: with ``message`` and, where it was made of parts, ``said``.
    """
    return marked(row["message"], row.get("said"), begins=True)


def literal(text: str, /, **parts: object) -> Markup:
    """A text that stands in a template, markup and all; its parts are escaped."""
    return Markup(_(text)).format(**parts) if parts else Markup(_(text))
