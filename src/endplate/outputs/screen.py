"""What every screen of tables is made with: rich's console and its plainest table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_WIDTHS = {"muscle": 20, "joint": 20, "outcome": 17, "parameter": 33, "change of": 17}


def new_console() -> Console:
    """A console that colours nothing by itself."""
    from rich.console import Console

    return Console(highlight=False)


def print_table(console: Console, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table under its title; columns of names keep their width."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=title or None, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold", min_width=_WIDTHS.get(head))
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
