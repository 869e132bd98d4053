"""The command that follows a child over years: develop."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from endplate.app.emit import emit_with_page
from endplate.app.exits import ExitCode
from endplate.app.files import can_take
from endplate.app.options import Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import Quantity, parse_quantity

PAGE = "develop.html"
MEMBERS = 500

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case file (YAML).", show_default=False)]
EveryText = Annotated[
    str, typer.Option("--every", metavar="TIME", help="Time between sessions of the plan, 12 to 104 wk.")
]
StopText = Annotated[
    str, typer.Option("--stop", metavar="AGE", help="Age from which no session is given, up to 18 y.")
]
Gains = Annotated[
    list[float] | None,
    typer.Option(
        "--gain",
        help="Gain at which the loop from function back to movement and growth is closed; may be repeated. "
        "The open loop is always told.",
        show_default="1 and 3",
    ),
]
_OPTIONS = {"every_d": "--every", "stop_y": "--stop", "draws": "--draws", "gains": "--gain"}

LateDecline = Annotated[
    bool,
    typer.Option("--decline", help="Function by the account in which levels III to V decline late."),
]


def _quantity(text: str, units: tuple[str, ...], field: str) -> Quantity:
    """An option's amount, whose error names the option."""
    try:
        return parse_quantity(text, units)
    except InputError as error:
        error.field = field
        raise


@with_options("seed", "draws", draws=MEMBERS)
def develop(
    case: CaseFile,
    options: Options,
    every: EveryText = "26 wk",
    stop: StopText = "18 y",
    gain: Gains = None,
    decline: LateDecline = False,
    recovery: Recovery = "parent_first",
) -> int:
    """Follow a child to age 18, untreated and under the plan repeated, by every assumption side by side."""
    from endplate.case.loader import line_of, load_case
    from endplate.questions.develop import develop as follow

    if options.out is not None:
        can_take(options.out)
    loaded = load_case(case)
    try:
        every_d = round(_quantity(every, ("wk", "d", "mo"), "every_d").to("d").value)
        stop_y = float(_quantity(stop, ("y", "mo"), "stop_y").to("y").value)
        with progress_bar("growing", options) as bar:
            result = follow(
                loaded,
                options.draws,
                options.seed,
                every_d=every_d,
                stop_y=stop_y,
                gains=gain,
                decline=decline,
                progress=bar,
                biology=biology_of(recovery),
            )
    except InputError as error:
        if error.field in _OPTIONS:
            error.field = _OPTIONS[error.field]
        elif error.file is None and error.field:
            error.file, error.line = str(case), line_of(case, error.field)
        raise
    document = result.to_dict()

    def page() -> str:
        from endplate.outputs.develop_page import render_develop

        return render_develop(document)

    def show() -> None:
        from endplate.outputs.developed import print_develop

        print_develop(document)

    emit_with_page(document, options, "develop", (PAGE, page), show)
    return ExitCode.DONE
