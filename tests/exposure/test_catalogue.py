"""The catalogue: one epoch at a time, from memory, and silent when it is out of date."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from app.crypto.keyring import KeyRing
from app.errors import (
    ConcerneError,
    EpochGone,
    KeyMissing,
    SchemeNotPermitted,
    Unavailable,
    UnknownDataset,
    UnknownScheme,
)
from app.exposure.answering import Answering
from app.exposure.catalogue import Catalogue
from app.exposure.keyholder import LocalKeyHolder
from app.exposure.ports import Published
from app.exposure.stretching import BoundedPool
from app.protocol.parameters import DatasetParameters
from tests.protocol.examples import DEPLOYMENT, publish

PHONES = [f"01 99 00 {n // 100:02} {n % 100:02}" for n in range(600)]


class MemoryStore:
    """A store in memory, which can be made to fail."""

    def __init__(self) -> None:
        self.first = publish(PHONES)
        self.datasets: tuple[DatasetParameters, ...] = (self.first.dataset,)
        self.ranges = {("demo", "phone", 1): self.first.ranges}
        self.is_down = False
        self.reads = 0
        self.revision = 1

    def load(self) -> Published:
        if self.is_down:
            raise Unavailable("the database failed")
        revisions = dict.fromkeys(self.ranges, self.revision)
        return Published(DEPLOYMENT, self.datasets, revisions)

    def read_range(self, dataset: str, scheme: str, epoch: int, prefix: int) -> bytes:
        self.reads += 1
        try:
            return self.ranges[dataset, scheme, epoch][prefix]
        except KeyError:
            raise EpochGone("gone") from None

    def read_ranges(self, dataset: str, scheme: str, epoch: int) -> bytes:
        self.reads += 1
        try:
            return b"".join(self.ranges[dataset, scheme, epoch].values())
        except KeyError:
            raise EpochGone("gone") from None

    def read_span(self, dataset: str, scheme: str, epoch: int, first: int, count: int) -> bytes:
        return b"".join(
            self.read_range(dataset, scheme, epoch, prefix)
            for prefix in range(first, first + count)
        )

    def publish_epoch_2(self) -> None:
        second = publish(PHONES, epoch=2)
        self.datasets = (second.dataset,)
        self.ranges = {("demo", "phone", 2): second.ranges}


class KeyHolderNames(LocalKeyHolder):
    """A key holder that only notes which keys it should hold."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def hold(self, names: Sequence[str]) -> Mapping[str, ConcerneError]:
        self.names = list(names)
        return {}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def catalogue_of(store: MemoryStore, clock: Clock, *, resident_bytes: int = 10**6) -> Catalogue:
    return Catalogue(
        store,
        KeyHolderNames(),
        resident_bytes=resident_bytes,
        stale_after_seconds=30,
        clock=clock,
    )


def test_before_the_first_snapshot_nothing_is_known(store: MemoryStore, clock: Clock) -> None:
    with pytest.raises(Unavailable):
        catalogue_of(store, clock).index("demo", "phone")


@pytest.mark.parametrize("resident_bytes", [10**6, 0])
def test_ranges_are_the_same_from_memory_and_from_the_store(
    store: MemoryStore, clock: Clock, resident_bytes: int
) -> None:
    catalogue = catalogue_of(store, clock, resident_bytes=resident_bytes)
    catalogue.renew()
    index = catalogue.index("demo", "phone")
    assert index.is_resident is bool(resident_bytes)
    store.reads = 0
    for prefix, packed in store.first.ranges.items():
        assert index.read_range(prefix) == packed
    assert store.reads == (0 if resident_bytes else len(store.first.ranges))


@pytest.mark.parametrize("resident_bytes", [10**6, 0])
def test_all_ranges_come_in_pieces_of_bounded_length(
    store: MemoryStore, clock: Clock, resident_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = catalogue_of(store, clock, resident_bytes=resident_bytes)
    catalogue.renew()
    index = catalogue.index("demo", "phone")
    whole = b"".join(store.first.ranges.values())
    assert list(index.read_all()) == [whole]
    assert index.length_bytes == len(whole)
    one = len(store.first.ranges[0])
    for bound, lengths in ((1, {one}), (one, {one}), (2 * one - 1, {one})):
        monkeypatch.setattr("app.exposure.catalogue._PIECE_BYTES", bound)
        pieces = list(index.read_all())
        assert {len(piece) for piece in pieces} == lengths
        assert b"".join(pieces) == whole


def test_all_ranges_of_an_epoch_that_goes_in_the_middle_do_not_end_well(
    store: MemoryStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranges of two epochs end to end would say "not exposed" of people who are."""
    monkeypatch.setattr("app.exposure.catalogue._PIECE_BYTES", 1)
    catalogue = catalogue_of(store, clock, resident_bytes=0)
    catalogue.renew()
    pieces = catalogue.index("demo", "phone").read_all()
    assert next(pieces) == store.first.ranges[0]
    store.publish_epoch_2()
    with pytest.raises(EpochGone):
        next(pieces)


def test_all_ranges_of_which_one_is_not_whole_are_unknown(store: MemoryStore, clock: Clock) -> None:
    store.ranges["demo", "phone", 1] = {p: r[:-8] for p, r in store.first.ranges.items()}
    for resident_bytes in (10**6, 0):
        catalogue = catalogue_of(store, clock, resident_bytes=resident_bytes)
        catalogue.renew()
        with pytest.raises(Unavailable):
            list(catalogue.index("demo", "phone").read_all())


def test_what_was_not_granted_is_refused_public_or_not(store: MemoryStore, clock: Clock) -> None:
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    pool = BoundedPool(workers=1, waiting=1)
    answering = Answering(catalogue, KeyHolderNames(), pool)
    assert answering.granted_index("demo", "phone", {"phone"}).dataset == "demo"
    with pytest.raises(SchemeNotPermitted):
        answering.granted_index("demo", "phone", {"nir"})
    with pytest.raises(UnknownScheme):
        answering.granted_index("demo", "nir", {"phone"})
    pool.close()


def test_ranges_that_are_in_memory_are_not_read_again(store: MemoryStore, clock: Clock) -> None:
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    store.reads = 0
    catalogue.renew()
    assert store.reads == 0


def test_ranges_that_changed_within_the_epoch_are_read_again(
    store: MemoryStore, clock: Clock
) -> None:
    """Somebody was taken out; what is in memory, or in a client's cache, would say "exposed"."""
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    old = catalogue.index("demo", "phone")
    store.ranges = {("demo", "phone", 1): {p: bytes(len(r)) for p, r in store.first.ranges.items()}}
    store.revision = 2
    catalogue.renew()
    new = catalogue.index("demo", "phone")
    assert (old.revision, new.revision) == (1, 2)
    assert set(new.read_range(0)) == {0}
    assert old.read_range(0) == store.first.ranges[0]


@pytest.mark.parametrize("is_down", [False, True])
def test_a_dataset_answers_nobody_from_the_second_of_its_end_on(
    store: MemoryStore, clock: Clock, is_down: bool
) -> None:
    """Though nobody erased it, and whether or not the store still answers; others go on."""
    ends_on = date(2027, 1, 2)
    other = dataclasses.replace(store.first.dataset, dataset="other")
    store.datasets = (dataclasses.replace(store.first.dataset, ends_on=ends_on), other)
    store.ranges["other", "phone", 1] = store.first.ranges
    wall = Clock()
    wall.now = datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC).timestamp()
    catalogue = Catalogue(
        store, KeyHolderNames(), resident_bytes=0, stale_after_seconds=30, clock=clock, now=wall
    )
    catalogue.renew()
    assert catalogue.index("demo", "phone").dataset == "demo"
    wall.now += 1
    store.is_down = is_down
    for _ in range(2):
        for ask in (catalogue.dataset, partial(catalogue.index, scheme="phone")):
            with pytest.raises(UnknownDataset):
                ask("demo")
        assert [dataset.dataset for dataset in catalogue.datasets] == ["other"]
        assert catalogue.index("other", "phone").dataset == "other"
        catalogue.check_ready()
        if not is_down:
            catalogue.renew()


def test_a_new_epoch_replaces_parameters_ranges_and_key_together(
    store: MemoryStore, clock: Clock
) -> None:
    holder = KeyHolderNames()
    catalogue = Catalogue(store, holder, resident_bytes=10**6, stale_after_seconds=30, clock=clock)
    catalogue.renew()
    old = catalogue.index("demo", "phone")
    store.publish_epoch_2()
    catalogue.renew()
    new = catalogue.index("demo", "phone")
    assert (old.parameters.epoch, new.parameters.epoch) == (1, 2)
    assert holder.names == ["demo/phone/2"]
    assert old.read_range(0) != new.read_range(0)


def test_a_question_about_an_epoch_that_left_the_store_is_gone(
    store: MemoryStore, clock: Clock
) -> None:
    catalogue = catalogue_of(store, clock, resident_bytes=0)
    catalogue.renew()
    old = catalogue.index("demo", "phone")
    store.publish_epoch_2()
    with pytest.raises(EpochGone):
        old.read_range(0)


def test_a_snapshot_outlives_a_short_failure_and_no_longer_one(
    store: MemoryStore, clock: Clock
) -> None:
    """A dataset may have been retired, or its key changed, while the store was silent."""
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    store.is_down = True
    clock.now = 29
    with pytest.raises(Unavailable):
        catalogue.renew()
    assert catalogue.index("demo", "phone").parameters.epoch == 1
    clock.now = 31
    for ask in (lambda: catalogue.index("demo", "phone"), lambda: catalogue.datasets):
        with pytest.raises(Unavailable):
            ask()
    store.is_down = False
    catalogue.renew()
    catalogue.check_ready()


def test_a_retired_dataset_answers_nobody(store: MemoryStore, clock: Clock) -> None:
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    store.datasets = ()
    catalogue.renew()
    with pytest.raises(UnknownDataset):
        catalogue.index("demo", "phone")


def test_a_range_that_is_not_whole_is_no_answer(store: MemoryStore, clock: Clock) -> None:
    """An entry that is missing from a range would be read as "not exposed"."""
    store.ranges["demo", "phone", 1][1] = b""
    for resident_bytes in (0, 10**6):
        catalogue = catalogue_of(store, clock, resident_bytes=resident_bytes)
        catalogue.renew()
        with pytest.raises(Unavailable):
            catalogue.index("demo", "phone").read_range(1)


def other_dataset(store: MemoryStore) -> None:
    """Publish a second dataset beside the first."""
    second = publish(PHONES[:10])
    store.datasets = (*store.datasets, dataclasses.replace(second.dataset, dataset="other"))
    store.ranges["other", "phone", 1] = second.ranges


def test_ranges_that_cannot_be_read_silence_their_index_alone(
    store: MemoryStore, clock: Clock
) -> None:
    other_dataset(store)
    lost = store.ranges.pop(("demo", "phone", 1))
    catalogue = catalogue_of(store, clock)
    assert {name: type(error) for name, error in catalogue.renew().items()} == {
        "demo/phone/1": EpochGone
    }
    catalogue.check_ready()
    assert catalogue.index("other", "phone").read_range(0)
    assert len(catalogue.datasets) == 2
    with pytest.raises(Unavailable):
        catalogue.index("demo", "phone")
    store.ranges["demo", "phone", 1] = lost
    assert catalogue.renew() == {}
    assert catalogue.index("demo", "phone").read_range(0)


def test_who_can_answer_nothing_is_not_ready(store: MemoryStore, clock: Clock) -> None:
    store.ranges.clear()
    catalogue = catalogue_of(store, clock)
    catalogue.renew()
    with pytest.raises(Unavailable):
        catalogue.check_ready()
    store.datasets = ()
    catalogue.renew()
    catalogue.check_ready()


def test_a_missing_key_silences_its_index_alone(
    store: MemoryStore, clock: Clock, tmp_path: Path
) -> None:
    other_dataset(store)
    ring = KeyRing(tmp_path / "keys")
    ring.create("other/phone/1")
    catalogue = Catalogue(
        store, LocalKeyHolder(ring), resident_bytes=0, stale_after_seconds=30, clock=clock
    )
    assert {name: type(error) for name, error in catalogue.renew().items()} == {
        "demo/phone/1": KeyMissing
    }
    assert catalogue.index("other", "phone").parameters.epoch == 1
    with pytest.raises(Unavailable):
        catalogue.index("demo", "phone")
    ring.create("demo/phone/1")
    assert catalogue.renew() == {}
    assert catalogue.index("demo", "phone").parameters.epoch == 1


def test_a_key_that_is_not_held_is_unknown_not_no(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys")
    ring.create("demo/phone/1")
    holder = LocalKeyHolder(ring)
    holder.hold(["demo/phone/1"])
    holder.hold([])
    with pytest.raises(Unavailable):
        holder.evaluate("demo/phone/1", 1, [])


def test_the_public_asks_only_public_schemes(store: MemoryStore, clock: Clock) -> None:
    catalogue = catalogue_of(store, clock)
    closed = dataclasses.replace(store.first.parameters, public=False)
    store.datasets = (dataclasses.replace(store.first.dataset, schemes={"phone": closed}),)
    catalogue.renew()
    pool = BoundedPool(workers=1, waiting=0)
    answering = Answering(catalogue, KeyHolderNames(), pool)
    with pytest.raises(SchemeNotPermitted):
        answering.public_index("demo", "phone")
    with pytest.raises(UnknownScheme):
        answering.public_index("demo", "nir")
    with pytest.raises(UnknownDataset):
        answering.public_index("other", "phone")
    pool.close()
