"""What a command line asked, made into words, days and numbers that are known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from endplate.errors import InputError
from endplate.knowledge.vocabulary import canonical_muscle, product_of_brand
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.knowledge.vocabulary.sentence import Sentence

_PRODUCT = ("--product", "product")


def known_word(text: str, known: Iterable[str], field: str) -> str:
    """The word, if it is one of those known; a product may be given by its brand."""
    options = list(known)
    meant = text if text in options else product_of_brand(text) if field in _PRODUCT else None
    if meant is None:
        near = get_close_matches(text, options, n=1)
        remedy = Sentence("Use one of {options}.", options=", ".join(options))
        remedy = Sentence("Did you mean {near}?", near=near[0]) if near else remedy
        message = Sentence("{word} is not known here", word=repr(text))
        raise InputError(message, rule="unknown_word", remedy=remedy, field=field)
    return meant


def known_muscle(text: str) -> str:
    """The id of the muscle that ``--muscle`` names."""
    known = canonical_muscle(text)
    if known is None:
        remedy = "See 'endplate schema vocabulary' for the muscles."
        message = Sentence("{value} is not a known {kind}", value=repr(text), kind=Sentence("muscle"))
        raise InputError(message, rule="unknown_muscle", remedy=remedy, field="--muscle")
    return known


def quantity_of(text: str, allowed: tuple[str, ...], unit: str, field: str) -> float:
    """The number of a quantity in one unit."""
    try:
        return parse_quantity(text, allowed).to(unit).value
    except InputError as error:
        error.field = field
        raise


def day_of(text: str | None, field: str) -> date:
    """A day of the calendar; today where none is given."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        remedy = "Write a date of the calendar as 2026-11-22."
        message = Sentence("{value} is not a date", value=repr(text))
        raise InputError(message, rule="date", remedy=remedy, field=field) from error
