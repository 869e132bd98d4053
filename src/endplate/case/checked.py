"""What Pydantic finds in a user file, as sentences that remember what they are made of."""

from __future__ import annotations

from typing import Any

from endplate.knowledge.vocabulary.sentence import Sentence

TEXTS = {
    "bool_parsing": "Input should be a valid boolean, unable to interpret input",
    "bool_type": "Input should be a valid boolean",
    "finite_number": "Input should be a finite number",
    "float_type": "Input should be a valid number",
    "greater_than": "Input should be greater than {gt}",
    "greater_than_equal": "Input should be greater than or equal to {ge}",
    "int_type": "Input should be a valid integer",
    "less_than_equal": "Input should be less than or equal to {le}",
    "literal_error": "Input should be {expected}",
    "model_type": "Input should be a valid dictionary or instance of {class_name}",
    "string_too_long": "String should have at most {max_length} characters",
    "string_too_short": "String should have at least {min_length} character",
    "string_type": "Input should be a valid string",
    "too_long": "Tuple should have at most {max_length} items after validation, not {actual_length}",
    "too_short": "Tuple should have at least {min_length} item after validation, not {actual_length}",
    "tuple_type": "Input should be a valid tuple",
}
"""Pydantic's own words for what the case and the goals can meet, by its name of the error."""


def sentence_of(item: dict[str, Any]) -> str:
    """The message of one of Pydantic's errors; a plain text where it is worded otherwise than here."""
    parts = {name: _choice(told) if name == "expected" else str(told) for name, told in _context(item)}
    made = Sentence(TEXTS[item["type"]], **parts) if item["type"] in TEXTS else ""
    return made if made == item["msg"] else str(item["msg"])


def _context(item: dict[str, Any]) -> list[tuple[str, Any]]:
    text = TEXTS.get(item["type"], "")
    return [(name, told) for name, told in item.get("ctx", {}).items() if f"{{{name}}}" in text]


def _choice(expected: str) -> str:
    """What may stand there, the last of several after an or."""
    first, _, last = expected.rpartition(" or ")
    return Sentence("{first} or {last}", first=first, last=last) if first else expected
