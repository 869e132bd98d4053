"""Tables that users bring, CSV or Parquet, read whole; a wrong cell is told by its row and column."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate.errors import InputError, library
from endplate.handed import MB, content
from endplate.knowledge.vocabulary.quantity import shown
from endplate.simulation.draws.people import PeopleDraws
from endplate.simulation.parameters import Draws

Array = NDArray[np.float64]

T = TypeVar("T")

KINDS = (".csv", ".parquet")
LARGEST = 50 * MB
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 2_000, 5_000_000
"""Of a table, which is held whole."""
_LONGEST_CELL, _LONGEST_LINE = 1_000, 1 * MB
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs"}


class CellError(InputError):
    """A cell is wrong.

    Attributes:
        row: its row, counted from 0.
    """

    row: int = 0


@dataclass(frozen=True)
class TableFile:
    """A table as it was read.

    Attributes:
        file: its path.
        columns: cells by column, None where a cell is blank; text in CSV, values in Parquet.
        lines: line of each row in a CSV file; empty for Parquet.
        read: columns already read as numbers.
    """

    file: str
    columns: dict[str, list[Any]]
    lines: tuple[int, ...]
    read: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values())))

    def wrong(
        self, message: str, *, rule: str, remedy: str, row: int | None = None, column: str | None = None
    ) -> InputError:
        """The error of a cell, a row or a column; rows are counted from 0 here and from 1 in the message."""
        line = self.lines[row] if self.lines and row is not None else None
        if row is None:
            return InputError(message, rule=rule, remedy=remedy, file=self.file, field=column)
        told = f"Row {row + 1}: {message}"
        error = CellError(told, rule=rule, remedy=remedy, file=self.file, line=line, field=column)
        error.row = row
        return error

    def first(self, rows: int) -> TableFile:
        """The table up to a row."""
        cells = {name: held[:rows] for name, held in self.columns.items()}
        return TableFile(self.file, cells, self.lines[:rows])

    def known_columns(self, known: Iterable[str]) -> None:
        """Raise ``InputError`` naming the nearest, unless every column is known."""
        options = list(known)
        for name in self.columns:
            if name not in options:
                near = get_close_matches(name, options, 1)
                remedy = f"Did you mean {near[0]}?" if near else f"Use some of {', '.join(options[:12])}."
                message = f"The column {shown(name)} is not known"
                raise self.wrong(message, rule="unknown_column", remedy=remedy, column=name)

    def numbers(self, column: str) -> Array:
        """A column of finite numbers, NaN where a cell is blank or the column is absent, (rows,)."""
        if column not in self.read:
            self.read[column] = self._numbers(column)
        return self.read[column]

    def _numbers(self, column: str) -> Array:
        if column not in self.columns:
            return np.full(self.size, np.nan)
        cells = self.columns[column]
        return np.array([self._number(cell, row, column) for row, cell in enumerate(cells)], np.float64)

    def _number(self, cell: Any, row: int, column: str) -> float:
        if cell is None:
            return math.nan
        try:
            if isinstance(cell, bool):
                raise ValueError
            found = float(cell)
        except (TypeError, ValueError):
            found = math.inf
        if not math.isfinite(found):
            message, remedy = f"{shown(cell)} is not a number", "Write a number, or leave the cell blank."
            raise self.wrong(message, rule="number", remedy=remedy, row=row, column=column)
        return found

    def words(self, column: str, known: Sequence[str]) -> list[str | None]:
        """A column of known words, None where a cell is blank or the column is absent."""
        cells = self.columns.get(column, [None] * self.size)
        return [self.word(cell, row, column, known) for row, cell in enumerate(cells)]

    def word(self, cell: Any, row: int, column: str, known: Sequence[str]) -> str | None:
        """The word of a cell; ``InputError`` naming the nearest where it is not known."""
        if cell is None or cell in known:
            return cell  # type: ignore[no-any-return]
        near = get_close_matches(str(cell)[:_LONGEST_CELL], known, 1)
        remedy = f"Did you mean {near[0]}?" if near else f"Use one of {', '.join(known)}."
        message = f"{shown(cell)} is not a known {column}"
        raise self.wrong(message, rule="unknown_word", remedy=remedy, row=row, column=column)

    def every(self, right: NDArray[np.bool_], tell: Callable[[int], str], **about: str) -> None:
        """Raise ``InputError`` at the first row that is not right.

        Args:
            right: whether each row is, (rows,).
            tell: what is wrong with a row.
            about: rule, remedy and column.
        """
        if not right.all():
            row = int(np.argmin(right))
            raise self.wrong(
                tell(row), rule=about["rule"], remedy=about["remedy"], row=row, column=about["column"]
            )


def earliest(table: TableFile, read: Callable[[TableFile], T]) -> T:
    """What is read from a table.

    Raises:
        CellError: that of the first row with a wrong cell, whichever column is read first.
    """
    try:
        return read(table)
    except CellError as error:
        found = error
    while found.row:
        try:
            read(table.first(found.row))
        except CellError as error:
            found = error
        else:
            break
    raise found


def read_table(path: str | Path) -> TableFile:
    """Read a CSV (UTF-8, comma, one line of names) or a Parquet file.

    Raises:
        InputError: it is neither, cannot be read, has no rows, or its columns are not one name each.
    """
    place = Path(path)
    if place.suffix not in KINDS:
        remedy = f"Give a file that ends in {' or '.join(KINDS)}."
        raise InputError("The table is no CSV or Parquet", rule="table_kind", remedy=remedy, file=str(place))
    remedy = "Give the path of a readable CSV or Parquet file."
    raw = content(place, LARGEST, remedy=remedy, larger="Share the rows out over several tables.")
    table = _of_csv(raw, str(place)) if place.suffix == ".csv" else _of_parquet(raw, str(place))
    if not table.columns or not table.size:
        remedy = "Give one line of names and one line for every row."
        raise InputError("The table has no rows", rule="empty_table", remedy=remedy, file=str(place))
    return table


def _of_csv(raw: bytes, file: str) -> TableFile:
    stream = io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8-sig", newline="")
    reader = csv.reader(iter(partial(stream.readline, _LONGEST_LINE), ""), strict=True)
    try:
        rows = (row for row in reader if row)
        names = [name.strip() for name in next(rows, [])]
        _with_commas(names, file)
        _named_once(names, file)
        cells: list[list[Any]] = [[] for _ in names]
        lines: list[int] = []
        for row in rows:
            _fits(row, names, reader.line_num, len(lines), file)
            lines.append(reader.line_num)
            for column, cell in zip(cells, row, strict=True):
                column.append(cell.strip() or None)
    except csv.Error as error:
        message, remedy = f"The table cannot be read: {error}", "Mend the quotes there."
        raise InputError(message, rule="csv", remedy=remedy, file=file, line=reader.line_num) from error
    except UnicodeDecodeError as error:
        remedy = "Save it as UTF-8."
        raise InputError("The file is not UTF-8 text", rule="file", remedy=remedy, file=file) from error
    return TableFile(file, dict(zip(names, cells, strict=True)), tuple(lines))


def _fits(row: Sequence[str], names: Sequence[str], line: int, above: int, file: str) -> None:
    """Raise where a row is one too many, or has more or fewer cells than there are names."""
    if len(row) != len(names):
        message = f"The row has {len(row)} cells, the line of names {len(names)}"
        remedy = "Give every row one cell for each name; a blank cell is empty between two commas."
        raise InputError(message, rule="ragged_row", remedy=remedy, file=file, line=line)
    if above >= MOST_ROWS:
        raise _too_many(f"{MOST_ROWS} rows", file)
    if above * len(names) >= MOST_CELLS:
        raise _too_many(f"{MOST_CELLS} cells", file)


def _too_many(what: str, file: str) -> InputError:
    """The error of a table beyond the bounds."""
    remedy = "Share the people out over several tables, and leave out what is not needed."
    return InputError(f"The table holds more than {what}", rule="size", remedy=remedy, file=file)


def _with_commas(names: Sequence[str], file: str) -> None:
    """Raise where the line of names is one name that holds another separator."""
    for mark, called in _OTHER_SEPARATORS.items():
        if len(names) == 1 and mark in names[0]:
            message = f"The cells are separated by {called}, and a table here needs commas"
            remedy = "Save it as CSV with commas between cells and points in numbers."
            raise InputError(message, rule="csv_separator", remedy=remedy, file=file, line=1)


def _named_once(names: Sequence[str], file: str) -> None:
    if len(names) > MOST_COLUMNS:
        raise _too_many(f"{MOST_COLUMNS} columns", file)
    for name in names:
        if not name or names.count(name) > 1:
            message = f"The column {shown(name)} stands twice" if name else "A column has no name"
            remedy = "Give every column one name of its own."
            raise InputError(message, rule="column_names", remedy=remedy, file=file, line=1, field=name)


def _of_parquet(raw: bytes, file: str) -> TableFile:
    """Read by Arrow, which meets a damaged file with an error where polars may end the process."""
    arrow, parquet = library("pyarrow", "tables"), library("pyarrow.parquet", "tables")
    try:
        about = parquet.ParquetFile(arrow.BufferReader(raw), pre_buffer=False)
        rows, names = about.metadata.num_rows, about.schema_arrow.names
        if rows > MOST_ROWS or len(names) > MOST_COLUMNS:
            raise _too_many(f"{MOST_ROWS} rows" if rows > MOST_ROWS else f"{MOST_COLUMNS} columns", file)
        if rows * len(names) > MOST_CELLS:
            raise _too_many(f"{MOST_CELLS} cells", file)
        words = [each.name for each in about.schema_arrow if _is_word(arrow, each.type)]
        found = parquet.ParquetFile(arrow.BufferReader(raw), pre_buffer=False, read_dictionary=words)
        table = found.read(use_threads=False)  # a thread that outlives an error ends the process
        table.validate(full=True)
    except (arrow.ArrowException, OSError, ValueError) as error:
        message = f"The file is no Parquet table: {str(error)[:_LONGEST_CELL]}"
        raise InputError(message, rule="parquet", remedy="Write it anew.", file=file) from error
    _named_once(names, file)
    return TableFile(file, {name: _cells(arrow, name, table.column(name), file) for name in names}, ())


def _is_word(arrow: Any, kind: Any) -> bool:
    types = arrow.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _cells(arrow: Any, name: str, column: Any, file: str) -> list[Any]:
    """The cells of a column that holds numbers or short words."""
    types, kind = arrow.types, column.type
    kind = kind.value_type if types.is_dictionary(kind) else kind
    plain = (types.is_integer, types.is_floating, types.is_boolean, types.is_null, types.is_decimal)
    if not (_is_word(arrow, kind) or any(each(kind) for each in plain)):
        message = f"The column {shown(name)} holds neither numbers nor words"
        remedy = "Write numbers, or words."
        raise InputError(message, rule="column_kind", remedy=remedy, file=file, field=name)
    if _is_word(arrow, kind) and _longest(types, column) > _LONGEST_CELL:
        raise _too_many(f"{_LONGEST_CELL} letters in a cell", file)
    found: list[Any] = column.to_pylist()
    return found


def _longest(types: Any, column: Any) -> int:
    """Bytes of the longest word of a column, looked for where each stands once."""
    compute = library("pyarrow.compute", "tables")
    parts = [part.dictionary if types.is_dictionary(part.type) else part for part in column.chunks]
    return max((compute.max(compute.binary_length(part)).as_py() or 0 for part in parts), default=0)


def rows_of(table: TableFile, draws: Draws) -> NDArray[np.int64]:
    """The row of each copy, (size,): in each world of ``PeopleDraws`` the rows ``who``, else copy i row i.

    Raises:
        InputError: more people are asked for than the table holds.
    """
    who, worlds = (draws.who, draws.draws) if isinstance(draws, PeopleDraws) else (range(draws.size), 1)
    if who.stop > table.size:
        message = f"The table holds {table.size} people, {who.stop} are asked for"
        remedy = "Ask for no more people than it holds, or add rows."
        raise table.wrong(message, rule="too_few_people", remedy=remedy)
    return np.tile(np.arange(who.start, who.stop), worlds)
