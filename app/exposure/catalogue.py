"""What is published right now, in memory, so that answering touches no database.

A request takes one `Index` and works with it to the end: parameters, ranges and the name of the
key belong to one epoch by construction. An index whose key or ranges are not whole is not offered,
and does not keep the others from answering. A catalogue that could not be renewed for a while
stops answering, because a dataset may have been retired, or its key changed, in the meantime. A
dataset whose end has come answers nobody from that second on, erased or not.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from app.errors import ConcerneError, EpochGone, Unavailable, UnknownDataset
from app.exposure.ports import KeyHolder, Published, PublishedStore
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.protocol.parameters import (
    DatasetParameters,
    DeploymentParameters,
    SchemeParameters,
    key_name,
)

_PIECE_BYTES = 256 * 1024

_IndexName = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Index:
    """One scheme of a published dataset.

    Args:
        dataset: the slug.
        parameters: what is public about it.
        revision: another one whenever the ranges have changed within the epoch.
        packed: all its ranges end to end, or None when they are left in the store.
        store: where a range is read when they are not in memory.
    """

    dataset: str
    parameters: SchemeParameters
    revision: int
    packed: bytes | None
    store: PublishedStore

    @property
    def name(self) -> _IndexName:
        """Dataset, scheme and epoch."""
        return self.dataset, self.parameters.scheme, self.parameters.epoch

    @property
    def key_name(self) -> str:
        """The name under which the key holder has this index's key."""
        return key_name(*self.name)

    @property
    def is_resident(self) -> bool:
        """Whether `read_range` costs no more than copying memory."""
        return self.packed is not None

    def read_range(self, prefix: int) -> bytes:
        """Return the range of a prefix, 0 to 2^prefix_bits − 1.

        Raises:
            EpochGone, Unavailable: the store does not give it.
        """
        length = self._range_bytes
        if self.packed is None:
            found = self.store.read_range(*self.name, prefix)
        else:
            found = self.packed[prefix * length : (prefix + 1) * length]
        if len(found) != length:
            raise Unavailable("a stored range is not whole")
        return found

    @property
    def length_bytes(self) -> int:
        """Of all its ranges end to end."""
        return self._ranges * self._range_bytes

    def read_all(self) -> Iterator[bytes]:
        """Yield all ranges end to end, in pieces of bounded length.

        Whoever stops in the middle has nothing: an epoch can go while it is read.

        Raises:
            EpochGone, Unavailable: the store does not give it, or not all of it.
        """
        length, ranges = self._range_bytes, self._ranges
        step = max(1, _PIECE_BYTES // length)
        for first in range(0, ranges, step):
            count = min(step, ranges - first)
            if self.packed is None:
                found = self.store.read_span(*self.name, first, count)
            else:
                found = self.packed[first * length : (first + count) * length]
            if len(found) != count * length:
                raise Unavailable("a stored range is not whole")
            yield found

    @property
    def _ranges(self) -> int:
        return 1 << self.parameters.prefix_bits

    @property
    def _range_bytes(self) -> int:
        return self.parameters.range_length * FINGERPRINT_BYTES


@dataclass(frozen=True, slots=True)
class _Snapshot:
    published: Published
    datasets: Mapping[str, DatasetParameters]
    indexes: Mapping[tuple[str, str], Index]
    taken_at: float
    ends_at: Mapping[str, float]


class Catalogue:
    """The current snapshot, renewed by whoever runs the process.

    Args:
        store: where published datasets are kept.
        key_holder: made ready for every index before it is offered.
        resident_bytes: how much memory the ranges may take; what does not fit stays in the store.
        stale_after_seconds: how old a snapshot may be and still answer.
        clock: monotonic seconds.
        now: seconds since 1970, by which a dataset's end has come or not.
    """

    def __init__(
        self,
        store: PublishedStore,
        key_holder: KeyHolder,
        *,
        resident_bytes: int,
        stale_after_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._key_holder = key_holder
        self._resident_bytes = resident_bytes
        self._stale_after_seconds = stale_after_seconds
        self._clock = clock
        self._now = now
        self._snapshot: _Snapshot | None = None
        self._renewing = threading.Lock()

    def renew(self) -> Mapping[str, ConcerneError]:
        """Take a new snapshot; on failure the last one stays, and ages.

        Returns:
            For each index that is published and cannot be answered, by its key's name, why.

        Raises:
            Unavailable: the store does not answer.
        """
        with self._renewing:
            taken_at = self._clock()
            published = self._store.load()
            indexes, broken = self._indexes(published)
            missing = self._key_holder.hold([index.key_name for index in indexes.values()])
            self._snapshot = _Snapshot(
                published=published,
                datasets={d.dataset: d for d in published.datasets},
                indexes={n: i for n, i in indexes.items() if i.key_name not in missing},
                taken_at=taken_at,
                ends_at={d.dataset: _beginning_of(d.ends_on) for d in published.datasets},
            )
            return {**broken, **missing}

    def check_ready(self) -> None:
        """Raise Unavailable unless something that is published can be answered, or nothing is."""
        snapshot = self._current()
        if self.datasets and not snapshot.indexes:
            raise Unavailable("nothing of what is published can be answered right now")

    @property
    def deployment(self) -> DeploymentParameters:
        """What all datasets share."""
        return self._current().published.deployment

    @property
    def datasets(self) -> tuple[DatasetParameters, ...]:
        """Every published dataset whose end has not come."""
        snapshot, now = self._current(), self._now()
        return tuple(d for d in snapshot.published.datasets if now < snapshot.ends_at[d.dataset])

    def dataset(self, name: str) -> DatasetParameters:
        """Return one published dataset.

        Raises:
            UnknownDataset: there is none of that name, or it answers nobody.
            Unavailable: it is not known right now.
        """
        return self._dataset(self._current(), name)

    def index(self, dataset: str, scheme: str) -> Index:
        """Return one scheme of a published dataset.

        Raises:
            UnknownDataset, UnknownScheme: there is none.
            Unavailable: it is not known right now.
        """
        snapshot = self._current()
        parameters = self._dataset(snapshot, dataset).scheme(scheme)
        try:
            return snapshot.indexes[dataset, parameters.scheme]
        except KeyError:
            raise Unavailable(
                "this dataset cannot be answered right now", hint="try again in a minute"
            ) from None

    def _dataset(self, snapshot: _Snapshot, name: str) -> DatasetParameters:
        found = snapshot.datasets.get(name)
        if found is None or self._now() >= snapshot.ends_at[name]:
            # A draft, what is retired, what has ended and what never was look alike.
            raise UnknownDataset(
                "no published dataset has that name", hint="GET /v1/datasets lists them"
            )
        return found

    def _current(self) -> _Snapshot:
        snapshot = self._snapshot
        if snapshot is None or self._clock() - snapshot.taken_at > self._stale_after_seconds:
            raise Unavailable(
                "what is published is not known right now", hint="try again in a minute"
            )
        return snapshot

    def _indexes(
        self, published: Published
    ) -> tuple[Mapping[tuple[str, str], Index], Mapping[str, ConcerneError]]:
        """Make each published index, taking over the ranges that are in memory already."""
        last = self._snapshot
        known = (
            {} if last is None else {(i.name, i.revision): i.packed for i in last.indexes.values()}
        )
        left = self._resident_bytes
        indexes: dict[tuple[str, str], Index] = {}
        broken: dict[str, ConcerneError] = {}
        for dataset in published.datasets:
            for parameters in dataset.schemes.values():
                name = (dataset.dataset, parameters.scheme, parameters.epoch)
                size = 2**parameters.prefix_bits * parameters.range_length * FINGERPRINT_BYTES
                revision = published.revisions.get(name, 0)
                packed = None
                if size <= left:
                    try:
                        packed = known.get((name, revision)) or self._store.read_ranges(*name)
                    except (EpochGone, Unavailable) as exc:
                        broken[key_name(*name)] = exc
                        continue
                    left -= size
                index = Index(dataset.dataset, parameters, revision, packed, self._store)
                indexes[dataset.dataset, parameters.scheme] = index
        return indexes, broken


def _beginning_of(day: date) -> float:
    return datetime.combine(day, datetime.min.time(), UTC).timestamp()
