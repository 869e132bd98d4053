"""Field types of the user files: quantities by unit, ids by vocabulary, grades as labels."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    Strict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from endplate.errors import InputError, hidden
from endplate.knowledge import vocabulary as words
from endplate.knowledge.vocabulary.quantity import Quantity, parse_quantity, shown
from endplate.knowledge.vocabulary.sentence import Sentence


class FileModel(BaseModel):
    """A mapping in a user file: unknown keys are errors, values are frozen, and all text can be seen."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _within_bounds(cls, found: object) -> object:
        """No list or text without end, and no text that steers a terminal or turns letters around."""
        for key, held in found.items() if isinstance(found, dict) else ():
            if isinstance(held, list):
                _check_list(held, str(key))
            elif isinstance(held, str):
                _check_text(held, (str(key),))
        return found


MOST_ITEMS, LONGEST_TEXT = 2000, 4000
"""Of any list, and of any text in characters: far beyond what one person or study needs."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
"""Days that a file may name: those before and after them can always be told."""
_TOLD = 12  # words of a list
_GOAL_LEVELS = words.SCALES["goal_attainment_level"].grades


def wrong(rule: str, message: str, remedy: str, at: tuple[int | str, ...] = ()) -> PydanticCustomError:
    """A field error that carries its remedy, and the place below the model, to the loader."""
    return PydanticCustomError(rule, "{message}", {"message": message, "remedy": remedy, "at": at})


def _check_list(found: list[object], key: str) -> None:
    if len(found) > MOST_ITEMS:
        text = "The list here may hold {max_length} or fewer, not {actual_length}"
        message = Sentence(text, max_length=str(MOST_ITEMS), actual_length=str(len(found)))
        raise wrong("too_long", message, "Leave some out.", (key,))
    for place, item in enumerate(found):
        if isinstance(item, str):
            _check_text(item, (key, place))


def _check_text(text: str, at: tuple[int | str, ...]) -> None:
    if len(text) > LONGEST_TEXT:
        message = Sentence(
            "The text here has more than {max_length} characters", max_length=str(LONGEST_TEXT)
        )
        raise wrong("string_too_long", message, "Shorten it.", at)
    letter = hidden(text)
    if letter is not None:
        raise unseen(letter, at)


def unseen(letter: str, at: tuple[int | str, ...] = ()) -> PydanticCustomError:
    """The error of a letter that nobody sees."""
    message = Sentence("The text here holds the letter {letter}, which cannot be seen", letter=ascii(letter))
    return wrong("hidden_letter", message, "Take it out.", at)


def _code(text: str) -> str:
    """A code whose every letter can be seen, so that no two look alike by what is between them."""
    for letter in text:
        if not letter.isprintable():
            raise unseen(letter)
    return text


def _quantity(*units: str) -> Any:
    def read(text: object) -> Quantity:
        try:
            return parse_quantity(text, units)
        except InputError as error:
            raise wrong(error.rule, error.message, error.remedy) from error

    schema = {"type": "string", "description": f"a number and one of: {', '.join(units)}"}
    return Annotated[Quantity, BeforeValidator(read), PlainSerializer(str), WithJsonSchema(schema)]


def one_of(
    kind: str,
    known: Callable[[], Iterable[str]],
    alias: Callable[[str], str | None] | None = None,
    hint: Callable[[str], str | None] | None = None,
) -> Any:
    """A string that must be one of the known ids; the error names the nearest, or what ``hint`` knows."""

    def read(text: object) -> str:
        options = list(known())
        found = alias(text) if alias and isinstance(text, str) else text
        if isinstance(found, str) and found in options:
            return found
        meant = hint(text) if hint and isinstance(text, str) else None
        near = [meant] if meant else difflib.get_close_matches(shown(text).strip("'"), options, 1)
        remedy = Sentence("Use one of {options}.", options=", ".join(options[:_TOLD]))
        if len(options) > _TOLD:
            text = "Use one of {options} or another of the {count} that endplate schema vocabulary lists."
            remedy = Sentence(text, options=", ".join(options[:_TOLD]), count=str(len(options)))
        if near:
            remedy = Sentence("Did you mean {near}?", near=near[0])
        message = Sentence("{value} is not a known {kind}", value=shown(text), kind=Sentence(kind))
        raise wrong(f"unknown_{kind.replace(' ', '_')}", message, remedy)

    return Annotated[str, BeforeValidator(read), WithJsonSchema({"type": "string", "enum": list(known())})]


def _label(text: object) -> object:
    """A grade as its label; YAML reads a bare 2 as a number."""
    if isinstance(text, bool) or not isinstance(text, (int, str)):
        message = Sentence("{value} is not a grade", value=shown(text))
        raise wrong("grade", message, 'Write the grade as a label in quotes, such as "1+".')
    return str(text)


def _goal_level(found: object) -> int:
    """A level of a goal as a whole number; the error lists the levels."""
    if isinstance(found, bool) or not isinstance(found, int) or str(found) not in _GOAL_LEVELS:
        message = Sentence("{value} is not a level of a goal", value=shown(found))
        text = "Use one of {levels}, without quotes; 0 is the outcome expected."
        raise wrong("goal_level", message, Sentence(text, levels=", ".join(_GOAL_LEVELS)))
    return found


def _day(found: object) -> dt.date:
    """An ISO date; no times, no numbers read as seconds, and no year in which nobody is treated."""
    day = _calendar_day(found)
    if day is None:
        message = Sentence("{value} is not a date", value=shown(found))
        raise wrong("date", message, "Write a date of the calendar as 2026-11-22.")
    if not FIRST_DAY <= day <= LAST_DAY:
        message = Sentence("{day} lies in a year in which nobody of a case is treated", day=day.isoformat())
        years = {"first": str(FIRST_DAY.year), "last": str(LAST_DAY.year)}
        raise wrong("date", message, Sentence("Write a year from {first} to {last}.", **years))
    return day


def _calendar_day(found: object) -> dt.date | None:
    """The day that a file names, if it is one."""
    if isinstance(found, dt.date) and not isinstance(found, dt.datetime):
        return found
    try:
        return dt.date.fromisoformat(found) if isinstance(found, str) and _DAY.fullmatch(found) else None
    except ValueError:
        return None


def _format(found: object) -> object:
    if isinstance(found, bool) or not isinstance(found, int) or found != 1:
        message = Sentence("The format version {value} is not known", value=shown(found))
        raise wrong("format_version", message, "This version of endplate reads 'endplate: 1'.")
    return 1


Code = Annotated[str, StringConstraints(min_length=1, max_length=80), AfterValidator(_code)]
FormatVersion = Annotated[Literal[1], BeforeValidator(_format)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]

Age = _quantity("y", "mo", "wk", "d")
Mass = _quantity("kg")
Length = _quantity("cm")
Angle = _quantity("deg")
Percent = _quantity("%")
Volume = _quantity("mL")
Units = _quantity("U")
DoseText = _quantity("U", "U/kg")
Dilution = _quantity("U/mL")
Duration = _quantity("min", "h", "d", "wk", "mo", "y")
Label = Annotated[str, BeforeValidator(_label)]

Muscle = one_of("muscle", lambda: [*words.MUSCLES, *words.GROUPS], words.canonical_muscle)
LimbMuscle = one_of("limb muscle", lambda: [*words.LIMB_MUSCLES, *words.GROUPS], words.canonical_muscle)
JointId = one_of("joint", lambda: words.JOINTS)
Side = one_of("side", lambda: words.SIDES)
ProductId = one_of("product", lambda: words.PRODUCTS, hint=words.product_of_brand)
ScaleId = one_of("scale", lambda: words.SCALES)
Condition = one_of("condition", lambda: words.CONDITIONS)
Jurisdiction = one_of("jurisdiction", lambda: words.JURISDICTIONS)
Indication = one_of("indication", lambda: words.INDICATIONS)
Guidance = one_of("guidance", lambda: words.GUIDANCE)
Sex = one_of("sex", lambda: words.SEXES)
Caution = one_of("caution", lambda: words.CAUTIONS)
GoalKind = one_of("goal kind", lambda: words.GOAL_KINDS)
GoalLevel = Annotated[
    int,
    BeforeValidator(_goal_level),
    WithJsonSchema({"type": "integer", "enum": [int(level) for level in _GOAL_LEVELS]}),
]
CoTherapy = one_of("co_therapy", lambda: words.CO_THERAPY)
VisitMeasure = one_of("measure", lambda: words.VISIT_MEASURES)
