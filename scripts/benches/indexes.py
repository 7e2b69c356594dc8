"""Published datasets of any size, made up in seconds: what a server answers from, and no leak.

Their fingerprints are random bytes. Real ones are as good as random: they are a piece of a
SHA-512 digest, so that nothing in answering can tell the difference, and how long it takes cannot
depend on it. The key is a real one, because answering computes with it. The elements are left
out, because they are never read while answering.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from app.crypto.keyring import KeyRing
from app.crypto.stretch import StretchProfile
from app.ingest.checkpoints import Plan
from app.ingest.ports import EpochDraft, IndexPublication, NewDataset, SourceReport
from app.lifecycle.ending import default_end, today
from app.lifecycle.erasure import BY_PROGRAM
from app.protocol.fingerprints import FINGERPRINT_BYTES
from app.protocol.parameters import key_name
from app.protocol.ranges import choose_prefix_bits
from app.reading.records import RowCounts
from app.storage.datasets import SqlDatasetStore
from app.storage.drafts import SqlDraftStore
from app.storage.engine import open_database
from scripts.benches.leaks import DATASET

SCHEME = "nir-dob"
EPOCH = 1


@dataclass(frozen=True, slots=True)
class MadeUpIndex:
    """A data folder with one published index in it."""

    data: Path
    prefix_bits: int
    range_length: int

    def some_prefix(self) -> int:
        """Return a random prefix."""
        return secrets.randbelow(2**self.prefix_bits)


def publish(data: Path, entries: int, profile: StretchProfile) -> MadeUpIndex:
    """Make up and publish an index of so many entries in a data folder that is new."""
    prefix_bits = choose_prefix_bits(entries)
    index = MadeUpIndex(data, prefix_bits, _range_length(entries, prefix_bits))
    engine = open_database(data)
    store, datasets = SqlDraftStore(engine), SqlDatasetStore(engine)
    key = KeyRing(data / "keys").create(key_name(DATASET, SCHEME, EPOCH))
    new = NewDataset(DATASET, "Made-up fingerprints", date(2021, 2, 23), default_end(today()))
    store.announce(new, Plan(bytes(32), today()))
    draft = store.begin(EpochDraft(DATASET, EPOCH, profile, {SCHEME: key.public_key}, [SCHEME]))
    publication = IndexPublication(
        scheme=SCHEME,
        entries=entries,
        rows=entries,
        prefix_bits=prefix_bits,
        range_length=index.range_length,
        commitment=None,
        ranges=_ranges(index),
    )
    draft.finish(SourceReport(bytes(32), 0, RowCounts(rows=entries, used=entries)), [publication])
    filled = datasets.filled_epoch(DATASET, datetime.now(UTC))
    datasets.publish(DATASET, BY_PROGRAM, filled, "a manifest of nothing")
    return index


def _range_length(entries: int, prefix_bits: int) -> int:
    """Return about how many entries the fullest of the ranges has."""
    mean = entries / (1 << prefix_bits)
    return math.ceil(mean + math.sqrt(2 * mean * prefix_bits * math.log(2)))


def _ranges(index: MadeUpIndex) -> Iterator[tuple[int, bytes]]:
    length = index.range_length * FINGERPRINT_BYTES
    for prefix in range(2**index.prefix_bits):
        drawn = secrets.token_bytes(length)
        places = range(0, length, FINGERPRINT_BYTES)
        yield prefix, b"".join(sorted(drawn[p : p + FINGERPRINT_BYTES] for p in places))
