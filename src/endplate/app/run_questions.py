"""What `run` tells beside check and simulation: what visits taught, plans searched, what is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.commands_optimise import OPTIMISE_DRAWS
from endplate.app.naming import naming
from endplate.app.options import Options, biology_of
from endplate.app.progress import progress_bar
from endplate.errors import InputError

if TYPE_CHECKING:
    from endplate.case.goals import Goals
    from endplate.case.models import Case
    from endplate.questions.individualise import IndividualiseResult
    from endplate.questions.optimise import OptimiseResult

RunGoals = Annotated[
    Path | None,
    typer.Option("--goals", metavar="FILE", help="Also search a plan that meets the goals of this file."),
]
RunStore = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="PLACE",
        help="Also tell what this store holds of the person (a file, or a postgresql:// URL).",
    ),
]


def goals_of_file(path: Path | None) -> Goals | None:
    """The goals of a file; None where none is named.

    Raises:
        InputError: it cannot be read.
    """
    if path is None:
        return None
    from endplate.case.loader import load_goals

    return load_goals(path)


def recorded(case: Case, path: Path, place: str | None) -> dict[str, Any] | None:
    """What a store holds of the person of a case file; None where no store is named.

    Raises:
        InputError: the store cannot be used, or holds nobody of that code.
    """
    if place is None:
        return None
    from endplate.app.store_place import opened

    try:
        with opened(place) as store:
            return store.beside(case)
    except InputError as error:
        if error.rule == "no_person":
            from endplate.case.loader import line_of

            error.file, error.field = str(path), "patient.code"
            error.line = line_of(path, error.field)
            error.remedy = "Add the case with 'endplate store add', or run without --store."
        raise


def searched(
    case: Case, path: Path, goals: tuple[Path, Goals] | None, options: Options, recovery: str
) -> OptimiseResult | InputError | None:
    """One plan searched as `optimise` does, or why none may be for this person; None without goals.

    Raises:
        InputError: the goals do not fit the case.
    """
    if goals is None:
        return None
    from endplate.questions.optimise import optimise
    from endplate.questions.optimising.asking import BARRED

    file, wanted = goals
    try:
        with naming(path, goals=file), progress_bar("searching", options) as bar:
            return optimise(
                case,
                wanted,
                draws=min(options.draws, OPTIMISE_DRAWS),
                seed=options.seed,
                horizon_d=options.horizon_d,
                progress=bar,
                biology=biology_of(recovery),
            )
    except InputError as error:
        if error.rule in BARRED:
            return error
        raise


def taught(
    case: Case, options: Options, recovery: str, repeated: bool
) -> IndividualiseResult | InputError | None:
    """What the visits of a case, those of its history too, taught, or why that cannot be told; else None."""
    if not case.visits and not any(session.visits for session in case.history):
        return None
    if repeated:
        return InputError(
            "The visits follow one session, and --repeat simulates several",
            rule="repeat",
            remedy="'endplate individualise' tells what they taught, and so does 'run' without --repeat.",
        )
    from endplate.questions.individualise import individualise

    try:
        with progress_bar("individualising", options) as bar:
            return individualise(
                case, options.draws, options.seed, options.horizon_d, bar, biology_of(recovery)
            )
    except InputError as error:
        return error
