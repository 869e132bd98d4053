"""The command that examines one joint: view joint."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from endplate.app.arguments import CaseFile, OneSide
from endplate.app.asked import known_word
from endplate.app.completing import among, words
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import DEFAULT_FOLDER, ready_folder, write_text
from endplate.app.options import LONGEST_HORIZON, Options, with_options
from endplate.errors import InputError
from endplate.knowledge.vocabulary.quantity import parse_quantity
from endplate.knowledge.vocabulary.wording import BANNER, SIMULATION

_DAY = 28.0

TestName = Annotated[
    str,
    typer.Option(
        "--test",
        help="tardieu, mas, pendulum (needs an assessed knee, flexion) or strength.",
        autocompletion=among("tardieu", "mas", "pendulum", "strength"),
    ),
]
JointName = Annotated[
    str | None,
    typer.Option("--joint", help="An assessed joint; the first without it.", autocompletion=words("JOINTS")),
]
Day = Annotated[float, typer.Option("--day", help="Day after the injection.")]
LawName = Annotated[
    str,
    typer.Option(
        "--law",
        help="Law of the reflex: lambda, force or velocity.",
        autocompletion=among("lambda", "force", "velocity"),
    ),
]


@with_options()
def view_joint(
    case: CaseFile,
    options: Options,
    test: TestName = "tardieu",
    joint: JointName = None,
    side: OneSide = None,
    day: Day = _DAY,
    law: LawName = "lambda",
) -> int:
    """Examine one joint before and after: stretches, pendulum or strength, in a median person."""
    from endplate.case.loader import load_case
    from endplate.outputs.joint_view import panels
    from endplate.questions.view_joint import LAWS, TESTS
    from endplate.questions.view_joint import view_joint as view

    known_word(test, TESTS, "--test")
    known_word(law, LAWS, "--law")
    latest = parse_quantity(LONGEST_HORIZON).to("d").value
    if not 0 <= day <= latest:
        raise InputError(
            f"{day:g} is not a day from 0 to {latest:g}",
            rule="days",
            remedy=f"Write a day such as --day {_DAY:g}.",
            field="--day",
        )
    seen = view(load_case(case), test, day, joint, side, law)
    folder = ready_folder(options.out or DEFAULT_FOLDER / "joint")
    name = f"joint_{seen['joint']}_{seen['side']}_{test}_{law}_day{day:g}.svg"
    document = {**seen, "files": [str(write_text(folder / name, panels(seen)))]}
    emit(document, options, "joint", lambda: _show(document, options))
    return ExitCode.DONE


def _rows(before: dict[str, Any], after: dict[str, Any], path: str = "") -> list[tuple[str, Any, Any]]:
    """Readings as lines, those within a reading named after it."""
    rows: list[tuple[str, Any, Any]] = []
    for name, number in before.items():
        if isinstance(number, dict):
            rows += _rows(number, after[name], f"{name} ")
        else:
            rows.append((f"{path}{name}".replace("_", " "), number, after[name]))
    return rows


def _number(number: float | None) -> str:
    return "none" if number is None else f"{number:.3g}"


def _show(document: dict[str, Any], options: Options) -> None:
    tell(BANNER, options)
    where = f"{document['joint']} {document['movement']}, {document['side']}"
    say(f"{where}: {document['test']}, before and on day {document['day']:g}", options)
    say(f"  {'':32}{'before':>10}{'after':>10}", options)
    for name, before, after in _rows(document["before"], document["after"]):
        say(f"  {name:32}{_number(before):>10}{_number(after):>10}", options)
    left = ", ".join(
        f"{m['muscle'].replace('_', ' ')} {m['residual_force']:.0%}" for m in document["muscles"]
    )
    tell(f"Force left: {left}.", options)
    if document["loop_gain_clamped"]:
        say("The loop gain of force feedback was held below its limit.", options)
    for note in document["notes"]:
        tell(note, options)
    tell(SIMULATION, options)
    for path in document["files"]:
        say(f"Wrote {path}", options)
