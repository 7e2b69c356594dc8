"""What is stored, and nothing of it testable without a key that is not here.

`entry` is for changing the key and is never read while answering; `range` is all that answering
needs. The tables are made and changed by `migrations` alone; a test holds the two together.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, DateTime, LargeBinary, MetaData, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

SCHEMA_VERSION = 5


def _optional_json() -> Column[Any]:
    return Column(JSON(none_as_null=True), nullable=True)


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
    """One leak. Which `state` may follow which is said in `lifecycle.states`.

    `epoch` and `published_at` are empty until it is first published. `erasure` is what its erasure
    counted when it began, and `certificate` what it left when it was done.
    """

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True, max_length=64)
    title: str
    breach_date: date
    state: str = Field(max_length=16)
    ends_on: date
    epoch: int | None = None
    published_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    rows: int = 0
    rows_rejected: int = 0
    erasure: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    certificate: str | None = None


class SchemeIndex(Table, table=True):
    """A dataset's entries under one scheme in one epoch, and what is public about them.

    `revision` is random, and another one whenever the ranges change within the epoch; a counter
    would tell how many people were taken out.
    """

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
    revision: int


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
    """What one run read: digest, numbers, reasons and line numbers; never a value.

    A dataset has one for each source that was read into it; `epoch` is the one that it fills. What
    a run needs to be taken up again stands in `position` and `counters`. `started_at` is not known
    of runs that schema 1 wrote.
    """

    __tablename__: ClassVar[Any] = "ingest_run"

    id: int | None = Field(default=None, primary_key=True)
    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE")
    epoch: int
    state: str = Field(max_length=16)
    started_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    finished_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    position: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    counters: dict[str, Any] | None = Field(default=None, sa_column=_optional_json())
    source_sha256: bytes | None = None
    source_bytes: int = 0
    rows: int = 0
    rows_used: int = 0
    forgotten: int = 0
    rejects: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    refused_values: dict[str, int] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )


class ScopeTally(Table, table=True):
    """What was counted of some rows while a draft is filled: sealed, and gone once it is."""

    __tablename__: ClassVar[Any] = "scope_tally"

    run_id: int = Field(foreign_key="ingest_run.id", ondelete="CASCADE", primary_key=True)
    number: int = Field(primary_key=True)
    labels: bytes
    records: bytes


class ScopeTables(Table, table=True):
    """What was counted of one source, as it may be published; never changed afterwards."""

    __tablename__: ClassVar[Any] = "scope_tables"

    run_id: int = Field(foreign_key="ingest_run.id", ondelete="CASCADE", primary_key=True)
    document: str = Field(sa_column=Column(Text, nullable=False))


class SignedManifest(Table, table=True):
    """What was published as one epoch, signed."""

    __tablename__: ClassVar[Any] = "manifest"

    dataset_id: int = Field(foreign_key="dataset.id", ondelete="CASCADE", primary_key=True)
    epoch: int = Field(primary_key=True)
    jws: str


class AuditRecord(Table, table=True):
    """One event of the audit trail; triggers refuse to change or delete any."""

    __tablename__: ClassVar[Any] = "audit_event"
    __table_args__ = {"sqlite_strict": True}

    number: int | None = Field(default=None, primary_key=True)
    event: str = Field(sa_column=Column(Text, nullable=False))
    digest: bytes


class Forgotten(Table, table=True):
    """Whom no ingest may take in again: keyed tokens, in no order, of no dataset."""

    __table_args__ = {"sqlite_with_rowid": False, "sqlite_strict": True}

    token: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    key_id: bytes
    memory_kib: int
    iterations: int
    parallelism: int


class Client(Table, table=True):
    """A person with a credential, of which only the digest is here."""

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(max_length=100)
    organisation: str = Field(max_length=100)
    role: str = Field(max_length=16)
    digest: bytes = Field(unique=True)
    expires_on: date
    revoked_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class ClientGrant(Table, table=True):
    """One scheme that a client may ask by; `spent` is as many as its rows of `spent_element`.

    Those of a client who was revoked are gone, and the number stays.
    """

    __tablename__: ClassVar[Any] = "client_grant"
    __table_args__ = (UniqueConstraint("client_id", "scheme"),)

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", ondelete="CASCADE")
    scheme: str = Field(max_length=32)
    declared: int
    margin_percent: int
    spent: int


class SpentElement(Table, table=True):
    """A blinded element that was evaluated for a client, as 16 bytes of its digest."""

    __tablename__: ClassVar[Any] = "spent_element"
    __table_args__ = {"sqlite_with_rowid": False, "sqlite_strict": True}

    grant_id: int = Field(foreign_key="client_grant.id", ondelete="CASCADE", primary_key=True)
    digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))


class ClientSession(Table, table=True):
    """A session on the laboratory's page: digests of its token and of its credential, no more."""

    __tablename__: ClassVar[Any] = "client_session"

    digest: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    client_id: int = Field(foreign_key="client.id", ondelete="CASCADE")
    credential: bytes
    began_at: datetime = Field(sa_type=DateTime(timezone=True))
    used_at: datetime = Field(sa_type=DateTime(timezone=True))
