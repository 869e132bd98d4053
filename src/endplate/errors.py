"""The one error a user can cause: what is wrong, where, which rule, and what to do about it."""

from __future__ import annotations

import importlib
import re
from typing import Any

_OF_DIRECTION = "\u200e\u200f"
_HIDDEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_LONGEST_PART = 1000
_UNSEEN = re.compile(f"[{_HIDDEN}{_OF_DIRECTION}]")
_REFUSED = re.compile(f"[{_HIDDEN}]")


def visible(text: str) -> str:
    """A text in which what would steer a terminal, or turn letters around, stands as its code.

    Controls (but line ends and tabs), marks of the direction of writing, and halves of letters.
    """
    return _UNSEEN.sub(lambda found: ascii(found[0])[1:-1], text)


def hidden(text: str) -> str | None:
    """The first letter for which a text is refused; None where there is none.

    Those that :func:`visible` shows by their code, but the two marks that Arabic and Hebrew texts need.
    """
    found = _REFUSED.search(text.replace("\r\n", "\n"))
    return None if found is None else found[0]


class InputError(Exception):
    """The input is wrong; raised before anything is computed or written.

    Args:
        message: what is wrong, one sentence.
        rule: the rule that was broken, in snake_case.
        remedy: what the user can do.
        file: the file it was read from, if any.
        line: its line, counted from 1, if known.
        field: the path of the field, such as ``plan.injections[0].dose``.
    """

    def __init__(
        self,
        message: str,
        *,
        rule: str,
        remedy: str,
        file: str | None = None,
        line: int | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.remedy = remedy
        self.file = file
        self.line = line
        self.field = field

    def __reduce__(self) -> tuple[Any, ...]:
        """So that it travels from one process to another."""
        return type(self)._again, (self.to_dict(),)

    @classmethod
    def _again(cls, told: dict[str, Any]) -> InputError:
        return cls(told.pop("message"), **told)

    def to_dict(self) -> dict[str, str | int | None]:
        """The keys that ``--json`` prints under ``error``."""
        return {
            "file": self.file,
            "line": self.line,
            "field": self.field,
            "rule": self.rule,
            "message": self.message,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        place = ":".join(_short(part) for part in (self.file, self.line) if part is not None)
        where = " ".join(part for part in (place, f"[{_short(self.field)}]" if self.field else "") if part)
        said, remedy = _short(self.message), _short(self.remedy)
        return visible(f"{where + ': ' if where else ''}{said} (rule: {self.rule}). {remedy}")


def _short(part: object) -> str:
    """A part of a message, cut where it repeats a word without end."""
    text = str(part)
    return text if len(text) <= _LONGEST_PART else f"{text[:_LONGEST_PART]}..."


def no_plan() -> InputError:
    """The error of a case without the plan that a question needs."""
    return InputError(
        "The case has no plan", rule="plan_required", remedy="Add a plan section.", field="plan"
    )


def not_a(kind: str, given: object) -> InputError:
    """The error of something given in place of a case or a trial, such as the path of its file."""
    return InputError(
        f"A {kind} is needed, not {type(given).__name__} {str(given)[:80]!r}",
        rule=f"{kind}_required",
        remedy=f"Read the file first: {kind} = endplate.load_{kind}(path).",
        field=kind,
    )


def library(name: str, extra: str) -> Any:
    """A module of an optional library.

    Args:
        name: of the module.
        extra: of endplate's that installs it.

    Raises:
        InputError: it is not installed, or does not load; the remedy is the command that mends it.
    """
    try:
        return importlib.import_module(name)
    except Exception as error:  # whatever a library fails with while it loads
        package = name.partition(".")[0]
        message = f"{package} is installed and does not load ({first_line(error)})."
        remedy = "'endplate doctor --load' names the command that mends it."
        if isinstance(error, ModuleNotFoundError) and error.name in (package, name):
            message, remedy = f"{package} is not installed.", f"Install it with: {install(extra)}."
        raise InputError(message, rule="missing_extra", remedy=remedy, field=name) from error


def install(extra: str) -> str:
    """The command that installs an extra, or brings its packages to the versions needed."""
    return f"python -m pip install 'endplate[{extra}]'"


def first_line(error: BaseException) -> str:
    """What an error says, as one line without its full stop."""
    told = str(error).strip().partition("\n")[0].rstrip(".")
    return f"{type(error).__name__}: {told}" if told else type(error).__name__
