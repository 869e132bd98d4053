"""What a database complains of, told in one sentence each; the transaction is undone by then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from endplate.errors import InputError
from endplate.store.canonical import DamagedRow
from endplate.store.place import Place

_BUSY = ("store_busy", "Somebody else is writing to the store", "Try again in a moment.")
_FULL = ("disk_full", "The disk of the store is full; nothing was changed", "Make room and try again.")
_READ_ONLY = (
    "store_read_only",
    "The store may only be read; nothing was changed",
    "Ask its owner for the right to write.",
)
_DAMAGED = (
    "store_damaged",
    "The store is damaged or is no store",
    "Restore a backup into a new one: endplate store restore FILE --store NEW.",
)
_NOT_WRITTEN = (
    "store_not_written",
    "The disk refused to write or read the store; nothing was changed",
    "Look at the disk, then try again.",
)
_NOT_OPENED = ("store_not_opened", "The store cannot be opened", "Look at its path and at your rights there.")
_UNREACHED = ("store_unreached", "The database cannot be reached", "Look at the URL, and whether it runs.")
_FORBIDDEN = (
    "store_forbidden",
    "The database does not allow this; nothing was changed",
    "Ask its owner for the right to read and write.",
)
_TAKEN = (
    "store_taken",
    "The database holds other tables of the same names",
    "Give the store its own database.",
)

# By the beginning of SQLite's error name, or of PostgreSQL's error code.
_SENTENCES = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": _READ_ONLY,
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
    "SQLITE_IOERR": _NOT_WRITTEN,
    "SQLITE_CANTOPEN": _NOT_OPENED,
    "55P03": _BUSY,
    "40": _BUSY,
    "53100": _FULL,
    "25006": _READ_ONLY,
    "42501": _FORBIDDEN,
    "42P07": _TAKEN,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
    "58": _NOT_WRITTEN,
    "08": _UNREACHED,
    "28": _UNREACHED,
    "3D": _UNREACHED,
    "57P": _UNREACHED,
}


_OTHER_TABLES = ("no such column", "no such table", "malformed database schema")
"""What SQLite says of a file of the right version whose tables are not those that were made."""


class Conflict(InputError):
    """Somebody else changed what was to be changed; the message says who and when."""


def conflict(code: str, what: str) -> Conflict:
    """The error of a write that came too late."""
    remedy = f"Read it again with 'endplate store show {code}', then repeat the change."
    return Conflict(what, rule="conflict", remedy=remedy, field="version")


@contextmanager
def telling(place: Place) -> Iterator[None]:
    """Turn the database's complaints into input errors about ``place``."""
    try:
        yield
    except StaleDataError as error:
        raise conflict("CODE", "Somebody else changed this at the same time; nothing was changed") from error
    except IntegrityError as error:
        raise conflict("CODE", "Somebody else added this at the same time; nothing was changed") from error
    except DBAPIError as error:
        told = _told(error, place)
        if told is None:
            raise
        raise told from error
    except UnicodeEncodeError as error:
        message, remedy = "A word that was given is no text", "Use letters that can be written down."
        raise InputError(message, rule="no_text", remedy=remedy, file=place.shown) from error
    except (DamagedRow, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _error(_DAMAGED, place) from error


def _told(error: DBAPIError, place: Place) -> InputError | None:
    """The sentence for a complaint; None for one that is a fault of ours."""
    cause = error.orig
    name = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if name is None:  # psycopg gives no code where no connection came about
        return _error(_UNREACHED, place) if place.url is not None else _told_in_words(cause, place)
    if name == "SQLITE_ERROR" and str(cause).startswith(_OTHER_TABLES):
        return _error(_DAMAGED, place)
    found = next((held for start, held in _SENTENCES.items() if name.startswith(start)), None)
    return None if found is None else _error(found, place)


def _told_in_words(cause: BaseException | None, place: Place) -> InputError | None:
    """Python's SQLite gives no name where text is no UTF-8."""
    return _error(_DAMAGED, place) if "UTF-8" in str(cause) else None


def _error(sentence: tuple[str, str, str], place: Place) -> InputError:
    rule, message, remedy = sentence
    return InputError(message, rule=rule, remedy=remedy, file=place.shown)
