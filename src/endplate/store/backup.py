"""A whole store as one file of lines, and back, proved to the last byte.

The file is gzip. Its first line says version and numbers of rows, then comes one line of canonical JSON per
row, table by table, and at last a line with the SHA-256 of all lines before it. The same content always gives
the same bytes, whichever database holds it.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Date, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from endplate.errors import InputError
from endplate.store.backup_lines import FORMAT, ROWS_AT_ONCE, BackupLines, damaged
from endplate.store.canonical import canonical
from endplate.store.migrate import NEWEST, migrate
from endplate.store.models import TABLES

_LEVEL = 6
_VERSIONS = tuple(str(number) for number in range(1, int(NEWEST) + 1))
_ORDER = tuple(table.__tablename__ for table in TABLES)


@dataclass(frozen=True)
class BackedUp:
    """What a backup holds.

    Attributes:
        file: its path.
        sha256: of its lines.
        rows: how many, by table.
        schema: the version of the tables.
    """

    file: str
    sha256: str
    rows: dict[str, int]
    schema: str


def write(connection: Connection, file: Path) -> BackedUp:
    """Write everything that one moment of the store holds.

    Args:
        connection: whose transaction sees one moment.
        file: must not be there yet.

    Raises:
        InputError: it is there, or the disk refuses it.
    """
    tables = [table.__table__ for table in TABLES]
    with _new_file(file) as stream:
        rows, sha256 = _write_lines(connection, tables, NEWEST, stream.write)
    return BackedUp(str(file), sha256, rows, NEWEST)


def _write_lines(
    connection: Connection, tables: Iterable[Any], schema: str, put: Callable[[bytes], object]
) -> tuple[dict[str, int], str]:
    """Hand every line to ``put``; the rows by table, and the checksum of the lines."""
    digest, held = hashlib.sha256(), list(tables)
    rows = {table.name: _count(connection, table) for table in held}
    head = {"endplate_backup": FORMAT, "schema": schema, "rows": rows}
    for line in chain([canonical(head)], *(_lines(connection, table) for table in held)):
        raw = line.encode() + b"\n"
        digest.update(raw)
        put(raw)
    put(canonical({"sha256": digest.hexdigest()}).encode() + b"\n")
    return rows, digest.hexdigest()


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    """Every row as a line, empty columns left out."""
    asked = select(table).order_by(table.c.id)
    for row in connection.execute(asked, execution_options={"yield_per": ROWS_AT_ONCE}).mappings():
        yield canonical([table.name, {name: part for name, part in row.items() if part is not None}])


@contextmanager
def _new_file(file: Path) -> Iterator[gzip.GzipFile]:
    """A compressed file that appears whole, or not at all."""
    if os.path.lexists(file):
        remedy = "Name a file that is not there yet."
        raise InputError("The file is there already", rule="file_exists", remedy=remedy, file=str(file))
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "wb") as raw:
            with gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as stream:
                yield stream
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(temporary, file)
    except OSError as error:
        message = f"The backup cannot be written: {error.strerror}"
        remedy = "Name a file in a folder with room that you may write to."
        raise InputError(message, rule="backup_not_written", remedy=remedy, file=str(file)) from error
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def read(connection: Connection, file: Path, schema: str | None) -> BackedUp:
    """Put the content of a backup into a store that holds nothing; the caller's transaction commits it.

    Args:
        connection: inside a transaction that may write.
        file: the backup.
        schema: the version of the store's tables; None where there are none yet.

    Raises:
        InputError: the backup is damaged or too new, or the store holds something.
    """
    lines = BackupLines(file)
    head = lines.head()
    _room_for(connection, head["schema"], schema, file)
    tables = _tables(connection)
    for name, rows in lines.rows(tables):
        _insert(connection, tables[name], rows, file)
    sha256 = lines.sha256
    held = [tables[name] for name in _ORDER if name in head["rows"]]
    try:
        found = _write_lines(connection, held, head["schema"], lambda _: None)
    except (ValueError, RecursionError) as error:
        raise damaged(file, "a row holds what is no text or no number") from error
    if found != (head["rows"], sha256):
        raise damaged(file, "what was written does not read back as it was")
    _settle(connection, held)
    return BackedUp(str(file), sha256, head["rows"], head["schema"])


def _room_for(connection: Connection, wanted: str, schema: str | None, file: Path) -> None:
    """See that the store has tables of the backup's version, with nothing in them."""
    if wanted not in _VERSIONS:
        message = f"The backup has version {wanted}, this endplate works with version {NEWEST}"
        raise InputError(message, rule="store_version", remedy="Install a newer endplate.", file=str(file))
    if schema is None:
        migrate(connection, wanted)
    elif schema != wanted:
        remedy = "Restore it into a place without a store; that is then brought up to date."
        message = f"The backup has version {wanted}, the store version {schema}"
        raise InputError(message, rule="store_version", remedy=remedy, file=str(file))
    elif any(_count(connection, table) for table in _tables(connection).values()):
        remedy = "Restore into a new one; nothing that is held is ever overwritten."
        raise InputError("The store is not empty", rule="store_not_empty", remedy=remedy, field="--store")


def _tables(connection: Connection) -> dict[str, Table]:
    """The tables that are there, which may be of an earlier version."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name in _ORDER)
    for column in (column for table in found.tables.values() for column in table.columns):
        if isinstance(column.type, JSON):
            column.type = JSON(none_as_null=True)
    return {name: found.tables[name] for name in _ORDER if name in found.tables}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]], file: Path) -> None:
    days = [column.name for column in table.columns if isinstance(column.type, Date)]
    try:
        full = [
            {**dict.fromkeys(table.columns.keys()), **row, **{day: _day(row.get(day)) for day in days}}
            for row in rows
        ]
        connection.execute(insert(table), full)
    except (SQLAlchemyError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, DBAPIError) and not _about_content(error):
            raise
        raise damaged(file, f"a row of {table.name} does not fit") from error


def _about_content(error: DBAPIError) -> bool:
    """Whether a database complains of the rows, not of its disk or its rights."""
    name = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None) or ""
    return name.startswith(("SQLITE_CONSTRAINT", "SQLITE_MISMATCH", "SQLITE_TOOBIG", "22", "23"))


def _day(found: object) -> date | None:
    return None if found is None else date.fromisoformat(str(found))


def _settle(connection: Connection, tables: Iterable[Table]) -> None:
    """PostgreSQL numbers its next rows after those that were put in, and looks at what it holds now."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            highest = f"(SELECT coalesce(max(id), 0) + 1 FROM {table.name})"
            asked = f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {highest}, false)"
            connection.execute(text(asked))
            connection.execute(text(f"ANALYZE {table.name}"))
