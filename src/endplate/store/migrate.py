"""Make the tables of a store, or bring those of an earlier version up to date, in one transaction."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect

from endplate.errors import InputError
from endplate.store.place import APPLICATION_ID, Place

NEWEST = "2"
VERSION_TABLE = "endplate_version"
_STEPS = Path(__file__).parent / "migrations"


def migrate(connection: Connection, version: str = NEWEST) -> None:
    """Bring the tables to a version; the caller's transaction makes it all or nothing.

    Args:
        connection: inside a transaction that may write.
        version: of the tables; those there already must not be newer.
    """
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, version)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={version}")


def schema_of(connection: Connection) -> str | None:
    """The version of a store's tables; None where there is no store."""
    if connection.dialect.name == "sqlite":
        application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
        version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        return str(version) if application == APPLICATION_ID else None
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return str(connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one())


def check(connection: Connection, place: Place) -> None:
    """Raise unless the tables are those of this program.

    Raises:
        InputError: there are none, or they are of another version.
    """
    found = schema_of(connection)
    if found is None:
        raise _no_store(place)
    if found != NEWEST:
        raise _other_version(found, place)


def prepare(writer: Engine, place: Place) -> str | None:
    """Make the tables, or bring them up to date; the version found before, None where there were none.

    Raises:
        InputError: the place holds something else, or a store of a newer version.
    """
    with writer.begin() as connection:
        found = schema_of(connection)
        if found is None and place.url is None and inspect(connection).get_table_names():
            raise _no_store(place)
        if found is not None and _newer(found):
            raise _other_version(found, place)
        if found != NEWEST:
            migrate(connection)
    if place.url is None:
        with writer.connect() as connection:
            connection.connection.cursor().execute("PRAGMA journal_mode=WAL")
    return found


def _newer(found: str) -> bool:
    return not found.isdigit() or int(found) > int(NEWEST)


def _no_store(place: Place) -> InputError:
    message = "This holds no store of endplate"
    remedy = "Make one elsewhere with 'endplate store init --store NEW'."
    return InputError(message, rule="no_store", remedy=remedy, file=place.shown)


def _other_version(found: str, place: Place) -> InputError:
    old = "Keep a copy, then bring it up to date with 'endplate store init'."
    remedy = "Install a newer endplate." if _newer(found) else old
    message = f"The store has version {found}, this endplate works with version {NEWEST}"
    return InputError(message, rule="store_version", remedy=remedy, file=place.shown)
