"""An epoch that is being filled: its elements, its ranges, and what is noted at its end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.errors import Unavailable
from app.ingest.ports import IndexPublication
from app.storage import draft
from app.storage.published import SqlPublishedStore
from app.storage.tables import IngestRun
from tests.ingest.examples import House, house
from tests.storage.examples import begin, elements, publication, publications, report


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
    monkeypatch.setattr(draft, "_ROWS_AT_ONCE", 7)
    begun = begin(home)
    some = elements(50)
    begun.add({"phone": some})
    assert sorted(begun.elements("phone")) == sorted(some)


def test_a_publication_that_fails_publishes_nothing(home: House) -> None:
    """A prefix that comes twice is a fault of the program, and must not become an answer."""
    begun = begin(home)
    twice = publication("nir", [bytes(8)])
    broken = IndexPublication("nir", 1, 1, 0, 1, None, iter([(0, bytes(8)), (0, bytes(8))]))
    with pytest.raises(Unavailable):
        begun.finish(report(), iter([twice, broken]))
    assert SqlPublishedStore(home.engine).load().datasets == ()


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
