"""States and end dates, runs that can be taken up again, manifests, the audit trail, forgetting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make schema 2 of schema 1; entries and ranges are not touched."""
    _change_dataset()
    _change_scheme_index()
    _change_ingest_run()
    _make_manifest()
    _make_audit_event()
    _make_forgotten()
    op.execute("UPDATE deployment SET schema_version = 2")


def _change_dataset() -> None:
    with op.batch_alter_table("dataset") as table:
        table.add_column(sa.Column("state", sa.String(16)))
        table.add_column(sa.Column("ends_on", sa.Date()))
        table.add_column(sa.Column("erasure", sa.JSON(none_as_null=True)))
        table.add_column(sa.Column("certificate", sa.String()))
    # A year from now and not from the publication: an upgrade must not erase anything.
    op.execute(
        "UPDATE dataset SET ends_on = date('now', '+1 year'),"
        " state = CASE WHEN epoch IS NULL THEN 'draft' ELSE 'published' END"
    )
    with op.batch_alter_table("dataset") as table:
        table.alter_column("state", existing_type=sa.String(16), nullable=False)
        table.alter_column("ends_on", existing_type=sa.Date(), nullable=False)


def _change_scheme_index() -> None:
    with op.batch_alter_table("scheme_index") as table:
        table.add_column(sa.Column("revision", sa.Integer()))
    op.execute("UPDATE scheme_index SET revision = abs(random() / 2)")
    with op.batch_alter_table("scheme_index") as table:
        table.alter_column("revision", existing_type=sa.Integer(), nullable=False)


def _change_ingest_run() -> None:
    with op.batch_alter_table("ingest_run") as table:
        table.add_column(sa.Column("epoch", sa.Integer()))
        table.add_column(sa.Column("state", sa.String(16)))
        table.add_column(sa.Column("started_at", sa.DateTime(timezone=True)))
        table.add_column(sa.Column("position", sa.JSON(none_as_null=True)))
        table.add_column(sa.Column("counters", sa.JSON(none_as_null=True)))
        table.add_column(sa.Column("forgotten", sa.Integer()))
        table.alter_column("finished_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        table.alter_column("source_sha256", existing_type=sa.LargeBinary(), nullable=True)
    # Schema 1 wrote a run only when it had reached its end, and knew one epoch.
    op.execute("UPDATE ingest_run SET epoch = 1, state = 'finished', forgotten = 0")
    with op.batch_alter_table("ingest_run") as table:
        table.alter_column("epoch", existing_type=sa.Integer(), nullable=False)
        table.alter_column("state", existing_type=sa.String(16), nullable=False)
        table.alter_column("forgotten", existing_type=sa.Integer(), nullable=False)


def _make_manifest() -> None:
    op.create_table(
        "manifest",
        sa.Column("dataset_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("jws", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("dataset_id", "epoch", name=op.f("pk_manifest")),
        sa.ForeignKeyConstraint(
            ["dataset_id"],
            ["dataset.id"],
            name=op.f("fk_manifest_dataset_id_dataset"),
            ondelete="CASCADE",
        ),
    )


def _make_audit_event() -> None:
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
        sqlite_strict=True,
    )
    # A row that another replaces is deleted without its trigger.
    replaces = "WHEN EXISTS (SELECT 1 FROM audit_event WHERE number >= NEW.number)"
    for change, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", replaces)):
        op.execute(
            f"CREATE TRIGGER audit_event_guards_{change.lower()} BEFORE {change} ON audit_event"
            f" {condition} BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END"
        )


def _make_forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("memory_kib", sa.Integer(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("parallelism", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_forgotten")),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )
