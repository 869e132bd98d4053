"""The options every command takes, declared once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_type_hints

import typer

from endplate.app.completing import among
from endplate.app.keeping import keeping
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.physiology.terminal.recovery import Account
    from endplate.simulation.biology import Biology

DEFAULT_DRAWS = 1000
DRAWS_FOR_STUDIES = 400
MOST_DRAWS = 20_000
DEFAULT_HORIZON = "26 wk"
LONGEST_HORIZON = "104 wk"
_ALWAYS = frozenset({"as_json", "out", "quiet"})

_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

Command = Callable[..., int]


Recovery = Annotated[
    str,
    typer.Option(
        "--recovery",
        help="Who leads recovery: parent_first, or sprouts_first.",
        autocompletion=among("parent_first", "sprouts_first"),
    ),
]


def biology_of(recovery: str) -> Biology:
    """The variant of the model that ``--recovery`` asks for.

    Raises:
        InputError: there is no such account.
    """
    from endplate.simulation.biology import Biology

    try:
        return Biology(recovery=cast("Account", recovery))
    except InputError as error:
        error.field = "--recovery"
        raise


@dataclass(frozen=True)
class Options:
    """What the user asked for besides the command's own arguments."""

    as_json: bool = False
    out: Path | None = None
    seed: int = 1
    draws: int = DEFAULT_DRAWS
    horizon: str = DEFAULT_HORIZON
    quiet: bool = False

    @property
    def horizon_d(self) -> int:
        """The horizon in whole days.

        Raises:
            InputError: when it is no duration, or outside 1 d to 104 wk.
        """
        return _days(self.horizon)

    @property
    def talks(self) -> bool:
        """Whether tables for people are wanted."""
        return not (self.as_json or self.quiet)


def with_options(*uses: str, draws: int = DEFAULT_DRAWS) -> Callable[[Callable[..., int]], Command]:
    """Give a command the shared options in place of its ``options`` argument.

    Args:
        uses: which of seed, draws and horizon change its answer; the others are accepted but left
            out of its help.
        draws: the default number of draws.
    """

    def decorate(function: Callable[..., int]) -> Command:
        shared = _declarations(_ALWAYS | set(uses), draws)
        own = _own_parameters(function)

        @functools.wraps(function)
        def command(context: typer.Context, **given: Any) -> int:
            held = {name: given.pop(name) for name in shared}
            options = Options(**held | {"out": _folder(held["out"])})
            if options.horizon != DEFAULT_HORIZON:
                _days(options.horizon)
            return keeping(functools.partial(function, **given, options=options), context, options.out)

        parameters = [_CONTEXT, *own, *shared.values()]
        command.__signature__ = inspect.Signature(parameters, return_annotation=int)  # type: ignore[attr-defined]
        command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return command

    return decorate


def _own_parameters(function: Callable[..., int]) -> list[inspect.Parameter]:
    """The command's own arguments, by keyword, with their annotations resolved."""
    hints = get_type_hints(function, include_extras=True)
    return [
        parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "options"
    ]


def _declarations(shown: Collection[str], draws: int) -> dict[str, inspect.Parameter]:
    """The shared options as parameters, those not shown hidden from the help."""
    rows: dict[str, tuple[Any, Any, dict[str, Any], str]] = {
        "as_json": (bool, False, {}, "Print one JSON document and nothing else."),
        "out": (
            str | None,
            None,
            {"metavar": "DIR"},
            "Folder for the results; without it a report goes below endplate-out.",
        ),
        "seed": (int, 1, {"min": 0, "metavar": "N"}, "Seed of the random draws."),
        "draws": (int, draws, {"min": 1, "max": MOST_DRAWS, "metavar": "N"}, "Number of virtual copies."),
        "horizon": (
            str,
            DEFAULT_HORIZON,
            {"metavar": "TIME"},
            f"How far ahead, such as '90 d'; at most {LONGEST_HORIZON}.",
        ),
        "quiet": (bool, False, {}, "Print nothing but errors."),
    }
    return {
        name: inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=Annotated[
                kind, typer.Option(_flag(name), help=text, hidden=name not in shown, **limits)
            ],
        )
        for name, (kind, default, limits, text) in rows.items()
    }


def _flag(name: str) -> str:
    """How the option is spelled on the command line."""
    return "--json" if name == "as_json" else f"--{name}"


def _folder(text: str | None) -> Path | None:
    """The folder asked for.

    Raises:
        InputError: it has no name, which would be the current folder to the system.
    """
    if text is not None and not text.strip():
        remedy = "Name a folder, or '.' for the current one; leave --out away to write none."
        raise InputError("The folder of --out has no name.", rule="out_empty", remedy=remedy, field="--out")
    return None if text is None else Path(text)


def _days(text: str) -> int:
    """A horizon in whole days."""
    from endplate.knowledge.vocabulary.quantity import parse_quantity

    try:
        days = parse_quantity(text, allowed=("h", "d", "wk", "mo", "y")).to("d").value
    except InputError as error:
        raise _bad_horizon(text, error.message.rstrip(".")) from error
    longest = parse_quantity(LONGEST_HORIZON).to("d").value
    if not 1 <= days <= longest:
        raise _bad_horizon(text, f"The horizon {text!r} is outside 1 d to {LONGEST_HORIZON}")
    return round(days)


def _bad_horizon(text: str, message: str) -> InputError:
    """The input error for a horizon that is not usable."""
    remedy = f"Write a number and a time unit, such as --horizon '{DEFAULT_HORIZON}'."
    return InputError(f"{message}.", rule="horizon", remedy=remedy, field="--horizon")
