"""The command that searches plans: optimise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.app.arguments import CaseFile
from endplate.app.emit import emit_with_page
from endplate.app.exits import ExitCode
from endplate.app.files import can_take
from endplate.app.naming import naming
from endplate.app.options import Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar

if TYPE_CHECKING:
    from endplate.questions.individualise import IndividualiseResult
    from endplate.simulation import Biology

PAGE = "optimise.html"
OPTIMISE_DRAWS, INDIVIDUALISE_DRAWS = 400, 1000

GoalsFile = Annotated[
    Path | None,
    typer.Option(
        "--goals", metavar="FILE", help="The goals file; without it every raised joint a grade better."
    ),
]
After = Annotated[
    Path | None,
    typer.Option(
        "--after",
        metavar="CASE",
        help="An earlier cycle of the same person with its visits: copies are what these taught.",
    ),
]
Front = Annotated[
    int,
    typer.Option("--front", min=1, metavar="N", help="How many plans; several are a front (extra optimise)."),
]


@with_options("seed", "draws", "horizon", draws=OPTIMISE_DRAWS)
def optimise(
    case: CaseFile,
    options: Options,
    goals: GoalsFile = None,
    front: Front = 1,
    after: After = None,
    recovery: Recovery = "parent_first",
) -> int:
    """Search plans that meet goals within every held limit, beside the user's own; 1 when none does."""
    from endplate.case.loader import load_case, load_goals
    from endplate.questions.optimise import optimise as search

    can_take(options.out)
    asked, wanted = load_case(case), None if goals is None else load_goals(goals)
    biology = biology_of(recovery)
    learnt = None if after is None else _learnt(after, options, biology)
    with naming(case, goals=goals), progress_bar("searching", options) as bar:
        result = search(
            asked,
            wanted,
            front=front,
            draws=options.draws,
            seed=options.seed,
            horizon_d=options.horizon_d,
            progress=bar,
            biology=biology,
            learnt=learnt,
        )
    document = result.to_dict()

    def page() -> str:
        from endplate.outputs.optimise_page import render_optimise

        return render_optimise(document)

    def show() -> None:
        from endplate.outputs.optimised import print_optimise

        print_optimise(document)

    emit_with_page(document, options, "optimise", (PAGE, page), show)
    return ExitCode.DONE if result.feasible else ExitCode.ANSWER_IS_NO


def _learnt(after: Path, options: Options, biology: Biology | None) -> IndividualiseResult:
    """What an earlier cycle taught, in at least as many copies as the search runs in full."""
    from endplate.case.loader import load_case
    from endplate.questions.individualise import individualise

    last, draws = load_case(after), max(options.draws, INDIVIDUALISE_DRAWS)
    with naming(after), progress_bar("learning", options) as bar:
        return individualise(last, draws, options.seed, progress=bar, biology=biology)
