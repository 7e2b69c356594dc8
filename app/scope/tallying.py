"""From records to numbers of people, exactly, in bounded memory.

A record is a digest of 16 bytes and a cell. What is equal is one; what one person has in a table of
masks is put together; and of one person's laboratories it is counted how many there are.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.scope.cells import NO_LABORATORY, Counted, code_of, place_of

DIGEST_BYTES: Final = 16
RECORD: Final = struct.Struct("<16sI")
# 10 MB of records, and some times that while they are put in order.
_RECORDS_AT_ONCE: Final = 500_000
_FIELDS: Final = np.dtype([("high", "<u8"), ("low", "<u8"), ("code", "<u4")])
_MASKED: Final = (Counted.KINDS, Counted.DEPARTMENT_KIND)
_SHIFT: Final = 24

Counts = Mapping[int, int]
_Records = NDArray[np.void]


def count_records(read: Callable[[], Iterator[bytes]]) -> Counts:
    """Return how many people are in each cell.

    Cells of masks are counted once for each kind that is in them; the cells of laboratories per
    person say how many people had that many, in the second place.

    Args:
        read: gives all records, in pieces, each time it is called.
    """
    total = sum(len(piece) // RECORD.size for piece in read())
    parts = 1
    while total // parts > _RECORDS_AT_ONCE:
        parts *= 2
    counts: Counter[int] = Counter()
    for part in range(parts):
        _count_part(_part_of(read(), part, parts), counts)
    return counts


def _part_of(pieces: Iterator[bytes], part: int, parts: int) -> _Records:
    """Return those records whose digests end so: all of one digest are in one part."""
    found = []
    for piece in pieces:
        records = np.frombuffer(piece, dtype=_FIELDS)
        found.append(records[records["low"] % np.uint64(parts) == part])
    return np.concatenate(found) if found else np.empty(0, dtype=_FIELDS)


def _count_part(records: _Records, counts: Counter[int]) -> None:
    tables = records["code"] >> _SHIFT
    is_masked = np.isin(tables, _MASKED)
    is_laboratories = tables == Counted.LABORATORIES_PER_PERSON
    codes, _ = _distinct(records[~is_masked & ~is_laboratories])
    _add(counts, codes)
    _add_masked(counts, *_distinct(records[is_masked]))
    _add_laboratories(counts, *_distinct(records[is_laboratories]))


def _distinct(records: _Records) -> tuple[NDArray[np.uint32], NDArray[np.bool_]]:
    """Return the codes of different records, by digest, and of each whether its digest is new."""
    high, low, code = (np.ascontiguousarray(records[name]) for name in ("high", "low", "code"))
    order = np.lexsort((code, low, high))
    high, low, code = high[order], low[order], code[order]
    is_new_digest = _differs(high) | _differs(low)
    is_new = is_new_digest | _differs(code)
    return code[is_new], is_new_digest[is_new]


def _differs(values: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell of each value whether it is another than the one before."""
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _add(counts: Counter[int], codes: NDArray[np.uint32]) -> None:
    each, people = np.unique(codes, return_counts=True)
    for code, number in zip(each.tolist(), people.tolist(), strict=True):
        counts[code] += number


def _add_masked(counts: Counter[int], codes: NDArray[np.uint32], is_new: NDArray[np.bool_]) -> None:
    if not len(codes):
        return
    masks: Counter[int] = Counter()
    _add(masks, np.bitwise_or.reduceat(codes, np.flatnonzero(is_new)))
    for code, people in masks.items():
        first, mask = place_of(code)
        for kind in range(mask.bit_length()):
            if mask >> kind & 1:
                counts[code_of(Counted(code >> _SHIFT), first, kind)] += people


def _add_laboratories(
    counts: Counter[int], codes: NDArray[np.uint32], is_new: NDArray[np.bool_]
) -> None:
    if not len(codes):
        return
    # A row that tells no laboratory adds none to those of its person.
    is_one = codes != code_of(Counted.LABORATORIES_PER_PERSON, NO_LABORATORY)
    per_person = np.add.reduceat(is_one.astype(np.uint32), np.flatnonzero(is_new))
    each, people = np.unique(per_person, return_counts=True)
    for number, these in zip(each.tolist(), people.tolist(), strict=True):
        counts[code_of(Counted.LABORATORIES_PER_PERSON, 0, number)] += these
