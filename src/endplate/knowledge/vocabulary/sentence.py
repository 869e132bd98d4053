"""Sentences that remember what they were made of, so that another language can say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from endplate.knowledge.vocabulary.words import MUSCLES


class Word(str):
    """An id of the vocabulary in English words, as a part of a sentence.

    Attributes:
        id: such as ``biceps_brachii``.
    """

    id: str

    def __new__(cls, identifier: str, shown: str | None = None) -> Self:
        """The id as words.

        Args:
            identifier: of the vocabulary.
            shown: in English, where that is not the id with spaces, such as with a capital.
        """
        if shown is None:
            held = MUSCLES.get(identifier)
            shown = held.name if held else identifier.replace("_", " ")
        made = super().__new__(cls, shown)
        made.id = identifier
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, str]]:
        """So that it travels from one process to another."""
        return (self.id, str(self)), {}


class Sentence(str):
    """A sentence in English that knows its text with gaps, and what fills them.

    Attributes:
        text: as a language file holds it, such as ``{muscle}: {dose} U``.
        parts: what fills the gaps: words, sentences, or text that is the same in every language.
    """

    text: str
    parts: dict[str, str]

    def __new__(cls, text: str, /, **parts: str) -> Self:
        """The text filled.

        Args:
            text: with a name in braces for every gap.
            **parts: one for each gap; a number as the text that a reader sees.
        """
        made = super().__new__(cls, text.format(**parts))
        made.text, made.parts = text, parts
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, str]]:
        """So that it travels from one process to another."""
        return (self.text,), self.parts

    @classmethod
    def of(cls, text: str) -> Sentence:
        """A text as a sentence, with nothing to fill unless it is one already."""
        return text if isinstance(text, Sentence) else cls(text.replace("{", "{{").replace("}", "}}"))

    @classmethod
    def joined(cls, between: str, parts: Sequence[str]) -> Self:
        """Several in a row.

        Args:
            between: what stands between two of them, the same in every language.
            parts: words, sentences or plain text.
        """
        named = {f"part{place}": part for place, part in enumerate(parts)}
        return cls(between.join(f"{{{name}}}" for name in named), **named)


def said(text: str) -> dict[str, Any] | None:
    """What a text is made of, as JSON: ``text`` and ``parts``; None where it is only itself.

    A part is ``{"word": id}``, ``{"text", "parts"}``, or a string.
    """
    if not isinstance(text, Sentence):
        return None
    return {"text": text.text, "parts": {name: _part(part) for name, part in text.parts.items()}}


def _part(part: str) -> Any:
    return {"word": part.id} if isinstance(part, Word) else said(part) or str(part)
