"""Parameter sets that users bring: columns are evidence records, rows are people, in place of draws."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from endplate.knowledge.evidence import Record, get, load_records
from endplate.simulation.draws.overlay import Overlay
from endplate.simulation.parameters import Draws
from endplate.simulation.table_file import TableFile, earliest, read_table, rows_of

Array = NDArray[np.float64]

_LABEL = "person"


@dataclass(frozen=True)
class ParameterTable:
    """Values of records, a row a person.

    Attributes:
        table: as read.
        values: by record id, NaN where a cell is blank, (rows,).
    """

    table: TableFile
    values: dict[str, Array]

    @property
    def size(self) -> int:
        """Number of rows."""
        return self.table.size

    def over(self, draws: Draws) -> TableDraws:
        """The numbers of ``draws`` with those of the table in their place.

        Args:
            draws: of :class:`PeopleDraws` each world holds the rows ``who``; of others copy i is row i.

        Raises:
            InputError: more people are asked for than the table holds.
        """
        rows = rows_of(self.table, draws)
        return TableDraws(draws, {record: held[rows] for record, held in self.values.items()})


@dataclass(frozen=True)
class TableDraws(Overlay):
    """Draws of which some records are given; whatever else is asked for comes from ``beneath``.

    Attributes:
        values: by record id, NaN where drawn after all, (size,).
    """

    values: dict[str, Array]

    def of(self, record_id: str, key: str = "") -> Array:
        """Values of a record for every copy, (size,): the table's, whatever the key, or drawn."""
        held = self.values.get(record_id)
        if held is None:
            return self.beneath.of(record_id, key)
        if not np.isnan(held).any():
            return held
        return np.where(np.isnan(held), self.beneath.of(record_id, key), held)


def read_parameters(path: str | Path) -> ParameterTable:
    """Read parameter sets, CSV or Parquet: a column ``person`` if wanted, the others ids of evidence records.

    Raises:
        InputError: a record is unknown or fixed, or a value lies where its distribution has none; names file,
            row and column.
    """
    table = read_table(path)
    names = [name for name in table.columns if name != _LABEL]
    return ParameterTable(table, earliest(table, lambda rows: {name: _values(rows, name) for name in names}))


def _values(table: TableFile, name: str) -> Array:
    """The values of one record, (rows,)."""
    if name not in load_records():
        near = get_close_matches(name, load_records(), 1)
        remedy = f"Did you mean {near[0]}?" if near else "See endplate evidence list."
        message = f"No evidence record has the id {name!r}"
        raise table.wrong(message, rule="unknown_record", remedy=remedy, column=name)
    record, found = get(name), table.numbers(name)
    if record.distribution.kind == "fixed":
        message = f"{name} is fixed at {record.value:g} {record.unit}: nothing is drawn there"
        remedy = "Leave the column out."
        raise table.wrong(message, rule="fixed_record", remedy=remedy, column=name)
    low, high, words = _support(record)
    table.every(
        ~((found <= low) | (found >= high)) if words == "above 0" else ~((found < low) | (found > high)),
        lambda row: f"{found[row]:g} {record.unit} is no value of {name}",
        rule="outside_support",
        remedy=f"Write a number {words}.",
        column=name,
    )
    return found


def _support(record: Record) -> tuple[float, float, str]:
    """Where the distribution of a record has values, and that in words."""
    drawn = record.distribution
    if drawn.kind == "lognormal":
        return 0.0, np.inf, "above 0"
    if drawn.low is None or drawn.high is None:
        return -np.inf, np.inf, "of any size"
    return drawn.low, drawn.high, f"from {drawn.low:g} to {drawn.high:g} {record.unit}"
