"""The commands that hand a case to other programs: export fhir and csv."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.arguments import CaseFile
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, can_take, ready_folder, write_bytes, write_text
from endplate.app.options import Options, with_options
from endplate.app.progress import progress_bar
from endplate.errors import library, visible
from endplate.handed import LARGEST_RESULT, content
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

if TYPE_CHECKING:
    from endplate.case.models import Case
    from endplate.outputs.events import Events

CaseFiles = Annotated[
    list[Path],
    typer.Argument(metavar="CASE...", help="Case files (YAML), one person each.", show_default=False),
]
ResultFile = Annotated[
    Path | None,
    typer.Option("--result", metavar="FILE", help="A result.json of the case, to be named by its digest."),
]
Parquet = Annotated[
    bool,
    typer.Option(
        "--parquet", help="Also as Parquet, with every copy of a simulation of each plan (extra tables)."
    ),
]


@with_options()
def export_fhir(case: CaseFile, options: Options, result: ResultFile = None) -> int:
    """Write a case as a FHIR R4B Bundle: drafts and proposals, and what was measured or given.

    Structurally valid, without orders and without simulated numbers; see docs/exchange.md.
    """
    from endplate.case.loader import load_case
    from endplate.outputs.fhir import fhir_bundle

    loaded = load_case(case)
    documents = {visible(path.name): _content(path) for path in (case, result) if path is not None}
    bundle = fhir_bundle(loaded, documents)
    folder = ready_folder(options.out or DEFAULT_FOLDER / "fhir")
    text = json.dumps(bundle, allow_nan=False, indent=2) + "\n"
    file = write_text(folder / "bundle.json", text)
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    document = {
        "banner": BANNER,
        "file": str(file),
        "fhir_version": "4.3.0 (R4B)",
        "resources": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
    }
    emit(document, options, "fhir", lambda: _show_fhir(document, options))
    return ExitCode.DONE


def _content(path: Path) -> bytes:
    """What a file holds.

    Raises:
        InputError: it cannot be read.
    """
    remedy, larger = "Give the path of a readable file.", "Give the result.json of a run."
    return content(path, LARGEST_RESULT, remedy=remedy, larger=larger, field="--result")


def _show_fhir(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    for kind, count in document["resources"].items():
        say(f"  {count:4}  {kind}", options)
    tell("Structurally valid FHIR R4B; drafts and proposals, no order, nothing simulated.", options)
    say(f"Wrote {document['file']}", options)


@with_options("seed", "draws", "horizon")
def export_csv(cases: CaseFiles, options: Options, parquet: Parquet = False) -> int:
    """Write doses and findings as an event table in NONMEM's form, with a dictionary of its columns."""
    from endplate.case.loader import load_case
    from endplate.outputs.events import events_of

    can_take(options.out)
    if parquet:
        library("polars", "tables")
    loaded = [load_case(path) for path in cases]
    events = events_of(loaded)
    contents: dict[str, bytes] = {
        "events.csv": events.to_csv().encode(),
        "columns.csv": events.dictionary_csv().encode(),
    }
    contents |= _tables(events, loaded, options) if parquet else {}
    folder = ready_folder(options.out or DEFAULT_FOLDER / "csv")
    files = [str(write_bytes(folder / name, content)) for name, content in contents.items()]
    document = {
        "banner": BANNER,
        "files": files,
        "people": len(events.codes["ID"]),
        "doses": sum(row[2] == 1 for row in events.rows),
        "observations": sum(row[2] == 0 for row in events.rows),
        "left_out": events.left_out,
    }
    emit(document, options, "csv", lambda: _show_csv(document, parquet, options))
    return ExitCode.DONE


def _tables(events: Events, cases: list[Case], options: Options) -> dict[str, bytes]:
    """The same as Parquet, and the draws of a simulation of every case that has a plan."""
    from endplate.outputs.parquet import curves_parquet, events_parquet
    from endplate.simulation import simulate

    found = events_parquet(events)
    for number, case in enumerate(cases, 1):
        if case.plan is not None:
            with progress_bar("simulating", options) as bar:
                run = simulate(case, options.draws, options.seed, options.horizon_d, bar)
            found[f"curves_{number}.parquet"] = curves_parquet(run)
    return found


def _show_csv(document: dict[str, Any], simulated: bool, options: Options) -> None:
    tell(BANNER, options)
    say(
        f"{document['people']} person(s), {document['doses']} dose row(s), "
        f"{document['observations']} observation row(s)",
        options,
    )
    for reason in document["left_out"]:
        tell(f"Left out: {reason}", options)
    if simulated:
        tell(SIMULATION, options)
    for file in document["files"]:
        say(f"Wrote {file}", options)
