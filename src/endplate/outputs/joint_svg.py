"""Two charts of a joint: probabilities of categories over weeks, torque against angle at three speeds.

Layers are told apart by lightness and by their names, lines by dashes, so that both read in grey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from endplate.outputs.language import _, figures
from endplate.outputs.svg import (
    HEIGHT,
    LEFT,
    ONCE,
    RIGHT,
    WIDTH,
    Axis,
    Band,
    Given,
    Numbers,
    axis_for,
    dose_markers,
    levels,
    short,
    weeks_axis,
    x_of,
    y_of,
)

_KEY_LEFT, _KEY_STEP = 142, 48
_LEAST_LAYER_PX = 15
_WIDE, _TALL = 912, 264
_GAP, _HEAD, _FOOT = 26, 56, 48
_STATES = ("before", "after")


def _opening(title: str, told: str, width: int, height: int) -> list[str]:
    """The start of a chart with its accessible name."""
    name = escape(f"{title}. {told}", quote=True)
    return [
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{name}">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>",
    ]


def stacked_chart(
    t_d: Sequence[float],
    labels: Sequence[str],
    shares: Sequence[Sequence[float]],
    title: str,
    told: str,
    given: Given = ONCE,
) -> str:
    """Probabilities of ordered categories over weeks, the lowest category at the bottom, as an SVG element.

    Args:
        t_d: days of the visits.
        labels: names of the categories, lowest first.
        shares: probability of each category at each visit.
        title: what is shown, for the accessible name.
        told: the chart in a sentence.
        given: when injections were given.
    """
    axis = Axis(_("probability, %"), 0, 1, 1 / 4)
    parts = [*_opening(title, told, WIDTH, HEIGHT), *levels(axis, lambda level: f"{100 * level:.0f}")]
    below = [0.0] * len(t_d)
    names = []
    for k, (label, share) in enumerate(zip(labels, shares, strict=True)):
        above = [low + part for low, part in zip(below, share, strict=True)]
        outline = [f"{x_of(day, t_d[-1]):.1f},{y_of(y, axis):.1f}" for day, y in zip(t_d, above, strict=True)]
        base = [f"{x_of(day, t_d[-1]):.1f},{y_of(y, axis):.1f}" for day, y in zip(t_d, below, strict=True)]
        parts.append(f'<polygon class="layer l{k}" points="{" ".join(outline + base[::-1])}"/>')
        names.append(_layer_name(t_d, k, label, below, above, axis))
        names.append(_layer_key(k, label))
        below = above
    marks = dose_markers(t_d, given, keyed=True)
    return "".join([*parts, *names, *weeks_axis(t_d, given), *marks, "</svg>"])


def _layer_name(t_d: Sequence[float], k: int, label: str, below: Numbers, above: Numbers, axis: Axis) -> str:
    """A category's name where its layer is thickest, if it fits there."""
    thick = [y_of(low or 0, axis) - y_of(high or 0, axis) for low, high in zip(below, above, strict=True)]
    inner = range(1, len(t_d) - 1) or range(len(t_d))
    at = max(inner, key=lambda i: thick[i])
    if thick[at] < _LEAST_LAYER_PX:
        return ""
    y = y_of(below[at] or 0, axis) - thick[at] / 2 + 4
    return (
        f'<text class="name n{k}" x="{x_of(t_d[at], t_d[-1]):.1f}" y="{y:.1f}" text-anchor="middle">'
        f"{escape(label)}</text>"
    )


def _layer_key(k: int, label: str) -> str:
    """A category in the key above the chart, lowest first."""
    x = _KEY_LEFT + _KEY_STEP * k
    return (
        f'<rect class="layer l{k}" x="{x}" y="9" width="18" height="12"/>'
        f'<text class="tick" x="{x + 23}" y="20">{escape(label)}</text>'
    )


def torque_axis(ramps: Mapping[str, Mapping[str, Band]]) -> Axis:
    """The vertical axis that the panels share, wide enough for the middle half of all copies."""
    shown = [
        {"p05": band["p25"], "median": band["median"], "p95": band["p75"]}
        for states in ramps.values()
        for band in states.values()
    ]
    return axis_for(shown, _("torque, Nm"), cover=(0,), reference=0)


def torque_chart(
    angle_deg: Sequence[float],
    ramps: Mapping[str, Mapping[str, Band]],
    after: str,
    across: str,
    title: str,
    told: str,
) -> str:
    """Torque against angle before and after, one panel a speed on a shared axis, as an SVG element.

    Args:
        angle_deg: angles, ascending from 0.
        ramps: bands ``before`` and ``after`` of each speed, by its name.
        after: the name of the later state.
        across: title of the axis of angles.
        title: what is shown, for the accessible name.
        told: the chart in a sentence.
    """
    up = torque_axis(ramps)
    width = (_WIDE - LEFT - RIGHT - _GAP * (len(ramps) - 1)) / len(ramps)
    parts = [*_opening(title, told, _WIDE, _TALL), *_key(after)]
    for k, (name, states) in enumerate(ramps.items()):
        left = LEFT + k * (width + _GAP)
        parts += _panel(_Frame(left, width, angle_deg[-1], up), angle_deg, name, states, labelled=k == 0)
    floor, middle = _TALL - _FOOT, (_HEAD + _TALL - _FOOT) / 2
    parts.append(
        f'<text class="axis" transform="translate(15 {middle}) rotate(-90)" text-anchor="middle">'
        f"{escape(up.title)}</text>"
        f'<text class="axis" x="{(LEFT + _WIDE - RIGHT) / 2}" y="{floor + 40}" text-anchor="middle">'
        f"{escape(across)}</text></svg>"
    )
    return "".join(parts)


class _Frame:
    """Where one panel lies and how numbers become places in it."""

    def __init__(self, left: float, width: float, last_deg: float, up: Axis) -> None:
        self.left, self.right, self.up = left, left + width, up
        self._per_deg = width / (last_deg or 1)

    def x(self, deg: float) -> float:
        """Place of an angle, px."""
        return self.left + self._per_deg * deg

    def y(self, torque: float) -> float:
        """Height of a torque, px from the top."""
        floor = _TALL - _FOOT
        return floor - (floor - _HEAD) * (torque - self.up.low) / (self.up.high - self.up.low)

    def points(self, angle_deg: Sequence[float], torque: Numbers) -> list[str]:
        """Points of a line."""
        pairs = zip(angle_deg, torque, strict=True)
        return [f"{self.x(at):.1f},{self.y(nm):.1f}" for at, nm in pairs if nm is not None]


def _panel(
    frame: _Frame, angle_deg: Sequence[float], name: str, states: Mapping[str, Band], *, labelled: bool
) -> list[str]:
    """One speed: levels, angles, bands below lines."""
    floor = _TALL - _FOOT
    parts = [f'<text class="axis" x="{frame.left:.1f}" y="{_HEAD - 10}">{escape(name)}</text>']
    for level in frame.up.ticks:
        y = frame.y(level)
        kind = "zero" if level == frame.up.reference else "grid"
        parts.append(
            f'<line class="{kind}" x1="{frame.left:.1f}" x2="{frame.right:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        )
        if labelled:
            parts.append(_tick(frame.left - 6, y + 4, "end", short(level)))
    for at in axis_for([], "", cover=(0, angle_deg[-1])).ticks:
        if at <= angle_deg[-1]:
            close = frame.right - frame.x(at) < _GAP / 2  # to the first angle of the next panel
            parts.append(_tick(frame.x(at), floor + 18, "end" if close else "middle", figures(f"{at:g}")))
    for state in _STATES:
        low, high = (frame.points(angle_deg, states[state][end]) for end in ("p25", "p75"))
        parts.append(f'<polygon class="half {state}" points="{" ".join(low + high[::-1])}"/>')
    for state in _STATES:
        points = " ".join(frame.points(angle_deg, states[state]["median"]))
        parts.append(f'<polyline class="curve {state}" points="{points}"/>')
    return parts


def _tick(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _key(after: str) -> list[str]:
    """Both states in the key above the panels."""
    parts = []
    for state, name, x in (("before", _("before"), LEFT), ("after", after, LEFT + 110)):
        parts.append(f'<rect class="half {state}" x="{x}" y="8" width="34" height="14"/>')
        parts.append(f'<polyline class="curve {state}" points="{x},15 {x + 34},15"/>')
        parts.append(f'<text class="tick" x="{x + 41}" y="19">{escape(name)}</text>')
    return parts
