"""The tables: a person has cycles; a cycle has a plan, what was given, visits and runs.

Sections that are only ever read whole (patient, assessment, goals, history, injections) are JSON as the case
file writes them. Every table but the audit carries a version, which counts its changes, and every row a
checksum of what it says. Quantities are text with their unit: U belongs to the product beside it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from endplate.store.canonical import DamagedRow, content, fits
from endplate.store.private import CODE_LETTERS

_DIGEST_LETTERS = 64


class Day(TypeDecorator[dt.date]):
    """A day; a column that holds something else is a damaged row."""

    impl = Date
    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Any:
        """How what a database holds becomes a day."""
        usual = super().result_processor(dialect, coltype)
        if usual is None:
            return None

        def read(found: Any) -> Any:
            try:
                return usual(found)
            except (ValueError, TypeError) as error:
                raise DamagedRow("a day") from error

        return read


class Base(DeclarativeBase):
    """What all tables share: a number and a checksum."""

    type_annotation_map = {  # noqa: RUF012  SQLAlchemy's own form
        dict[str, Any]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
        str: Text(),
        dt.date: Day(),
    }

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
    digest: Mapped[str] = mapped_column(String(_DIGEST_LETTERS), sort_order=1)

    def says(self) -> dict[str, Any]:
        """What the row says, without its number and checksum."""
        return content(self._columns())

    def sound(self) -> bool:
        """Whether the row says what its checksum was made of."""
        return fits(self._columns())

    def _columns(self) -> dict[str, Any]:
        return {column.name: getattr(self, column.name) for column in self.__table__.columns}


class Kept(Base):
    """A row whose changes are counted, so that nobody overwrites what he has not read."""

    __abstract__ = True
    version: Mapped[int] = mapped_column(sort_order=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """An update names the version it changes; the audit counts it up."""
        return {"version_id_col": cls.version, "version_id_generator": False}


class Person(Kept):
    """One person, known by a code; the columns beside it answer a list without reading the cycles."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_last_date", "last_date"),)
    code: Mapped[str] = mapped_column(String(CODE_LETTERS), unique=True)
    condition: Mapped[str | None]
    product: Mapped[str | None]
    last_date: Mapped[dt.date | None]
    cycles: Mapped[int]
    changed_at: Mapped[str]
    changed_by: Mapped[str]


class Cycle(Kept):
    """One cycle of treatment: the person as found before it."""

    __tablename__ = "cycle"
    __table_args__ = (UniqueConstraint("person_id", "number"),)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    patient: Mapped[dict[str, Any]]
    assessment: Mapped[list[Any]]
    goals: Mapped[list[Any]]
    history: Mapped[list[Any]]
    notes: Mapped[list[Any]]


class Plan(Kept):
    """The session as planned."""

    __tablename__ = "plan"
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"), unique=True)
    date: Mapped[dt.date]
    jurisdiction: Mapped[str]
    product: Mapped[str]
    indication: Mapped[str]
    dilution: Mapped[str | None]
    guidance: Mapped[str]
    co_therapy: Mapped[str]
    vials: Mapped[list[Any]]
    injections: Mapped[list[Any]]


class Given(Kept):
    """What was given from one lot."""

    __tablename__ = "given"
    __table_args__ = (Index("ix_given_cycle_id", "cycle_id"), Index("ix_given_lot", "lot"))
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    date: Mapped[dt.date]
    product: Mapped[str]
    lot: Mapped[str]
    expiry: Mapped[dt.date]
    units: Mapped[str]
    discarded: Mapped[str]
    dilution: Mapped[str | None]
    guidance: Mapped[str]
    injections: Mapped[list[Any]]
    note: Mapped[str | None]


class Visit(Kept):
    """One finding after the session."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_cycle_id", "cycle_id"),)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    date: Mapped[dt.date]
    joint: Mapped[str | None]
    side: Mapped[str | None]
    measure: Mapped[str]
    scale: Mapped[str | None]
    value: Mapped[str | None]
    note: Mapped[str | None]
    movement: Mapped[str | None]
    tardieu: Mapped[dict[str, Any] | None]
    rater: Mapped[str | None]


class Run(Kept):
    """A run of the model on a cycle: what went in and what came out, by their checksums."""

    __tablename__ = "run"
    __table_args__ = (Index("ix_run_cycle_id", "cycle_id"),)
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycle.id"))
    verb: Mapped[str]
    seed: Mapped[int]
    draws: Mapped[int]
    model_version: Mapped[str]
    program_version: Mapped[str]
    inputs_sha256: Mapped[str]
    result_sha256: Mapped[str]


class Audit(Base):
    """One change of one row: when, by whom, what stood there and what stands there now."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_entity", "entity", "entity_id"), Index("ix_audit_code", "code"))
    at: Mapped[str]
    who: Mapped[str]
    code: Mapped[str] = mapped_column(String(CODE_LETTERS))
    entity: Mapped[str]
    entity_id: Mapped[int]
    old: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    new: Mapped[dict[str, Any]]


KEPT: tuple[type[Kept], ...] = (Person, Cycle, Plan, Given, Visit, Run)
TABLES: tuple[type[Base], ...] = (*KEPT, Audit)
