"""The database: opened, checked, and configured for this program's promises."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlmodel import Session, create_engine

from app.errors import Unavailable
from app.storage.lock import folder_lock
from app.storage.upgrading import IMMEDIATE, upgrade

DATABASE_NAME = "concerne.sqlite3"
_BUSY_SECONDS = 30
_FOLD_AGAIN_SECONDS = 0.05
_CACHE_KIB = 4 * 1024

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # A commit that was reported survives a power cut.
    "PRAGMA synchronous = FULL",
    # What is deleted is overwritten in the file.
    "PRAGMA secure_delete = ON",
    # Sorting never spills to the system's temporary folder.
    "PRAGMA temp_store = MEMORY",
    f"PRAGMA cache_size = -{_CACHE_KIB}",
)


def open_database(folder: Path) -> Engine:
    """Open the SQLite database in `folder`; make it the first time, and bring it up to date.

    An older version of this program that still runs on the folder must be stopped before: it does
    not know that what is retired answers nobody.

    Raises:
        Unavailable: it cannot be opened, or a later version of this program made it.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / DATABASE_NAME
        # SQLite gives its journal the modes of the database file.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as exc:
        raise Unavailable(f"the folder {folder} cannot be used: {exc.strerror}") from exc
    # Two processes that start together must not both make the tables.
    with (
        folder_lock(folder),
        database_errors(),
        _closing(_engine_of(path, foreign_keys=False)) as e,
    ):
        upgrade(e)
    return _engine_of(path, foreign_keys=True)


def _engine_of(path: Path, *, foreign_keys: bool) -> Engine:
    # SQL in an error's text is harmless, the bound values are not.
    engine = create_engine(
        f"sqlite:///{path}", hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS}
    )
    pragmas = (*_PRAGMAS, f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    event.listen(engine, "connect", partial(_configure, pragmas))
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def _closing(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Yield a session that writes what it decides from what it reads, and commit it at the end.

    Nobody else writes between the two: the transaction begins as a writer.

    Raises:
        Unavailable: the database failed; nothing was changed.
    """
    with database_errors(), Session(engine.execution_options(**IMMEDIATE)) as session:
        yield session
        session.commit()


def scrub(engine: Engine) -> None:
    """Fold the journal into the database and cut it to nothing.

    What was deleted is overwritten in the database, but the journal holds what stood there before,
    until it is folded in.

    Raises:
        Unavailable: somebody reads what stood there before, and went on for half a minute.
    """
    deadline = time.monotonic() + _BUSY_SECONDS
    # The library waits for readers and writers, but not for another who folds it in.
    while not _is_folded(engine):
        if time.monotonic() >= deadline:
            raise Unavailable(
                "the database's journal still holds what was deleted, because somebody reads it",
                hint="run the same command again",
            )
        time.sleep(_FOLD_AGAIN_SECONDS)


def _is_folded(engine: Engine) -> bool:
    with database_errors(), engine.connect() as connection:
        autocommit = connection.execution_options(isolation_level="AUTOCOMMIT")
        busy, *_ = autocommit.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
        return not busy


def _configure(pragmas: Sequence[str], connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin a transaction only before it writes, so that two reads of one
    # session could see two states; `_begin` does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in pragmas:
        cursor.execute(pragma)
    cursor.close()


def _begin(connection: Connection) -> None:
    is_immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")


@contextmanager
def database_errors() -> Iterator[None]:
    """Translate the database's failures, once: they mean "unknown", and show no statement."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as exc:
        cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
        raise Unavailable(f"the database failed: {type(cause).__name__}") from None
