"""From whatever version of the schema a database has to this program's, in one transaction."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from app.crypto.stretch import SALT_BYTES
from app.errors import Unavailable
from app.storage.tables import SCHEMA_VERSION

# An execution option: the transaction begins as a writer, so that what it reads first still holds
# when it writes.
IMMEDIATE = {"immediate": True}
_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Make the tables, or bring them up to this version; a crash leaves the old ones whole.

    Args:
        engine: that does not enforce foreign keys, because a table that is made anew under its old
            name would take along all that refers to it. They are checked at the end instead.

    Raises:
        Unavailable: a later version of this program made the database.
    """
    with engine.connect() as connection:
        version = _version(connection)
    if version > SCHEMA_VERSION:
        raise Unavailable(
            f"the database has schema {version}, this program {SCHEMA_VERSION}",
            hint="use the version of concerne that made it",
        )
    if version < SCHEMA_VERSION:
        with engine.execution_options(**IMMEDIATE).begin() as connection:
            _run_migrations(connection, version)
            _make_deployment(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise Unavailable("the database refers to rows that it does not have")


def _version(connection: Connection) -> int:
    """Return the schema's version, 0 for a database without tables."""
    if not inspect(connection).has_table("deployment"):
        return 0
    found = connection.execute(text("SELECT schema_version FROM deployment")).scalar()
    # Schema 1 made its tables in one transaction and their first row in the next.
    return 1 if found is None else int(found)


def _make_deployment(connection: Connection) -> None:
    connection.execute(
        text("INSERT INTO deployment VALUES (1, :version, :salt) ON CONFLICT DO NOTHING"),
        {"version": SCHEMA_VERSION, "salt": secrets.token_bytes(SALT_BYTES)},
    )


def _run_migrations(connection: Connection, version: int) -> None:
    # Loaded late: nearly every time there is nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if version == 1:
        # Schema 1 came before there were migrations, and does not say so itself.
        command.stamp(config, "1")
    command.upgrade(config, str(SCHEMA_VERSION))
