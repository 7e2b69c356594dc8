"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables of schema 1."""
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("stretch_salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "dataset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("breach_date", sa.Date(), nullable=False),
        sa.Column("epoch", sa.Integer()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("slug", name=op.f("uq_dataset_slug")),
    )
    _make_scheme_index()
    _make_contents()
    _make_ingest_run()


def _make_scheme_index() -> None:
    op.create_table(
        "scheme_index",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("stretch_memory_kib", sa.Integer(), nullable=False),
        sa.Column("stretch_iterations", sa.Integer(), nullable=False),
        sa.Column("stretch_parallelism", sa.Integer(), nullable=False),
        sa.Column("prefix_bits", sa.Integer(), nullable=False),
        sa.Column("range_length", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_index")),
        sa.UniqueConstraint(
            "dataset_id", "scheme", "epoch", name=op.f("uq_scheme_index_dataset_id")
        ),
        _reference("scheme_index", "dataset"),
    )


def _make_contents() -> None:
    op.create_table(
        "entry",
        sa.Column("index_id", sa.Integer(), nullable=False),
        sa.Column("element", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index_id", "element", name=op.f("pk_entry")),
        _reference("entry", "scheme_index", "index_id"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
    op.create_table(
        "range",
        sa.Column("index_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.Integer(), nullable=False),
        sa.Column("fingerprints", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("index_id", "prefix", name=op.f("pk_range")),
        _reference("range", "scheme_index", "index_id"),
        sqlite_strict=True,
    )


def _make_ingest_run() -> None:
    op.create_table(
        "ingest_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("source_bytes", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("rows_used", sa.Integer(), nullable=False),
        sa.Column("rejects", sa.JSON(), nullable=False),
        sa.Column("refused_values", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ingest_run")),
        _reference("ingest_run", "dataset"),
    )


def _reference(table: str, other: str, column: str = "dataset_id") -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")
