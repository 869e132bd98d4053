"""The figures of a simulated trial: bands of means and differences, power, and power against size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from endplate.knowledge.units import PERCENT
from endplate.outputs import trial_words as words
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

Band = Mapping[str, float | None]

_EDGE = 16.0  # px left and right of what lies on its side
_ROW, _NAME, _BAR = 42.0, 14.0, 12.0  # px: a row, where its name stands, the height of its bar
_FOOT = 44.0
_POINT = 5.0


@dataclass(frozen=True)
class Row:
    """A row of a figure that lies on its side.

    Attributes:
        name: the arm.
        band: p05, p25, median, p75 and p95 over replicates.
        published: the number printed, where there is one.
    """

    name: str
    band: Band
    published: float | None = None


def band_rows(rows: Sequence[Row], title: str, unit: str, *, cover: Sequence[float] = ()) -> Markup:
    """The middle of replicates as a line, 50 and 90 % of them as bars, what was published as a diamond.

    Args:
        rows: from above.
        title: what is shown.
        unit: of the axis.
        cover: levels that must lie on the axis; 0 is drawn as a line where it does.
    """
    known = [row for row in rows if row.band["median"] is not None]
    numbers = [n for row in known for n in (*row.band.values(), row.published) if n is not None]
    axis = axis_for([], unit, cover=(*numbers, *cover))
    parts = [*_upright(axis, len(rows))]
    for place, row in enumerate(rows):
        parts += [_name(row.name, place), *(_band(row, place, axis) if row in known else [])]
    told = " ".join(f"{row.name}: {_told(row)}." for row in rows)
    return Markup(drawing(title, told, parts, _height(len(rows))))


def _height(count: int) -> float:
    return count * _ROW + _FOOT


def _x(number: float, axis: Axis) -> float:
    return _EDGE + (WIDTH - 2 * _EDGE) * (number - axis.low) / (axis.high - axis.low)


def _upright(axis: Axis, count: int, names: Sequence[str] | None = None) -> list[str]:
    """Levels of a figure on its side, with their labels and the title of the axis."""
    floor = count * _ROW
    parts = []
    for place, level in enumerate(axis.ticks):
        x, label = _x(level, axis), names[place] if names else axis.label(level)
        kind = "zero" if abs(level) < axis.step / 2 else "grid"
        parts.append(f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{floor:g}"/>')
        anchor = "start" if x < 2 * _EDGE else "end" if x > WIDTH - 2 * _EDGE else "middle"
        shift = {"start": -_EDGE / 2, "end": _EDGE / 2, "middle": 0}[anchor]
        parts.append(
            f'<text class="tick" x="{x + shift:.1f}" y="{floor + 16:g}" text-anchor="{anchor}">{label}</text>'
        )
    title = f'<text class="axis" x="{WIDTH / 2:g}" y="{floor + 37:g}" text-anchor="middle">'
    return [*parts, f"{title}{escape(axis.title)}</text>"]


def _name(name: str, place: int, told: str = "") -> str:
    y = place * _ROW + _NAME
    right = f'<text class="tick" x="{WIDTH - _EDGE:g}" y="{y:g}" text-anchor="end">{told}</text>'
    return f'<text class="name" x="{_EDGE + 4:g}" y="{y:g}">{escape(name)}</text>{right if told else ""}'


def _middle(place: int) -> float:
    return place * _ROW + _NAME + 6 + _BAR / 2


def _bar(low: float, high: float, place: int, kind: str, height: float) -> str:
    y = _middle(place) - height / 2
    return f'<rect class="{kind}" x="{low:.1f}" y="{y:.1f}" width="{high - low:.1f}" height="{height:g}"/>'


def _band(row: Row, place: int, axis: Axis) -> list[str]:
    p05, p25, p50, p75, p95 = (
        _x(row.band[name] or 0, axis) for name in ("p05", "p25", "median", "p75", "p95")
    )
    y = _middle(place)
    parts = [
        _bar(p05, p95, place, "outer", _BAR),
        _bar(p25, p75, place, "inner", _BAR),
        f'<line class="median" x1="{p50:.1f}" x2="{p50:.1f}" y1="{y - 8:.1f}" y2="{y + 8:.1f}"/>',
    ]
    if row.published is not None:
        x, r = _x(row.published, axis), _POINT + 1
        parts.append(f'<path class="out" d="M{x - r:.1f},{y:.1f}l{r},{-r}l{r},{r}l{-r},{r}z"/>')
    return parts


def _told(row: Row) -> str:
    if row.band["median"] is None:
        return "no values"
    low, high = row.band["p05"] or 0, row.band["p95"] or 0
    told = f"median {short(row.band['median'])}, 90 % from {short(low)} to {short(high)}"
    return told if row.published is None else f"{told}, published {short(row.published)}"


def share_rows(rows: Sequence[tuple[str, Band]], title: str, level: float | None = None) -> Markup:
    """Shares of replicates as bars with their 95 % intervals, and the level of the tests where it is given.

    Args:
        rows: name of the arm, and value, low and high.
        title: what is shown.
        level: of the tests.
    """
    axis = _share_axis([] if level is None else [level, *(found["high"] or 0 for _, found in rows)])
    parts = _upright(axis, len(rows), [f"{PERCENT * tick:.3g} %" for tick in axis.ticks])
    if level is not None:
        x = _x(level, axis)
        parts.append(f'<line class="level" x1="{x:.1f}" x2="{x:.1f}" y1="2" y2="{len(rows) * _ROW:g}"/>')
    for place, (name, found) in enumerate(rows):
        told = words.share_with_interval(found)
        parts += [_name(name, place, told), *_share(found, place, axis)]
    spoken = " ".join(f"{name}: {words.share_with_interval(found)}." for name, found in rows)
    return Markup(drawing(title, spoken, parts, _height(len(rows))))


def _share_axis(cover: Sequence[float]) -> Axis:
    """From none to all, or no farther than what has to lie on it."""
    title = "share of replicates"
    return axis_for([], title, cover=(0, *cover)) if cover else Axis(title, 0.0, 1.0, 1 / 5)


def _share(found: Band, place: int, axis: Axis) -> list[str]:
    if found["value"] is None:
        return []
    y, low, high = _middle(place), _x(found["low"] or 0, axis), _x(found["high"] or 0, axis)
    whisker = f"M{low:.1f},{y - 4:.1f}v8M{low:.1f},{y:.1f}H{high:.1f}M{high:.1f},{y - 4:.1f}v8"
    bar = _bar(_x(0, axis), _x(found["value"], axis), place, "inner", _BAR)
    return [bar, f'<path class="span" d="{whisker}"/>']


def size_curve(
    name: str,
    sizes: Sequence[int],
    power: Sequence[float],
    band: Sequence[tuple[float, float]],
    wanted: float,
    enough: int | None,
) -> Markup:
    """Power against the size of an arm, the power wanted as a line, and the size found as a point.

    Args:
        name: of the arm.
        sizes: people of the arm, from few to many.
        power: share of replicates at each.
        band: its 95 % interval at each.
        wanted: power looked for.
        enough: smallest size from which on it is kept, where there is one.
    """
    axis, people = Axis("power", 0.0, 1.0, 1 / 5), axis_for([], "", cover=(0, sizes[-1]))
    end, y = WIDTH - RIGHT, y_of(wanted, axis)

    def across(size: float) -> float:
        return x_at(size, 0, people.high)

    def along(shares: Sequence[float]) -> list[str]:
        return [f"{across(n):.1f},{y_of(p, axis):.1f}" for n, p in zip(sizes, shares, strict=True)]

    edges = [*along([high for _, high in band]), *reversed(along([low for low, _ in band]))]
    parts = [
        f'<polygon class="outer" points="{" ".join(edges)}"/>',
        *levels(axis, lambda level: f"{PERCENT * level:.0f} %"),
        *across_axis("people in the arm", [(across(n), f"{n:g}") for n in people.ticks]),
        f'<line class="level" x1="{LEFT}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>',
        f'<polyline class="median" points="{" ".join(along(power))}"/>',
    ]
    told = f"{words.share(wanted)} is not reached with up to {sizes[-1]} people"
    if enough is not None:
        parts += _found(across(enough), y_of(power[sizes.index(enough)], axis), enough)
        told = f"{words.share(wanted)} from {enough} people on"
    return Markup(drawing(f"Power of {name} against its size", f"{told}.", parts))


def _found(x: float, y: float, size: int) -> list[str]:
    """The point of the size found, with a line down to the axis and its number."""
    floor = HEIGHT - BOTTOM
    return [
        f'<line class="span" x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{floor}"/>',
        f'<circle class="in" cx="{x:.1f}" cy="{y:.1f}" r="{_POINT}"/>',
        f'<text class="name" x="{x + 8:.1f}" y="{floor - 8}">{size}</text>',
    ]
