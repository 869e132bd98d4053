"""A small SVG layer: one line with its 50 % and 90 % bands over weeks, legible in grey."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Numbers = Sequence[float | None]
Band = Mapping[str, Numbers]

_WIDTH, _HEIGHT = 440, 230
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 12, 14, 42
_TICKS = 4
_DAYS_PER_WEEK = 7
_WEEK_STEP = 4


@dataclass(frozen=True)
class Axis:
    """The vertical axis: its title with the unit, and its least and greatest value."""

    title: str
    low: float
    high: float


def axis_for(band: Band, title: str, low: float | None = None, high: float | None = None) -> Axis:
    """An axis wide enough for the 90 % band, kept to ``low`` and ``high`` where given."""
    numbers = [x for name in ("p05", "p95") for x in band[name] if x is not None]
    least, most = min(numbers, default=0), max(numbers, default=1)
    room = (most - least) / 10 or 1 / 2
    return Axis(title, least - room if low is None else low, most + room if high is None else high)


def _points(t_d: Sequence[float], numbers: Numbers, axis: Axis) -> list[str]:
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    span = axis.high - axis.low
    points = []
    for day, number in zip(t_d, numbers, strict=True):
        if number is None:
            continue
        share = min(max((number - axis.low) / span, 0), 1)
        points.append(f"{_LEFT + width * day / t_d[-1]:.1f},{_TOP + height * (1 - share):.1f}")
    return points


def _area(t_d: Sequence[float], band: Band, low: str, high: str, axis: Axis, shade: str) -> str:
    outline = _points(t_d, band[high], axis) + _points(t_d, band[low], axis)[::-1]
    return f'<polygon class="{shade}" points="{" ".join(outline)}"/>'


def _grid(t_d: Sequence[float], axis: Axis) -> list[str]:
    width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    parts = []
    for k in range(_TICKS + 1):
        y = _TOP + height * (1 - k / _TICKS)
        label = f"{axis.low + (axis.high - axis.low) * k / _TICKS:.3g}"
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    for week in range(0, int(t_d[-1] // _DAYS_PER_WEEK) + 1, _WEEK_STEP):
        x = _LEFT + width * week * _DAYS_PER_WEEK / t_d[-1]
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{_TOP + height + 16}" text-anchor="middle">{week}</text>'
        )
    middle = _TOP + height / 2
    parts.append(
        f'<text class="axis" x="{_LEFT + width / 2}" y="{_HEIGHT - 6}" text-anchor="middle">weeks</text>'
    )
    parts.append(
        f'<text class="axis" transform="translate(14 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(axis.title)}</text>"
    )
    return parts


def band_chart(t_d: Sequence[float], band: Band, axis: Axis, title: str) -> str:
    """One chart as an SVG element.

    Args:
        t_d: days, ascending from 0.
        band: p05, p25, median, p75 and p95 over ``t_d``.
        axis: the vertical axis.
        title: what is shown, for the accessible name.
    """
    last = band["median"][-1]
    weeks = t_d[-1] / _DAYS_PER_WEEK
    desc = f"Median with 50 % and 90 % bands over {weeks:.0f} weeks; the median ends at {last}."
    name = escape(title, quote=True)
    parts = [
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{name}">',
        f"<title>{escape(title)}</title><desc>{escape(desc)}</desc>",
        *_grid(t_d, axis),
        _area(t_d, band, "p05", "p95", axis, "outer"),
        _area(t_d, band, "p25", "p75", axis, "inner"),
        f'<polyline class="median" points="{" ".join(_points(t_d, band["median"], axis))}"/>',
        "</svg>",
    ]
    return "".join(parts)
