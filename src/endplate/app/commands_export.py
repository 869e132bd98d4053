"""The commands that hand a model to other programs: export sbml."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, folder_name, ready_folder, write_text
from endplate.app.options import LONGEST_HORIZON, Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

_BINS = (1, 2, 4, 8, 16)

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="The case file (YAML).", show_default=False)]
SessionList = Annotated[
    str, typer.Option("--sessions", metavar="D,D,...", help="Days on which the plan is injected.")
]
Bins = Annotated[int, typer.Option("--bins", help="Exposure bins of every muscle: 1, 2, 4, 8 or 16.")]


@with_options()
def export_sbml(case: CaseFile, options: Options, sessions: SessionList = "0", bins: Bins = 8) -> int:
    """Write the plan's differential equations in a median person as SBML Level 3 Version 2."""
    from endplate.case.loader import load_case
    from endplate.knowledge.evidence import record_ids
    from endplate.outputs.sbml import sbml_text
    from endplate.physiology.ode import Parameters, state_names
    from endplate.simulation.parameters import OneAtATime
    from endplate.simulation.population import people_of_case

    days = _read_sessions(sessions)
    if bins not in _BINS:
        raise InputError(
            f"{bins} exposure bins cannot be made of 16 classes",
            rule="bins",
            remedy=f"Use one of {', '.join(map(str, _BINS))}.",
            field="--bins",
        )
    loaded = load_case(case)
    people = people_of_case(loaded, OneAtATime(()), days, bins)
    person = "median of every record"
    notes = (
        f"Person: {person}. Plan injected on day {', '.join(f'{day:g}' for day in days)}.",
        "Time in days; U is the unit of this product and converts to no other.",
        f"The constants follow from the records {', '.join(record_ids(Parameters).values())}.",
        "'endplate evidence trace ID' tells where each comes from.",
    )
    text = sbml_text(people, 0, f"endplate: {loaded.patient.code}", notes)
    folder = ready_folder(options.out or DEFAULT_FOLDER / "sbml")
    file = write_text(folder / f"{folder_name(loaded.patient.code)}.xml", text)
    document = {
        "file": str(file),
        "level": 3,
        "version": 2,
        "person": person,
        "muscles": [{"muscle": muscle, "side": side} for muscle, side in people.muscles],
        "dose_held_U": [float(dose) for dose in people.dose_U[0, 0]],
        "bins": bins,
        "states": len(state_names(len(people.muscles), bins)),
        "sessions_d": list(days),
    }
    emit(document, options, "sbml", lambda: _show(document, options))
    return ExitCode.DONE


def _read_sessions(text: str) -> tuple[float, ...]:
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
        remedy="Write days with commas between them, the first 0, such as --sessions 0,84,168.",
        field="--sessions",
    )


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    for row, dose in zip(document["muscles"], document["dose_held_U"], strict=True):
        say(f"  {row['muscle'].replace('_', ' '):32} {row['side']:6} holds {dose:8.1f} U", options)
    say(f"{document['states']} states, {len(document['sessions_d'])} session(s)", options)
    tell(SIMULATION, options)
    say(f"Wrote {document['file']}", options)
