"""Body maps as pictures, and reflex error over a child's years, from the ``develop`` document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from endplate.outputs.svg import across_axis, axis_for, drawing, levels, short, x_at, y_of

Document = Mapping[str, Any]
Picture = Sequence[Sequence[int]]

_CELL = 12
_ENDS = ((0, 32, 76), (255, 233, 69))  # blue speaks for the other part, yellow for the injected one
_EVEN, _WHOLE = 50, 100


def map_picture(picture: Picture, title: str) -> Markup:
    """A sheet of units, coloured by how far each speaks for the injected part, with its border."""
    side = len(picture)
    parts = [
        f'<rect x="{_CELL * k}" y="{_CELL * j}" width="{_CELL}" height="{_CELL}" fill="{_colour(share)}"/>'
        for j, row in enumerate(picture)
        for k, share in enumerate(row)
    ]
    parts.append(f'<path class="border" d="{_border(picture)}"/>')
    owned = sum(share > _EVEN for row in picture for share in row) / side**2
    told = f"{title}: the injected part holds {_WHOLE * owned:.0f} % of the sheet."
    size = _CELL * side
    return Markup(
        f'<svg class="map" viewBox="0 0 {size} {size}" role="img" aria-label="{told}">'
        f"<title>{told}</title>{''.join(parts)}</svg>"
    )


def _colour(share: int) -> str:
    low, high = _ENDS
    return "#" + "".join(f"{round(a + (b - a) * share / _WHOLE):02x}" for a, b in zip(low, high, strict=True))


def _border(picture: Picture) -> str:
    """Where neighbours speak for different parts."""
    lines = []
    for j, row in enumerate(picture):
        for k, share in enumerate(row):
            x, y, own = _CELL * k, _CELL * j, share > _EVEN
            if k and (row[k - 1] > _EVEN) != own:
                lines.append(f"M{x},{y}v{_CELL}")
            if j and (picture[j - 1][k] > _EVEN) != own:
                lines.append(f"M{x},{y}h{_CELL}")
    return "".join(lines)


def reflex_chart(guess: Document, now_y: float, names: tuple[str, str]) -> Markup:
    """Reflex error over age, untreated and under the plan, for one guess of the window.

    Args:
        guess: of the ``circuits`` of the document.
        now_y: age now.
        names: of the untreated course and of the plan.
    """
    ages, errors = guess["reflexes"]["ages_y"], guess["reflexes"]["error"]
    axis = axis_for([], "wrong withdrawals, share", cover=(0, *(max(errors[name]) for name in names)))
    last = float(ages[-1])

    def x_of(age: float) -> float:
        return x_at(age, 0, last)

    across = axis_for([], "", cover=(0, last))
    ticks = [(x_of(age), short(age)) for age in across.ticks if age <= last]
    parts = [*levels(axis), *across_axis("age, y", ticks)]
    if now_y <= last:
        x = x_of(now_y)
        parts.append(
            f'<line class="dose" x1="{x:.1f}" x2="{x:.1f}" y1="{y_of(axis.high, axis):.1f}" '
            f'y2="{y_of(axis.low, axis):.1f}"/>'
        )
        parts.append(f'<text class="tick" x="{x + 5:.1f}" y="{y_of(axis.high, axis) + 12:.1f}">now</text>')
    for name, kind in zip(names, ("own", "median"), strict=True):
        places = zip(ages, errors[name], strict=True)
        points = " ".join(f"{x_of(age):.1f},{y_of(error, axis):.1f}" for age, error in places)
        parts.append(f'<polyline class="{kind}" points="{points}"/>')
    told = ", ".join(f"{name} {short(errors[name][-1])}" for name in names)
    return Markup(
        drawing(f"Reflex error, window to {guess['closes_y']:g} y", f"At {short(last)} y {told}.", parts)
    )


def span(low: float, high: float, least: float, most: float) -> Markup:
    """A bar from one number to another on a common scale, with a line at 0."""
    width = (most - least) or 1.0

    def place(number: float) -> float:
        return _WHOLE * (number - least) / width

    start, end = sorted((place(low), place(high)))
    return Markup(
        f'<svg class="span" viewBox="0 0 {_WHOLE} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect x="{start:.2f}" y="2" width="{max(end - start, 1):.2f}" height="6"/>'
        f'<line x1="{place(0):.2f}" x2="{place(0):.2f}" y1="0" y2="10"/></svg>'
    )
