"""Clients: people with credentials, what they were granted, and what they have spent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make schema 3 of schema 2; nothing that is there is touched."""
    _make_client()
    _make_client_grant()
    _make_spent_element()
    op.execute("UPDATE deployment SET schema_version = 3")


def _make_client() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("organisation", sa.String(100), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("digest", name=op.f("uq_client_digest")),
    )


def _make_client_grant() -> None:
    op.create_table(
        "client_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(32), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=False),
        sa.Column("margin_percent", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_grant")),
        sa.UniqueConstraint("client_id", "scheme", name=op.f("uq_client_grant_client_id")),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["client.id"],
            name=op.f("fk_client_grant_client_id_client"),
            ondelete="CASCADE",
        ),
    )


def _make_spent_element() -> None:
    op.create_table(
        "spent_element",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id", "digest", name=op.f("pk_spent_element")),
        sa.ForeignKeyConstraint(
            ["grant_id"],
            ["client_grant.id"],
            name=op.f("fk_spent_element_grant_id_client_grant"),
            ondelete="CASCADE",
        ),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
