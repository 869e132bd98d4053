"""The commands that ask more of a plan: compare, sensitivity, individualise and explain."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.arguments import CaseFile
from endplate.app.emit import emit_with_page, placeless, say
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, can_take, ready_folder, write_bytes
from endplate.app.naming import naming
from endplate.app.options import Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar
from endplate.errors import library

if TYPE_CHECKING:
    from endplate.questions.answer import Answer

CaseFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="CASE", help="Two or more case files of one person, each with a plan.", show_default=False
    ),
]
OutcomeName = Annotated[
    str | None,
    typer.Option(
        "--outcome",
        metavar="NAME",
        help="Such as scale_change:elbow:left:extension@6wk, force:soleus:right@4wk or "
        "duration:elbow:left:extension; a wrong one lists all.",
    ),
]
Pdf = Annotated[
    bool, typer.Option("--pdf", help="Also write the comparison as compare.pdf (extra pdf); folder: --out.")
]

Hoped = Annotated[
    float | None,
    typer.Option(
        "--hoped",
        metavar="GRADE",
        help="Gain of the scale that was hoped for, in grades; one step of the scale without it.",
        show_default=False,
    ),
]

BASE_SAMPLES = 1024
PAGE, LEARNT_PAGE, INFLUENCE_PAGE = "compare.html", "individualise.html", "sensitivity.html"
EXPLAIN_PAGE = "explain.html"


@with_options("seed", "draws", "horizon")
def compare(cases: CaseFiles, options: Options, recovery: Recovery = "parent_first", pdf: Pdf = False) -> int:
    """Compare plans for one person on the same virtual copies, with the chance that one is better."""
    from endplate.case.loader import load_case
    from endplate.questions.compare import compare as compare_cases

    if pdf:
        library("typst", "pdf")
    can_take(options.out)
    loaded = [load_case(path) for path in cases]
    biology = biology_of(recovery)
    with naming(*cases), progress_bar("comparing", options) as bar:
        result = compare_cases(
            *loaded,
            draws=options.draws,
            seed=options.seed,
            horizon_d=options.horizon_d,
            progress=bar,
            biology=biology,
        )
    document = result.to_dict()
    for plan, path in zip(document["plans"], cases, strict=True):
        plan["file"] = str(path)

    def page() -> str:
        from endplate.outputs.compare_page import render_compare

        return render_compare(placeless(document))

    def show() -> None:
        from endplate.outputs.compared import print_compare

        print_compare(document)
        for place in printed:
            say(f"PDF: {place}", options)

    printed = [_compare_pdf(document, options)] if pdf else []
    emit_with_page(document, options, "compare", (PAGE, page), show)
    return ExitCode.DONE


def _compare_pdf(document: dict[str, Any], options: Options) -> Path:
    """Write the comparison as a PDF beside its page."""
    from endplate.outputs.compare_pdf import render_compare_pdf

    folder = ready_folder(options.out or DEFAULT_FOLDER / "compare")
    return write_bytes(folder / "compare.pdf", render_compare_pdf(placeless(document)))


@with_options("seed", "draws", "horizon", draws=BASE_SAMPLES)
def sensitivity(
    case: CaseFile, options: Options, outcome: OutcomeName = None, recovery: Recovery = "parent_first"
) -> int:
    """Tell which uncertain numbers move an outcome, and how much rests on what nobody measured.

    Every draw stands for one base sample of Sobol's indices, 64 at least, rounded up to a power of two.
    """
    from endplate.questions.sensitivity import sensitivity as sense

    document = _asked(case, options, recovery, "screening", partial(sense, outcome=outcome))

    def show() -> None:
        from endplate.outputs.influence import print_sensitivity

        print_sensitivity(document)

    def page() -> str:
        from endplate.outputs.influence_page import render_sensitivity

        return render_sensitivity(document)

    emit_with_page(document, options, "sensitivity", (INFLUENCE_PAGE, page), show)
    return ExitCode.DONE


@with_options("seed", "draws", "horizon")
def individualise(case: CaseFile, options: Options, recovery: Recovery = "parent_first") -> int:
    """Learn from a person's visits: what they taught, the rest of this cycle, what a next visit would add."""
    from endplate.questions.individualise import individualise as learn

    document = _asked(case, options, recovery, "individualising", learn)

    def page() -> str:
        from endplate.outputs.learnt_page import render_individualise

        return render_individualise(document)

    def show() -> None:
        from endplate.outputs.learnt import print_individualise

        print_individualise(document)

    emit_with_page(document, options, "individualise", (LEARNT_PAGE, page), show)
    return ExitCode.DONE


@with_options("seed", "draws", "horizon")
def explain(
    case: CaseFile, options: Options, hoped: Hoped = None, recovery: Recovery = "parent_first"
) -> int:
    """Weigh why a session did less than was hoped: muscle, dose, contracture, timing, placement, response."""
    from endplate.questions.explain import explain as weigh

    document = _asked(case, options, recovery, "explaining", partial(weigh, hoped=hoped))

    def page() -> str:
        from endplate.outputs.explain_page import render_explain

        return render_explain(document)

    def show() -> None:
        from endplate.outputs.explained import print_explain

        print_explain(document)

    emit_with_page(document, options, "explain", (EXPLAIN_PAGE, page), show)
    return ExitCode.DONE


def _asked(
    case: Path, options: Options, recovery: Recovery, doing: str, ask: Callable[..., Answer]
) -> dict[str, Any]:
    """The answer of a question about one case."""
    from endplate.case.loader import load_case

    can_take(options.out)
    biology = biology_of(recovery)
    with naming(case), progress_bar(doing, options) as bar:
        return ask(
            load_case(case),
            draws=options.draws,
            seed=options.seed,
            horizon_d=options.horizon_d,
            progress=bar,
            biology=biology,
        ).to_dict()
