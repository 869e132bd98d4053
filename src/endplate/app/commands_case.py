"""The commands about one case: run, check, simulate, demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.arguments import CaseFile
from endplate.app.completing import among, words
from endplate.app.emit import emit, say, tell
from endplate.app.examples import example
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, can_take, folder_name, ready_folder
from endplate.app.naming import naming
from endplate.app.options import Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar
from endplate.app.repeating import (
    AdaptBy,
    Attending,
    Every,
    Minimum,
    RepeatBy,
    Repeating,
    Sessions,
    repeating_of,
)
from endplate.app.run_questions import RunGoals, RunStore, goals_of_file, recorded, searched, taught
from endplate.errors import library

if TYPE_CHECKING:
    from endplate.case.models import Case
    from endplate.questions.check import CheckResult
    from endplate.simulation import SimulationResult

ReportLanguage = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="en|es",
        autocompletion=among("en", "es"),
        help="Language of the report; what is printed stays English.",
    ),
]
Without = Annotated[
    list[str] | None,
    typer.Option(
        "--without",
        metavar="SECTION",
        autocompletion=words("SECTIONS", "endplate.outputs.report"),
        help="Leave a section out of the report; may be repeated. Sections: person, sites, checks, course, "
        "sessions, charts, visits, plans, neighbours, adverse, drivers, store, record, followup, sources.",
    ),
]
Pdf = Annotated[bool, typer.Option("--pdf", help="Also write the report as a PDF (extra pdf).")]


@with_options("seed", "draws", "horizon")
def run(
    case: CaseFile,
    options: Options,
    recovery: Recovery = "parent_first",
    repeat: RepeatBy = None,
    every: Every = None,
    minimum: Minimum = None,
    sessions: Sessions = None,
    adapt: AdaptBy = "none",
    attendance: Attending = "all",
    goals: RunGoals = None,
    store: RunStore = None,
    language: ReportLanguage = "en",
    without: Without = None,
    pdf: Pdf = False,
) -> int:
    """Check and simulate a plan, and write the report: the main job.

    What the visits of the case taught is told as well; --goals and --store add a section each.
    """
    _told_in(language, without or ())
    if pdf:
        library("typst", "pdf")
    rules = repeating_of(repeat, every, minimum, sessions, adapt, attendance, options.horizon_d)
    return _run(case, options, None, recovery, rules, goals, store, language, without or (), pdf)


@with_options()
def check(case: CaseFile, options: Options) -> int:
    """Compare a plan with the label limits in force on its date."""
    from endplate.questions.check import check as check_case

    can_take(options.out)
    with naming(case):
        result = check_case(_load(case))
    document = result.to_dict()

    def show() -> None:
        from endplate.outputs.terminal import print_check

        print_check(document)

    emit(document, options, "check", show)
    return _verdict(result)


@with_options("seed", "draws", "horizon")
def simulate(
    case: CaseFile,
    options: Options,
    recovery: Recovery = "parent_first",
    repeat: RepeatBy = None,
    every: Every = None,
    minimum: Minimum = None,
    sessions: Sessions = None,
    adapt: AdaptBy = "none",
    attendance: Attending = "all",
) -> int:
    """Simulate a plan, given once or by rule, with its uncertainty."""
    rules = repeating_of(repeat, every, minimum, sessions, adapt, attendance, options.horizon_d)
    can_take(options.out)
    with naming(case):
        held = _load(case)
        document = _simulate(held, options, recovery, rules).to_dict()

    def show() -> None:
        from endplate.outputs.terminal import print_simulation
        from endplate.questions.check import check as check_case

        print_simulation(document)
        if number := sum(issue.severity == "critical" for issue in check_case(held).issues):
            see = f"See endplate check {quote(str(case))}"
            tell(f"Critical findings against this plan: {number}. {see}", options)

    emit(document, options, "simulate", show)
    return ExitCode.ANSWER_IS_NO if _too_soon(document) else ExitCode.DONE


@with_options("seed", "draws", "horizon")
def demo(options: Options) -> int:
    """Do the main job on an example that comes with endplate."""
    with example() as path:
        say(f"endplate run {path}", options)
        return _run(path, options, DEFAULT_FOLDER / "demo")


def _run(
    path: Path,
    options: Options,
    folder: Path | None,
    recovery: str = "parent_first",
    rules: Repeating | None = None,
    goals_file: Path | None = None,
    place: str | None = None,
    language: str = "en",
    without: Sequence[str] = (),
    pdf: bool = False,
) -> int:
    """Check, simulate, ask what else was asked, write the report and result.json, and show the answer."""
    from endplate.app.report_file import answers, report
    from endplate.questions.check import check as check_case

    can_take(options.out)
    with naming(path):
        case, wanted = _load(path), goals_of_file(goals_file)
        held = recorded(case, path, place)
        checked = check_case(case)
        target = ready_folder(options.out or folder or DEFAULT_FOLDER / folder_name(case.patient.code))
        goals = None if wanted is None or goals_file is None else (goals_file, wanted)
        best = searched(case, path, goals, options, recovery)
        result = _simulate(case, options, recovery, rules)
        learnt = taught(case, options, recovery, rules is not None)
    asked: dict[str, Any] = {"individualise": learnt, "optimise": best}
    shown: dict[str, Any] = {"store": held, "language": language, "without": without}
    names = ["report.html", "report.pdf"] if pdf else ["report.html"]
    written, *printed = (
        str(report(result, target / name, issues=checked, **asked, **shown)) for name in names
    )
    told, left_out = answers(**asked)
    document: dict[str, Any] = {"check": checked.to_dict(), "simulate": result.to_dict(), **told}
    document |= {"store": held, "left_out": left_out, "report": written}
    document["report_pdf"] = printed[0] if printed else None

    def show() -> None:
        from endplate.outputs.run_sections import lines
        from endplate.outputs.terminal import print_run

        print_run(document["check"], document["simulate"], written, lines(document))
        for place in printed:
            say(f"PDF: {place}", options)

    emit(document, replace(options, out=target), "result", show)
    return _answer(document, checked)


def _told_in(language: str, without: Sequence[str]) -> None:
    """Refuse a language or section that there is not before the work starts."""
    from endplate.app.report_file import told_in

    told_in(language, without, ("--language", "--without"))


def _answer(document: dict[str, Any], checked: CheckResult) -> int:
    """The exit code of a run: a critical finding is a no, and so is a search that found no plan."""
    none_found = document["optimise"] is not None and not document["optimise"]["feasible"]
    return ExitCode.ANSWER_IS_NO if none_found or _too_soon(document["simulate"]) else _verdict(checked)


def _load(path: Path) -> Case:
    """Read a case file."""
    from endplate.case.loader import load_case

    return load_case(path)


def _simulate(case: Case, options: Options, recovery: str, rules: Repeating | None) -> SimulationResult:
    """Simulate a case as the options ask, with a bar if it takes long."""
    from endplate.simulation import simulate as simulate_case

    biology = biology_of(recovery)
    with progress_bar("simulating", options) as bar:
        if rules is None:
            return simulate_case(case, options.draws, options.seed, options.horizon_d, bar, biology)
        from endplate.questions.courses import courses

        return courses(
            case,
            rules.repeat,
            rules.adapt,
            rules.attendance,
            draws=options.draws,
            seed=options.seed,
            horizon_d=options.horizon_d,
            progress=bar,
            biology=biology,
        )


def _too_soon(simulation: dict[str, Any]) -> bool:
    """Whether a critical finding stands against how the plan is repeated."""
    issues = (simulation.get("repeat") or {}).get("issues", ())
    return any(issue["severity"] == "critical" for issue in issues)


def _verdict(checked: CheckResult) -> int:
    """The exit code of a check: a critical finding is a no."""
    return ExitCode.ANSWER_IS_NO if checked.critical else ExitCode.DONE
