"""The database is private, durable, of one version, and its failures mean "unknown"."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.errors import Unavailable
from app.storage import engine as engines
from app.storage.drafts import SqlDraftStore
from app.storage.engine import DATABASE_NAME, database_errors, open_database, scrub

ROOT = Path(__file__).parents[2]


def test_folder_and_files_are_the_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask of who starts the program."""
    before = os.umask(0)
    try:
        engine = open_database(tmp_path / "data")
        SqlDraftStore(engine).deployment()
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        files = list((tmp_path / "data").iterdir())
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    finally:
        os.umask(before)
        engine.dispose()


def test_what_is_promised_of_the_database_is_set_on_every_connection(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            for name, value in expected.items():
                assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() == value
    engine.dispose()


def test_a_session_sees_one_moment(tmp_path: Path) -> None:
    """Two reads of one transaction agree, even when somebody writes between them."""
    engine = open_database(tmp_path)
    count = text("SELECT count(*) FROM audit_event")
    insert = text("INSERT INTO audit_event VALUES (1, '', x'')")
    with engine.connect() as reader:
        assert reader.execute(count).scalar_one() == 0
        with engine.begin() as writer:
            writer.execute(insert)
        assert reader.execute(count).scalar_one() == 0
    with engine.connect() as later:
        assert later.execute(count).scalar_one() == 1
    engine.dispose()


def test_the_deployment_is_made_once(tmp_path: Path) -> None:
    salts = set()
    for _ in range(2):
        engine = open_database(tmp_path)
        salts.add(SqlDraftStore(engine).deployment().stretch_salt)
        engine.dispose()
    (salt,) = salts
    assert len(salt) == 16


def test_processes_that_start_together_agree_on_one_deployment(tmp_path: Path) -> None:
    run = (
        "import sys; from pathlib import Path; from app.storage.drafts import SqlDraftStore;"
        "from app.storage.engine import open_database;"
        "sys.stdin.read();"
        "engine = open_database(Path(sys.argv[1]));"
        "print(SqlDraftStore(engine).deployment().stretch_salt.hex()); engine.dispose()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", run, str(tmp_path / "data")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for each in started:
        assert each.stdin is not None
        each.stdin.close()
        each.stdin = None
    salts = {each.communicate()[0] for each in started}
    assert [each.returncode for each in started] == [0] * 4
    assert len(salts) == 1


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("UPDATE deployment SET schema_version = 99"))
    engine.dispose()
    with pytest.raises(Unavailable, match="schema 99") as caught:
        open_database(tmp_path)
    assert "version of concerne" in caught.value.hint


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"no database" * 1000)
    with pytest.raises(Unavailable, match="the database failed: DatabaseError"):
        open_database(tmp_path)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be used"):
        open_database(tmp_path / "file" / "data")


def test_a_damaged_database_is_unknown_and_not_an_answer(tmp_path: Path) -> None:
    engine = open_database(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE deployment"))
    with pytest.raises(Unavailable, match="the database failed: OperationalError"):
        SqlDraftStore(engine).deployment()
    engine.dispose()


@pytest.mark.parametrize(
    "error",
    [
        sqlite3.OperationalError("secret"),
        OperationalError("INSERT secret", {"value": "secret"}, sqlite3.OperationalError("secret")),
    ],
)
def test_a_failure_is_told_by_its_kind_alone(error: Exception) -> None:
    with pytest.raises(Unavailable) as caught, database_errors():
        raise error
    assert str(caught.value) == "the database failed: OperationalError"
    assert caught.value.__suppress_context__


def test_a_journal_that_somebody_reads_is_told_and_not_taken_for_scrubbed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_BUSY_SECONDS", 0.2)
    engine = open_database(tmp_path)
    insert = text("INSERT INTO audit_event VALUES (1, '', x'')")
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM audit_event")).scalar_one()
        with engine.begin() as writer:
            writer.execute(insert)
        with pytest.raises(Unavailable, match="journal still holds"):
            scrub(engine)
    scrub(engine)
    assert (tmp_path / f"{DATABASE_NAME}-wal").stat().st_size == 0
    engine.dispose()
