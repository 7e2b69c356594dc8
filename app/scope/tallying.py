"""From records to numbers of people, exactly, in bounded memory.

A record is a digest of 16 bytes and a cell. What is equal is one; what one person has in a table of
masks is put together; and of one person's laboratories it is counted how many there are.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Final

DIGEST_BYTES: Final = 16
RECORD: Final = struct.Struct("<16sI")
# 5 MB of records, and as much again once they are in order. All are read, and opened, again for
# each part: 0.1 seconds for 130 MB of them, which is what half a million rows of a leak give.
_RECORDS_AT_ONCE: Final = 250_000

Counts = Mapping[int, int]


def count_records(read: Callable[[], Iterator[bytes]]) -> Counts:
    """Return how many people are in each cell.

    Cells of masks are counted once for each kind that is in them; the cells of laboratories per
    person say how many people had that many, in the second place.

    Args:
        read: gives all records, in pieces, each time it is called.
    """
    # Its library takes 15 MB, and whoever fills a draft is here only when the source is read.
    from app.scope.sorting import Part  # noqa: PLC0415

    total = sum(len(piece) // RECORD.size for piece in read())
    parts = total // _RECORDS_AT_ONCE + 1
    counts: Counter[int] = Counter()
    for number in range(parts):
        part = Part(number, parts)
        for piece in read():
            part.add(piece)
        part.count_into(counts)
    return counts
