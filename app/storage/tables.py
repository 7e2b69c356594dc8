"""What is stored, and nothing of it testable without a key that is not here.

`entry` is for changing the key and is never read while answering; `range` is all that answering
needs.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, DateTime, LargeBinary, MetaData, UniqueConstraint
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 1


class Table(SQLModel):
    """Base of all tables; constraints are named by rule so that a migration can find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Deployment(Table, table=True):
    """The one row that all datasets share."""

    id: int | None = Field(default=None, primary_key=True)
    schema_version: int
    stretch_salt: bytes


class Dataset(Table, table=True):
    """One leak. `epoch` and `published_at` are empty while it is a draft and answers nobody."""

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=64)
    title: str
    breach_date: date
    epoch: int | None = None
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    rows: int = 0
    rows_rejected: int = 0


class SchemeIndex(Table, table=True):
    """A dataset's entries under one scheme in one epoch, and what is public about them."""

    __tablename__: ClassVar[Any] = "scheme_index"
    __table_args__ = (UniqueConstraint("dataset_id", "scheme", "epoch"),)

    id: int | None = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    scheme: str = Field(max_length=32)
    epoch: int
    position: int
    is_public: bool
    public_key: bytes
    stretch_memory_kib: int
    stretch_iterations: int
    stretch_parallelism: int
    prefix_bits: int = 0
    range_length: int = 0
    entries: int = 0
    rows: int = 0
    commitment: bytes | None = None


class Entry(Table, table=True):
    """One element: 32 bytes that say nothing without the key."""

    __table_args__ = {"sqlite_with_rowid": False, "sqlite_strict": True}

    index_id: int = Field(foreign_key="scheme_index.id", ondelete="CASCADE", primary_key=True)
    element: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))


class Range(Table, table=True):
    """The fingerprints of one prefix, sorted and filled up."""

    __table_args__ = {"sqlite_strict": True}

    index_id: int = Field(foreign_key="scheme_index.id", ondelete="CASCADE", primary_key=True)
    prefix: int = Field(primary_key=True)
    fingerprints: bytes


class IngestRun(Table, table=True):
    """What one run read: digest, numbers, reasons and line numbers; never a value."""

    __tablename__: ClassVar[Any] = "ingest_run"

    id: int | None = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    finished_at: datetime = Field(sa_type=DateTime(timezone=True))
    source_sha256: bytes
    source_bytes: int
    rows: int
    rows_used: int
    rejects: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    refused_values: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
