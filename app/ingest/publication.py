"""From the stored elements of a scheme to the ranges that answer for it, in bounded memory.

Elements are stored in an order that says nothing of where their fingerprints stand. Half a million
of them are put in order in memory, while they are added up. More are read again for each part of
the ranges that half a million fill: some seconds a million, beside the hours of stretching them.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice

from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element, Sum
from app.ingest.ports import Draft, IndexPublication
from app.protocol.commitment import (
    COMMITMENT_ENTRIES_MINIMUM,
    commitment,
    total_of_inputs,
)
from app.protocol.fingerprints import Location, Locator
from app.protocol.ranges import RangeBuilder, choose_prefix_bits, parts_of, range_length_of

# 4 MiB of fingerprints.
ENTRIES_AT_ONCE = 2**19
# Some milliseconds of additions: the cores finish together, and handing over costs nothing.
_CHUNK_ELEMENTS = 256
_CHUNKS_PER_WORKER = 16


def index_of(
    draft: Draft,
    dataset: str,
    scheme: str,
    key: EvaluationKey,
    rows: int,
    workers: int,
    *,
    taken_out: int = 0,
) -> IndexPublication:
    """Make one scheme's index from its distinct elements.

    Args:
        draft: that holds the elements. It is read again while the ranges are.
        dataset: the slug.
        scheme: the scheme's name.
        key: whose elements they are.
        rows: rows of all sources that gave at least one input of the scheme.
        workers: threads that add the elements up.
        taken_out: entries that earlier sources gave and that are not there any more. They are
            still counted: a number that went down would tell everybody that somebody was.
    """
    entries = draft.count(scheme)
    prefix_bits = choose_prefix_bits(entries)
    locator = Locator(dataset, scheme, prefix_bits)
    counts = array("L", bytes(array("L").itemsize << prefix_bits))
    builder = RangeBuilder(range(len(counts))) if entries <= ENTRIES_AT_ONCE else None
    total = group.IDENTITY_SUM
    with closing(_surveyed(draft.elements(scheme), locator, workers)) as chunks:
        for locations, subtotal in chunks:
            total = group.add(total, subtotal)
            for location in locations:
                counts[location.prefix] += 1
                if builder is not None:
                    builder.add(location)
    length = range_length_of(counts)
    ranges = builder.build(length) if builder else _in_parts(draft, scheme, locator, counts)
    is_committed = entries >= COMMITMENT_ENTRIES_MINIMUM
    return IndexPublication(
        scheme=scheme,
        entries=entries + taken_out,
        rows=rows,
        prefix_bits=prefix_bits,
        range_length=length,
        commitment=commitment(total_of_inputs(key, total)) if is_committed else None,
        ranges=ranges,
    )


def _surveyed(
    elements: Iterator[Element], locator: Locator, workers: int
) -> Generator[tuple[list[Location], Sum], None, None]:
    """Yield where the elements of each chunk stand, and their sum; on all cores."""
    survey = partial(_survey, locator)
    taken = _CHUNK_ELEMENTS * _CHUNKS_PER_WORKER * workers
    pool = ThreadPoolExecutor(workers, thread_name_prefix="publish")
    try:
        while page := list(islice(elements, taken)):
            starts = range(0, len(page), _CHUNK_ELEMENTS)
            yield from pool.map(survey, (page[at : at + _CHUNK_ELEMENTS] for at in starts))
    finally:
        pool.shutdown(cancel_futures=True)


def _survey(locator: Locator, elements: Sequence[Element]) -> tuple[list[Location], Sum]:
    return [locator.locate(element) for element in elements], group.sum_of(elements)


def _in_parts(
    draft: Draft, scheme: str, locator: Locator, counts: Sequence[int]
) -> Iterator[tuple[int, bytes]]:
    """Yield every range, reading the elements again for each part of them."""
    length = range_length_of(counts)
    for prefixes in parts_of(counts, ENTRIES_AT_ONCE):
        builder = RangeBuilder(prefixes)
        for location in map(locator.locate, draft.elements(scheme)):
            if location.prefix in prefixes:
                builder.add(location)
        yield from builder.build(length)
