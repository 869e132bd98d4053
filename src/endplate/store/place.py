"""Where a store lies: an SQLite file or a PostgreSQL database, and how it is connected to."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from endplate.errors import InputError, library

APPLICATION_ID = int.from_bytes(b"endp", "big")  # stands in the file's header
WAIT_S = 5  # how long a writer waits for another
PRIVATE_FILE = 0o600  # for its owner alone
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")
_SQLITE_FILE = "sqlite:///"


@dataclass(frozen=True)
class Place:
    """A store's address.

    Attributes:
        url: of the database server; None for a file.
        file: the SQLite file; None for a server.
    """

    url: URL | None
    file: Path | None

    @property
    def shown(self) -> str:
        """The address for people, without a password."""
        return self.url.render_as_string(hide_password=True) if self.url is not None else str(self.file)

    @property
    def word(self) -> str:
        """Its name alone: of the file or the database, without path, server and password."""
        name = self.url.database if self.url is not None else self.file and self.file.name
        return name or "store"


def place_of(text: str | Path) -> Place:
    """The address that a path or URL means.

    Raises:
        InputError: a URL of a database that is not supported, or one that cannot be read.
    """
    told = str(text)
    if "://" not in told or told.startswith(_SQLITE_FILE):
        return Place(None, Path(told.removeprefix(_SQLITE_FILE)))
    remedy = "Name a file, or a URL such as postgresql://user@host/database."
    try:
        url = make_url(told)
    except (ArgumentError, ValueError) as error:
        raise InputError("The store's URL cannot be read", rule="store_url", remedy=remedy) from error
    if url.drivername not in _POSTGRESQL:
        message = f"A store cannot lie in {url.drivername}"
        raise InputError(message, rule="store_url", remedy=remedy, field="--store")
    return Place(url.set(drivername="postgresql+psycopg"), None)


def connected(place: Place) -> Engine:
    """The engine of a place; nothing is read or made yet."""
    if place.url is not None:
        library("psycopg", "store")
        settings = {"options": f"-c lock_timeout={WAIT_S}s", "connect_timeout": WAIT_S}
        return create_engine(place.url, connect_args=settings, pool_pre_ping=True)
    engine = create_engine("sqlite://", creator=_opener(place.file or Path()), poolclass=QueuePool)
    event.listen(engine, "begin", _begin)
    return engine


def make_file(file: Path) -> bool:
    """Make an empty file that only its owner may read; False if one is there already."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except FileExistsError:
        return False
    except OSError as error:
        message = f"The store cannot be made: {error.strerror}"
        remedy = "Name a file in a folder that you may write to."
        raise InputError(message, rule="store_not_made", remedy=remedy, file=str(file)) from error
    return True


def _opener(file: Path) -> Any:
    """How SQLite opens a file that must be there already."""
    address = f"file:{quote(str(file.absolute()))}?mode=rw"

    def open_file() -> sqlite3.Connection:
        connection = sqlite3.connect(
            address, timeout=WAIT_S, uri=True, check_same_thread=False, isolation_level=None
        )
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    return open_file


def _begin(connection: Connection) -> None:
    """A writer takes the lock at once, so that it waits at its beginning and never half-way."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
