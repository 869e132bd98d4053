"""Arguments and options that several commands share, beside those that every command takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from endplate.app.completing import among, words

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case file (YAML).", show_default=False)]
InjectedMuscle = Annotated[
    str,
    typer.Option("--muscle", help="An injected muscle.", show_default=False, autocompletion=words("MUSCLES")),
]
OneSide = Annotated[
    str | None, typer.Option("--side", help="left or right.", autocompletion=among("left", "right"))
]
