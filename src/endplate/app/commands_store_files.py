"""The commands that write the store into files or read it from them: export, backup, restore, verify."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.asked import known_word
from endplate.app.commands_store import CycleNumber, SomeCode
from endplate.app.completing import among
from endplate.app.emit import emit, say_under_banner
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, folder_name, ready_folder, write_text
from endplate.app.options import Options, with_options
from endplate.app.store_place import Place, opened, place_asked
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

if TYPE_CHECKING:
    from endplate.case import Case
    from endplate.store import Store

_FORMATS = ("yaml", "csv")

BackupFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Such as store.endplate.gz.", show_default=False)
]

Form = Annotated[
    str,
    typer.Option(
        "--format", metavar="yaml|csv", autocompletion=among("yaml", "csv"), help="Case files, or tables."
    ),
]


@with_options()
def store_export(
    options: Options,
    code: SomeCode = None,
    everybody: Annotated[bool, typer.Option("--all", help="Everybody, every cycle.")] = False,
    form: Form = "yaml",
    cycle: CycleNumber = None,
    place: Place = None,
) -> int:
    """Write case files that the other verbs run, or CSV tables.

    The plan in a case file is what was given, where that is recorded.
    """
    known_word(form, _FORMATS, "--format")
    if (code is None) != everybody:
        remedy = "Give a code, or --all."
        raise InputError("Whom to export is not clear", rule="whom", remedy=remedy, field="CODE")
    folder = ready_folder(options.out or DEFAULT_FOLDER / "store")
    with opened(place) as store:
        texts = _tables(store, code) if form == "csv" else _cases(store, code, cycle)
        files = [str(write_text(folder / name, text)) for name, text in texts]
    document = {"files": files}
    shown = Options(as_json=options.as_json, quiet=options.quiet)
    line = f"Wrote {files[0] if len(files) == 1 else f'{len(files)} files to {folder}'}"
    emit(document, shown, "export", lambda: say_under_banner(options, line))
    return ExitCode.DONE


def _tables(store: Store, code: str | None) -> Iterator[tuple[str, str]]:
    yield from store.tables(code).items()


def _cases(store: Store, code: str | None, cycle: int | None) -> Iterator[tuple[str, str]]:
    """Names and texts of the case files asked for."""
    if code is not None:
        yield _named(store.case(code, cycle), "" if cycle is None else f"_cycle{cycle}")
        return
    for number, case in store.cases():
        yield _named(case, f"_cycle{number}")


def _named(case: Case, suffix: str) -> tuple[str, str]:
    from endplate.case import case_yaml

    return f"{folder_name(case.patient.code)}{suffix}.yaml", case_yaml(case, (BANNER, *case.notes))


@with_options()
def store_backup(file: BackupFile, options: Options, place: Place = None) -> int:
    """Write the whole store, its audit too, into one file with checksums."""
    with opened(place) as store:
        kept = store.backup(file)
    lines = [f"Wrote {kept.file}: {_counts(kept.rows)}", f"sha256 {kept.sha256}"]
    emit(asdict(kept), options, "backup", lambda: say_under_banner(options, *lines))
    return ExitCode.DONE


@with_options()
def store_restore(file: BackupFile, options: Options, place: Place = None) -> int:
    """Put a backup into a store that holds nothing, in either database, and prove it."""
    from endplate.store import Store

    kept = Store.restore(file, place_asked(place))
    lines = [f"Restored {kept.file}: {_counts(kept.rows)}", f"sha256 {kept.sha256}, read back the same"]
    emit(asdict(kept), options, "restore", lambda: say_under_banner(options, *lines))
    return ExitCode.DONE


@with_options()
def store_verify(options: Options, place: Place = None) -> int:
    """Read everything and compare it with its checksums and its audit; exit code 1 if anything is wrong."""
    with opened(place) as store:
        found = store.verify()
    lines = [
        f"{fault.table or 'store'}{'' if fault.id is None else f' {fault.id}'}: {fault.message}"
        for fault in found.faults
    ]
    end = f"{len(lines)} fault(s)" if lines else "Everything is as it was written"
    emit(
        asdict(found),
        options,
        "verify",
        lambda: say_under_banner(options, *lines, f"{end}: {_counts(found.rows)}"),
    )
    return ExitCode.ANSWER_IS_NO if found.faults else ExitCode.DONE


def _counts(rows: dict[str, Any]) -> str:
    return ", ".join(f"{name} {count}" for name, count in rows.items())
