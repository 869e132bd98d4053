"""Published studies against the model, hits and misses alike, as last scored."""

from __future__ import annotations

import json
from typing import Any

from endplate.app.server.kept import BOARD
from pages.markup import linked, raw, table, text, words

_INTRO = """---
hide-toc: true
---

# Scoreboard

Model version {model_version}, by `{command}`: of {outcomes} outcomes {simulated} can be simulated
and {inside_80} lie inside the middle 80 % of what the model expects of a group of that size. *Calibration*
studies taught the model; *validation* studies did not. What was missed stands here like what was hit; choose
`missed` to read the misses alone. [How a study is scored](../reproduce.md).

"""
_HEADS = ("study", "what was measured", "reported", "model: middle 80 %", "answer")


def _verdict(row: dict[str, Any]) -> str:
    if row["cannot"]:
        return "not simulated"
    if row["inside_80"] is None:
        return "no interval"
    return "inside" if row["inside_80"] else "missed"


def _measured(row: dict[str, Any]) -> str:
    of = " ".join(
        words(str(row[name])) for name in ("measure", "scale", "joint", "muscle", "event", "by") if row[name]
    )
    versus = f" against {row['versus']}" if row["versus"] else ""
    at = f", {row['at']}" if row["at"] else ""
    return f"{row['arm']}{versus}: {of}{at}"


def _span(row: dict[str, Any]) -> str:
    found = row["predicted"]
    if row["cannot"] or not found or found["p10"] is None:
        return text(row["cannot"] or "")
    return f"{found['p10']:.3g} to {found['p90']:.3g}"


def scoreboard_page() -> str:
    """The scoreboard."""
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    rows = []
    for study in board["studies"]:
        source = study["sources"][0]
        head = f"{linked(study['study'], source.get('url'))}<br><small>{text(study['title'])}</small>"
        people = study["people"]["group"]
        for row in study["outcomes"]:
            seen = row["observed"]
            said = "" if seen is None else f"{seen:.3g}{' ' + row['unit'] if row['unit'] else ''}"
            answer = _verdict(row)
            data = {"answer": answer, "role": study["role"], "people": people}
            rows.append((data, (head, text(_measured(row)), text(said), _span(row), answer)))
    found = table(
        "Outcomes of published studies",
        _HEADS,
        rows,
        {"answer": "Answer", "role": "Role", "people": "People"},
    )
    return _INTRO.format(**board, **board["totals"]) + raw(found)
