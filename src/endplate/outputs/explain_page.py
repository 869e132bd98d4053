"""Why a session did less than was hoped as one self-contained HTML page, read from the document alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from endplate.outputs import explained, notes, phrases
from endplate.outputs.language import _, spoken
from endplate.outputs.learnt import left_out
from endplate.outputs.pages import rendered
from endplate.outputs.svg import WIDTH, drawing

Document = Mapping[str, Any]

_ROW, _BAR, _TOP, _FOOT = 42, 14, 8, 26  # px: a cause with its bar, the bar, above and below all
_SIDE = 8
_TICKS = 4


def render_explain(document: Document) -> str:
    """One HTML page from an ``explain`` document, in the language spoken."""
    return rendered(
        "explain",
        result=document,
        code=document["inputs"]["patient"]["code"],
        language=spoken(),
        explained=explained,
        joints=[_joint(row) for row in document["joints"]],
        notes=list(left_out(document)),
        recovery=notes.recovery(document),
        unsure=notes.unmeasured(document),
    )


def _joint(row: Document) -> dict[str, Any]:
    """What the page says of one joint."""
    held = [one for one in row["causes"] if one["possible"] and one["support"] is not None]
    return {
        "name": explained.place(row),
        "verdict": list(explained.verdict(row)),
        "judged": list(explained.judged(row)),
        "said": list(explained.causes(row)),
        "settling": list(explained.settling(row)),
        "again": list(explained.next_session(row)),
        "causes": list(explained.cause_rows(row)),
        "looks": list(explained.look_rows(row)),
        "chart": Markup(_chart(explained.place(row), held)) if held else "",
    }


def _chart(place: str, held: list[Document]) -> str:
    """Bars of support with half of the copies as a line and the support before the visits as a mark."""
    told = "; ".join(f"{explained.name(one['cause'])} {phrases.share(one['support'])}" for one in held)
    height = _TOP + _ROW * len(held) + _FOOT
    parts = [*_axis(height)]
    for place_, one in enumerate(held):
        parts += _bar(_TOP + _ROW * place_, one)
    return drawing(f"{place}: {_(explained.CAPTION)}", told, parts, height)


def _x(share: float) -> float:
    return _SIDE + share * (WIDTH - 2 * _SIDE)


def _axis(height: float) -> Iterator[str]:
    """Lines and labels of the shares."""
    for tick in range(_TICKS + 1):
        share = tick / _TICKS
        ends = ("start", "middle", "end")[(tick > 0) + (tick == _TICKS)]
        yield f'<line class="grid" x1="{_x(share):g}" x2="{_x(share):g}" y1="0" y2="{height - _FOOT:g}"/>'
        label, at = escape(phrases.share(share)), f'x="{_x(share):g}" y="{height - _SIDE:g}"'
        yield f'<text class="tick" {at} text-anchor="{ends}">{label}</text>'


def _bar(top: float, one: Document) -> Iterator[str]:
    """One cause: its name, its bar, the middle half of copies, and where it stood before the visits."""
    y = top + _ROW - _BAR - _SIDE
    middle = y + _BAR / 2
    name, width = escape(explained.name(one["cause"])), _x(one["support"]) - _SIDE
    yield f'<text class="name" x="{_SIDE}" y="{y - _SIDE / 2:g}">{name}</text>'
    yield f'<rect class="inner" x="{_SIDE}" y="{y:g}" width="{width:.1f}" height="{_BAR}"/>'
    low, high = _x(one["copies"]["p25"]), _x(one["copies"]["p75"])
    yield f'<line class="median" x1="{low:.1f}" x2="{high:.1f}" y1="{middle:g}" y2="{middle:g}"/>'
    if one["prior"]["support"] is not None:
        at = _x(one["prior"]["support"])
        yield f'<line class="was" x1="{at:.1f}" x2="{at:.1f}" y1="{y - 2:g}" y2="{y + _BAR + 2:g}"/>'
