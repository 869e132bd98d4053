"""The options that ask for several sessions, and the rules made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from endplate.app.asked import known_word, quantity_of
from endplate.app.completing import among
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.simulation.sessions.repeating import Adapt, Attendance, Kind, Repeat

RepeatBy = Annotated[
    str | None,
    typer.Option(
        "--repeat",
        metavar="RULE",
        autocompletion=among("interval", "re_emergence", "request"),
        help="Give the plan again: by interval, on re_emergence, or at request.",
    ),
]
Every = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="With --repeat: time between sessions (interval) or between visits."),
]
Minimum = Annotated[
    str | None, typer.Option(metavar="TIME", help="With --repeat: nobody is injected again before.")
]
Sessions = Annotated[
    int | None, typer.Option(metavar="N", help="With --repeat: sessions at most, the first among them.")
]
AdaptBy = Annotated[
    str,
    typer.Option(
        "--adapt",
        metavar="none|usual",
        autocompletion=among("none", "usual"),
        help="With --repeat: how doses follow from effects.",
    ),
]
Attending = Annotated[
    str,
    typer.Option(
        "--attendance",
        metavar="all|usual",
        autocompletion=among("all", "usual"),
        help="With --repeat: who stays and comes.",
    ),
]
_OPTIONS = {"kind": "--repeat", "every_d": "--every", "minimum_d": "--minimum", "most_sessions": "--sessions"}
_TIMES = ("d", "wk", "mo", "y")


@dataclass(frozen=True)
class Repeating:
    """The rules that a command line asks for."""

    repeat: Repeat
    adapt: Adapt | None
    attendance: Attendance


def repeating_of(
    repeat: str | None,
    every: str | None,
    minimum: str | None,
    sessions: int | None,
    adapt: str,
    attendance: str,
    horizon_d: int,
) -> Repeating | None:
    """The rules asked for, of a course as long as the horizon; None without ``--repeat``.

    Raises:
        InputError: an option that belongs to ``--repeat`` stands without it, or one is not usable.
    """
    adapted = known_word(adapt, ("none", "usual"), "--adapt") == "usual"
    usual = known_word(attendance, ("all", "usual"), "--attendance") == "usual"
    if repeat is None:
        _refuse_alone(every=every, minimum=minimum, sessions=sessions)
        _refuse_alone(adapt=adapted or None, attendance=usual or None)
        return None
    from endplate.simulation.sessions.repeating import Adapt, Attendance, Repeat, usual_attendance

    times = {
        name: None if text is None else round(quantity_of(text, _TIMES, "d", f"--{name}"))
        for name, text in (("every", every), ("minimum", minimum))
    }
    try:
        rule = Repeat(cast("Kind", repeat), times["every"], times["minimum"], sessions)
        rule.most_within(horizon_d)
    except InputError as error:
        error.field = _OPTIONS.get(error.field or "", error.field)
        raise
    return Repeating(rule, Adapt() if adapted else None, usual_attendance() if usual else Attendance())


def _refuse_alone(**given: Any) -> None:
    """Raise where an option was given that means nothing without ``--repeat``."""
    for name, held in given.items():
        if held is not None:
            message, remedy = f"--{name} says nothing without --repeat", "Add --repeat interval, for example."
            raise InputError(message, rule="repeat", remedy=remedy, field=f"--{name}")
