"""What an ingest will cost, told from a source's first rows before anything is begun.

An estimate: later rows can differ from the first ones, and somebody who comes again beyond them
is counted again, although their inputs are stretched once.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from app.crypto.stretch import SALT_BYTES, StretchProfile, stretch
from app.reading.mapping import SourceMapping
from app.reading.records import RecordReader
from app.reading.sample import SAMPLE_ROWS, RowsAtHand
from app.reading.sources.opening import Table
from app.reading.sources.rows import Row

# So many rows are counted, without a look at them: some tenths of a second. Of a small source that
# is all of them, and of a compressed one what was read ahead does not weigh much any more.
COUNTED_ROWS = 50_000
CALIBRATION_SECONDS = 0.4
# As long as an encoded name with a birth date; the length makes no difference to Argon2id.
_INPUT_BYTES = 48
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class SampleCounts:
    """What the first rows of a source give, in distinct inputs.

    Args:
        rows: how many there are.
        crowded: of these, those with so many readings that they are read as they stand.
        inputs: by scheme.
        inputs_as_they_stand: by scheme, with no rule at all.
        saved: by rule, the inputs that there would not be without it.
    """

    rows: int
    crowded: int
    inputs: Mapping[str, int]
    inputs_as_they_stand: Mapping[str, int]
    saved: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a whole run will cost.

    Args:
        sample: what was counted.
        rows: of the whole source; None where that is not known.
        is_counted: these were counted, and not told from the source's size.
        per_second: stretches that this machine was just seen to make.
        workers: threads that made them.
    """

    sample: SampleCounts
    rows: int | None
    is_counted: bool
    per_second: float
    workers: int

    @property
    def is_whole(self) -> bool:
        """Whether the sample is the whole source, so that nothing is estimated but the time."""
        return self.is_counted and self.rows == self.sample.rows

    def scaled(self, count: int, rows: int) -> int:
        """Return what a count of the sample is among so many rows."""
        return round(count * rows / self.sample.rows) if self.sample.rows else 0

    def seconds(self, inputs: int) -> float:
        """Return how long so many inputs take."""
        return inputs / self.per_second


def estimate(
    table: Table,
    mapping: SourceMapping,
    *,
    size_bytes: int | None,
    profile: StretchProfile,
    workers: int,
) -> Estimate:
    """Estimate a run from the beginning of its source.

    Args:
        table: the source, opened to be looked at; or the beginning of one that is a stream.
        mapping: the run's.
        size_bytes: of the whole source, where it is known.
        profile: the cost of a stretch.
        workers: threads of the run.

    Raises:
        InvalidMapping: the mapping does not fit the source's header.
        InvalidSource: the source cannot be read.
    """
    table.check_whole()
    at_hand = RowsAtHand(table)
    counts = count_inputs(mapping, table.header, at_hand.take(SAMPLE_ROWS))
    rows = _rows_in_all(at_hand, table, counts.rows, size_bytes)
    per_second = stretches_per_second(profile, workers)
    return Estimate(counts, rows, at_hand.is_whole, per_second, workers)


def _rows_in_all(
    at_hand: RowsAtHand, table: Table, taken: int, size_bytes: int | None
) -> int | None:
    """Return how many rows a source has, of which some were taken; None if that is not known."""
    rows = taken + _count(at_hand, COUNTED_ROWS - taken)
    # What is packed well can have been read to its end while its rows are still to come.
    while not at_hand.has_ended and size_bytes is not None and table.bytes_done >= size_bytes:
        rows += _count(at_hand, COUNTED_ROWS)
    if at_hand.is_whole:
        return rows
    if size_bytes is None or not table.bytes_done:
        return None
    return round(rows * size_bytes / table.bytes_done)


def _count(at_hand: RowsAtHand, maximum: int) -> int:
    return sum(1 for _ in at_hand.take(maximum))


def count_inputs(
    mapping: SourceMapping, header: Sequence[str], rows: Iterable[Row]
) -> SampleCounts:
    """Count the distinct inputs that rows give: with all rules, with none, and without each."""
    whole, bare = _Counting(mapping, header), _Counting(mapping.restricted(()), header)
    without = {
        rule: _Counting(mapping.restricted([r for r in mapping.rules if r != rule]), header)
        for rule in mapping.rules
    }
    for row in rows:
        found = whole.count(row)
        # A row to which no rule adds anything gives the same without any one of them.
        is_plain = bare.count(row) == found
        for counting in without.values():
            counting.take(found) if is_plain else counting.count(row)
    total = whole.by_scheme.total()
    return SampleCounts(
        rows=whole.records.counts.rows,
        crowded=whole.records.counts.crowded,
        inputs=dict(whole.by_scheme),
        inputs_as_they_stand=dict(bare.by_scheme),
        saved={rule: total - each.by_scheme.total() for rule, each in without.items()},
    )


def stretches_per_second(profile: StretchProfile, workers: int) -> float:
    """Stretch random bytes for a moment, in as many threads as a run will, and count."""
    with ThreadPoolExecutor(workers, thread_name_prefix="calibrate") as pool:
        return sum(pool.map(_rate_of_one, [profile] * workers))


def _rate_of_one(profile: StretchProfile) -> float:
    salt = secrets.token_bytes(SALT_BYTES)
    made, started = 0, time.monotonic()
    while not made or time.monotonic() - started < CALIBRATION_SECONDS:
        stretch(profile, salt, secrets.token_bytes(_INPUT_BYTES))
        made += 1
    return made / (time.monotonic() - started)


class _Counting:
    """Counts the distinct inputs of rows; of each it keeps a digest under a key of its own."""

    def __init__(self, mapping: SourceMapping, header: Sequence[str]) -> None:
        self.records = RecordReader(mapping, header)
        self.by_scheme: Counter[str] = Counter(dict.fromkeys(mapping.schemes, 0))
        self._seen: set[bytes] = set()
        self._key = secrets.token_bytes(32)

    def count(self, row: Row) -> list[tuple[str, bytes]]:
        """Count what a row gives, and return it."""
        found = self.records.inputs(row)
        self.take(found)
        return found

    def take(self, inputs: Sequence[tuple[str, bytes]]) -> None:
        """Count inputs that were not counted before."""
        for scheme, encoded in inputs:
            digest = hashlib.blake2b(encoded, key=self._key, digest_size=_DIGEST_BYTES).digest()
            if digest not in self._seen:
                self._seen.add(digest)
                self.by_scheme[scheme] += 1
