"""No names: content that looks like a name, an address, a number to call or a day of birth is refused.

The rules see Latin letters. They find two capitalised words side by side, titles, words that announce a name,
e-mail addresses, telephone and other long numbers, and full calendar dates. They cannot find a first name
alone, or a name in small letters.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from endplate.errors import InputError
from endplate.knowledge import vocabulary

LONGEST_TEXT = 2000
CODE_LETTERS = 40
_WORDS_FILE = Path(__file__).parent / "data" / "words.toml"
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BESIDE = re.compile(r"\s+|,\s*")
_AFTER_TITLE = re.compile(r"\.?\s+")
_INITIAL = re.compile(r"\.?\s*")
_ANNOUNCED = re.compile(r"(?:\s+is)?\s*:?\s+")
_MAIL = re.compile(r"\S+@\S+\.\w+")
_CALLED = (
    re.compile(r"\+\d(?:[ ()./-]*\d){6,}"),
    re.compile(r"(?<![\d.,])\(?0\d(?:[ ()/-]*\d){6,}"),
    re.compile(r"(?<!\d)\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?!\d)"),
    re.compile(r"(?<![\d-])\d{3}-\d{4}(?![\d-])"),
)
_LONG_NUMBER = re.compile(r"(?<![\d.])\d{7,}")
_YEAR = r"(?:18|19|20)\d{2}"
_YEAR_FIRST = re.compile(rf"(?<!\d)({_YEAR})([-./ ])(\d{{1,2}})\2(\d{{1,2}})(?!\d)")
_YEAR_LAST = re.compile(rf"(?<!\d)(\d{{1,2}})([-./])(\d{{1,2}})\2({_YEAR})(?!\d)")
_RUN_YEAR_FIRST = re.compile(rf"(?<!\d)({_YEAR})()(\d{{2}})(\d{{2}})(?!\d)")
_RUN_YEAR_LAST = re.compile(rf"(?<!\d)(\d{{2}})()(\d{{2}})({_YEAR})(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)(\d{1,2})([./])(\d{1,2})\2(\d{2})(?!\d)")
_ENDINGS = ("s", "es", "ed", "ing", "ly", "er")
_LEAP_YEAR = 2000
_REMEDY = "Leave out what could tell who the person is; use codes for people, months and years for dates."


def check_text(field: str, text: str | None) -> None:
    """Refuse free text that could tell who somebody is.

    Raises:
        InputError: naming the field and the reason, without repeating the text.
    """
    if text is None:
        return
    reason = _unfit(text) or _telling(text)
    if reason:
        raise InputError(f"{field} {reason}", rule="no_names", remedy=_REMEDY, field=field)


def check_code(field: str, code: str, digit: bool = True) -> None:
    """Refuse a code that is none, or that looks like a name or a date.

    Args:
        field: for the message.
        code: of a person, or of who enters something.
        digit: whether it must hold a digit, which names seldom do.
    """
    remedy = f"Use up to {CODE_LETTERS} letters, digits, dots, dashes and underscores, such as arm-01."
    fits = len(code) <= CODE_LETTERS and _CODE.fullmatch(code)
    if not fits or (digit and not any(letter.isdigit() for letter in code)):
        need = " with a digit" if digit else ""
        raise InputError(f"{field} is not a code{need}", rule="code", remedy=remedy, field=field)
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[._-]", " ", code)
    dated = _full_date(code.replace("_", "-"))
    reason = "looks like a date" if dated else _named(words)
    if reason:
        raise InputError(f"{field} {reason}", rule="no_names", remedy=remedy, field=field)


def check_case(document: Mapping[str, Any]) -> None:
    """Refuse a case whose code or free text could tell who the person is."""
    check_code("patient.code", document["patient"]["code"])
    for place, goal in enumerate(document.get("goals", ())):
        check_text(f"goals[{place}].text", goal["text"])
    _check_visits("visits", document.get("visits", ()))
    for place, session in enumerate(document.get("history", ())):
        _check_visits(f"history[{place}].visits", session.get("visits", ()))


def _check_visits(at: str, visits: Sequence[Mapping[str, Any]]) -> None:
    for place, visit in enumerate(visits):
        check_visit(visit, f"{at}[{place}].")


def check_visit(visit: Mapping[str, Any], at: str = "") -> None:
    """Refuse a finding whose value or rater could tell who somebody is.

    Args:
        visit: as a row of ``visits`` in a case file; what is no text is left to the rules of a case file.
        at: before the field's name in a message.
    """
    value, rater = visit.get("value"), visit.get("rater")
    if visit.get("scale") is None and isinstance(value, str):
        check_text(f"{at}value", value)
    if isinstance(rater, str):
        check_code(f"{at}rater", rater)


def _unfit(text: str) -> str | None:
    """Why a text can not be kept, whatever it says."""
    if len(text) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT} letters"
    odd = any((ord(sign) < ord(" ") and sign not in "\n\t") or "\ud800" <= sign <= "\udfff" for sign in text)
    return "holds signs that are no text" if odd else None


def _telling(text: str) -> str | None:
    """What in a text could tell who somebody is."""
    if _MAIL.search(text):
        return "holds an e-mail address"
    if _full_date(text):
        return "holds a full date, which could be a birth date"
    if _birth(text):
        return "tells when somebody was born"
    if any(pattern.search(text) for pattern in _CALLED):
        return "holds a telephone number"
    if _LONG_NUMBER.search(text):
        return "holds a long number, which could be that of a person"
    return _named(text)


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(_WORDS_FILE.read_text(encoding="utf-8"))


@cache
def _known() -> frozenset[str]:
    """Words that are no names here: the vocabulary's and those listed."""
    names = [name for name in vocabulary.__all__ if name.isupper()]
    ids = [str(part) for name in names for part in getattr(vocabulary, name)]
    brands = [product.brand for product in vocabulary.PRODUCTS.values()]
    moved = [movement for joint in vocabulary.JOINTS.values() for movement in joint.movements]
    listed = [_words()["clinical"], _words()["everyday"], *_words()["titles"], *_words()["kin"]]
    text = " ".join([*ids, *brands, *moved, *listed]).lower()
    return frozenset(re.split(r"[\s_]+", text))


def _is_known(word: str) -> bool:
    """Whether a word, or the word it is a form of, is one of the field or of every day."""
    forms = [word.lower(), *word.lower().split("-")]
    stems = [form.removesuffix(end) for form in forms for end in _ENDINGS if form.endswith(end)]
    doubled = [stem[:-1] for stem in stems if stem[-1:] == stem[-2:-1]]
    return any(form in _known() for form in (*forms, *stems, *doubled, *(f"{stem}e" for stem in stems)))


def _could_be_name(word: str) -> bool:
    """A word with a capital and small letters, in capitals if long, that is no known word."""
    first, rest = word[0], word[1:]
    capitals = word.isupper() and len(word) > 2 + 1
    return first.isupper() and bool(rest) and (capitals or not rest.isupper()) and not _is_known(word)


def _named(text: str) -> str | None:
    """Which words look like a name, by their places."""
    words = list(_WORD.finditer(text))
    for place in _names(text, words):
        return f"looks like it holds a name (at word {place + 1})"
    return None


def _names(text: str, words: list[re.Match[str]]) -> Iterator[int]:
    """Places of words with which a name begins."""
    for place, word in enumerate(words):
        parts = word.group().split("-")
        if len(parts) > 1 and all(_could_be_name(part) for part in parts):
            yield place
    for place in range(len(words) - 1):
        if _pair(text, words[place], words[place + 1]):
            yield place


def _pair(text: str, first: re.Match[str], second: re.Match[str]) -> bool:
    """Whether two neighbouring words are a name, or announce one."""
    gap = text[first.end() : second.start()]
    before, after = first.group(), second.group()
    if before.isupper() and len(before) == 1 and gap.startswith(".") and _INITIAL.fullmatch(gap):
        return _could_be_name(after)
    if not _could_be_name(after):
        return False
    if before.lower() in _words()["titles"]:
        return bool(_AFTER_TITLE.fullmatch(gap))
    if before.lower() in _words()["naming"]:
        return bool(_ANNOUNCED.fullmatch(gap))
    if before.lower() in _words()["kin"]:
        return bool(_BESIDE.fullmatch(gap))
    return (
        _could_be_name(before) and not (before.isupper() and after.isupper()) and bool(_BESIDE.fullmatch(gap))
    )


def _full_date(text: str) -> bool:
    """Whether a text holds day, month and year."""
    first = [*_YEAR_FIRST.findall(text), *_RUN_YEAR_FIRST.findall(text)]
    last = [*_YEAR_LAST.findall(text), *_RUN_YEAR_LAST.findall(text)]
    last += [(*found[:-1], _LEAP_YEAR) for found in _SHORT_YEAR.findall(text)]
    rows = [*((year, a, b) for year, _, a, b in first), *((year, a, b) for a, _, b, year in last)]
    return any(_a_day(year, a, b) or _a_day(year, b, a) for year, a, b in rows) or _worded_date(text)


def _a_day(year: str | int, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


@cache
def _month_patterns() -> tuple[re.Pattern[str], ...]:
    names = "|".join(name for month in _words()["months"] for name in month)
    day, year = r"\d{1,2}(?:st|nd|rd|th|\.)?", rf"(?:{_YEAR}|'?\d{{2}})"
    return (
        re.compile(rf"(?<!\d){day}\s*(?:of\s+)?(?:{names})\b\.?,?\s*{year}(?!\d)", re.IGNORECASE),
        re.compile(rf"\b(?:{names})\.?\s+{day},?\s+{_YEAR}(?!\d)", re.IGNORECASE),
    )


def _worded_date(text: str) -> bool:
    return any(pattern.search(text) for pattern in _month_patterns())


@cache
def _birth_patterns() -> tuple[re.Pattern[str], ...]:
    birth = "|".join(re.escape(word) for word in _words()["birth"])
    born = "|".join(_words()["born"])
    return (
        re.compile(rf"\b(?:{birth})\b[^\d\n]{{0,20}}\d", re.IGNORECASE),
        re.compile(rf"\b(?:{born})\b[^\d\n]{{0,30}}{_YEAR}(?!\d)", re.IGNORECASE),
    )


def _birth(text: str) -> bool:
    return any(pattern.search(text) for pattern in _birth_patterns())
