"""Names on a drawing: inside a shape where they fit, otherwise beside it on a leader line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from textwrap import wrap

_LETTER_PX = 7.0
_LINE_PX = 13.5
_STEP_PX = 16.0
_LETTERS_A_LINE = 26


@dataclass(frozen=True)
class Label:
    """A name and the point it belongs to, px; ``marked`` for what is not a muscle."""

    text: str
    x: float
    y: float
    right: bool
    marked: bool = False

    def on_right(self) -> Label:
        """The same label, led to the right."""
        return replace(self, right=True)


def inside(label: Label, room_px: float) -> str:
    """The name as lines of text round its point, or nothing if a circle of ``room_px`` is too small."""
    lines = _lines(label.text, room_px)
    wide = max(map(len, lines)) * _LETTER_PX / 2
    if (wide**2 + (len(lines) * _LINE_PX / 2) ** 2) ** 0.5 > room_px:
        return ""
    top = label.y - (len(lines) - 1) * _LINE_PX / 2 + 4
    return f'<text class="i" text-anchor="middle">{_stack(lines, label.x, top)}</text>'


def leaders(
    labels: Sequence[Label], columns: tuple[float, float], span: tuple[float, float]
) -> Iterator[str]:
    """Names in a left and a right column, each with a line to its point.

    Args:
        labels: the names with their points.
        columns: where the left column ends and the right one begins, px.
        span: highest and lowest place of a name, px.
    """
    for right, x in ((False, columns[0]), (True, columns[1])):
        chosen = sorted((label for label in labels if label.right is right), key=lambda one: (one.y, one.x))
        for label, y in zip(chosen, _spread(chosen, span), strict=True):
            yield _led(label, x, y)


def _led(label: Label, x: float, y: float) -> str:
    gap = 5 if label.right else -5
    anchor = "start" if label.right else "end"
    kind = ' class="o"' if label.marked else ""
    return (
        f'<path class="lead" d="M{label.x:.1f},{label.y:.1f}L{x:.1f},{y:.1f}"/>'
        f'<circle cx="{label.x:.1f}" cy="{label.y:.1f}" r="1.6"/>'
        f'<text{kind} text-anchor="{anchor}">{_stack(_columned(label.text), x + gap, y + 4)}</text>'
    )


def _stack(lines: Sequence[str], x: float, top: float) -> str:
    """Lines of text below each other."""
    return "".join(
        f'<tspan x="{x:.1f}" y="{top + k * _LINE_PX:.1f}">{escape(line)}</tspan>'
        for k, line in enumerate(lines)
    )


def _spread(labels: Sequence[Label], span: tuple[float, float]) -> list[float]:
    """Heights in the same order, apart by their lines, as near to their points as the span allows."""
    tall = [_STEP_PX + (len(_columned(label.text)) - 1) * _LINE_PX for label in labels]
    placed: list[float] = []
    free = span[0]
    for label, height in zip(labels, tall, strict=True):
        placed.append(max(label.y, free))
        free = placed[-1] + height
    limit = span[1]
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], limit - tall[k] + _STEP_PX)
        limit = placed[k] - _STEP_PX
    return placed


def _columned(text: str) -> list[str]:
    """The name in lines that fit a column."""
    return wrap(text, _LETTERS_A_LINE)


def _lines(text: str, room_px: float) -> list[str]:
    """The words in as few lines as fit the width of a circle."""
    letters = int(1.7 * room_px / _LETTER_PX)
    return wrap(text, max(letters, 1), break_long_words=False)
