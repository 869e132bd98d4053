"""The command about published studies: reproduce."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.app.asked import known_word
from endplate.app.completing import among
from endplate.app.emit import emit, say
from endplate.app.exits import ExitCode
from endplate.app.files import ready_folder, write_text
from endplate.app.options import DRAWS_FOR_STUDIES, Options, Recovery, biology_of, with_options
from endplate.app.progress import progress_bar
from endplate.errors import InputError

StudyFiles = Annotated[
    list[Path],
    typer.Argument(metavar="FILE|DIR...", help="Study files, or folders of them.", show_default=False),
]

ModelName = Annotated[
    str,
    typer.Option(
        "--model",
        help="mechanism, or the plain empirical baseline to compare it with.",
        autocompletion=among("mechanism", "baseline"),
    ),
]


Compare = Annotated[
    bool, typer.Option("--compare", help="Add how the empirical baseline does; the page of --out has it.")
]

LeaveOneOut = Annotated[
    bool,
    typer.Option("--leave-one-out", help="Score each calibration study with what the others alone teach."),
]

PAGE = "scoreboard.html"
_MODELS = ("mechanism", "baseline")


@with_options("seed", "draws", draws=DRAWS_FOR_STUDIES)
def reproduce(
    studies: StudyFiles,
    options: Options,
    model: ModelName = "mechanism",
    compare: Compare = False,
    leave_one_out: LeaveOneOut = False,
    recovery: Recovery = "parent_first",
) -> int:
    """Score published studies against the model, hits and misses alike; --out also writes a page of them."""
    from endplate.questions.reproduce import reproduce as score

    folder = None if options.out is None else ready_folder(options.out)
    chosen: Any = known_word(model, _MODELS, "--model")
    biology = biology_of(recovery)
    with progress_bar("scoring", options) as bar:
        document = score(
            studies,
            draws=options.draws,
            seed=options.seed,
            model=chosen,
            leave_one_out=leave_one_out,
            compare=compare or folder is not None,
            with_courses=folder is not None,
            biology=biology,
            progress=bar,
        ).to_dict()
    if not document["studies"] and not document["errors"]:
        raise _nothing_found(studies)
    for error in document["errors"]:
        sys.stderr.write(f"{InputError(**error)}\n")
    written = None if folder is None else _write_page(document, folder)

    def show() -> None:
        from endplate.outputs.terminal import print_reproduce

        if document["studies"]:
            print_reproduce(document)
        if written:
            say(f"Scoreboard: {written}", options)

    emit(document, options, "reproduce", show)
    return verdict(document)


def _write_page(document: Mapping[str, Any], folder: Path) -> Path:
    """The scoreboard as a page in the folder."""
    from endplate.outputs.scoreboard import render_scoreboard

    return write_text(folder / PAGE, render_scoreboard(document))


def verdict(document: Mapping[str, Any]) -> int:
    """The exit code of a score: unreadable files first, then outcomes missed or not simulated."""
    if document["errors"]:
        return ExitCode.INPUT_WRONG
    outcomes = [outcome for study in document["studies"] for outcome in study["outcomes"]]
    missed = any(outcome["cannot"] is not None or not outcome["inside_80"] for outcome in outcomes)
    return ExitCode.ANSWER_IS_NO if missed else ExitCode.DONE


def _nothing_found(studies: list[Path]) -> InputError:
    """The input error for folders that hold no study."""
    named = ", ".join(map(str, studies))
    return InputError(
        f"No study file was found in {named}.",
        rule="no_study",
        remedy="Name study files ending in .yaml, or a folder that holds some.",
        file=str(studies[0]),
    )
