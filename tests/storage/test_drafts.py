"""Drafts answer nobody, stand in nobody's way, and are removed whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import DatasetExists, Unavailable
from app.ingest.ports import IndexPublication
from app.storage import contents
from app.storage.published import SqlPublishedStore
from tests.ingest.examples import House, house
from tests.storage.examples import begin, elements, publications, publish, report


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


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


def test_two_drafts_of_one_slug_cannot_be(home: House) -> None:
    begin(home)
    with pytest.raises(Unavailable):
        begin(home)


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
