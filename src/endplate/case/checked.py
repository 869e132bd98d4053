"""What Pydantic finds in a user file or a request, in this project's sentences, each with what to do."""

from __future__ import annotations

from typing import Any, NamedTuple

from endplate.knowledge.vocabulary.sentence import Sentence


class Said(NamedTuple):
    """What is said of one kind of error, with gaps that Pydantic fills, and what to do."""

    text: str
    remedy: str


_NUMBER = "Write a number, without quotes."
_WHOLE = "Write a whole number, without quotes."
_TRUTH = Said("true or false is wanted here", "Write true or false, without quotes.")
_LIST = Said("A list is wanted here", "Write a dash before each entry, or put them between [ and ].")
_KEYS = Said("Keys with their values are wanted here", "Write one key a line, each with its value.")
_UNKNOWN = Said("What stands here cannot be read", "See endplate schema for what may stand here.")
SAID = {
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "dict_type": _KEYS,
    "extra_forbidden": Said("This key is not known here", "Leave it out."),
    "finite_number": Said("A finite number is wanted here", _NUMBER),
    "float_parsing": Said("A number is wanted here", _NUMBER),
    "float_type": Said("A number is wanted here", _NUMBER),
    "greater_than": Said("The number here must be more than {gt}", "Write a larger number."),
    "greater_than_equal": Said("The number here must be {ge} or more", "Write a larger number."),
    "int_from_float": Said("A whole number is wanted here", _WHOLE),
    "int_parsing": Said("A whole number is wanted here", _WHOLE),
    "int_type": Said("A whole number is wanted here", _WHOLE),
    "json_invalid": Said("What was sent is no JSON", "Send one JSON document."),
    "less_than": Said("The number here must be less than {lt}", "Write a smaller number."),
    "less_than_equal": Said("The number here must be {le} or less", "Write a smaller number."),
    "list_type": _LIST,
    "literal_error": Said("What stands here must be {expected}", "Write one of these words as it stands."),
    "missing": Said("A key is missing here", "Add it."),
    "model_attributes_type": _KEYS,
    "model_type": _KEYS,
    "string_too_long": Said("The text here has more than {max_length} characters", "Shorten it."),
    "string_too_short": Said("The text here needs {min_length} or more characters", "Write it out."),
    "string_type": Said("Text is wanted here", "Write text; put it in quotes if it looks like a number."),
    "too_long": Said("The list here may hold {max_length} or fewer, not {actual_length}", "Leave some out."),
    "too_short": Said(
        "The list here needs {min_length} or more, not {actual_length}", "Add what is missing."
    ),
    "tuple_type": _LIST,
}
"""What is said of an error, by Pydantic's name of it; of any other that it cannot be read."""
TEXTS = tuple(text for said in (*SAID.values(), _UNKNOWN) for text in said)
"""All of it, as a language file has to hold it."""


def sentence_of(item: dict[str, Any]) -> Sentence:
    """What is said of one of Pydantic's errors, in no words of Pydantic's own."""
    text = SAID.get(item["type"], _UNKNOWN).text
    context = item.get("ctx", {}).items()
    return Sentence(text, **{name: _part(told) for name, told in context if f"{{{name}}}" in text})


def remedy_of(item: dict[str, Any]) -> str:
    """What to do about one of Pydantic's errors."""
    return SAID.get(item["type"], _UNKNOWN).remedy


def _part(told: object) -> str:
    """A limit as a plain number, or what may stand there, the last of several after an or."""
    expected = f"{told:g}" if isinstance(told, float) else str(told)
    first, _, last = expected.rpartition(" or ")
    return Sentence("{first} or {last}", first=first, last=last) if first else expected
