"""Ask for an answer in the terminal, by keyboard alone; what cannot be read is asked again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import typer

from endplate.app.emit import tell
from endplate.app.options import Options
from endplate.case import Training
from endplate.case.training import NAME, WRONG

_ASKED = (
    ("at", "Share of the segment's length, from proximal (empty: no more needles)", 0.0, 1.0),
    ("angle_deg", "Angle on the skin, deg (0 front, 90 medial, 180 back, 270 lateral)", -360.0, 360.0),
    ("depth_mm", "Depth, mm", 0.0, 200.0),
    ("tilt_deg", "Tilt away from the axis, deg (empty: 0)", -89.0, 89.0),
    ("dose", "Units", 0.0, 2000.0),
)
_MAY_BE_EMPTY = {"at": None, "tilt_deg": 0.0}


def ask(training: Training, document: dict[str, Any], options: Options) -> dict[str, Any]:
    """The answer that somebody types.

    Args:
        training: what is asked.
        document: its briefing.
        options: whether there is talk.
    """
    task = document["task"]
    if training.level == NAME:
        return {"muscle": _one_of(task["choices"], "The muscle")}
    if training.level == WRONG:
        return {"cause": _one_of([row["cause"] for row in task["causes"]], "The cause")}
    needles: list[dict[str, Any]] = []
    while len(needles) < training.most_needles:
        tell(f"Needle {len(needles) + 1} of at most {training.most_needles}", options)
        needle = _needle()
        if needle is None:
            break
        needles.append(needle)
    return {"needles": needles}


def _one_of(known: list[str], what: str) -> str:
    """A name or its number in the list."""

    def read(text: str) -> str | None:
        if text.isdigit() and 1 <= int(text) <= len(known):
            return known[int(text) - 1]
        return text if text in known else None

    listed = ", ".join(f"{k + 1} {name}" for k, name in enumerate(known))
    return str(_until(f"{what} ({listed})", read, "Type a name or a number of the list."))


def _needle() -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for key, question, low, high in _ASKED:
        number = _until(question, _number(key, low, high), f"Type a number from {low:g} to {high:g}.")
        if number == "":
            return None
        found[key] = f"{number:g} U" if key == "dose" else number
    return found


def _number(key: str, low: float, high: float) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        if not text and key in _MAY_BE_EMPTY:
            empty = _MAY_BE_EMPTY[key]
            return "" if empty is None else empty
        try:
            number = float(text.replace(",", ".").removesuffix("U").strip())
        except ValueError:
            return None
        return number if math.isfinite(number) and low <= number <= high else None

    return read


def _until(question: str, read: Callable[[str], Any], remedy: str) -> Any:
    """Ask until the answer can be read."""
    while True:
        text = typer.prompt(question, default="", show_default=False, err=True).strip()
        found = read(text)
        if found is not None:
            return found
        typer.echo(remedy, err=True)
