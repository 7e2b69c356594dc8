"""A database of an older schema is brought up in place, and loses nothing on the way."""

from __future__ import annotations

import re
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.errors import Unavailable
from app.protocol.messages import Answer
from app.storage.engine import DATABASE_NAME, open_database
from app.storage.tables import SCHEMA_VERSION, Table
from tests.clients.examples import new_client, registry_of
from tests.ingest.examples import PHONES_TOML, House, house, phones
from tests.lifecycle.examples import answer, erasing, forgetting, steps

OLD_DDL = (Path(__file__).parent / "schema-1.sql").read_text(encoding="utf-8")
TABLES_OF_1 = ("deployment", "dataset", "scheme_index", "ingest_run", "entry", "range")


def make_schema_1(source: Path, folder: Path) -> None:
    """Write what a folder of today holds as schema 1 would have: its own tables and columns."""
    shutil.copytree(source / "keys", folder / "keys")
    with sqlite3.connect(folder / DATABASE_NAME) as old:
        old.executescript(OLD_DDL)
        old.execute("ATTACH ? AS today", (str(source / DATABASE_NAME),))
        for table in TABLES_OF_1:
            columns = [row[1] for row in old.execute(f'PRAGMA table_info("{table}")')]
            listed = ", ".join(columns)
            old.execute(f'INSERT INTO "{table}" SELECT {listed} FROM today."{table}"')
        old.execute("UPDATE deployment SET schema_version = 1")
    old.close()
    (folder / DATABASE_NAME).chmod(0o600)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder that version 1 left: 300 numbers published, and a draft whose run was killed."""
    with house(tmp_path / "today") as today:
        today.ingest(phones(300), PHONES_TOML)
        today.ingest(phones(5, 7000), PHONES_TOML, dataset="killed", is_draft=True)
    with sqlite3.connect(tmp_path / "today" / DATABASE_NAME) as database:
        database.execute("DELETE FROM ingest_run WHERE dataset_id = 2")
    database.close()
    (tmp_path / "old").mkdir(mode=0o700)
    make_schema_1(tmp_path / "today", tmp_path / "old")
    return tmp_path / "old"


def check_upgraded(home: House) -> None:
    """Check that all that version 1 knew is there and answers."""
    assert answer(home, "0199000003") is Answer.EXPOSED
    assert answer(home, "0199009999") is Answer.NOT_EXPOSED
    assert answer(home, "0199007001", "killed") is None
    assert home.rows_in() == {"Dataset": 2, "SchemeIndex": 2, "Entry": 305, "Range": 2}
    published = home.datasets.dataset("demo")
    assert (published.state, published.epoch, published.rows) == ("published", 1, 300)
    today = datetime.now(UTC).date()
    # Midnight may have come since the upgrade.
    assert 364 <= (published.ends_on - today).days <= 366
    with home.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").first() is None
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_a_database_of_schema_1_is_upgraded_when_it_is_opened(old: Path) -> None:
    with house(old) as home:
        check_upgraded(home)
        run = text("SELECT epoch, state, started_at, rows FROM ingest_run")
        with home.engine.connect() as connection:
            assert connection.execute(run).all() == [(1, "finished", None, 300)]
    with house(old) as again:
        check_upgraded(again)


def test_what_was_upgraded_can_be_lived_with(old: Path) -> None:
    """Its people can be forgotten, it can be retired and erased, its stale draft filled again."""
    with house(old) as home:
        somebody = {"phone": "0199000003"}
        forgotten = forgetting(home).forget("demo", somebody, by="somebody", in_every_leak=True)
        assert forgotten.taken_out
        assert answer(home, "0199000003") is Answer.NOT_EXPOSED
        home.publishing.retire("demo", by="somebody")
        erasing(home).erase("demo", by="somebody")
        home.ingest(phones(20), PHONES_TOML, dataset="killed")
        assert answer(home, "0199000003", "killed") is Answer.NOT_EXPOSED
        assert answer(home, "0199000004", "killed") is Answer.EXPOSED
        assert ("ingest aborted", "killed") in steps(home)


def schema_of(home: House) -> dict[str, object]:
    """Return what the tables are, whatever the order in which their constraints are written."""
    found: dict[str, object] = {}
    with home.engine.connect() as connection:
        read = connection.exec_driver_sql
        for _, name, kind, _, without_rowid, strict in read("PRAGMA table_list").all():
            columns = read(f'PRAGMA table_xinfo("{name}")').all()
            keys = [tuple(row)[2:] for row in read(f'PRAGMA foreign_key_list("{name}")')]
            indexes = [
                (row[2], row[3], [tuple(c)[2] for c in read(f'PRAGMA index_info("{row[1]}")')])
                for row in read(f'PRAGMA index_list("{name}")').all()
            ]
            found[name] = (kind, without_rowid, strict, columns, sorted(keys), sorted(indexes))
        found |= dict(
            read("SELECT name, sql FROM sqlite_master WHERE type NOT IN ('table', 'index')").all()
        )
        names = "SELECT group_concat(sql) FROM sqlite_master"
        found["constraints"] = sorted(re.findall(r"CONSTRAINT (\w+)", read(names).scalar_one()))
    return found


def test_an_upgrade_makes_the_same_tables_as_a_new_database(old: Path, tmp_path: Path) -> None:
    with house(old) as upgraded, house(tmp_path / "new") as new:
        schema = schema_of(upgraded)
        assert schema == schema_of(new)
    assert {"audit_event", "audit_event_guards_insert", "forgotten", "entry"} <= set(schema)


def make_schema_2(folder: Path) -> None:
    """Take away what schemas 3 to 5 added."""
    with sqlite3.connect(folder / DATABASE_NAME) as database:
        for table in (
            "scope_tables",
            "scope_tally",
            "client_session",
            "spent_element",
            "client_grant",
            "client",
        ):
            database.execute(f"DROP TABLE {table}")
        database.execute("UPDATE deployment SET schema_version = 2")
        database.execute("UPDATE alembic_version SET version_num = '2'")
    database.close()


def test_a_database_of_schema_2_is_upgraded_with_its_audit_trail(tmp_path: Path) -> None:
    with house(tmp_path) as today:
        today.ingest(phones(300), PHONES_TOML)
        schema, before = schema_of(today), steps(today)
    make_schema_2(tmp_path)
    with house(tmp_path) as upgraded:
        assert schema_of(upgraded) == schema
        assert steps(upgraded) == before
        assert answer(upgraded, "0199000003") is Answer.EXPOSED
        issued = registry_of(upgraded.engine).add(new_client(), by="x")
        shown = issued.credential.text.encode()
        assert registry_of(upgraded.engine).authenticate(shown) == issued.client
    assert {"client", "client_grant", "spent_element", "scope_tally", "scope_tables"} <= set(schema)


def test_the_migrations_and_the_models_agree(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []
        (version,) = connection.execute(text("SELECT version_num FROM alembic_version")).one()
    assert version == str(SCHEMA_VERSION)
    engine.dispose()


def test_a_database_that_refers_to_what_is_not_there_is_not_upgraded(old: Path) -> None:
    with sqlite3.connect(old / DATABASE_NAME) as database:
        database.execute("DELETE FROM scheme_index WHERE id = 1")
    database.close()
    with pytest.raises(Unavailable, match="rows that it does not have"):
        open_database(old)
    with sqlite3.connect(old / DATABASE_NAME) as database:
        assert database.execute("SELECT schema_version FROM deployment").fetchone() == (1,)
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
    database.close()
    assert "audit_event" not in tables


def test_tables_of_schema_1_without_their_first_row_are_upgraded(tmp_path: Path) -> None:
    """Version 1 was killed between the two transactions with which it began."""
    with sqlite3.connect(tmp_path / DATABASE_NAME) as database:
        database.executescript(OLD_DDL)
    database.close()
    with house(tmp_path) as home:
        home.ingest(phones(20), PHONES_TOML)
        assert answer(home, "0199000003") is Answer.EXPOSED
