"""Drafts are filled in pieces, answer nobody, and are published whole or removed whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.errors import DatasetExists, Unavailable
from app.ingest.ports import IndexPublication
from app.storage import contents, drafts
from app.storage.published import SqlPublishedStore
from app.storage.tables import IngestRun
from tests.ingest.examples import House, house
from tests.storage.examples import begin, elements, publication, publications, publish, report


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


def test_an_element_that_comes_again_stays_one(home: House) -> None:
    """In one piece, in the next, and each scheme by itself."""
    begun = begin(home)
    some = elements(50)
    begun.add({"nir": [*some, *some], "phone": some[:10]})
    begun.add({"nir": some[:20]})
    assert (begun.count("nir"), begun.count("phone")) == (50, 10)
    assert list(begun.elements("nir")) == sorted(some)


def test_elements_are_read_by_the_page(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_ROWS_AT_ONCE", 7)
    begun = begin(home)
    some = elements(50)
    begun.add({"phone": some})
    assert sorted(begun.elements("phone")) == sorted(some)


def test_a_draft_answers_nobody(home: House) -> None:
    begin(home).add({"nir": elements(3)})
    assert SqlPublishedStore(home.engine).load().datasets == ()
    home.drafts.check_absent("demo")


def test_a_published_dataset_is_neither_absent_nor_stale(home: House) -> None:
    begun = begin(home)
    begun.add({"nir": elements(3)})
    begun.finish(report(), publications())
    publish(home)
    with pytest.raises(DatasetExists, match="demo"):
        home.drafts.check_absent("demo")
    before = home.rows_in()
    home.drafts.discard_stale("demo")
    assert home.rows_in() == before == {"Dataset": 1, "SchemeIndex": 2, "Entry": 3, "Range": 5}


def test_a_stale_draft_goes_with_all_it_has(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces, so that memory does not grow with it; other datasets stay."""
    monkeypatch.setattr(contents, "ENTRIES_AT_ONCE", 20)
    monkeypatch.setattr(contents, "RANGES_AT_ONCE", 2)
    begin(home, "other").add({"nir": elements(5)})
    begun = begin(home)
    begun.add({"nir": elements(50), "phone": elements(40)})

    def halfway() -> Iterator[IndexPublication]:
        yield from publications()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begun.finish(report(), halfway())
    assert home.rows_in()["Range"] == 5
    home.drafts.discard_stale("demo")
    assert home.rows_in() == {"Dataset": 1, "SchemeIndex": 2, "Entry": 5, "Range": 0}
    home.drafts.discard_stale("demo")
    begin(home)


def test_a_publication_that_fails_publishes_nothing(home: House) -> None:
    """A prefix that comes twice is a fault of the program, and must not become an answer."""
    begun = begin(home)
    twice = publication("nir", [bytes(8)])
    broken = IndexPublication("nir", 1, 1, 0, 1, None, iter([(0, bytes(8)), (0, bytes(8))]))
    with pytest.raises(Unavailable):
        begun.finish(report(), iter([twice, broken]))
    assert SqlPublishedStore(home.engine).load().datasets == ()


def test_two_drafts_of_one_slug_cannot_be(home: House) -> None:
    begin(home)
    with pytest.raises(Unavailable):
        begin(home)


def test_others_can_write_while_an_index_is_made(home: House) -> None:
    """Making one takes a minute for a large leak; a lock held so long would fail others."""
    begun, other = begin(home), begin(home, "other")

    def made() -> Iterator[IndexPublication]:
        for each in publications():
            other.add({"nir": elements(3)})
            yield each

    begun.finish(report(), made())
    assert other.count("nir") == 6


def test_the_report_keeps_numbers_and_no_value(home: House) -> None:
    begun = begin(home)
    begun.finish(report(), publications())
    with Session(home.engine) as session:
        run = session.exec(select(IngestRun)).one()
        assert (run.source_sha256, run.source_bytes, run.rows, run.rows_used) == (
            bytes(32),
            1234,
            7,
            5,
        )
        assert run.rejects == {
            "columns": {"rows": 1, "first_lines": [3]},
            "nothing usable": {"rows": 1, "first_lines": [4]},
        }
        assert run.refused_values == {"nir: key": 1}


def test_what_is_deleted_is_overwritten_in_the_file(home: House) -> None:
    """As far as a program can: once the journal is folded in, the file holds no element."""
    begun = begin(home)
    some = elements(500)
    begun.add({"nir": some})
    fold = text("PRAGMA wal_checkpoint(TRUNCATE)")
    with home.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(fold)
    file = home.folder / "concerne.sqlite3"
    assert all(file.read_bytes().count(element) for element in some)
    home.drafts.discard_stale("demo")
    home.engine.dispose()
    left = file.read_bytes()
    assert not any(left.count(element) for element in some)
