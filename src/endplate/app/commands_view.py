"""The commands that draw what happens inside: view spread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.completing import among, words
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, ready_folder, write_bytes, write_text
from endplate.app.options import Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary import canonical_muscle
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

if TYPE_CHECKING:
    from endplate.questions.view_spread import SpreadView

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case file (YAML).", show_default=False)]
MuscleName = Annotated[
    str,
    typer.Option("--muscle", help="An injected muscle.", show_default=False, autocompletion=words("MUSCLES")),
]
SideName = Annotated[
    str | None, typer.Option("--side", help="left or right.", autocompletion=among("left", "right"))
]


@with_options()
def view_spread(case: CaseFile, options: Options, muscle: MuscleName, side: SideName = None) -> int:
    """Draw where the units of a plan go in the limb segment of one muscle, in a median person."""
    from endplate.case.loader import load_case
    from endplate.questions.view_spread import view_spread as view

    known = canonical_muscle(muscle)
    if known is None:
        remedy = "See 'endplate schema vocabulary' for the muscles."
        raise InputError(
            f"{muscle!r} is not a known muscle", rule="unknown_muscle", remedy=remedy, field="--muscle"
        )
    seen = view(load_case(case), known, side)
    folder = ready_folder(options.out or DEFAULT_FOLDER / "spread")
    files = _write(seen, folder)
    document = {**seen.document, "files": [str(path) for path in files]}
    emit(document, options, "spread", lambda: _show(document, options))
    return ExitCode.DONE


def _write(seen: SpreadView, folder: Path) -> list[Path]:
    """The section as SVG and the field as netCDF."""
    from endplate.outputs.spread_view import field_netcdf, section

    name = f"spread_{seen.document['muscle']}_{seen.document['side']}"
    parts = (seen.document, seen.limb, seen.names, seen.exposure_U_h_per_mL)
    picture = write_text(folder / f"{name}.svg", section(*parts, seen.sites_mm))
    return [picture, write_bytes(folder / f"{name}.nc", field_netcdf(*parts))]


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    tell(
        f"{document['segment'].replace('_', ' ')}, {document['side']}: units held; exposure at the "
        "endplates, median (10 % to 90 % of the muscle's endplates)",
        options,
    )
    for row in document["muscles"]:
        if row["held_U"] > sum(document["dose_U"].values()) / 1000:
            e = row["exposure_U_h_per_mL"]
            say(
                f"  {row['muscle'].replace('_', ' '):32} {row['held_U']:8.1f} U   "
                f"{e['median']:.3g} ({e['p10']:.3g} to {e['p90']:.3g}) U h/mL",
                options,
            )
    tell(SIMULATION, options)
    for path in document["files"]:
        say(f"Wrote {path}", options)
