"""An attempt with its drawings, as the command and the server give it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from endplate.app.plain import plain
from endplate.case import Training
from endplate.outputs.language import told
from endplate.questions.train import Attempt, attempt, needles_of

COLUMNS = ("learner", "training", "level", "seed", "at", "attempt", "score", "passed", "reason", "parts")
"""What is kept of an attempt: of whom by code, never a name; ``reason`` tells kinds of what failed it."""
_SHOWN = {1: "shapes", 4: "skin"}
_APART = 0.03


def attempted(
    training: Training, answer: Mapping[str, Any], number: int = 1, *, drawings: bool = True
) -> dict[str, Any]:
    """The result of an attempt in the language spoken, with the pictures of the reveal.

    Args:
        training: what was asked.
        answer: to it.
        number: which attempt it is, from 1; the hand's error goes by it.
        drawings: whether pictures are wanted.

    Raises:
        InputError: the answer cannot be read or is not one to this level.
    """
    found = attempt(training, answer, number)
    document: dict[str, Any] = plain({**found.to_dict(), "title": told(training.title, verbatim=True)})
    if "explained" in document:
        document["explained"] = _in_words(document["explained"])
    for part in document["parts"]:
        part["why"] = told(part["why"], part["said"])
    for reason in document["reasons"]:
        reason["why"] = told(reason["why"], reason["said"])
    document["corrections"] = [told(row["text"], row["said"]) for row in document["corrections"]]
    for row in document["failed"]:
        row["structure"] = told(row["structure"])
    document["feedback"] = told(document["feedback"], document.pop("feedback_said"))
    for finding in document["checks"]:
        finding["message"] = told(finding["message"], finding["said"])
    if drawings:
        document["drawings"] = _drawings(found)
    return document


def _in_words(joint: Mapping[str, Any]) -> dict[str, Any]:
    """A joint of `explain` with its words, and what must be known of them."""
    from endplate.outputs.explained import about, joint_words

    return {"joint": dict(joint), "told": joint_words(joint), "about": about()}


def _drawings(found: Attempt) -> dict[str, Any]:
    from endplate.outputs.training_view import Drawn, reveal_section, reveal_view
    from endplate.questions.training.field import field_at

    training, shown = found.training, found.shown
    place = (shown.limb, shown.names, shown.segment, training.show.side)
    needles = tuple(Drawn(each.number, each.entry_mm, each.tip_mm, each.dose_U) for each in found.placed)
    muscles = found.to_dict()["muscles"]
    sections = [
        reveal_section(*place, at, needles, field_at(training, shown, found.placed, at), muscles)
        for at in _levels(found)
    ]
    views = {view: reveal_view(*place, view, needles) for view in ("front", "back")}
    return {"section": sections, **views}


def _levels(found: Attempt) -> list[float]:
    """Where sections are cut: through every needle, once where several lie together; else where shown."""
    levels: list[float] = []
    for each in sorted(found.placed, key=lambda each: each.at):
        if not levels or each.at - levels[-1] > _APART:
            levels.append(each.at)
    return levels or [found.training.show.at]


def section_of(training: Training, at: float, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The section to aim in, with the needles as they were aimed.

    Args:
        training: whose level decides what is shown.
        at: where to cut, share of the segment's length.
        rows: needles as answered.

    Raises:
        InputError: the needles cannot be read.
    """
    from endplate.outputs.training_view import Drawn, aiming_svg, place_of
    from endplate.questions.training.limb import limb_for
    from endplate.questions.training.needles import place

    shown, side = limb_for(training), training.show.side
    needles = tuple(
        Drawn(each.number, each.entry_mm, each.tip_mm, each.dose_U)
        for each in place(training, shown, needles_of(rows))
    )
    how = _SHOWN.get(training.level, "names")
    asked = training.muscles[0] if training.level == 1 else None
    svg = aiming_svg(shown.limb, shown.names, shown.segment, side, at, needles, shown=how, asked=asked)
    return {"svg": svg, **place_of(shown.limb, at, side), "labels": how == "names"}


def view_of(training: Training, view: str) -> dict[str, Any]:
    """The limb from the front or the back, to choose a level on, and where in the drawing it lies.

    Args:
        training: whose level decides what is shown.
        view: ``front`` or ``back``.
    """
    from endplate.outputs.limb_frame import view_place
    from endplate.outputs.training_view import aiming_view
    from endplate.questions.training.limb import limb_for

    shown = limb_for(training)
    how = _SHOWN.get(training.level, "names")
    svg = aiming_view(shown.limb, shown.names, shown.segment, training.show.side, view, shown=how)
    return {"svg": svg, **view_place()}


def row_of(result: Mapping[str, Any], learner: str = "") -> dict[str, Any]:
    """What is kept of an attempt: training, time, score, what failed it and points.

    Args:
        result: of the attempt.
        learner: a code; "" without one.
    """
    return {
        "learner": learner,
        "training": result["training"],
        "level": result["level"],
        "seed": result["seed"],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "score": result["score"],
        "passed": result["passed"],
        "attempt": result["attempt"],
        "reason": ";".join(dict.fromkeys(row["kind"] for row in result["reasons"])),
        "parts": {part["part"]: part["points"] for part in result["parts"]},
    }


def of_learner(rows: Iterable[Mapping[str, Any]], learner: str | None) -> list[dict[str, Any]]:
    """The attempts of a learner; "" for those without a code, None for everybody's."""
    return [dict(row) for row in rows if learner is None or row.get("learner", "") == learner]


def next_number(training: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """The number of the next attempt at a training after those kept.

    Args:
        training: its id.
        rows: as :func:`row_of` makes them, or as a CSV file holds them.
    """
    own = [row for row in rows if row.get("training") == training]
    numbers = [int(row["attempt"]) for row in own if str(row.get("attempt") or "").isdecimal()]
    return max([len(own), *numbers]) + 1


def csv_of(rows: Iterable[Mapping[str, Any]], header: bool = True) -> str:
    """Attempts as CSV; the points of the parts stand in one column.

    Args:
        rows: as :func:`row_of` makes them.
        header: whether the first line names the columns.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    if header:
        writer.writeheader()
    for row in rows:
        parts = ";".join(f"{name}={points:g}" for name, points in (row.get("parts") or {}).items())
        writer.writerow({**row, "passed": str(row["passed"]).lower(), "parts": parts})
    return text.getvalue()


def rows_of(text: str) -> list[dict[str, str]]:
    """The attempts of a CSV file; raises ``csv.Error`` where it cannot be read."""
    return list(csv.DictReader(io.StringIO(text, newline="")))
