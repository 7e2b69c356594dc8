"""One part of all records, put in order where it lies, and counted."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.scope.cells import NO_LABORATORY, Counted, code_of, place_of

_FIELDS: Final = np.dtype([("high", "<u8"), ("low", "<u8"), ("code", "<u4")])
# As bytes they are sorted in place; by their fields the library would need a copy or two.
_BYTES: Final = np.dtype((np.bytes_, _FIELDS.itemsize))
# Of the digest, by which it is told in which part it is.
_SPREAD_BITS: Final = np.uint64(32)
_SPREAD: Final = np.uint64((1 << 32) - 1)
_MASKED: Final = (Counted.KINDS, Counted.DEPARTMENT_KIND)
_SHIFT: Final = 24

_Codes = NDArray[np.uint32]
_Flags = NDArray[np.bool_]


class Part:
    """Those records whose digests lie in one of several equal spans: all of a digest are in one.

    Args:
        number: of the part, from 0.
        parts: how many there are.
    """

    def __init__(self, number: int, parts: int) -> None:
        self._number = np.uint64(number)
        self._parts = np.uint64(parts)
        self._found = bytearray()

    def add(self, piece: bytes) -> None:
        """Take those of some records that are of this part."""
        records = np.frombuffer(piece, dtype=_FIELDS)
        spans = (records["low"] & _SPREAD) * self._parts >> _SPREAD_BITS
        self._found += records[spans == self._number].tobytes()

    def count_into(self, counts: Counter[int]) -> None:
        """Add the people of this part to those of the others."""
        np.frombuffer(self._found, dtype=_BYTES).sort()
        codes, is_new = _distinct(np.frombuffer(self._found, dtype=_FIELDS))
        tables = codes >> _SHIFT
        is_masked = np.isin(tables, _MASKED)
        is_laboratories = tables == Counted.LABORATORIES_PER_PERSON
        _add(counts, codes[~is_masked & ~is_laboratories])
        _add_masked(counts, codes[is_masked], is_new[is_masked])
        _add_laboratories(counts, codes[is_laboratories], is_new[is_laboratories])


def _distinct(records: NDArray[np.void]) -> tuple[_Codes, _Flags]:
    """Return the codes of different records, and of each whether it is its digest's first."""
    is_new_digest = _differs(records["high"]) | _differs(records["low"])
    is_new = is_new_digest | _differs(records["code"])
    return records["code"][is_new], is_new_digest[is_new]


def _differs(values: NDArray[np.generic]) -> _Flags:
    """Tell of each value whether it is another than the one before."""
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found


def _add(counts: Counter[int], codes: _Codes) -> None:
    each, people = np.unique(codes, return_counts=True)
    for code, number in zip(each.tolist(), people.tolist(), strict=True):
        counts[code] += number


def _add_masked(counts: Counter[int], codes: _Codes, is_new: _Flags) -> None:
    if not len(codes):
        return
    masks: Counter[int] = Counter()
    _add(masks, np.bitwise_or.reduceat(codes, np.flatnonzero(is_new)))
    for code, people in masks.items():
        first, mask = place_of(code)
        for kind in range(mask.bit_length()):
            if mask >> kind & 1:
                counts[code_of(Counted(code >> _SHIFT), first, kind)] += people


def _add_laboratories(counts: Counter[int], codes: _Codes, is_new: _Flags) -> None:
    if not len(codes):
        return
    # A row that tells no laboratory adds none to those of its person.
    is_one = codes != code_of(Counted.LABORATORIES_PER_PERSON, NO_LABORATORY)
    per_person = np.add.reduceat(is_one.astype(np.uint32), np.flatnonzero(is_new))
    each, people = np.unique(per_person, return_counts=True)
    for number, these in zip(each.tolist(), people.tolist(), strict=True):
        counts[code_of(Counted.LABORATORIES_PER_PERSON, 0, number)] += these
