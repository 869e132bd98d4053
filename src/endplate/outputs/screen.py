"""What all terminal outputs share: the console and one way to draw a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_NAMED, _NAME_WIDTH = ("muscle", "joint"), 20


def console() -> Console:
    """A terminal that colours no words on its own."""
    from rich.console import Console

    return Console(highlight=False)


def table(screen: Console, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; cells are shown as they are."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    found = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        found.add_column(head, overflow="fold", min_width=_NAME_WIDTH if head in _NAMED else None)
    for row in rows:
        found.add_row(*(escape(cell) for cell in row))
    screen.print(found)
