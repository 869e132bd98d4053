"""The command that looks into one endplate: view junction."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.app.completing import among, words
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, ready_folder, write_text
from endplate.app.options import LONGEST_HORIZON, Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary import canonical_muscle
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

_DAYS = "0,3,14,42,90"
_MOST_DAYS = 8

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case file (YAML).", show_default=False)]
MuscleName = Annotated[
    str,
    typer.Option("--muscle", help="An injected muscle.", show_default=False, autocompletion=words("MUSCLES")),
]
SideName = Annotated[
    str | None, typer.Option("--side", help="left or right.", autocompletion=among("left", "right"))
]
DayList = Annotated[str, typer.Option("--days", metavar="D,D,...", help="Days after the injection.")]


@with_options()
def view_junction(
    case: CaseFile, options: Options, muscle: MuscleName, side: SideName = None, days: DayList = _DAYS
) -> int:
    """Look into one endplate: cleaved SNAP-25, vesicles, quanta and transmission, in a median person."""
    from endplate.case.loader import load_case
    from endplate.outputs.junction_view import panels
    from endplate.questions.view_junction import view_junction as view

    known = canonical_muscle(muscle)
    if known is None:
        remedy = "See 'endplate schema vocabulary' for the muscles."
        raise InputError(
            f"{muscle!r} is not a known muscle", rule="unknown_muscle", remedy=remedy, field="--muscle"
        )
    wanted = _read_days(days)
    seen = view(load_case(case), known, wanted, side)
    folder = ready_folder(options.out or DEFAULT_FOLDER / "junction")
    picture = write_text(folder / f"junction_{seen['muscle']}_{seen['side']}.svg", panels(seen))
    document = {**seen, "files": [str(picture)]}
    emit(document, options, "junction", lambda: _show(document, options))
    return ExitCode.DONE


def _read_days(text: str) -> list[float]:
    """The days asked for, ascending, each once.

    Raises:
        InputError: one is no number or lies outside the longest horizon, or there are too many.
    """
    latest = parse_quantity(LONGEST_HORIZON).to("d").value
    try:
        days = sorted({float(part) for part in text.split(",")})
    except ValueError:
        days = [math.nan]
    if len(days) <= _MOST_DAYS and all(0 <= day <= latest for day in days):
        return days
    raise InputError(
        f"{text!r} is not a list of up to {_MOST_DAYS} days from 0 to {latest:g}",
        rule="days",
        remedy=f"Write days with commas between them, such as --days {_DAYS}.",
        field="--days",
    )


def _line(row: dict[str, Any]) -> str:
    """One day as a line of the table."""
    single, trains = row["single"], row["trains"].values()
    passed = "".join(f"{train['transmission'][-1]:9.0%}" for train in trains)
    return (
        f"  {row['day']:6g} {row['acting_chains']:8.1f} {row['cleaved_share']:8.0%} {single['quanta']:8.2f}"
        f" {single['content_ratio']:9.0%} {single['potential_mV']:7.1f} mV"
        f" {single['transmission']:7.0%}{passed}"
    )


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    name = document["muscle"].replace("_", " ")
    exposure = document["exposure_U_h_per_mL"]
    say(f"{name}, {document['side']}: an endplate at the median exposure of {exposure:.3g} U h/mL", options)
    say("     day   chains  cleaved   quanta  of naive  potential  passes  at 3 Hz at 30 Hz", options)
    for row in document["days"]:
        say(_line(row), options)
    least, needed = document["threshold"]["quanta"], document["threshold"]["mV"]
    say(f"An impulse passes at {least:g} quanta or {needed:g} mV; trains: the tenth impulse.", options)
    tell(SIMULATION, options)
    for path in document["files"]:
        say(f"Wrote {path}", options)
