"""A small SVG layer: one line with its 50 % and 90 % bands over weeks, legible in grey."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.outputs.language import N_, _, figures

Numbers = Sequence[float | None]
Band = Mapping[str, Numbers]

WIDTH, HEIGHT = 440, 250
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 26, 46
_TICKS_WANTED = 5
_STEPS = (1, 2, 5, 10)
_WEEKS_LABELLED = 8
_MINUS = "\N{MINUS SIGN}"
_ON_DAY = N_("{number} on day {day}")


@dataclass(frozen=True)
class Axis:
    """The vertical axis: its title with the unit, its ends, the tick step and the level without treatment."""

    title: str
    low: float
    high: float
    step: float
    reference: float | None = None

    @property
    def ticks(self) -> list[float]:
        """The labelled levels, lowest first."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * k for k in range(count + 1)]

    def label(self, level: float) -> str:
        """A level as it is written, with a true minus."""
        return figures(f"{_tidy(level) if abs(level) > self.step / 2 else 0:g}".replace("-", _MINUS))


@dataclass(frozen=True)
class Given:
    """When injections were given, for the marks and the axis of a chart.

    Attributes:
        days: to be marked, from the first.
        several: whether there are more sessions than one; where only one is marked, the others are not on
            one day in all copies.
    """

    days: tuple[float, ...] = (0.0,)
    several: bool = False

    @property
    def axis(self) -> str:
        """Title of the axis of weeks."""
        if len(self.days) > 1:
            return _("weeks after the first injection (lines: injections)")
        return _("weeks after the first injection") if self.several else _("weeks after injection")

    @property
    def name(self) -> str:
        """What stands beside the first mark; nothing where others lie near."""
        if len(self.days) > 1:
            return ""
        return _("first injection") if self.several else _("injection")


ONCE = Given()


def has_numbers(band: Band) -> bool:
    """Whether there is anything to draw."""
    return any(number is not None for number in band["median"])


def axis_for(
    bands: Sequence[Band], title: str, *, cover: Sequence[float] = (), reference: float | None = None
) -> Axis:
    """An axis with round ends, wide enough for the 90 % bands.

    Args:
        bands: what is drawn on this axis; several charts may share one.
        title: what is measured, with its unit.
        cover: levels that must lie on the axis, so that a small effect looks small.
        reference: the level without treatment, drawn as a line.
    """
    numbers = [x for band in bands for name in ("p05", "median", "p95") for x in band[name] if x is not None]
    numbers += list(cover)
    least, most = min(numbers, default=0), max(numbers, default=1)
    step = _nice_step((most - least) / _TICKS_WANTED or 1)
    low = math.floor(_tidy(least / step)) * step
    high = math.ceil(_tidy(most / step)) * step
    return Axis(title, low, high if high > low else low + step, step, reference)


def band_chart(t_d: Sequence[float], band: Band, axis: Axis, title: str, given: Given = ONCE) -> str:
    """One chart as an SVG element.

    Args:
        t_d: days, ascending from 0.
        band: p05, p25, median, p75 and p95 over ``t_d``.
        axis: the vertical axis.
        title: what is shown, for the accessible name.
        given: when injections were given.
    """
    parts = [
        *levels(axis),
        *weeks_axis(t_d, given),
        area(t_d, band, ("p05", "p95"), axis, "outer"),
        area(t_d, band, ("p25", "p75"), axis, "inner"),
        *(line(t_d, band[name], axis, "edge") for name in ("p05", "p95")),
        line(t_d, band["median"], axis, "median"),
        *dose_markers(t_d, given),
    ]
    return drawing(title, describe(t_d, band), parts)


def drawing(title: str, told: str, parts: Sequence[str], height: float = HEIGHT) -> str:
    """A chart with its accessible name and description.

    Args:
        title: what is shown.
        told: the same as numbers in words.
        parts: the elements, in order of drawing.
        height: of the chart, px; its width is always the same.
    """
    name = escape(f"{title}. {told}", quote=True)
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{name}">'
    return "".join([head, f"<title>{escape(title)}</title><desc>{escape(told)}</desc>", *parts, "</svg>"])


def line_chart(t_d: Sequence[float], numbers: Numbers, axis: Axis, title: str) -> str:
    """One line as an SVG element, without a band.

    Args:
        t_d: days, ascending from 0.
        numbers: over ``t_d``.
        axis: the vertical axis.
        title: what is shown, for the accessible name.
    """
    known = [(day, number) for day, number in zip(t_d, numbers, strict=True) if number is not None]
    ends = known[:1] + known[-1:]
    told = "; ".join(_(_ON_DAY, number=short(number), day=f"{day:.0f}") for day, number in ends)
    parts = [*levels(axis), *weeks_axis(t_d), line(t_d, numbers, axis, "median"), *dose_markers(t_d)]
    return drawing(title, f"{told}.", parts)


def describe(t_d: Sequence[float], band: Band) -> str:
    """The chart in a sentence: start, furthest point and end of the median, with the 90 % range."""
    shown = [(day, *row) for day, *row in zip(t_d, band["median"], band["p05"], band["p95"], strict=True)]
    known = [(day, middle, low, high) for day, middle, low, high in shown if middle is not None]
    if not known:
        return _("No values.")
    start, end = known[0], known[-1]
    furthest = max(known, key=lambda row: abs(row[1] - start[1]))
    told = [
        _(_ON_DAY, number=short(middle), day=f"{day:.0f}") + _spread(low, high)
        for day, middle, low, high in dict.fromkeys((start, furthest, end))
    ]
    return _("Median and 90 % range: {values}.", values="; ".join(told))


def bar(share: float) -> str:
    """A bar of a given share of its cell, beside a number that says the same."""
    width = min(max(share, 0), 1)
    return (
        '<svg class="bar" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{width:.3f}" height="1"/></svg>'
    )


def _spread(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return ""
    return f" ({_('{low} to {high}', low=short(low), high=short(high))})"


def short(value: float) -> str:
    """Three significant digits with a true minus."""
    return figures(f"{value:.3g}".replace("-", _MINUS))


def _tidy(value: float) -> float:
    """The value without float dust."""
    return float(f"{value:.9g}")


def _nice_step(rough: float) -> float:
    """The next step up that counts in ones, twos or fives."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next((step * power for step in _STEPS if _tidy(rough / power) <= step), _STEPS[-1] * power)


def x_of(day: float, last_day: float) -> float:
    """The place of a day in a chart, px from the left."""
    return LEFT + (WIDTH - LEFT - RIGHT) * day / (last_day or 1)


def x_at(number: float, low: float, high: float) -> float:
    """The place of a number in a chart whose axis across runs from low to high, px from the left."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (number - low) / (high - low)


def y_of(number: float, axis: Axis) -> float:
    """The height of a level in a chart, px from the top."""
    share = (number - axis.low) / (axis.high - axis.low)
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _points(t_d: Sequence[float], numbers: Numbers, axis: Axis) -> list[str]:
    return [
        f"{x_of(day, t_d[-1]):.1f},{y_of(number, axis):.1f}"
        for day, number in zip(t_d, numbers, strict=True)
        if number is not None
    ]


def line(t_d: Sequence[float], numbers: Numbers, axis: Axis, kind: str) -> str:
    """A course as a line of a kind that the style knows; numbers that are missing are left out."""
    return f'<polyline class="{kind}" points="{" ".join(_points(t_d, numbers, axis))}"/>'


def area(t_d: Sequence[float], band: Band, ends: tuple[str, str], axis: Axis, kind: str) -> str:
    """The area between two courses of a band."""
    low, high = ends
    outline = _points(t_d, band[high], axis) + _points(t_d, band[low], axis)[::-1]
    return f'<polygon class="{kind}" points="{" ".join(outline)}"/>'


def levels(axis: Axis, name: Callable[[float], str] | None = None) -> list[str]:
    """The levels of an axis with their labels, the reference line and the title.

    Args:
        axis: the vertical axis.
        name: the label of a level, where it is not the level itself.
    """
    parts = []
    for level in axis.ticks:
        y = y_of(level, axis)
        label = name(level) if name else axis.label(level)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
    if axis.reference is not None:
        y = y_of(axis.reference, axis)
        parts.append(f'<line class="zero" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    parts.append(
        f'<text class="axis" transform="translate(15 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(axis.title)}</text>"
    )
    return parts


def weeks_axis(t_d: Sequence[float], given: Given = ONCE) -> list[str]:
    """The axis of weeks with its labels and title."""
    floor, last = HEIGHT - BOTTOM, t_d[-1]
    step = max(1, math.ceil(last / DAYS_PER_WEEK / _WEEKS_LABELLED))
    parts = [f'<line class="zero" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{floor}" y2="{floor}"/>']
    for week in range(0, int(last // DAYS_PER_WEEK) + 1, step):
        x = x_of(week * DAYS_PER_WEEK, last)
        parts.append(f'<line class="zero" x1="{x:.1f}" x2="{x:.1f}" y1="{floor}" y2="{floor + 4}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{floor + 18}" text-anchor="middle">{week}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text class="axis" x="{middle}" y="{HEIGHT - 7}" text-anchor="middle">{given.axis}</text>')
    return parts


def across_axis(title: str, ticks: Sequence[tuple[float, str]]) -> list[str]:
    """An axis across of anything but weeks: places in px with their labels, and its title."""
    floor, end = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<line class="zero" x1="{LEFT}" x2="{end}" y1="{floor}" y2="{floor}"/>']
    for x, label in ticks:
        parts.append(f'<line class="zero" x1="{x:.1f}" x2="{x:.1f}" y1="{floor}" y2="{floor + 4}"/>')
        parts.append(f'<text class="tick" x="{x:.1f}" y="{floor + 18}" text-anchor="middle">{label}</text>')
    middle = (LEFT + end) / 2
    parts.append(
        f'<text class="axis" x="{middle:.0f}" y="{HEIGHT - 7}" text-anchor="middle">{escape(title)}</text>'
    )
    return parts


def dose_markers(t_d: Sequence[float], given: Given = ONCE, *, keyed: bool = False) -> list[str]:
    """The marks of the injections, the first named.

    Args:
        t_d: days, ascending from 0.
        given: when injections were given.
        keyed: whether a key takes the place above the chart, so that only the first mark has a tip.
    """
    floor, name = HEIGHT - BOTTOM, ONCE.name if keyed and given.name else given.name
    at = [_tidy(round(x_of(day, t_d[-1]), 1)) for day in given.days]
    lines = [f'<line class="dose" x1="{x:g}" x2="{x:g}" y1="{TOP}" y2="{floor}"/>' for x in at]
    tips = [f'<path class="dosetip" d="M{x - 5:g},{TOP - 11}h10l-5,9z"/>' for x in at]
    named = [f'<text class="tick" x="{LEFT + 10}" y="{TOP - 4}">{name}</text>'] if name else []
    return [*lines, *(tips[:1] if keyed else tips), *named]
