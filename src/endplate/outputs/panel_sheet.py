"""Panels side by side on one SVG sheet with its title, its words for who cannot see it, and the banner."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from endplate.knowledge.vocabulary.wording import BANNER

_COLUMNS = 2
_HEAD, _FOOT = 58, 44
_LINE_PX = 13.0


def sheet(
    kind: str, style: str, title: str, under: str, told: str, panels: Sequence[str], size: tuple[int, int]
) -> str:
    """The whole SVG.

    Args:
        kind: its class, by which ``style`` addresses it.
        style: a style element.
        title: the heading.
        under: a line under the heading.
        told: the picture in sentences.
        panels: each drawn from its own upper left corner.
        size: width and height of a panel, px.
    """
    rows = -(-len(panels) // _COLUMNS)
    width, height = _COLUMNS * size[0], _HEAD + rows * size[1] + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(f"{title}. {told}", quote=True)}">',
        f"<title>{escape(title)}</title><desc>{escape(told)}</desc>{style}",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text class="h" x="16" y="24">{escape(title)}</text>',
        f'<text x="16" y="44">{escape(under)}</text>',
    ]
    for k, panel in enumerate(panels):
        x, y = k % _COLUMNS * size[0], _HEAD + k // _COLUMNS * size[1]
        parts.append(f'<g transform="translate({x} {y})">{panel}</g>')
    parts.append(f'<text x="16" y="{height - 16}">Modelled, schematic. {escape(BANNER)}</text></svg>')
    return "".join(parts)


def names_beside(names: Sequence[tuple[float, str]], x: float, lowest: float) -> list[str]:
    """Names at ``x`` at their heights, moved apart where they would touch, none below ``lowest``, px."""
    parts, free = [], -_LINE_PX
    ordered = sorted(names)
    for k, (height, name) in enumerate(ordered):
        free = max(min(height, lowest - (len(ordered) - 1 - k) * _LINE_PX), free + _LINE_PX)
        parts.append(f'<text x="{x}" y="{free + 4:.1f}">{escape(name)}</text>')
    return parts
