"""The database: opened, checked, and configured for this program's promises."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session, create_engine, select

from app.crypto.stretch import SALT_BYTES
from app.errors import Unavailable
from app.storage.lock import folder_lock
from app.storage.tables import SCHEMA_VERSION, Deployment, Table

DATABASE_NAME = "concerne.sqlite3"
_BUSY_SECONDS = 30
_CACHE_KIB = 4 * 1024

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # A commit that was reported survives a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten in the file.
    "PRAGMA secure_delete = ON",
    # Sorting never spills to the system's temporary folder.
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
)


def open_database(folder: Path) -> Engine:
    """Open the SQLite database in `folder`, and make it the first time.

    Raises:
        Unavailable: it cannot be opened, or another version of this program made it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / DATABASE_NAME
        # SQLite gives its journal the modes of the database file.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as exc:
        raise Unavailable(f"the folder {folder} cannot be used: {exc.strerror}") from exc
    # SQL in an error's text is harmless, the bound values are not.
    engine = create_engine(
        f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS}
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    try:
        # Two processes that start together must not both make the tables.
        with folder_lock(folder), database_errors():
            Table.metadata.create_all(engine)
            with Session(engine) as session:
                _check_version(session)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin a transaction only before it writes, so that two reads of one
    # session could see two states; `_begin` does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _check_version(session: Session) -> None:
    deployment = session.exec(select(Deployment)).first()
    if deployment is None:
        salt = secrets.token_bytes(SALT_BYTES)
        session.add(Deployment(id=1, schema_version=SCHEMA_VERSION, stretch_salt=salt))
        session.commit()
    elif deployment.schema_version != SCHEMA_VERSION:
        raise Unavailable(
            f"the database has schema {deployment.schema_version}, this program {SCHEMA_VERSION}",
            hint="use the version of concerne that made it",
        )


@contextmanager
def database_errors() -> Iterator[None]:
    """Translate the database's failures, once: they mean "unknown", and show no statement."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as exc:
        cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
        raise Unavailable(f"the database failed: {type(cause).__name__}") from None
