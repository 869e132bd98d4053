"""One joint before and after treatment as panels in one SVG, legible in grey."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from endplate.outputs.panel_sheet import names_beside, sheet
from endplate.outputs.svg import Axis, axis_for

_WIDTH, _HEIGHT = 430, 270
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 84, 36, 46
_DASHES = {"before": "7 4", "passive": "1 3"}
_STYLE = (
    "<style>.jt{font:12px 'DejaVu Sans',Arial,sans-serif;fill:#111}.jt .h{font-weight:bold;font-size:14px}"
    ".jt .p{font-weight:bold}.jt .g{stroke:#ccc;stroke-width:.7}.jt .z{stroke:#111;stroke-width:1}"
    ".jt .l{fill:none;stroke:#111;stroke-width:1.7;stroke-linejoin:round}</style>"
)


def panels(document: Mapping[str, Any]) -> str:
    """Every panel of the document, as one SVG.

    Args:
        document: what `view joint` found.
    """
    drawn = [_panel(panel, _cover(document)) for panel in document["panels"]]
    where = f"{document['joint']} {document['movement']}, {document['side']}"
    title = f"{where}: {document['test']}, {document['law']} law, day {document['day']:g}".capitalize()
    under = f"Before and on day {document['day']:g}; {document['person']}"
    return sheet("jt", _STYLE, title, under, _told(document), drawn, (_WIDTH, _HEIGHT))


def _told(document: Mapping[str, Any]) -> str:
    """The picture in sentences: the highest point of every line."""
    return " ".join(
        f"{panel['title']}, {line['name']}: at most {max(line['values']):.3g} {panel['up'].split(', ')[-1]}."
        for panel in document["panels"]
        for line in panel["lines"]
    )


def _span(numbers: list[float], title: str) -> Axis:
    return axis_for([], title, cover=(0, *numbers))


def _cover(document: Mapping[str, Any]) -> list[float]:
    """Levels that every panel shows: those of all speeds of a stretch, so that they compare at a glance."""
    if document["test"] != "tardieu":
        return []
    return [x for panel in document["panels"] for line in panel["lines"] for x in line["values"]]


def _panel(panel: Mapping[str, Any], cover: list[float]) -> str:
    """Axes, ticks and lines of one panel; names stand right of it at the lines' ends."""
    across = _span(panel["at"], panel["across"])
    up = _span([*cover, *(x for line in panel["lines"] for x in line["values"])], panel["up"])
    end, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM

    def x(number: float) -> float:
        return _LEFT + (end - _LEFT) * (number - across.low) / (across.high - across.low)

    def y(number: float) -> float:
        return _TOP + (floor - _TOP) * (up.high - number) / (up.high - up.low)

    parts = [f'<text class="p" x="{_LEFT}" y="20">{escape(panel["title"])}</text>']
    for level in up.ticks:
        parts.append(f'<line class="g" x1="{_LEFT}" x2="{end}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y(level) + 4:.1f}" text-anchor="end">{level:.6g}</text>')
    parts += [
        f'<text x="{x(at):.1f}" y="{floor + 16}" text-anchor="middle">{at:.6g}</text>' for at in across.ticks
    ]
    parts.append(f'<line class="z" x1="{_LEFT}" x2="{end}" y1="{y(0):.1f}" y2="{y(0):.1f}"/>')
    middle, half = (_LEFT + end) / 2, (_TOP + floor) / 2
    across_name, up_name = escape(across.title), escape(up.title)
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 8}" text-anchor="middle">{across_name}</text>')
    parts.append(
        f'<text transform="translate(14 {half:.0f}) rotate(-90)" text-anchor="middle">{up_name}</text>'
    )
    names = []
    for line in panel["lines"]:
        points = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(panel["at"], line["values"], strict=True))
        dash = _DASHES.get(line["name"], "none")
        parts.append(f'<polyline class="l" stroke-dasharray="{dash}" points="{points}"/>')
        names.append((y(line["values"][-1]), line["name"]))
    return "".join([*parts, *names_beside(names, end + 6, floor + 4)])
