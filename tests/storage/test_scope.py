"""What is counted is kept with the run that counted it, and goes with it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlmodel import Session

from app.errors import ScopeWithheld, TooManyRejects, UnknownDataset
from app.ingest import commits
from app.scope.reporting import Reporting
from app.storage import scope as tallies
from app.storage.engine import DATABASE_NAME
from app.storage.scopereports import SqlScopeStore
from tests.ingest.examples import PHONES_TOML, House, house, phones
from tests.lifecycle.examples import erasing
from tests.scope.microdata import MAPPING, Shape, make_up, to_csv

SOURCE = to_csv(make_up(Shape(seed=31, people=300)))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    # Many tallies, as a run of hours has.
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 16)
    with house(tmp_path) as opened:
        return opened


def kept(home: House) -> dict[str, int]:
    with sqlite3.connect(home.folder / DATABASE_NAME) as database:
        counted = {
            table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("scope_tally", "scope_tables")
        }
    database.close()
    return counted


def reporting(home: House) -> Reporting:
    return Reporting(SqlScopeStore(home.engine), home.signing_key, program="0")


def test_a_filled_draft_keeps_tables_and_neither_tallies_nor_their_key(home: House) -> None:
    home.ingest(SOURCE, MAPPING)
    assert kept(home) == {"scope_tally": 0, "scope_tables": 1}
    assert "demo/scope/1" not in home.ring.names()
    assert reporting(home).report("demo").sources[0].people == 300


def test_equal_reports_are_the_same_bytes_whenever_they_are_asked_for(home: House) -> None:
    home.ingest(SOURCE, MAPPING)
    assert reporting(home).signed("demo") == reporting(home).signed("demo")


def test_what_waits_to_be_published_is_not_told(home: House) -> None:
    home.ingest(SOURCE, MAPPING, is_draft=True)
    with pytest.raises(UnknownDataset):
        reporting(home).report("demo")
    home.publishing.publish("demo", by="somebody")
    before = reporting(home).report("demo")
    other = to_csv(make_up(Shape(seed=32, people=200, first=5000)))
    home.ingest(other, MAPPING, is_added=True, is_draft=True)
    assert reporting(home).report("demo") == before
    home.publishing.publish("demo", by="somebody")
    assert [source.people for source in reporting(home).report("demo").sources] == [300, 200]


def test_a_leak_in_which_nobody_can_be_told_apart_has_no_report(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    with pytest.raises(ScopeWithheld, match="needs 100 people"):
        reporting(home).report("demo")


def test_an_erasure_takes_what_was_counted_along(home: House) -> None:
    home.ingest(SOURCE, MAPPING)
    erasing(home).erase("demo", by="somebody")
    assert kept(home) == {"scope_tally": 0, "scope_tables": 0}
    with pytest.raises(UnknownDataset):
        reporting(home).report("demo")


def test_a_run_that_is_given_up_leaves_no_tally(home: House) -> None:
    with pytest.raises(TooManyRejects):
        home.ingest(SOURCE + b"x;y\r\n" * 50, MAPPING)
    assert kept(home)["scope_tally"] > 0
    home.ingest(SOURCE, MAPPING, is_anew=True)
    assert kept(home) == {"scope_tally": 0, "scope_tables": 1}


def test_tallies_tell_nothing_without_the_key(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither names nor places, nor equal records of equal people, are in what is stored."""
    stored: list[bytes] = []
    add = tallies.add_tally

    def listened(session: Session, run_id: int, labels: bytes, records: bytes) -> None:
        stored.extend((labels, records))
        add(session, run_id, labels, records)

    monkeypatch.setattr("app.storage.draft.add_tally", listened)
    home.ingest(SOURCE, MAPPING)
    assert len(stored) > 10
    for sealed in stored:
        assert b"INVENT" not in sealed
        assert b"laborator" not in sealed
    pieces = [sealed[at : at + 16] for sealed in stored for at in range(0, len(sealed) - 15, 16)]
    assert len(set(pieces)) == len(pieces)
