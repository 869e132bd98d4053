"""One endplate on some days as six panels in one SVG, legible in grey: days differ by dash and by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from endplate.outputs.panel_sheet import names_beside, sheet
from endplate.outputs.svg import Axis, axis_for

_WIDTH, _HEIGHT = 430, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 72, 44, 44
_BAR_SHARE = 0.6  # of the room a day has
_DASHES = ("none", "8 3", "3 3", "9 3 2 3", "1 3", "14 4", "6 2 1 2 1 2", "2 6")
_TINTS = {"empty": "#ffffff", "docked": "#cfcfcf", "primed": "#8f8f8f", "fused": "#333333"}
_STYLE = (
    "<style>.jn{font:12px 'DejaVu Sans',Arial,sans-serif;fill:#111}.jn .h{font-weight:bold;font-size:14px}"
    ".jn .p{font-weight:bold}.jn .g{stroke:#ccc;stroke-width:.7}.jn .z{stroke:#111;stroke-width:1}"
    ".jn .l{fill:none;stroke:#111;stroke-width:1.6}.jn .w{stroke:#111;stroke-width:1.2}"
    ".jn .t{stroke:#999;stroke-width:3}.jn .b{stroke:#111;stroke-width:.9}"
    ".jn .n{paint-order:stroke;stroke:#fff;stroke-width:2.5px;stroke-linejoin:round}</style>"
)
_NEEDED = "threshold"
_HUNDREDTH = 0.01


def panels(document: Mapping[str, Any]) -> str:
    """Cleaved share, pools, potential, transmission and two trains of quanta, as one SVG.

    Args:
        document: what `view junction` found.
    """
    days = document["days"]
    drawn = [_cleaved(days), _pools(days), _potential(document), _transmission(days), *_trains(document)]
    title = f"{document['muscle'].replace('_', ' ')}, {document['side']}: one endplate".capitalize()
    return sheet("jn", _STYLE, title, _whose(document), _told(document), drawn, (_WIDTH, _HEIGHT))


def _whose(document: Mapping[str, Any]) -> str:
    return (
        f"{document['person']}; {document['dose_U']:g} U of {document['product']}; "
        f"median exposure, {document['exposure_U_h_per_mL']:.3g} U h/mL"
    )


def _told(document: Mapping[str, Any]) -> str:
    """The picture in sentences."""
    return " ".join(
        f"Day {row['day']:g}: {row['cleaved_share']:.2g} of SNAP-25 cleaved, {row['single']['quanta']:.3g} "
        f"quanta, {row['single']['transmission']:.2g} of impulses pass."
        for row in document["days"]
    )


def _axis(numbers: Sequence[float], title: str) -> Axis:
    return axis_for([], title, cover=(0, *numbers))


def _y(number: float, axis: Axis) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (axis.high - number) / (axis.high - axis.low)


def _at(share: float) -> float:
    """The place across a panel, px, of a share of its width."""
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * share


def _frame(title: str, axis: Axis, across: str, marks: Sequence[tuple[float, str]]) -> list[str]:
    """Title, levels and marks of a panel; ``marks`` are places (share of the width) with their names."""
    end, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [f'<text class="p" x="{_LEFT}" y="18">{escape(title)}</text>']
    for level in axis.ticks:
        y = _y(level, axis)
        parts.append(f'<line class="g" x1="{_LEFT}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{level:.6g}</text>')
    parts.append(f'<line class="z" x1="{_LEFT}" x2="{end}" y1="{floor}" y2="{floor}"/>')
    parts += [
        f'<text x="{_at(share):.1f}" y="{floor + 16}" text-anchor="middle">{escape(name)}</text>'
        for share, name in marks
    ]
    middle = (_TOP + floor) / 2
    parts.append(f'<text x="{_at(0.5):.0f}" y="{_HEIGHT - 10}" text-anchor="middle">{escape(across)}</text>')
    parts.append(
        f'<text transform="translate(14 {middle:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(axis.title)}</text>"
    )
    return parts


def _days_frame(days: Sequence[Mapping[str, Any]], title: str, axis: Axis) -> list[str]:
    marks = [((k + 0.5) / len(days), f"{row['day']:g}") for k, row in enumerate(days)]
    return _frame(title, axis, "day after injection", marks)


def _bar(k: int, count: int, span: tuple[float, float], axis: Axis, tint: str) -> str:
    """A bar on day ``k`` of ``count`` from one level to another."""
    low, high = _y(span[0], axis), _y(span[1], axis)
    left, wide = _at((k + (1 - _BAR_SHARE) / 2) / count), _at(_BAR_SHARE / count) - _LEFT
    return (
        f'<rect class="b" x="{left:.1f}" y="{high:.1f}" width="{wide:.1f}" height="{low - high:.1f}" '
        f'fill="{tint}"/>'
    )


def _over_bar(k: int, count: int, level: float, axis: Axis, text: str) -> str:
    x, y = _at((k + 0.5) / count), _y(level, axis) - 4
    return f'<text class="n" x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'


def _shares(days: Sequence[Mapping[str, Any]], shares: Sequence[float], title: str) -> str:
    axis = _axis((1,), "share")
    parts = _days_frame(days, title, axis)
    for k, share in enumerate(shares):
        parts.append(_bar(k, len(days), (0, share), axis, _TINTS["primed"]))
        parts.append(_over_bar(k, len(days), share, axis, _short(share)))
    return "".join(parts)


def _short(share: float) -> str:
    return f"<{_HUNDREDTH}" if 0 < share < _HUNDREDTH else f"{share:.2f}"


def _cleaved(days: Sequence[Mapping[str, Any]]) -> str:
    return _shares(days, [row["cleaved_share"] for row in days], "SNAP-25 cleaved")


def _transmission(days: Sequence[Mapping[str, Any]]) -> str:
    return _shares(days, [row["single"]["transmission"] for row in days], "Single impulses that pass")


def _pools(days: Sequence[Mapping[str, Any]]) -> str:
    """Docking sites at rest, stacked, named beside the last day's bar."""
    axis = _axis([sum(row["pools_at_rest"].values()) for row in days], "docking sites")
    parts = _days_frame(days, "Docking sites at rest", axis)
    names: list[tuple[float, str]] = []
    for k, row in enumerate(days):
        level = 0.0
        for name in ("primed", "docked", "empty"):
            top = level + row["pools_at_rest"][name]
            parts.append(_bar(k, len(days), (level, top), axis, _TINTS[name]))
            if k == len(days) - 1:
                names.append((_y((level + top) / 2, axis), name))
            level = top
    return "".join([*parts, *_names(names)])


def _names(names: Sequence[tuple[float, str]]) -> list[str]:
    """Names right of a panel."""
    return names_beside(names, _WIDTH - _RIGHT + 6, _HEIGHT - _BOTTOM + 4)


def _threshold(level: float, axis: Axis) -> str:
    """The level that an impulse must reach; its name stands right of the panel."""
    y = _y(level, axis)
    return f'<line class="t" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _potential(document: Mapping[str, Any]) -> str:
    """The endplate potential of a single impulse, mean and one standard deviation, over the threshold."""
    days = document["days"]
    means = [row["single"]["potential_mV"] for row in days]
    spreads = [m * row["single"]["potential_cv"] for m, row in zip(means, days, strict=True)]
    most = [m + sd for m, sd in zip(means, spreads, strict=True)]
    axis = _axis([*most, document["threshold"]["mV"]], "mV")
    parts = _days_frame(days, "Endplate potential, mean and SD", axis)
    for k, (mean, spread) in enumerate(zip(means, spreads, strict=True)):
        parts.append(_bar(k, len(days), (0, mean), axis, _TINTS["docked"]))
        x, low, high = _at((k + 0.5) / len(days)), _y(max(0, mean - spread), axis), _y(mean + spread, axis)
        parts.append(f'<line class="w" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>')
    needed = document["threshold"]["mV"]
    return "".join([*parts, _threshold(needed, axis), *_names([(_y(needed, axis), _NEEDED)])])


def _trains(document: Mapping[str, Any]) -> list[str]:
    """Quanta of every impulse, one line a day, one panel a rate, on one axis."""
    days, needed = document["days"], document["threshold"]["quanta"]
    rates = list(days[0]["trains"])
    most = [max(row["trains"][rate]["quanta"]) for row in days for rate in rates]
    axis = _axis([*most, needed], "quanta")
    return [_train_panel(days, rate, axis, needed) for rate in rates]


def _train_panel(days: Sequence[Mapping[str, Any]], rate: str, axis: Axis, needed: float) -> str:
    count = len(days[0]["trains"][rate]["quanta"])
    places = [(k + 0.5) / count for k in range(count)]
    marks = [(share, str(k + 1)) for k, share in enumerate(places)]
    parts = _frame(f"Quanta in a train at {rate.replace('_', ' ')}", axis, "impulse", marks)
    parts.append(_threshold(needed, axis))
    names = [(_y(needed, axis), _NEEDED)]
    for row, dash in zip(days, _DASHES, strict=False):
        quanta = row["trains"][rate]["quanta"]
        points = " ".join(f"{_at(x):.1f},{_y(q, axis):.1f}" for x, q in zip(places, quanta, strict=True))
        parts.append(f'<polyline class="l" stroke-dasharray="{dash}" points="{points}"/>')
        names.append((_y(quanta[-1], axis), f"day {row['day']:g}"))
    return "".join([*parts, *_names(names)])
