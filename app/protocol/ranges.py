"""The published form of an index: fingerprints in ranges that all have one length.

A client that asks for a range shows its prefix and nothing else; a range holds several hundred
entries, and random filling makes all ranges of an epoch equally long.
"""

from __future__ import annotations

import secrets
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, pairwise
from operator import gt

from app.errors import InvalidMessage, Unavailable
from app.protocol.fingerprints import FINGERPRINT_BYTES, PREFIX_BITS_MAXIMUM, Location

ENTRIES_PER_RANGE_MINIMUM = 256


def choose_prefix_bits(entries: int) -> int:
    """Return the largest b, at most 20, that leaves 256 entries or more to a range on average."""
    bits = (entries // ENTRIES_PER_RANGE_MINIMUM).bit_length() - 1
    return min(max(bits, 0), PREFIX_BITS_MAXIMUM)


class RangeBuilder:
    """Collects an index's locations in memory, 8 bytes an entry, and gives its ranges.

    Args:
        prefix_bits: as chosen for the number of entries.
    """

    def __init__(self, prefix_bits: int) -> None:
        self._ranges = [bytearray() for _ in range(2**prefix_bits)]

    def add(self, location: Location) -> None:
        """Add one distinct entry."""
        self._ranges[location.prefix] += location.fingerprint

    @property
    def range_length(self) -> int:
        """Entries in each range: as many as the fullest has, and at least one."""
        return max(1, *(len(r) // FINGERPRINT_BYTES for r in self._ranges))

    def build(self) -> Iterator[tuple[int, bytes]]:
        """Yield each prefix with its sorted and filled-up range, in ascending order."""
        length = self.range_length * FINGERPRINT_BYTES
        for prefix, packed in enumerate(self._ranges):
            filled = bytes(packed) + secrets.token_bytes(length - len(packed))
            yield prefix, b"".join(sorted(_split(filled)))


def check_range(packed: bytes, range_length: int) -> None:
    """Check that a range has the form that its epoch's parameters promise.

    Raises:
        InvalidMessage: another length, or not in ascending order.
    """
    if len(packed) != range_length * FINGERPRINT_BYTES:
        raise InvalidMessage(
            f"the range has {len(packed):,} bytes instead of {range_length * FINGERPRINT_BYTES:,}"
        )
    if any(left > right for left, right in pairwise(_split(packed))):
        raise InvalidMessage("the range is not in ascending order")


class AllRanges:
    """Every range of one index, in which a client looks up many locations itself.

    Args:
        packed: the ranges end to end, 8 bytes an entry.
        prefix_bits, range_length: as the epoch's parameters promise.

    Raises:
        InvalidMessage: another length, or a range that is not in ascending order.
    """

    def __init__(self, packed: bytes | bytearray, *, prefix_bits: int, range_length: int) -> None:
        expected = range_length * FINGERPRINT_BYTES << prefix_bits
        if len(packed) != expected:
            raise InvalidMessage(f"the ranges have {len(packed):,} bytes instead of {expected:,}")
        self._values = array("Q")
        self._values.frombytes(packed)
        if sys.byteorder == "little":
            self._values.byteswap()
        self._length = range_length
        for start in range(0, len(self._values), range_length):
            one = self._values[start : start + range_length]
            if any(map(gt, one, islice(one, 1, None))):
                raise InvalidMessage("a range is not in ascending order")

    def holds(self, location: Location) -> bool:
        """Tell whether the range that a location names holds its fingerprint.

        How long it takes depends on where it stands; only for who has the ranges anyway.
        """
        wanted = int.from_bytes(location.fingerprint, "big")
        start = location.prefix * self._length
        end = start + self._length
        place = bisect_left(self._values, wanted, start, end)
        return place < end and self._values[place] == wanted


def without(packed: bytes, fingerprint: bytes) -> bytes:
    """Return a range in which random bytes stand in the place of a fingerprint.

    The length stays, and so does all other filling. Who compares the range before and after sees
    one value go and one come: that something of some hundred entries changed, and no more unless
    they have the evaluation of the very identifier. Were the filling drawn anew as well, they would
    see which of the values had been filling.

    Raises:
        Unavailable: the range does not hold it, so that it is not whole.
    """
    kept = _split(packed)
    try:
        kept.remove(fingerprint)
    except ValueError:
        raise Unavailable("a stored range lacks the fingerprint of one of its entries") from None
    return b"".join(sorted([*kept, secrets.token_bytes(FINGERPRINT_BYTES)]))


def holds(packed: bytes, fingerprint: bytes) -> bool:
    """Tell whether a range holds a fingerprint, in a time that does not depend on the answer."""
    # As machine words in the same byte order on both sides; only equality matters.
    (wanted,) = array("Q", fingerprint)
    return array("Q", packed).count(wanted) > 0


def _split(packed: bytes) -> list[bytes]:
    return [packed[i : i + FINGERPRINT_BYTES] for i in range(0, len(packed), FINGERPRINT_BYTES)]
