"""The commands of the trainer: train list, show, play and attempt."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.app.completing import trainings
from endplate.app.emit import emit, say, tell
from endplate.app.exits import ExitCode
from endplate.app.files import ready_folder, write_text
from endplate.app.options import Options, with_options
from endplate.errors import InputError
from endplate.handed import MB, Unread, raw_of
from endplate.knowledge.units import PERCENT
from endplate.knowledge.vocabulary.wording import BANNER, TRAINER

if TYPE_CHECKING:
    from endplate.case import Training

TrainingName = Annotated[
    str,
    typer.Argument(
        metavar="TRAINING",
        help="An id of 'train list', or a file.",
        show_default=False,
        autocompletion=trainings(),
    ),
]
AnswerFile = Annotated[Path, typer.Argument(metavar="ANSWER", help="The answer (JSON).", show_default=False)]
Record = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Add a line about the attempt to this CSV file."),
]
Number = Annotated[
    int | None,
    typer.Option(
        "--attempt",
        metavar="N",
        min=1,
        help="Which attempt it is: where the hand errs, it errs anew with each. Without it the next of the "
        "file of --record, or the first.",
    ),
]
Learner = Annotated[
    str,
    typer.Option(
        "--learner",
        metavar="CODE",
        help="Who practises, as a code such as s-07, never a name; the file of --record counts by it.",
    ),
]
At = Annotated[
    float | None,
    typer.Option(
        "--at",
        metavar="SHARE",
        min=0,
        max=1,
        help="Where to cut, share of the segment from proximal; without it where the training starts.",
    ),
]
_LARGEST, _LARGEST_RECORD = 1 * MB, 10 * MB


@dataclass(frozen=True)
class Kept:
    """Where an attempt is recorded, which it is, and whose."""

    record: Path | None
    number: int | None
    learner: str


@with_options()
def train_list(options: Options) -> int:
    """List the trainings that come with endplate."""
    from endplate.questions.training.briefing import listed
    from endplate.questions.training.shipped import shipped

    rows = [listed(each) for each in shipped().values()]

    def show() -> None:
        tell(BANNER, options)
        for row in rows:
            place = f"{row['segment'].replace('_', ' ')}, {row['side']}"
            say(f"  {row['level']}  {row['id']:24} {place:18} {row['title']}", options)
        tell(TRAINER, options)

    emit({"trainings": rows}, options, "trainings", show)
    return ExitCode.DONE


@with_options()
def train_show(training: TrainingName, options: Options, at: At = None) -> int:
    """Tell a training's case, its task and what a section holds; with --out also as a picture."""
    from endplate.questions.training.briefing import briefing
    from endplate.questions.training.shipped import training_of

    found = training_of(training)
    cut = found.show.at if at is None else at
    document = {**briefing(found), "at": cut, "section": _rows(found, cut)}
    files = _picture(found, cut, options.out)
    emit(document, options, "training", lambda: _show(document, files, options))
    return ExitCode.DONE


def _rows(training: Training, at: float) -> list[dict[str, Any]]:
    """The section in words, where a needle or a name is asked for."""
    from endplate.case.training import WRONG
    from endplate.questions.training.reading import section_rows

    return [] if training.level == WRONG else section_rows(training, at)


def _picture(training: Training, at: float, out: Path | None) -> list[Path]:
    """The section to aim in, where a folder was asked for."""
    if out is None:
        return []
    from endplate.app.trained import section_of

    svg = section_of(training, at, [])["svg"]
    return [write_text(ready_folder(out) / "section.svg", svg)]


def _show(document: dict[str, Any], files: list[Path], options: Options) -> None:
    tell(BANNER, options)
    say(f"{document['title']} (level {document['level']})", options)
    for sentence in document["sentences"]:
        tell(f"  {sentence}", options)
    task = document["task"]
    for choice in task.get("choices", []):
        say(f"    {choice}", options)
    if "before" in task:
        tell(f"    Before: {_found(task['before'])}", options)
    for visit in task.get("visits", []):
        tell(f"    {_visit(visit, task['beside'])}", options)
    for cause in task.get("causes", []):
        say(f"    {cause['cause']:14} {cause['words']}", options)
    if document["section"]:
        say(f"  Section at {document['at']:g} of {document['length_mm']:g} mm:", options)
        say(f"    {'angle':>6} {'depth':>12}  what lies there", options)
    for row in document["section"]:
        depth = f"{row['from_mm']:g}-{row['to_mm']:g} mm"
        name = row["name"].replace("_", " ") or "a muscle"
        say(f"    {row['angle_deg']:6} {depth:>12}  {name}", options)
    for path in files:
        say(f"Wrote {path}", options)
    tell(TRAINER, options)


def _found(row: dict[str, Any]) -> str:
    return f"{row['grade']}, R1 {row['r1_deg']:g} deg, R2 {row['r2_deg']:g} deg"


def _visit(row: dict[str, Any], beside: str) -> str:
    return (
        f"Day {row['day']:g}: {row['joint']} {row['movement']} {_found(row)}, "
        f"strength {row['strength_percent']} %, {beside.replace('_', ' ')} {row['beside_percent']} %"
    )


def _explained(result: dict[str, Any]) -> list[str]:
    """The words of `explain` at level 6."""
    words = result.get("explained", {}).get("told", {})
    return [line for part in ("verdict", "judged", "causes") for line in words.get(part, [])]


@with_options()
def train_attempt(
    training: TrainingName,
    answer: AnswerFile,
    options: Options,
    record: Record = None,
    attempt: Number = None,
    learner: Learner = "",
) -> int:
    """Score an answer of a file; 1 when it does not pass."""
    from endplate.questions.training.shipped import training_of

    found = training_of(training)
    try:
        return _attempt(found, _read(answer), Kept(record, attempt, learner), options)
    except InputError as error:
        if not (error.field or "").startswith("--"):
            error.file = error.file or str(answer)
        raise


@with_options()
def train_play(
    training: TrainingName,
    options: Options,
    record: Record = None,
    attempt: Number = None,
    learner: Learner = "",
) -> int:
    """Play a training in the terminal: read the task, type the answer, see the score."""
    from endplate.app.playing import ask
    from endplate.questions.training.briefing import briefing
    from endplate.questions.training.shipped import training_of

    found = training_of(training)
    _code(learner), _recorded(record)  # told before anything is asked
    cut = found.show.at
    document = {**briefing(found), "section": _rows(found, cut)}
    _show(document, _picture(found, cut, options.out), options)
    _attempt(found, ask(found, document, options), Kept(record, attempt, learner), options)
    return ExitCode.DONE


def _attempt(training: Training, answer: dict[str, Any], kept: Kept, options: Options) -> int:
    from endplate.app.trained import attempted
    from endplate.case.training import BLIND

    learner = _code(kept.learner)
    held = _recorded(kept.record)
    number = kept.number or _next(training, held, learner)
    result = attempted(training, answer, number, drawings=options.out is not None)
    files = _drawn(result, options.out)
    if kept.record is not None:
        _keep(kept.record, held, result, learner)

    def show() -> None:
        _tell(result, files, options)
        if training.level == BLIND and kept.record is None:
            text = "The hand errs by the number of the attempt, and nothing is recorded: --attempt {next} or"
            say(text.format(next=number + 1) + " --record FILE gives the next.", options)

    emit(result, options, "attempt", show)
    return ExitCode.DONE if result["passed"] else ExitCode.ANSWER_IS_NO


def _read(path: Path) -> dict[str, Any]:
    """An answer of a JSON file.

    Raises:
        InputError: it cannot be read as one.
    """
    try:
        found = json.loads(raw_of(path, _LARGEST).decode("utf-8"))
    except Unread as error:
        message = f"The answer cannot be read: {error.why or 'it is larger than 1 MB'}"
        remedy = "Give the path of a JSON file."
        raise InputError(message, rule="file", remedy=remedy, file=str(path)) from error
    except (ValueError, RecursionError) as error:
        message, remedy = "The answer is no JSON", 'Write it as {"needles": [...]}.'
        raise InputError(message, rule="json", remedy=remedy, file=str(path)) from error
    if not isinstance(found, dict):
        message = "The answer is no JSON object"
        raise InputError(message, rule="json", remedy="Begin with {.", file=str(path))
    return found


def _drawn(result: dict[str, Any], out: Path | None) -> list[Path]:
    """The drawings of the reveal as files of the folder, in place of their text in the result."""
    if out is None:
        return []
    folder, drawings = ready_folder(out), result.pop("drawings")
    sections = [(f"section_{k + 1}.svg", svg) for k, svg in enumerate(drawings["section"])]
    views = [(f"{view}.svg", drawings[view]) for view in ("front", "back")]
    return [write_text(folder / name, svg) for name, svg in (*sections, *views)]


def _code(learner: str) -> str:
    """The code of a learner, known to be no name.

    Raises:
        InputError: it is none.
    """
    if learner:
        from endplate.store.private import check_code

        check_code("--learner", learner)
    return learner


def _recorded(path: Path | None) -> str:
    """What a file of attempts holds, before anything is scored; a mark of UTF-8 is read over.

    Raises:
        InputError: it is none of attempts.
    """
    from endplate.app.trained import csv_of

    if path is None:
        return ""
    try:
        held = raw_of(path, _LARGEST_RECORD).decode("utf-8-sig") if os.path.exists(path) else ""
    except (Unread, ValueError) as error:
        message = f"{path} cannot be read"
        raise InputError(message, rule="record", remedy="Name another file.", field="--record") from error
    if not os.path.isdir(path.parent):
        message = f"{path} cannot be written: there is no folder {path.parent}"
        remedy = "Name a file in a folder that is there."
        raise InputError(message, rule="record", remedy=remedy, field="--record")
    if held.strip() and not (held.startswith(csv_of([])) and _is_csv(held)):
        message = f"{path} holds something else than attempts"
        raise InputError(message, rule="record", remedy="Name another file.", field="--record")
    return held


def _is_csv(held: str) -> bool:
    from endplate.app.trained import rows_of

    try:
        rows_of(held)
    except csv.Error:
        return False
    return True


def _next(training: Training, held: str, learner: str) -> int:
    """The number of a learner's attempt by what a file records."""
    from endplate.app.trained import next_number, of_learner, rows_of

    return next_number(training.training, of_learner(rows_of(held), learner))


def _keep(path: Path, held: str, result: dict[str, Any], learner: str) -> None:
    """Add a line, beginning it anew where the last one was left open."""
    from endplate.app.trained import csv_of, row_of

    held = held if held.strip() else csv_of([])
    held = held if held.endswith("\n") else held + "\n"
    try:
        write_text(path, held + csv_of([row_of(result, learner)], header=False))
    except InputError as error:
        error.field, error.remedy = "--record", "Name a file that you may write."
        raise


def _tell(result: dict[str, Any], files: list[Path], options: Options) -> None:
    verdict = "passed" if result["passed"] else "not passed"
    told = f"{result['score']:g} of 100, {verdict} (attempt {result['attempt']})"
    say(f"{result['title']}: {told}", options)
    for reason in result["reasons"]:
        tell(f"  Not passed: {reason['why']}", options)
    for row in result["failed"]:
        source = row["source"]["citation"] if row["source"] else "no source"
        tell(f"  {row['structure']}: {row['basis']}, {source}", options)
    for part in result["parts"]:
        name = part["part"].replace("_", " ")
        tell(f"  {name:15} {part['points']:5.1f} of {part['of']:3}  {part['why']}", options)
    for row in result["muscles"]:
        told = f"{row['held_U']:6.1f} U  {row['beyond_half'] * PERCENT:3.0f} % of endplates half blocked"
        mark = "*" if row["target"] else " "
        force = f"force down to {row['lowest_force'] * PERCENT:.0f} %"
        say(f"  {mark} {row['muscle'].replace('_', ' '):32} {told}, {force}", options)
    for sentence in _explained(result):
        tell(f"  {sentence}", options)
    for text in result["corrections"]:
        tell(f"  {text}", options)
    for row in result["held"]:
        tell(f"  Range held: {row['text']} ({row['basis']}: {row['source']['citation']})", options)
    tell(str(result["feedback"]), options)
    marks = result["marks"]
    if marks is not None:
        share = round(marks["share"] * PERCENT)
        tell(f"A pass takes {marks['points']:g} points and {share} % of the points of every part.", options)
    for path in files:
        say(f"Wrote {path}", options)
    tell(TRAINER, options)
    tell(BANNER, options)
