"""Version 1: persons, cycles, plans, what was given, visits, and the audit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def _kept() -> tuple[sa.Column[int], sa.Column[str]]:
    """The columns that close every table but the audit."""
    return sa.Column("version", sa.Integer(), nullable=False), _digest()


def _digest() -> sa.Column[str]:
    return sa.Column("digest", sa.String(64), nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), primary_key=True)


def _needed(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _of_cycle(unique: bool = False) -> sa.Column[int]:
    return sa.Column("cycle_id", sa.Integer(), sa.ForeignKey("cycle.id"), nullable=False, unique=unique)


def upgrade() -> None:
    """Make the tables."""
    _make_persons()
    _make_sessions()
    op.create_table(
        "audit",
        _number(),
        *(_needed(name, sa.Text()) for name in ("at", "who")),
        _needed("code", sa.String(40)),
        _needed("entity", sa.Text()),
        _needed("entity_id", sa.Integer()),
        sa.Column("old", sa.JSON()),
        _needed("new", sa.JSON()),
        _digest(),
    )
    op.create_index("ix_audit_entity", "audit", ["entity", "entity_id"])
    op.create_index("ix_audit_code", "audit", ["code"])


def _make_persons() -> None:
    op.create_table(
        "person",
        _number(),
        sa.Column("code", sa.String(40), nullable=False, unique=True),
        sa.Column("condition", sa.Text()),
        sa.Column("product", sa.Text()),
        sa.Column("last_date", sa.Date()),
        _needed("cycles", sa.Integer()),
        _needed("changed_at", sa.Text()),
        _needed("changed_by", sa.Text()),
        *_kept(),
    )
    op.create_index("ix_person_last_date", "person", ["last_date"])
    op.create_table(
        "cycle",
        _number(),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        _needed("number", sa.Integer()),
        *(_needed(name, sa.JSON()) for name in ("patient", "assessment", "goals", "history", "notes")),
        *_kept(),
        sa.UniqueConstraint("person_id", "number"),
    )


def _make_sessions() -> None:
    op.create_table(
        "plan",
        _number(),
        _of_cycle(unique=True),
        _needed("date", sa.Date()),
        *(_needed(name, sa.Text()) for name in ("jurisdiction", "product", "indication")),
        sa.Column("dilution", sa.Text()),
        *(_needed(name, sa.Text()) for name in ("guidance", "co_therapy")),
        *(_needed(name, sa.JSON()) for name in ("vials", "injections")),
        *_kept(),
    )
    op.create_table(
        "given",
        _number(),
        _of_cycle(),
        _needed("date", sa.Date()),
        *(_needed(name, sa.Text()) for name in ("product", "lot")),
        _needed("expiry", sa.Date()),
        *(_needed(name, sa.Text()) for name in ("units", "discarded")),
        sa.Column("dilution", sa.Text()),
        _needed("guidance", sa.Text()),
        _needed("injections", sa.JSON()),
        *_kept(),
    )
    op.create_index("ix_given_cycle_id", "given", ["cycle_id"])
    op.create_index("ix_given_lot", "given", ["lot"])
    op.create_table(
        "visit",
        _number(),
        _of_cycle(),
        _needed("date", sa.Date()),
        *(sa.Column(name, sa.Text()) for name in ("joint", "side")),
        _needed("measure", sa.Text()),
        *(sa.Column(name, sa.Text()) for name in ("scale", "value")),
        *_kept(),
    )
    op.create_index("ix_visit_cycle_id", "visit", ["cycle_id"])
