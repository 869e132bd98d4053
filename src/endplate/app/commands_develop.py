"""The command that follows a child over years: develop."""

from __future__ import annotations

from typing import Annotated

import typer

from endplate.app.arguments import CaseFile
from endplate.app.asked import quantity_of
from endplate.app.emit import emit_with_page
from endplate.app.exits import ExitCode
from endplate.app.files import can_take
from endplate.app.naming import naming
from endplate.app.options import Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar

PAGE = "develop.html"
MEMBERS = 500

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

LateDecline = Annotated[
    bool,
    typer.Option("--decline", help="Function by the account in which levels III to V decline late."),
]


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
    from endplate.case.loader import load_case
    from endplate.questions.develop import develop as follow

    can_take(options.out)
    loaded = load_case(case)
    every_d = round(quantity_of(every, ("wk", "d", "mo"), "d", "--every"))
    stop_y = quantity_of(stop, ("y", "mo"), "y", "--stop")
    with naming(case), progress_bar("growing", options) as bar:
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
    document = result.to_dict()

    def page() -> str:
        from endplate.outputs.develop_page import render_develop

        return render_develop(document)

    def show() -> None:
        from endplate.outputs.developed import print_develop

        print_develop(document)

    emit_with_page(document, options, "develop", (PAGE, page), show)
    return ExitCode.DONE
