"""What is published is read whole, of one epoch, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import EpochGone, Unavailable
from app.storage.published import SqlPublishedStore
from tests.ingest.examples import House, house
from tests.storage.examples import KEYS, begin, elements, publications, publish, report


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        begun = begin(opened)
        begun.add({"nir": elements(3)})
        begun.finish(report(), publications())
        publish(opened)
        yield opened


def change(home: House, statement: str) -> None:
    with home.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0


def test_everything_public_reads_back_as_it_was_published(home: House) -> None:
    store = SqlPublishedStore(home.engine)
    published = store.load()
    assert published.deployment == home.drafts.deployment()
    (dataset,) = published.datasets
    assert (dataset.dataset, dataset.title, dataset.epoch) == ("demo", "Made up", 1)
    assert dataset.breach_date == date(2021, 2, 23)
    assert abs((datetime.now(UTC) - dataset.published_at).total_seconds()) < 60
    assert (dataset.rows, dataset.rows_rejected) == (7, 2)
    assert list(dataset.schemes) == ["nir", "phone"]
    nir, phone = dataset.schemes.values()
    assert (nir.public, phone.public) == (True, False)
    assert (nir.prefix_bits, nir.range_length, nir.entries, nir.rows) == (2, 2, 3, 4)
    assert (nir.commitment, phone.commitment) == (bytes(32), None)
    assert nir.public_key == KEYS["nir"].public_key


def test_ranges_are_read_one_by_one_and_end_to_end(home: House) -> None:
    store = SqlPublishedStore(home.engine)
    ranges = [store.read_range("demo", "nir", 1, prefix) for prefix in range(4)]
    assert ranges == [bytes([n]) * 16 for n in range(4)]
    assert store.read_ranges("demo", "nir", 1) == b"".join(ranges)
    assert store.read_ranges("demo", "phone", 1) == b"telephon"
    for first in range(4):
        for count in range(1, 5 - first):
            some = b"".join(ranges[first : first + count])
            assert store.read_span("demo", "nir", 1, first, count) == some


@pytest.mark.parametrize(
    ("dataset", "scheme", "epoch"), [("other", "nir", 1), ("demo", "email", 1), ("demo", "nir", 2)]
)
def test_an_epoch_that_is_not_there_is_gone(
    home: House, dataset: str, scheme: str, epoch: int
) -> None:
    store = SqlPublishedStore(home.engine)
    with pytest.raises(EpochGone):
        store.read_range(dataset, scheme, epoch, 0)
    with pytest.raises(EpochGone):
        store.read_span(dataset, scheme, epoch, 0, 1)
    with pytest.raises(EpochGone):
        store.read_ranges(dataset, scheme, epoch)


def test_a_drafts_ranges_are_not_given(home: House) -> None:
    """They are written before the dataset answers."""
    change(home, "UPDATE dataset SET state = 'draft'")
    store = SqlPublishedStore(home.engine)
    with pytest.raises(EpochGone):
        store.read_range("demo", "nir", 1, 0)
    with pytest.raises(EpochGone):
        store.read_ranges("demo", "nir", 1)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM range WHERE prefix = 2",
        "DELETE FROM range WHERE prefix = 3",
        "UPDATE range SET prefix = 9 WHERE prefix = 2",
        "UPDATE range SET fingerprints = zeroblob(8) WHERE prefix IN (2, 3)",
        "UPDATE range SET fingerprints = zeroblob(0) WHERE prefix IN (2, 3)",
        "DELETE FROM range",
    ],
)
def test_a_range_that_is_not_whole_is_unknown(home: House, damage: str) -> None:
    """Read as an answer it would be "not exposed", for people who are."""
    change(home, damage)
    store = SqlPublishedStore(home.engine)
    with pytest.raises(Unavailable):
        store.read_ranges("demo", "nir", 1)
    with pytest.raises(Unavailable):
        store.read_span("demo", "nir", 1, 1, 3)
    for prefix in (2, 3):
        if damage.endswith(("= 2", "= 3")) and not damage.endswith(f"= {prefix}"):
            continue
        with pytest.raises(Unavailable):
            store.read_range("demo", "nir", 1, prefix)


def test_a_range_beyond_the_last_is_unknown(home: House) -> None:
    with pytest.raises(Unavailable):
        SqlPublishedStore(home.engine).read_range("demo", "nir", 1, 4)


def test_a_published_dataset_without_an_instant_is_unknown(home: House) -> None:
    change(home, "UPDATE dataset SET published_at = NULL")
    with pytest.raises(Unavailable):
        SqlPublishedStore(home.engine).load()
