"""The commands that change or read the store: init, add, list, show, plan, given, visit, run, audit."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.arguments import CaseFile
from endplate.app.completing import Offer, movements, words
from endplate.app.emit import emit, say_under_banner
from endplate.app.exits import ExitCode
from endplate.app.options import Options, with_options
from endplate.app.store_place import Place, opened, place_asked, wanted
from endplate.errors import InputError
from endplate.handed import LARGEST_RESULT, content
from endplate.knowledge.vocabulary.wording import PRIVACY

if TYPE_CHECKING:
    from endplate.case import Case
    from endplate.store import Done

_INJECTION = re.compile(
    r"(?P<muscle>\S+)\s+(?P<side>\S+)\s+(?P<dose>\S+\s*U(?:/kg)?)"
    r"(?:\s+(?P<sites>\d+)(?:\s*sites?)?)?(?:\s+at\s+(?P<at>\S+\s*%))?"
)

Code = Annotated[str, typer.Argument(metavar="CODE", help="Of the person.", show_default=False)]
Who = Annotated[
    str, typer.Option("--who", metavar="WORD", help="Who does it, for the audit: a word, never a name.")
]
Version = Annotated[
    int | None,
    typer.Option("--version", metavar="N", help="Of the person as you read it; refused if it has changed."),
]
CycleNumber = Annotated[
    int | None, typer.Option("--cycle", metavar="N", help="Number of the cycle; the last one if left out.")
]
Correct = Annotated[
    int | None, typer.Option("--correct", metavar="ID", help="Replace the entry with this number.")
]
Note = Annotated[str | None, typer.Option("--note", metavar="TEXT", help="Free text, without names.")]
CaseFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="CASE...", help="Case files (YAML), or a folder of CSV tables.", show_default=False
    ),
]
ResultFile = Annotated[
    Path, typer.Argument(metavar="RESULT", help="The result.json of a run.", show_default=False)
]
SomeCode = Annotated[str | None, typer.Argument(metavar="[CODE]", help="Of one person.", show_default=False)]
Day = Annotated[str, typer.Option("--date", metavar="DATE", help="Such as 2026-11-22.", show_default=False)]


def _word(offered: Offer) -> Any:
    """An option that takes an id of the vocabulary."""
    return typer.Option(metavar="ID", help="As in a case file.", autocompletion=offered)


@with_options()
def store_init(options: Options, place: Place = None) -> int:
    """Make a store, or bring one of an earlier version up to date."""
    from endplate.store import Store

    store, made = Store.init(place_asked(place))
    store.close()
    came = "Made" if made.created else "Was there, now up to date" if made.migrated_from else "Was there"
    there = PRIVACY if store.place.file else "Kept on the server named. Use a code, not a name."
    emit(asdict(made), options, "store", lambda: say_under_banner(options, f"{came}: {made.store}", there))
    return ExitCode.DONE


@with_options()
def store_add(
    cases: CaseFiles,
    options: Options,
    place: Place = None,
    who: Who = "local",
    next_cycle: Annotated[
        bool, typer.Option("--next-cycle", help="The person is known: add the next cycle.")
    ] = False,
) -> int:
    """Keep cases: everything in the files named, or nothing."""
    folder = cases[0] if len(cases) == 1 and os.path.isdir(cases[0]) else None
    loaded = [] if folder else [_load(path) for path in cases]
    with opened(place) as store:
        if folder:
            done = store.import_tables(folder, who=who)
        else:
            done = store.add_all(loaded, who=who, next_cycle=next_cycle)
    document = {"added": [asdict(one) for one in done]}
    lines = [line for one in done for line in (f"{one.code}, cycle {one.cycle}: kept", *one.warnings)]
    emit(document, options, "added", lambda: say_under_banner(options, *lines))
    return ExitCode.DONE


@with_options()
def store_list(
    options: Options,
    place: Place = None,
    page: Annotated[int, typer.Option("--page", metavar="N", help="Which page of 50.")] = 1,
    code: Annotated[
        str | None, typer.Option("--code", metavar="TEXT", help="Codes that begin with this.")
    ] = None,
    condition: Annotated[str | None, _word(words("CONDITIONS"))] = None,
    product: Annotated[str | None, _word(words("PRODUCTS"))] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Last session on this day or later.")
    ] = None,
) -> int:
    """List the persons held, by code."""
    from endplate.outputs.store_lines import list_lines

    asked = wanted(code, condition, product, since)
    with opened(place) as store:
        document = store.page(page, asked)
    emit(document, options, "list", lambda: say_under_banner(options, *list_lines(document)))
    return ExitCode.DONE


@with_options()
def store_show(code: Code, options: Options, place: Place = None) -> int:
    """Show everything held of a person: plans, what was given, findings, runs."""
    from endplate.outputs.store_lines import person_lines

    with opened(place) as store:
        document = store.show(code)
    emit(document, options, "show", lambda: say_under_banner(options, *person_lines(document)))
    return ExitCode.DONE


@with_options()
def store_plan(
    code: Code,
    case: CaseFile,
    options: Options,
    place: Place = None,
    who: Who = "local",
    version: Version = None,
    cycle: CycleNumber = None,
) -> int:
    """Put the plan of a case file in place of the one held."""
    loaded = _load(case)
    with opened(place) as store:
        done = store.plan(code, loaded, who=who, version=version, cycle=cycle)
    return _tell(done, options, "plan")


@with_options()
def store_visit(
    code: Code,
    options: Options,
    date: Day,
    measure: Annotated[str, _word(words("VISIT_MEASURES"))] = "scale",
    joint: Annotated[str | None, _word(words("JOINTS"))] = None,
    side: Annotated[str | None, _word(words("SIDES"))] = None,
    movement: Annotated[str | None, _word(movements())] = None,
    scale: Annotated[str | None, _word(words("SCALES"))] = None,
    value: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Such as 1+, 80 %, 9 d, none, yes.")
    ] = None,
    r1: Annotated[str | None, typer.Option("--r1", metavar="ANGLE", help="Of Tardieu: '70 deg'.")] = None,
    r2: Annotated[str | None, typer.Option("--r2", metavar="ANGLE", help="Of Tardieu: '130 deg'.")] = None,
    rater: Annotated[
        str | None, typer.Option(metavar="CODE", help="Who graded, if another than before.")
    ] = None,
    note: Note = None,
    place: Place = None,
    who: Who = "local",
    version: Version = None,
    cycle: CycleNumber = None,
    correct: Correct = None,
) -> int:
    """Add a finding after the session, or correct one."""
    asked = {
        "date": date,
        "measure": measure,
        "joint": joint,
        "side": side,
        "movement": movement,
        "scale": scale,
        "value": value,
        "rater": rater,
    }
    angles = {name: part for name, part in (("r1", r1), ("r2", r2)) if part is not None}
    told: dict[str, Any] = {**asked, "tardieu": angles or None}
    finding = {name: part for name, part in told.items() if part is not None}
    with opened(place) as store, _as_options([*asked, "r1", "r2"]):
        done = store.visit(code, finding, note=note, who=who, version=version, cycle=cycle, correct=correct)
    return _tell(done, options, "visit")


@with_options()
def store_given(
    code: Code,
    options: Options,
    date: Day,
    lot: Annotated[str, typer.Option(metavar="LOT", help="As printed on the vial.", show_default=False)],
    expiry: Annotated[str, typer.Option(metavar="DATE", help="As printed on the vial.", show_default=False)],
    units: Annotated[
        str, typer.Option(metavar="UNITS", help="Given of this lot, such as '150 U'.", show_default=False)
    ],
    discarded: Annotated[str, typer.Option(metavar="UNITS", help="Left in its vials.")] = "0 U",
    product: Annotated[str | None, _word(words("PRODUCTS"))] = None,
    dilution: Annotated[str | None, typer.Option(metavar="U/ML", help="Such as '50 U/mL'.")] = None,
    guidance: Annotated[str | None, _word(words("GUIDANCE"))] = None,
    injection: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT", help="Where it went, such as 'brachialis left 50 U 2 at 45 %'; else as planned."
        ),
    ] = None,
    note: Note = None,
    place: Place = None,
    who: Who = "local",
    version: Version = None,
    cycle: CycleNumber = None,
    correct: Correct = None,
) -> int:
    """Record what was given of one lot; from then on it stands in for the plan."""
    asked = {
        "date": date,
        "lot": lot,
        "expiry": expiry,
        "units": units,
        "discarded": discarded,
        "product": product,
        "dilution": dilution,
        "guidance": guidance,
        "note": note,
    }
    shots = [_injection(text) for text in injection or ()]
    record = {**{name: part for name, part in asked.items() if part is not None}, "injections": shots}
    with opened(place) as store, _as_options(record):
        done = store.given(code, record, who=who, version=version, cycle=cycle, correct=correct)
    return _tell(done, options, "given")


@with_options()
def store_run(
    code: Code, result: ResultFile, options: Options, place: Place = None, who: Who = "local"
) -> int:
    """Record a result that 'run' or 'simulate' wrote: checksum, seed and versions."""
    remedy = "Give the path of a result.json."
    raw = content(result, LARGEST_RESULT, remedy=remedy, larger=remedy)
    with opened(place) as store:
        done = store.run(code, raw, who=who)
    return _tell(done, options, "run")


@with_options()
def store_audit(
    options: Options,
    code: SomeCode = None,
    place: Place = None,
    most: Annotated[int, typer.Option("--most", min=1, metavar="N", help="The newest N changes.")] = 100,
) -> int:
    """Show who changed what and when, with what stood there before."""
    from endplate.outputs.store_lines import audit_lines

    with opened(place) as store:
        entries = store.audit(code, most)
    emit({"entries": entries}, options, "audit", lambda: say_under_banner(options, *audit_lines(entries)))
    return ExitCode.DONE


def _load(path: Path) -> Case:
    from endplate.case import load_case

    return load_case(path)


def _injection(text: str) -> dict[str, Any]:
    """One injection written in a line."""
    found = _INJECTION.fullmatch(text.strip())
    if found is None:
        remedy = "Write muscle, side, dose, sites: 'brachialis left 50 U 2', if known with 'at 45 %'."
        message = f"{text[:80]!r} is no injection"
        raise InputError(message, rule="injection", remedy=remedy, field="--injection")
    parts = {name: part for name, part in found.groupdict().items() if part is not None}
    return {**parts, **({"sites": int(parts["sites"])} if "sites" in parts else {})}


@contextmanager
def _as_options(asked: Collection[str]) -> Iterator[None]:
    """Name the option, not the field, that an input error is about."""
    try:
        yield
    except InputError as error:
        field = (error.field or "").rpartition(".")[-1]
        if "injections[" in (error.field or ""):
            error.field = "--injection"
        elif field in asked or field == "note":
            error.field = f"--{field}"
        raise


def _tell(done: Done, options: Options, name: str) -> int:
    number = "" if done.id is None else f", number {done.id}"
    line = f"{done.code}, cycle {done.cycle}: {name} kept{number}; the person is at version {done.version}"
    emit(asdict(done), options, name, lambda: say_under_banner(options, line, *done.warnings))
    return ExitCode.DONE
