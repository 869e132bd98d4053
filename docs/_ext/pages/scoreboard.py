"""Published studies against the model, hits and misses alike, as last scored."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from endplate.app.server.kept import BOARD
from endplate.outputs import outcomes
from pages.markup import linked, raw, table, text

Row = dict[str, Any]

_INTRO = """---
hide-toc: true
---

# Scoreboard

Model version {model_version}, by `{command}`: of {outcomes} outcomes {simulated} can be simulated, and of
those that carry a number or a bound, what was printed lies where the model expects a group of that size
in the shares below. *Calibration* studies taught the model, so most of these hits are fits; *validation*
studies did not. **No study of adults is held back**: for adults, leaving one calibration study out at a
time is the honest test ([what it gave](../calibration.md)). A bound or a direction (<, >) is a weak test.
[How a study is scored](../reproduce.md).

| studies | role | numbers inside the middle 80 % | bounds kept | not simulated |
| --- | --- | --- | --- | --- |
{tally}

In the table the farthest misses come first; *distance* is in half-widths of the interval, 1 at its edge.

"""
_HEADS = ("study", "what was measured", "reported", "model: median (middle 80 %)", "distance", "answer")
_NEAR, _FAR = "inside", "missed"
_ANSWERS = {"above": _FAR, "below": _FAR, "broken": "bound broken", "kept": "bound kept"}


def _distance(row: Row) -> float:
    """How far the reported number lies from the median, in half-widths; 0 where none is told."""
    found = row["predicted"]
    if row["cannot"] or row["observed"] is None or not found or found["p10"] == found["p90"]:
        return 0.0
    side = found["p90"] - found["p50"] if row["observed"] > found["p50"] else found["p50"] - found["p10"]
    return float(abs(row["observed"] - found["p50"]) / (side or (found["p90"] - found["p10"]) / 2))


def _answer(row: Row) -> str:
    verdict = outcomes.verdict(row)
    return _ANSWERS.get(verdict, verdict)


def _tally(studies: list[Row]) -> Iterator[str]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for study in studies:
        held = counts.setdefault((study["people"]["group"], study["role"]), Counter())
        held.update(_answer(row) for row in study["outcomes"])
    for (people, role), held in sorted(counts.items()):
        numbers = f"{held[_NEAR]} of {held[_NEAR] + held[_FAR]}"
        bounds = f"{held['bound kept']} of {held['bound kept'] + held['bound broken']}"
        yield f"| {people} | {role} | {numbers} | {bounds} | {held['not simulated']} |"


def _cells(study: Row, row: Row) -> tuple[str, ...]:
    source, distance = study["sources"][0], _distance(row)
    when = f", {outcomes.at(row)}" if row["at"] else ""
    return (
        f"{linked(study['study'], source.get('url'))}<br><small>{text(study['title'])}</small>",
        text(f"{outcomes.arm(row)}: {outcomes.what(row)}{when}"),
        text(outcomes.observed(row)),
        text(row["cannot"] or outcomes.interval(row)),
        f"{distance:.1f}" if distance else "",
        _answer(row),
    )


def scoreboard_page() -> str:
    """The scoreboard."""
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    held = [(study, row) for study in board["studies"] for row in study["outcomes"]]
    held.sort(key=lambda pair: -_distance(pair[1]))
    rows = [
        (
            {"answer": _answer(row), "role": study["role"], "people": study["people"]["group"]},
            _cells(study, row),
        )
        for study, row in held
    ]
    choices = {"answer": "Answer", "role": "Role", "people": "People"}
    found = table("Outcomes of published studies", _HEADS, rows, choices)
    tally = "\n".join(_tally(board["studies"]))
    return _INTRO.format(**board, **board["totals"], tally=tally) + raw(found)
