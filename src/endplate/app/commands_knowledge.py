"""The commands about what endplate knows: schema and evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.asked import known_word
from endplate.app.completing import among, words
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.options import Options, with_options
from endplate.app.plain import plain
from endplate.errors import InputError
from endplate.knowledge.vocabulary.wording import BANNER

if TYPE_CHECKING:
    from endplate.knowledge.evidence import Record
    from endplate.knowledge.evidence.lint import LintFinding

Kind = Annotated[
    str,
    typer.Argument(
        metavar="KIND",
        help="case, study, trial, goals, training or vocabulary.",
        show_default=False,
        autocompletion=among("case", "study", "trial", "goals", "training", "vocabulary"),
    ),
]
RecordId = Annotated[
    str,
    typer.Argument(
        metavar="ID",
        help="The record's id, or its symbol.",
        show_default=False,
        autocompletion=words("load_records", "endplate.knowledge.evidence.records"),
    ),
]
BasisFilter = Annotated[
    str | None,
    typer.Option(
        "--basis",
        help="Only records on this basis.",
        autocompletion=words("BASES", "endplate.knowledge.evidence.records"),
    ),
]
StageFilter = Annotated[
    str | None,
    typer.Option(
        "--stage",
        help="Only what this stage of the model uses, such as terminal.",
        autocompletion=among("spread", "terminal", "muscle", "joint", "scales", "body", "development", "ode"),
    ),
]


@with_options()
def schema(kind: Kind, options: Options) -> int:
    """Print the JSON schema of an input file, or the ids it may use."""
    from endplate.case.schema import schema as schema_of

    document = schema_of(kind)
    emit(document, options, f"{kind}.schema", lambda: say(json.dumps(plain(document), indent=2), options))
    return ExitCode.DONE


@with_options()
def evidence_list(options: Options, basis: BasisFilter = None, stage: StageFilter = None) -> int:
    """List the numbers the model rests on."""
    from endplate.knowledge.evidence import load_records
    from endplate.knowledge.evidence.records import BASES

    wanted = None if basis is None else known_word(basis, BASES, "--basis")
    staged = [r for r in load_records().values() if stage is None or _used_by_stage(r, stage)]
    if not staged:
        raise InputError(
            f"No record is used by a stage {stage!r}",
            rule="evidence_stage",
            remedy="Name a stage such as spread, terminal, muscle, joint or scales, or a module.",
            field="--stage",
        )
    records = [record for record in staged if wanted in (None, record.basis)]
    return _give_records(records, options, "evidence")


@with_options()
def evidence_gaps(options: Options) -> int:
    """List the numbers that are assumed or recalled rather than read."""
    from endplate.knowledge.evidence.trace import gaps

    return _give_records(gaps(), options, "evidence-gaps")


@with_options()
def evidence_trace(record: RecordId, options: Options) -> int:
    """Show where one number comes from and what uses it."""
    from endplate.knowledge.evidence.trace import trace
    from endplate.simulation.parameters import learnt

    found = trace(record)
    document = plain(found) | {"learnt": learnt(found.record.id)}

    def show() -> None:
        for line in (BANNER, *_lines(document)):
            tell(line, options)

    emit(document, options, "evidence-trace", show)
    return ExitCode.DONE


@with_options()
def evidence_lint(options: Options) -> int:
    """Look for numbers without a unit, source or user, and for rows that a muscle or product lacks."""
    from endplate.knowledge.complete import unreadable

    findings = plain([*unreadable()] or _linted())
    emit({"findings": findings}, options, "evidence-lint", lambda: _show_lint(findings, options))
    return ExitCode.ANSWER_IS_NO if findings else ExitCode.DONE


def _linted() -> list[LintFinding]:
    """What is wrong with tables that can be read."""
    from endplate.knowledge.complete import missing
    from endplate.knowledge.evidence.lint import LintFinding, lint
    from endplate.simulation.anatomy import stale_segments

    lacking = missing()
    stale = {} if lacking else stale_segments()
    return [
        *lint(),
        *lacking,
        *(LintFinding(segment, "geometry_stale", message) for segment, message in stale.items()),
    ]


def _give_records(records: Iterable[Record], options: Options, name: str) -> int:
    """Give a list of records."""
    held = list(records)

    def show() -> None:
        from endplate.outputs.terminal import print_evidence

        print_evidence(held)

    emit({"records": held}, options, name, show)
    return ExitCode.DONE


def _used_by_stage(record: Record, stage: str) -> bool:
    """Whether a module of that stage, or that very module, uses the record."""
    return any(f".{stage}." in f".{module}." for module in record.used_by)


def _lines(document: dict[str, Any], indent: str = "") -> list[str]:
    """A nested answer as indented lines, leaving out what is empty."""
    lines: list[str] = []
    for key, held in document.items():
        if held in (None, "", [], {}):
            continue
        if isinstance(held, dict):
            lines += [f"{indent}{key}:", *_lines(held, indent + "  ")]
        else:
            shown = ", ".join(map(str, held)) if isinstance(held, list) else held
            lines.append(f"{indent}{key}: {shown}")
    return lines


def _show_lint(findings: list[dict[str, Any]], options: Options) -> None:
    """Print what lint found, one line each."""
    for finding in findings:
        tell(f"{finding['record']}: {finding['message']} ({finding['rule']})", options)
    say(f"{len(findings)} finding(s).", options)
