"""A dataset with two epochs: the second is published over the first, and both forget together."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from app.crypto.ristretto255 import Element
from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import Unavailable
from app.lifecycle.ports import Removal, Token
from app.protocol.fingerprints import Location
from app.protocol.manifest import ReadSource
from app.storage.forgetting import SqlForgettingStore
from app.storage.runs import RunState
from app.storage.tables import Dataset, Entry, IngestRun, Range, SchemeIndex
from tests.ingest.examples import House, house
from tests.lifecycle.examples import certified, erasing, events
from tests.storage.examples import KEYS, begin, publication, publish, report

ELEMENTS = {epoch: Element(secrets.token_bytes(32)) for epoch in (1, 2)}
FINGERPRINTS = {1: b"firstone", 2: b"secondto"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        begun = begin(opened)
        begun.add({"nir": [ELEMENTS[1]]})
        begun.finish(report(), iter([publication("nir", [FINGERPRINTS[1]])]))
        publish(opened)
        opened.signing_key()
        yield opened


def fill_second_epoch(home: House, state: RunState) -> None:
    """Write what a second source's run leaves beside the first epoch."""
    with Session(home.engine) as session:
        dataset = session.exec(select(Dataset)).one()
        assert dataset.id is not None
        index = SchemeIndex(
            dataset_id=dataset.id, scheme="nir", epoch=2, position=0, is_public=True,
            public_key=KEYS["nir"].public_key, stretch_memory_kib=8, stretch_iterations=1,
            stretch_parallelism=1, range_length=1, entries=1, rows=1, revision=5,
        )  # fmt: skip
        session.add(index)
        session.flush()
        assert index.id is not None
        session.add(Entry(index_id=index.id, element=ELEMENTS[2]))
        session.add(Range(index_id=index.id, prefix=0, fingerprints=FINGERPRINTS[2]))
        session.add(
            IngestRun(
                dataset_id=dataset.id, epoch=2, state=state, source_sha256=b"2" * 32, rows=9,
                rows_used=9, position={"bytes": 12}, counters={"rows": 9},
            )
        )  # fmt: skip
        session.commit()


def test_a_second_epoch_is_published_over_the_first(home: House) -> None:
    fill_second_epoch(home, RunState.FINISHED)
    record = home.datasets.dataset("demo")
    assert (record.state, record.is_filled, record.epoch, record.rows) == ("published", True, 1, 16)
    filled = home.datasets.filled_epoch("demo", datetime.now(UTC))
    assert filled is not None
    assert (filled.parameters.epoch, filled.parameters.rows) == (2, 16)
    assert filled.sources == (ReadSource(bytes(32), 1234, 7), ReadSource(b"2" * 32, 0, 9))
    home.datasets.publish("demo", "somebody", filled, "the second")
    record = home.datasets.dataset("demo")
    assert (record.is_filled, record.epoch, record.rows) == (False, 2, 16)
    assert home.datasets.manifest("demo") == "the second"
    with pytest.raises(Unavailable, match="not there any more"):
        home.datasets.publish("demo", "somebody else", filled, "the second again")
    assert home.datasets.manifest("demo") == "the second"


def test_an_epoch_that_is_still_filled_is_not_offered(home: House) -> None:
    fill_second_epoch(home, RunState.RUNNING)
    assert home.datasets.filled_epoch("demo", datetime.now(UTC)) is None
    assert home.datasets.dataset("demo").rows == 7


def test_who_is_taken_out_is_taken_out_of_every_epoch_that_is_whole(home: House) -> None:
    """Else they would be back with the next publication."""
    fill_second_epoch(home, RunState.FINISHED)
    store = SqlForgettingStore(home.engine)
    assert [(i.scheme, i.epoch) for i in store.indexes("demo")] == [
        ("nir", 1),
        ("nir", 2),
        ("phone", 1),
    ]
    removals = [
        Removal("nir", epoch, ELEMENTS[epoch], Location(0, FINGERPRINTS[epoch])) for epoch in (1, 2)
    ]
    token = Token(bytes(32), bytes(8), INSECURE_TEST_ONLY)
    assert store.forget("demo", "somebody", removals, [token, token]) == {"nir"}
    assert home.rows_in()["Entry"] == 0
    with Session(home.engine) as session:
        left = {r.fingerprints for r in session.exec(select(Range))}
        assert len(left) == 2
        assert left.isdisjoint(FINGERPRINTS.values())
        revisions = session.exec(select(SchemeIndex.revision)).all()
        assert len(set(revisions)) == 3
    assert events(home)[-1].counts == {"schemes_asked": 1, "schemes_taken_out": 1}


def test_an_erasure_counts_and_takes_every_epoch(home: House) -> None:
    fill_second_epoch(home, RunState.RUNNING)
    said = certified(home, erasing(home).erase("demo", by="somebody"))
    assert said["erased"] == {
        "entries": {"nir": 2, "phone": 0},
        "ranges": {"nir": 2, "phone": 0},
        "keys": {},
    }
    assert said["sources_sha256"] == [bytes(32).hex(), (b"2" * 32).hex()]
    assert home.rows_in() == {"Dataset": 1, "SchemeIndex": 0, "Entry": 0, "Range": 0}
