"""The figures of the scoreboard: calibration, observed against simulated, and courses over time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from endplate.case import parse_quantity
from endplate.knowledge.units import DAYS_PER_WEEK
from endplate.outputs import outcomes
from endplate.outputs.svg import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Axis,
    across_axis,
    axis_for,
    drawing,
    levels,
    short,
    x_at,
    y_of,
)

Row = Mapping[str, Any]

_FLOOR, _END = HEIGHT - BOTTOM, WIDTH - RIGHT
_MARK_PX = 4.5
_SHORT_D = 28.0
_TICKS = 7
_DECADES_WANTED = 1.3  # positive numbers that span more are drawn on a logarithmic axis
_STRIP_SHARE = 0.4  # of a strip's width that the interval fills


@dataclass(frozen=True)
class Point:
    """One outcome in a figure of observed against simulated."""

    observed: float
    low: float
    middle: float
    high: float
    inside: bool


def _svg(title: str, told: str, parts: Sequence[str]) -> Markup:
    """A chart that a template takes as it is."""
    return Markup(drawing(title, told, parts))


def _mark(x: float, y: float, inside: bool) -> str:
    """A filled dot inside the interval, an open diamond outside."""
    if inside:
        return f'<circle class="in" cx="{x:.1f}" cy="{y:.1f}" r="{_MARK_PX}"/>'
    far = _MARK_PX + 1.5
    return f'<path class="out" d="M{x - far:.1f},{y:.1f}l{far},-{far}l{far},{far}l-{far},{far}z"/>'


def pit_chart(shares: Sequence[float]) -> Markup:
    """Histogram of where observed values fall in the simulated distributions; level when calibrated."""
    even = 1 / len(shares)
    axis = axis_for([], "share of studies", cover=(0, *shares, 2 * even))
    wide = (_END - LEFT) / len(shares)
    bars = [
        f'<rect class="inner" x="{LEFT + k * wide + 1:.1f}" width="{wide - 2:.1f}" '
        f'y="{y_of(share, axis):.1f}" height="{_FLOOR - y_of(share, axis):.1f}"/>'
        for k, share in enumerate(shares)
    ]
    y = y_of(even, axis)
    line = f'<line class="median" x1="{LEFT}" x2="{_END}" y1="{y:.1f}" y2="{y:.1f}"/>'
    ticks = [(LEFT + k * wide, f"{k * even:.1f}") for k in range(0, len(shares) + 1, 2)]
    told = "Shares from the lowest tenth up: " + ", ".join(short(share) for share in shares) + "."
    parts = [*levels(axis), *bars, line, *across_axis("share of the simulated distribution below", ticks)]
    return _svg("Probability integral transform", told, parts)


def agreement_chart(name: str, unit: str, points: Sequence[Point]) -> Markup:
    """Observed values across, simulated medians with 80 % intervals upwards, the line of equality."""
    numbers = [number for p in points for number in (p.observed, p.low, p.middle, p.high)]
    centres = [number for p in points for number in (p.observed, p.middle)]
    log, least = _is_wide(centres), min(centres)
    label = f", {unit}" if unit else ""
    axis, across, height, ticks = _log_scales(numbers, least, label) if log else _scales(numbers, label)
    ends = [(across(level), height(level)) for level in _ends(axis, log)]
    diagonal = f'<line class="zero" x1="{ends[0][0]:.1f}" y1="{ends[0][1]:.1f}" '
    diagonal += f'x2="{ends[1][0]:.1f}" y2="{ends[1][1]:.1f}"/>'
    bars = [
        f'<line class="bar80" x1="{across(p.observed):.1f}" x2="{across(p.observed):.1f}" '
        f'y1="{height(p.low):.1f}" y2="{height(p.high):.1f}"/>'
        for p in points
    ]
    marks = [_mark(across(p.observed), height(p.middle), p.inside) for p in points]
    inside = sum(p.inside for p in points)
    told = f"{inside} of {len(points)} observed values lie inside the simulated 80 % interval."
    parts = [
        *levels(axis, _power if log else None),
        diagonal,
        *bars,
        *marks,
        *across_axis(f"observed{label}", ticks),
    ]
    return _svg(f"{name}: observed against simulated", told, parts)


def _is_wide(numbers: Sequence[float]) -> bool:
    positive = min(numbers) > 0
    return positive and math.log10(max(numbers) / min(numbers)) > _DECADES_WANTED


def _ends(axis: Axis, log: bool) -> tuple[float, float]:
    return (10**axis.low, 10**axis.high) if log else (axis.low, axis.high)


_Scales = tuple[Axis, Callable[[float], float], Callable[[float], float], list[tuple[float, str]]]


def _scales(numbers: Sequence[float], label: str) -> _Scales:
    """One linear axis for both directions."""
    axis = axis_for([], f"simulated{label}", cover=numbers)

    def across(number: float) -> float:
        return x_at(number, axis.low, axis.high)

    ticks = [(across(level), short(level)) for level in axis.ticks]
    return axis, across, lambda number: y_of(number, axis), ticks


def _log_scales(numbers: Sequence[float], least: float, label: str) -> _Scales:
    """One logarithmic axis for both directions; what lies below the decade of ``least`` ends at its foot."""
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(max(numbers)))
    axis = Axis(f"simulated{label}", low, high if high > low else low + 1, 1)

    def level(number: float) -> float:
        return math.log10(max(number, 10.0**low))

    def across(number: float) -> float:
        return x_at(level(number), axis.low, axis.high)

    ticks = [(across(10.0**power), _power(power)) for power in axis.ticks]
    return axis, across, lambda number: y_of(level(number), axis), ticks


def _power(level: float) -> str:
    """The number whose logarithm a level is."""
    return f"{10.0**level:g}"


def course_axis(courses: Sequence[Row], rows: Sequence[Row]) -> Axis:
    """One vertical axis for the courses of one measure, wide enough for what was observed."""
    numbers = [number for course in courses for name in ("p10", "p90") for number in course[name]]
    seen = [rows[k]["observed"] for course in courses for k in course["rows"]]
    numbers += [number for number in seen if number is not None]
    first = rows[courses[0]["rows"][0]]
    untreated = 1.0 if first["family"] == "ratios" and first["measure"] != "muscle_volume_change" else 0.0
    return axis_for([], outcomes.unit(first), cover=(*numbers, untreated), reference=untreated)


def course_chart(course: Row, rows: Sequence[Row], axis: Axis, title: str) -> Markup:
    """Median and 80 % band of one arm over time, with the observed values.

    Args:
        course: ``t_d``, ``p10``, ``p50``, ``p90`` and the places of its rows.
        rows: all rows of the study.
        axis: the vertical axis, shared by the courses of one measure.
        title: the arm, or the two whose difference it is.
    """
    last = float(course["t_d"][-1])

    def across(day: float) -> float:
        return x_at(day, 0, last)

    def line(name: str) -> list[str]:
        pairs = zip(course["t_d"], course[name], strict=True)
        return [f"{across(day):.1f},{y_of(number, axis):.1f}" for day, number in pairs]

    band = " ".join(line("p90") + line("p10")[::-1])
    seen = [rows[k] for k in course["rows"]]
    days = [_stated_d(row) for row in seen]
    marks = [
        _mark(across(day), y_of(row["observed"], axis), row["inside_80"])
        for day, row in zip(days, seen, strict=True)
        if row["observed"] is not None
    ]
    parts = [
        *levels(axis),
        f'<polygon class="outer" points="{band}"/>',
        f'<polyline class="median" points="{" ".join(line("p50"))}"/>',
        *marks,
        *_time_axis(last, across),
    ]
    return _svg(title, _told(seen), parts)


def _told(seen: Sequence[Row]) -> str:
    """The observed values beside what was simulated, in words."""
    return " ".join(
        f"{outcomes.at(row)}: observed {outcomes.observed(row)}, simulated {outcomes.interval(row)}."
        for row in seen
    )


def _stated_d(row: Row) -> float:
    return float(parse_quantity(row["at"]).to("d").value)


def _time_axis(last_d: float, across: Callable[[float], float]) -> list[str]:
    """Days for short courses, weeks for long ones."""
    size, unit = (1.0, "days") if last_d <= _SHORT_D else (DAYS_PER_WEEK, "weeks")
    times = axis_for([], "", cover=(0, last_d / size * _TICKS / 5))
    ticks = [k * times.step for k in range(int(last_d / size / times.step) + 1)]
    return across_axis(f"{unit} after the first injection", [(across(t * size), f"{t:g}") for t in ticks])


def strip(row: Row) -> Markup:
    """The observed value relative to its interval, which fills the middle; stands beside the numbers."""
    found = row["predicted"]
    if not found or row["observed"] is None:
        return Markup("")
    wide = (found["p90"] - found["p10"]) or 1.0
    low = (1 - _STRIP_SHARE) / 2
    place = low + _STRIP_SHARE * (row["observed"] - found["p10"]) / wide
    middle = low + _STRIP_SHARE * (found["p50"] - found["p10"]) / wide
    x = 100 * min(max(place, 0.07), 0.93)
    shape = _mark(x, 8, row["inside_80"])
    box = f'<rect class="inner" x="{100 * low:.0f}" y="4" width="{100 * _STRIP_SHARE:.0f}" height="8"/>'
    line = f'<line class="median" x1="{100 * middle:.1f}" x2="{100 * middle:.1f}" y1="3" y2="13"/>'
    return Markup(
        f'<svg class="chart strip" viewBox="0 0 100 16" aria-hidden="true">{box}{line}{shape}</svg>'
    )
