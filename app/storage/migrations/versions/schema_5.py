"""What is counted of a leak's shape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make schema 5 of schema 4; nothing that is there is touched."""
    op.create_table(
        "scope_tally",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("labels", sa.LargeBinary(), nullable=False),
        sa.Column("records", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "number", name=op.f("pk_scope_tally")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["ingest_run.id"],
            name=op.f("fk_scope_tally_run_id_ingest_run"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "scope_tables",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_scope_tables")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["ingest_run.id"],
            name=op.f("fk_scope_tables_run_id_ingest_run"),
            ondelete="CASCADE",
        ),
    )
    op.execute("UPDATE deployment SET schema_version = 5")
