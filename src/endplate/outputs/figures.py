"""What a panel of the report is made of: figures with captions, and their values as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from endplate.knowledge.units import DAYS_PER_WEEK

_COLUMNS = 7


@dataclass(frozen=True)
class Figure:
    """One chart with its caption, a note below it, and whether it takes the whole width."""

    caption: str
    chart: Markup
    note: str = ""
    wide: bool = False


@dataclass(frozen=True)
class Table:
    """Values as text: what they are, the columns' names, and rows of a name and its cells."""

    head: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Panel:
    """The figures of one muscle or joint and their values."""

    name: str
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]


def shown_days(t_d: Sequence[int]) -> list[int]:
    """Places of whole weeks, about evenly over the course, first and last included."""
    whole = [k for k, day in enumerate(t_d) if day % DAYS_PER_WEEK == 0]
    step = max(1, -(-len(whole) // _COLUMNS))
    return sorted({*whole[::step], len(t_d) - 1})
