"""The store: persons by code, their cycles, plans, what was given, visits and runs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from endplate.case import Case, from_document
from endplate.case import Given as GivenRecord
from endplate.errors import InputError
from endplate.store import backup, exchange, reading, writing
from endplate.store.backup import BackedUp
from endplate.store.held import Held, case_of, held, left_out
from endplate.store.migrate import NEWEST, check, prepare, schema_of
from endplate.store.models import Person
from endplate.store.place import Place, connected, make_file, place_of
from endplate.store.reading import Wanted
from endplate.store.session import AuditedSession, now
from endplate.store.telling import telling
from endplate.store.verify import Verified, verified

DEFAULT_WHO = "local"
_EVERYBODY = Wanted()


@dataclass(frozen=True)
class Done:
    """What a change came to.

    Attributes:
        code: of the person.
        cycle: its number.
        version: of the person afterwards.
        id: of the row that was added or corrected, if it has one to be called by.
        warnings: what is remarkable about it.
    """

    code: str
    cycle: int
    version: int
    id: int | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """What ``Store.init`` did: whether it made the tables, or from which version it brought them up."""

    store: str
    schema: str
    created: bool
    migrated_from: str | None


class Store:
    """One store, in an SQLite file or a PostgreSQL database; safe to share between threads.

    Every change is one transaction: its rows, their checksums and its entries in the audit are committed
    together or not at all. ``who`` is a word for the audit, never a name.
    """

    def __init__(self, place: Place, engine: Engine) -> None:
        self.place = place
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        snapshot = {} if place.url is None else {"isolation_level": "REPEATABLE READ"}
        self._reader = engine.execution_options(**snapshot)

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """The store at a path or URL.

        Raises:
            InputError: there is none, it is damaged, or of another version.
        """
        store = cls._at(place_of(place))
        with store._opening(), store._reader.connect() as connection:
            check(connection, store.place)
        return store

    @classmethod
    def init(cls, place: str | Path) -> tuple[Self, Made]:
        """Make a store, or bring one of an earlier version up to date; open it.

        Raises:
            InputError: the place cannot be written to, or holds something else.
        """
        where = place_of(place)
        with _new_file(where):
            store = cls._at(where)
            with store._opening():
                before = prepare(store._writer, where)
        return store, Made(where.shown, NEWEST, before is None, None if before == NEWEST else before)

    @classmethod
    def _at(cls, place: Place) -> Self:
        if place.file is not None and not os.path.isfile(place.file):
            message = "There is no store here" if not os.path.exists(place.file) else "This is no file"
            remedy = "Make one with 'endplate store init', or name another with --store."
            raise InputError(message, rule="no_store", remedy=remedy, file=str(place.file))
        return cls(place, connected(place))

    @contextmanager
    def _opening(self) -> Iterator[None]:
        """Close the engine again if the store cannot be used."""
        try:
            with telling(self.place):
                yield
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- changes ----------------------------------------------------------------------------------

    @contextmanager
    def _writing(self, who: str) -> Iterator[AuditedSession]:
        writing.check_who(who)
        with telling(self.place), AuditedSession(self._writer) as session, session.begin():
            session.who, session.at = who, now()
            yield session

    def add(
        self,
        case: Case,
        *,
        who: str = DEFAULT_WHO,
        next_cycle: bool = False,
        version: int | None = None,
    ) -> Done:
        """Keep a case: of somebody new, or with ``next_cycle`` as the next cycle of somebody known.

        Raises:
            Conflict: somebody changed the person since ``version``.
            InputError: the code is taken, a text could tell who the person is, or the cycles do not fit.
        """
        with self._writing(who) as session:
            return _added(writing.add_case(session, case, next_cycle, version))

    def add_all(
        self, cases: Iterable[Case], *, who: str = DEFAULT_WHO, next_cycle: bool = False
    ) -> list[Done]:
        """Keep several cases, all or none."""
        with self._writing(who) as session:
            return [_added(writing.add_case(session, case, next_cycle)) for case in cases]

    def plan(
        self,
        code: str,
        case: Case,
        *,
        who: str = DEFAULT_WHO,
        version: int | None = None,
        cycle: int | None = None,
    ) -> Done:
        """Put the plan of ``case`` in place of that of a cycle (the last one); see :meth:`visit`."""
        with self._writing(who) as session:
            found = writing.opened(session, code, version)
            return _done(writing.replace_plan(session, found, case, cycle), cycle)

    def visit(
        self,
        code: str,
        finding: Mapping[str, Any],
        *,
        note: str | None = None,
        who: str = DEFAULT_WHO,
        version: int | None = None,
        cycle: int | None = None,
        correct: int | None = None,
    ) -> Done:
        """Add a finding to a cycle.

        Args:
            code: of the person.
            finding: as a row of ``visits`` in a case file.
            note: free text beside it, without names.
            who: for the audit.
            version: of the person as read before; None to change whatever stands there.
            cycle: its number; the last one where none is given.
            correct: the number of an earlier finding to be replaced.

        Raises:
            Conflict: somebody changed the person since ``version``.
            InputError: the finding is no valid one.
        """
        with self._writing(who) as session:
            found = writing.opened(session, code, version)
            number = writing.put_visit(session, found, finding, note, cycle, correct)
            return _done(found, cycle, number, _left_out_of(found, cycle))

    def given(
        self,
        code: str,
        record: Mapping[str, Any],
        *,
        who: str = DEFAULT_WHO,
        version: int | None = None,
        cycle: int | None = None,
        correct: int | None = None,
    ) -> Done:
        """Record what was given from one lot, as :class:`endplate.case.Given` says; see :meth:`visit`."""
        with self._writing(who) as session:
            found = writing.opened(session, code, version)
            made = from_document(GivenRecord, record)
            number, warnings = writing.put_given(session, found, made, cycle, correct)
            return _done(found, cycle, number, [*warnings, *_left_out_of(found, cycle)])

    def run(self, code: str, result: bytes, *, who: str = DEFAULT_WHO) -> Done:
        """Record a result of ``run`` or ``simulate``: its checksum, seed and versions.

        Args:
            code: of the person.
            result: the bytes of the result's file.
            who: for the audit.

        Raises:
            InputError: no result, or not one of a case that is held.
        """
        with self._writing(who) as session:
            found = writing.opened(session, code, None)
            return _done(found, None, writing.put_run(session, found, result))

    def import_tables(self, folder: Path, *, who: str = DEFAULT_WHO) -> list[Done]:
        """Add everybody in a folder of CSV tables, as :meth:`tables` gives them; all or none."""
        with self._writing(who) as session:
            return [_added(found) for found in exchange.put_tables(session, folder)]

    # ---- answers ----------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with telling(self.place), Session(self._reader) as session:
            yield session

    @contextmanager
    def _held(self, code: str) -> Iterator[Held]:
        with self._reading() as session:
            yield held(session, writing.person_of(session, code))

    def case(self, code: str, cycle: int | None = None) -> Case:
        """The case of a cycle (the last one): its plan is what was given, where that is recorded."""
        with self._held(code) as found:
            return case_of(found, cycle)

    def show(self, code: str) -> dict[str, Any]:
        """Everything held of a person."""
        with self._held(code) as found:
            return reading.whole(found)

    def beside(self, case: Case) -> dict[str, Any]:
        """Everything held of the person of a case, and in ``case_file`` whether the case differs from it."""
        with self._held(case.patient.code) as found:
            return {**reading.whole(found), "case_file": reading.compared(found, case)}

    def page(self, number: int = 1, wanted: Wanted = _EVERYBODY) -> dict[str, Any]:
        """One page of the persons wanted, by code."""
        with self._reading() as session:
            return reading.page_of(session, number, wanted)

    def audit(self, code: str | None = None, most: int = 100) -> list[dict[str, Any]]:
        """The newest changes, oldest first: when, who, which row, what it said and says."""
        with self._reading() as session:
            return reading.entries(session, code, most)

    def cases(self) -> Iterator[tuple[int, Case]]:
        """Every cycle of everybody, with its number."""
        with self._reading() as session:
            for person in session.scalars(select(Person).order_by(Person.code)).all():
                found = held(session, person)
                for one in found.cycles:
                    yield one.cycle.number, case_of(found, one.cycle.number)

    def tables(self, code: str | None = None) -> dict[str, str]:
        """What is held of one person or everybody, as CSV texts by file name."""
        with self._reading() as session:
            asked = select(Person).order_by(Person.code)
            persons = [writing.person_of(session, code)] if code else session.scalars(asked).all()
            return exchange.tables(held(session, person) for person in persons)

    def verify(self) -> Verified:
        """Read everything: checksums, the audit's chain, and the database's own checks."""
        with self._reading() as session:
            return verified(session)

    def backup(self, file: Path) -> BackedUp:
        """Write everything into one file that is not there yet."""
        with self._reading() as session:
            return backup.write(session.connection(), file)

    @classmethod
    def restore(cls, file: Path, place: str | Path) -> BackedUp:
        """Make the content of a backup that of an empty store, proved by reading it back.

        Raises:
            InputError: the backup is damaged, or the store is not empty.
        """
        where = place_of(place)
        with _new_file(where):
            store = cls._at(where)
            with store._opening(), store._writer.begin() as connection:
                kept = backup.read(connection, file, schema_of(connection))
            prepare(store._writer, where)
            store.close()
        return kept


@contextmanager
def _new_file(place: Place) -> Iterator[None]:
    """An empty file for a store where there is none yet; it goes again where the work fails."""
    new = place.file is not None and make_file(place.file)
    try:
        yield
    except BaseException:
        if new and place.file is not None:
            place.file.unlink(missing_ok=True)
        raise


def _added(found: Held) -> Done:
    """The newest cycle was added."""
    return _done(found, warnings=[note for _, note in left_out(found, found.at(None))])


def _left_out_of(found: Held, cycle: int | None) -> list[str]:
    """What later cycles state of a cycle that was changed, and that does not count."""
    at = found.at(cycle).cycle.number
    return [note for one in found.cycles for about, note in left_out(found, one) if about == at]


def _done(
    found: Held, cycle: int | None = None, number: int | None = None, warnings: Iterable[str] = ()
) -> Done:
    at = found.at(cycle).cycle.number
    return Done(found.person.code, at, found.person.version, number, tuple(warnings))
