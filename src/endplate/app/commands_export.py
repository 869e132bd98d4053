"""The commands that hand the model to other programs: export sbml and petab."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any

import typer

from endplate.app.arguments import CaseFile
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, folder_name, ready_folder, write_text
from endplate.app.naming import naming
from endplate.app.options import LONGEST_HORIZON, Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

_BINS = (1, 2, 4, 8, 16)
_PERSON = "median of every record"

SessionList = Annotated[
    str, typer.Option("--sessions", metavar="D,D,...", help="Days on which the plan is injected.")
]
Simulated = Annotated[
    str | None,
    typer.Option(
        "--simulated", metavar="D,D,...", help="Write the engine's own values on these days as measurements."
    ),
]
Bins = Annotated[int, typer.Option("--bins", help="Exposure bins of every muscle: 1, 2, 4, 8 or 16.")]


@with_options()
def export_sbml(case: CaseFile, options: Options, sessions: SessionList = "0", bins: Bins = 8) -> int:
    """Write the plan's differential equations in a median person as SBML Level 3 Version 2."""
    from endplate.case.loader import load_case
    from endplate.outputs.sbml import sbml_text
    from endplate.physiology.ode import state_names
    from endplate.simulation.parameters import OneAtATime
    from endplate.simulation.population import people_of_case

    days = _read_sessions(sessions)
    _check_bins(bins)
    loaded = load_case(case)
    people = people_of_case(loaded, OneAtATime(()), days, bins)
    text = sbml_text(people, 0, f"endplate: {loaded.patient.code}", _notes(days))
    folder = ready_folder(options.out or DEFAULT_FOLDER / "sbml")
    file = write_text(folder / f"{folder_name(loaded.patient.code)}.xml", text)
    document = {
        "file": str(file),
        "level": 3,
        "version": 2,
        "person": _PERSON,
        "muscles": [{"muscle": muscle, "side": side} for muscle, side in people.muscles],
        "dose_held_U": [float(dose) for dose in people.dose_U[0, 0]],
        "bins": bins,
        "states": len(state_names(len(people.muscles), bins)),
        "sessions_d": list(days),
    }
    emit(document, options, "sbml", lambda: _show(document, options))
    return ExitCode.DONE


@with_options()
def export_petab(case: CaseFile, options: Options, simulated: Simulated = None, bins: Bins = 8) -> int:
    """Write the plan's model with a parameter estimation problem as PEtab version 1.

    Measurements are the strengths of the case's visits, or with --simulated the engine's own values.
    """
    from endplate.case.loader import load_case
    from endplate.outputs.petab import MODEL, petab_files
    from endplate.outputs.sbml import sbml_text
    from endplate.questions.petab_problem import petab_problem
    from endplate.simulation.parameters import OneAtATime
    from endplate.simulation.population import people_of_case

    days = None if simulated is None else _read_days(simulated)
    _check_bins(bins)
    loaded = load_case(case)
    people = people_of_case(loaded, OneAtATime(()), (0.0,), bins)
    with naming(case):
        problem = petab_problem(loaded, people, days)
    texts = {MODEL: sbml_text(people, 0, f"endplate: {loaded.patient.code}", _notes((0.0,)))}
    folder = ready_folder(options.out or DEFAULT_FOLDER / "petab")
    files = [write_text(folder / name, text) for name, text in (texts | petab_files(problem)).items()]
    document = {
        "banner": BANNER,
        "files": [str(file) for file in files],
        "person": _PERSON,
        "simulated": problem.simulated,
        "estimated": [row.name for row in problem.parameters if row.estimate],
        "held": [row.name for row in problem.parameters if not row.estimate],
        "observables": [{"id": row.name, "is": row.label} for row in problem.observables],
        "measurements": len(problem.measured),
        "left_out": list(problem.left_out),
    }
    emit(document, options, "petab", lambda: _show_petab(document, options))
    return ExitCode.DONE


def _check_bins(bins: int) -> None:
    if bins not in _BINS:
        raise InputError(
            f"{bins} exposure bins cannot be made of 16 classes",
            rule="bins",
            remedy=f"Use one of {', '.join(map(str, _BINS))}.",
            field="--bins",
        )


def _notes(days: tuple[float, ...]) -> tuple[str, ...]:
    """What a model says of itself after the banner."""
    from endplate.knowledge.evidence import record_ids
    from endplate.physiology.ode import Parameters

    return (
        f"Person: {_PERSON}. Plan injected on day {', '.join(f'{day:g}' for day in days)}.",
        "Time in days; U is the unit of this product and converts to no other.",
        f"The constants follow from the records {', '.join(record_ids(Parameters).values())}.",
        "'endplate evidence trace ID' tells where each comes from.",
    )


def _read_days(text: str) -> tuple[float, ...]:
    """Days after the injection, ascending, each above 0."""
    first, *rest = _read_sessions(f"0,{text}", "--simulated", "14,28,84")
    return tuple(rest) if rest else (first,)


def _read_sessions(text: str, field: str = "--sessions", example: str = "0,84,168") -> tuple[float, ...]:
    """Days of injection, ascending from 0.

    Raises:
        InputError: they are not, one is no number or lies beyond the longest horizon, or there are too many.
    """
    from endplate.case.study import MOST_SESSIONS

    latest = parse_quantity(LONGEST_HORIZON).to("d").value
    try:
        days = tuple(float(part) for part in text.split(","))
    except ValueError:
        days = (math.nan,)
    ascending = days[0] == 0 and all(a < b for a, b in pairwise(days))
    if ascending and days[-1] < latest and len(days) <= MOST_SESSIONS:
        return days
    raise InputError(
        f"{text!r} is not a list of up to {MOST_SESSIONS} ascending days from 0 to {latest:g}",
        rule="sessions",
        remedy=f"Write days with commas between them, such as {field} {example}.",
        field=field,
    )


def _show_petab(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    source = "SIMULATED by endplate itself" if document["simulated"] else "of the case's visits"
    say(f"{document['measurements']} measurement(s), {source}", options)
    for row in document["observables"]:
        tell(f"  {row['is']}", options)
    tell(f"Estimated: {', '.join(document['estimated'])}; held: {', '.join(document['held'])}.", options)
    for reason in document["left_out"]:
        tell(f"Left out: {reason}", options)
    tell(SIMULATION, options)
    for file in document["files"]:
        say(f"Wrote {file}", options)


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    for row, dose in zip(document["muscles"], document["dose_held_U"], strict=True):
        say(f"  {row['muscle'].replace('_', ' '):32} {row['side']:6} holds {dose:8.1f} U", options)
    say(f"{document['states']} states, {len(document['sessions_d'])} session(s)", options)
    tell(SIMULATION, options)
    say(f"Wrote {document['file']}", options)
