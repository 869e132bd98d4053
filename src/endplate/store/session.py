"""A session that versions, sums up and audits every row it writes, in the transaction that writes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session

from endplate.store.canonical import checksum, content
from endplate.store.models import Audit, Kept


class AuditedSession(Session):
    """A session on behalf of somebody, about one person at a time.

    Attributes:
        who: under which word the changes are entered.
        code: whom the changes since the last flush are about.
        at: when, ISO 8601 in UTC.
        under_way: the rows of the flush that is going on, each with what it said before.
    """

    who: str = "local"
    code: str = ""
    at: str = ""
    under_way: Sequence[tuple[Kept, dict[str, Any] | None]] = ()


def now() -> str:
    """The time of the clock, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@event.listens_for(AuditedSession, "before_flush")
def _count_up(session: AuditedSession, *_: Any) -> None:
    """Give new rows version 1, changed ones the next, all of them their checksum; keep what they said."""
    changed = [row for row in session.dirty if isinstance(row, Kept) and session.is_modified(row)]
    added = [row for row in session.new if isinstance(row, Kept)]
    session.under_way = [*((row, None) for row in added), *((row, _before(row)) for row in changed)]
    for row, before in session.under_way:
        row.version = 1 if before is None else row.version + 1
        row.digest = checksum(row.says())


@event.listens_for(AuditedSession, "after_flush")
def _enter(session: AuditedSession, *_: Any) -> None:
    """Enter the changes that were just written."""
    if session.under_way:
        session.execute(insert(Audit), [_entry(session, *change) for change in session.under_way])


def _entry(session: AuditedSession, row: Kept, before: dict[str, Any] | None) -> dict[str, Any]:
    entry = {
        "at": session.at,
        "who": session.who,
        "code": session.code,
        "entity": row.__tablename__,
        "entity_id": row.id,
        "old": before,
        "new": row.says(),
    }
    return {**entry, "digest": checksum(content(entry))}


def _before(row: Kept) -> dict[str, Any]:
    """What a changed row says in the database."""
    states = inspect(row).attrs
    names = [column.name for column in row.__table__.columns]
    return content({name: (states[name].history.deleted or [getattr(row, name)])[0] for name in names})
