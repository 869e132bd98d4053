"""The command about a trial that has not been done: trial."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from endplate.app.emit import emit_with_page
from endplate.app.exits import ExitCode
from endplate.app.files import note, ready_folder
from endplate.app.naming import naming
from endplate.app.options import Options, with_options
from endplate.app.progress import progress_bar

PAGE = "trial.html"

TrialFile = Annotated[Path, typer.Argument(metavar="FILE", help="The trial file (YAML).", show_default=False)]
Replicates = Annotated[
    int | None,
    typer.Option("--replicates", min=1, metavar="N", help="How often, in place of what the file says."),
]
Null = Annotated[
    bool,
    typer.Option("--null", help="Give every arm what the control gets: how often is a difference found?"),
]
Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, metavar="N", help="Threads; as many as processors if left out."),
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="tcp://HOST:PORT", help="Let a Dask cluster do the work."),
]


@with_options("seed")
def trial(
    file: TrialFile,
    options: Options,
    replicates: Replicates = None,
    null: Null = False,
    workers: Workers = None,
    scheduler: Scheduler = None,
) -> int:
    """Simulate a trial many times: power, expected differences, sizes; --out keeps all people and a page."""
    from endplate.case import load_trial

    asked = load_trial(file)
    if replicates is not None:
        asked = asked.repeated(replicates)
    folder = None if options.out is None else ready_folder(options.out)
    with naming(file), progress_bar("simulating", options, unit="people") as bar:
        from endplate.questions.trial import trial as simulate

        result = simulate(
            asked, options.seed, folder, null=null, workers=workers, scheduler=scheduler, progress=bar
        )
    if folder is not None:
        _note_tables(folder)
    document = result.to_dict()

    def page() -> str:
        from endplate.outputs.trial_page import render_trial

        return render_trial(document, file.name)

    def show() -> None:
        from endplate.outputs.trial_terminal import print_trial

        print_trial(document)

    emit_with_page(document, options, "trial", (PAGE, page), show)
    return ExitCode.DONE


def _note_tables(folder: Path) -> None:
    """Say which tables a trial has written: the folder holds one run, whose files these are."""
    from endplate.questions.trialling.kept import RUN

    for path in (folder / RUN, *sorted(folder.rglob("*.parquet"))):
        note(path)
