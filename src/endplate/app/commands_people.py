"""The command about virtual people: people."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.app.asked import quantity_of
from endplate.app.completing import words
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import ready_folder, write_bytes, write_text
from endplate.app.options import Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

if TYPE_CHECKING:
    from endplate.questions.people import PeopleResult
    from endplate.simulation.people.recruits import Eligibility, Span

_TABLE = "people.csv"
_OPTIONS = {
    "n": "--n",
    "age_y": "--age",
    "months_since_onset": "--onset",
    "weight_kg": "--weight",
    **{name: f"--{name}" for name in ("sex", "gmfcs", "patterns")},
}
_TO = re.compile(r"\bto\b")
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]*")

Populations = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="POPULATION...",
        autocompletion=words("load_populations", "endplate.knowledge.evidence.populations"),
        help="Such as stroke_arm; several with shares: stroke_arm:0.8 traumatic_brain_injury_arm:0.2.",
        show_default=False,
    ),
]
Number = Annotated[
    int | None,
    typer.Option(
        "--n", min=1, metavar="N", help="How many people (1000); not with --own.", show_default=False
    ),
]
Own = Annotated[
    Path | None, typer.Option("--own", metavar="FILE", help="Your people (CSV, Parquet), to be completed.")
]
Age = Annotated[
    str | None, typer.Option("--age", metavar="RANGE", help="Such as '18 y to 80 y', or '18 y to'.")
]
Onset = Annotated[
    str | None, typer.Option("--onset", metavar="RANGE", help="Time since onset, such as '3 mo to 10 y'.")
]
Weight = Annotated[str | None, typer.Option("--weight", metavar="RANGE", help="Such as '10 kg to 40 kg'.")]
Sex = Annotated[
    str | None,
    typer.Option(
        "--sex", metavar="SEX", autocompletion=words("SEXES"), help="The only one let in: female or male."
    ),
]
Levels = Annotated[str | None, typer.Option("--gmfcs", metavar="LEVELS", help="Of children, such as 1,2,3.")]
Patterns = Annotated[
    str | None,
    typer.Option(
        "--patterns",
        metavar="IDS",
        autocompletion=words("PATTERNS"),
        help="To be treated first, such as flexed_elbow.",
    ),
]


@with_options("seed")
def people(
    options: Options,
    populations: Populations = None,
    n: Number = None,
    own: Own = None,
    age: Age = None,
    onset: Onset = None,
    weight: Weight = None,
    sex: Sex = None,
    gmfcs: Levels = None,
    patterns: Patterns = None,
) -> int:
    """Draw virtual people of a population, or complete a table of yours.

    --out keeps the table: FILE.csv, FILE.parquet, or a folder for people.csv.
    """
    from endplate.questions.people import people as draw

    table = None if options.out is None else _table_file(options.out)
    shares = _shares(populations or [])
    one = next(iter(shares), None) if len(shares) < 2 else shares
    with _spelled():
        limits = _eligibility(age, onset, weight, sex, gmfcs, patterns)
        result = draw(one, n, options.seed, eligibility=limits, own=own)
    written = None if table is None else _written(result, table)

    def show() -> None:
        from endplate.outputs.people_lines import people_lines

        for line in (BANNER, "", *people_lines(result.document)):
            tell(line, options)
        if written:
            say(f"Table: {written}", options)

    emit(result.document, Options(as_json=options.as_json, quiet=options.quiet), "people", show)
    return ExitCode.DONE


def _table_file(out: Path) -> Path:
    """The file that the table goes to: the one named, or ``people.csv`` in the folder named."""
    from endplate.simulation.table_file import KINDS

    if out.suffix in KINDS:
        return ready_folder(out.parent) / out.name
    if _ENDING.fullmatch(out.suffix) and not os.path.isdir(out):
        message = f"A table cannot be written as {out.suffix}"
        remedy = f"Name a file that ends in {' or '.join(KINDS)}, or a folder for {_TABLE}."
        raise InputError(message, rule="table_kind", remedy=remedy, file=str(out), field="--out")
    return ready_folder(out) / _TABLE


@contextmanager
def _spelled() -> Iterator[None]:
    """Name the option of an input error as it is spelled."""
    try:
        yield
    except InputError as error:
        if error.file is None:
            error.field = _OPTIONS.get(error.field or "", error.field)
        raise


def _written(result: PeopleResult, table: Path) -> Path:
    if table.suffix == ".parquet":
        return write_bytes(table, result.to_parquet())
    return write_text(table, result.to_csv())


def _shares(texts: list[str]) -> dict[str, float]:
    """Populations and their shares; one each where none is told."""
    shares: dict[str, float] = {}
    for text in texts:
        name, colon, told = text.partition(":")
        try:
            shares[name] = float(told) if colon else 1.0
        except ValueError as error:
            remedy = "Write a population, a colon and a number, such as stroke_arm:0.8."
            raise InputError(
                f"{told!r} is no share", rule="share", remedy=remedy, field="POPULATION"
            ) from error
    return shares


def _eligibility(
    age: str | None,
    onset: str | None,
    weight: str | None,
    sex: str | None,
    gmfcs: str | None,
    patterns: str | None,
) -> Eligibility:
    """The limits asked for."""
    from endplate.simulation.people.recruits import Eligibility

    times = ("y", "mo", "wk", "d")
    return Eligibility(
        age_y=_range(age, times, "y", "--age"),
        months_since_onset=_range(onset, times, "mo", "--onset"),
        weight_kg=_range(weight, ("kg",), "kg", "--weight"),
        sex=sex,
        gmfcs=None if gmfcs is None else tuple(_level(text) for text in gmfcs.split(",")),
        patterns=None if patterns is None else tuple(text.strip() for text in patterns.split(",")),
    )


def _range(text: str | None, allowed: tuple[str, ...], unit: str, field: str) -> Span:
    """Lowest and highest of 'LOW to HIGH'; a blank side is open."""
    from endplate.simulation.people.recruits import EVERYTHING

    if text is None:
        return EVERYTHING
    ends = [part.strip() for part in _TO.split(text)]
    if len(ends) != 2 or not any(ends):
        remedy = f"Write two quantities, such as '2 {unit} to 20 {unit}'; either may be left out."
        raise InputError(f"{text!r} is no range", rule="range", remedy=remedy, field=field)
    low, high = (quantity_of(end, allowed, unit, field) if end else None for end in ends)
    return EVERYTHING[0] if low is None else low, EVERYTHING[1] if high is None else high


def _level(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        remedy = "Write levels with commas between, such as 1,2,3."
        raise InputError(f"{text!r} is no level", rule="gmfcs", remedy=remedy, field="--gmfcs") from error
