"""Version 2: runs of the model, notes beside what was given and found, and more of what a visit tells."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the table and the columns; no row that is there changes what it says."""
    op.add_column("given", sa.Column("note", sa.Text()))
    for name, kind in (
        ("note", sa.Text()),
        ("movement", sa.Text()),
        ("tardieu", sa.JSON()),
        ("rater", sa.Text()),
    ):
        op.add_column("visit", sa.Column(name, kind))
    words = ("model_version", "program_version", "inputs_sha256", "result_sha256")
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cycle_id", sa.Integer(), sa.ForeignKey("cycle.id"), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("seed", "draws")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("ix_run_cycle_id", "run", ["cycle_id"])
