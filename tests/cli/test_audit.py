"""The audit trail from the command line: listed, checked, and checked against a head kept apart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.cli.main import main
from tests.cli.test_dataset import Cli, cli, folder  # noqa: F401 fixtures


@pytest.fixture
def used(cli: Cli) -> Cli:  # noqa: F811 the fixture
    cli.ingest()
    cli("dataset", "retire", "demo", "--by", "Zoé")
    return cli


def tamper(used: Cli, *statements: str) -> None:
    with sqlite3.connect(used.folder / "data" / "concerne.sqlite3") as database:
        for trigger in ("update", "delete"):
            database.execute(f"DROP TRIGGER IF EXISTS audit_event_guards_{trigger}")
        for statement in statements:
            assert database.execute(statement).rowcount == 1
    database.close()


def test_a_trail_that_holds_says_so_with_its_head(used: Cli) -> None:
    assert used("audit", "verify").startswith("4 events hold; the head is ")


def test_the_first_event_that_does_not_hold_is_named(used: Cli) -> None:
    tamper(used, "UPDATE audit_event SET event = replace(event, 'Zoé', 'Eve') WHERE number = 4")
    assert "event 4 was changed" in used("audit", "verify", code=3)


def test_a_head_kept_apart_shows_what_was_cut_off(
    used: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    head = used.folder / "head.jws"
    used("audit", "verify", "--sign", head)
    used("dataset", "publish", "demo")
    assert used("audit", "verify", "--against", head).startswith("5 events hold")
    tamper(
        used, "DELETE FROM audit_event WHERE number = 5", "DELETE FROM audit_event WHERE number = 4"
    )
    assert used("audit", "verify").startswith("3 events hold")
    assert "ends at event 3, before 4" in used("audit", "verify", "--against", head, code=3)
    head.write_text("no head")
    assert "not signed" in used("audit", "verify", "--against", head, code=3)
    assert main(["audit", "verify", "--against", str(Path("none"))]) == 2
