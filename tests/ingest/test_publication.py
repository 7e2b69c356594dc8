"""From stored elements to ranges and a commitment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from app.crypto import oprf
from app.crypto import ristretto255 as group
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.ingest import publication
from app.ingest.publication import index_of
from app.protocol.fingerprints import Locator
from app.protocol.ranges import check_range, holds

INPUTS = [b"%032d" % n for n in range(1100)]


@dataclass
class Filled:
    """A draft as far as publication needs one."""

    stored: list[Element]

    def count(self, scheme: str) -> int:
        return len(self.stored)

    def elements(self, scheme: str) -> Iterator[Element]:
        return iter(self.stored)


def filled(key: EvaluationKey, count: int) -> Filled:
    return Filled([oprf.evaluate(key, value) for value in INPUTS[:count]])


@pytest.mark.parametrize("at_once", [publication.ENTRIES_AT_ONCE, 1100, 1099, 300, 1])
def test_every_entry_is_in_its_range_and_all_ranges_are_equally_long(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """In one part or in several, as large as the memory allows."""
    monkeypatch.setattr(publication, "ENTRIES_AT_ONCE", at_once)
    key = EvaluationKey.generate()
    draft = filled(key, 1100)
    index = index_of(draft, "demo", "nir", key, 1200, 2)  # type: ignore[arg-type]  # reads only
    assert (index.entries, index.rows, index.prefix_bits) == (1100, 1200, 2)
    ranges = dict(index.ranges)
    assert list(ranges) == [0, 1, 2, 3]
    for packed in ranges.values():
        check_range(packed, index.range_length)
    locator = Locator("demo", "nir", index.prefix_bits)
    for element in draft.stored:
        location = locator.locate(element)
        assert holds(ranges[location.prefix], location.fingerprint)


def test_the_commitment_is_to_the_inputs_and_not_to_the_key() -> None:
    expected = hashlib.sha256(
        b"concerne/v1/commitment" + group.sum_of(oprf.hash_to_group(value) for value in INPUTS)
    ).digest()
    for key in (EvaluationKey.generate(), EvaluationKey.generate()):
        index = index_of(filled(key, 1100), "d", "nir", key, 1, 3)  # type: ignore[arg-type]  # as above
        assert index.commitment == expected


@pytest.mark.parametrize(("entries", "is_committed"), [(0, False), (999, False), (1000, True)])
def test_a_small_index_has_no_commitment(entries: int, is_committed: bool) -> None:
    """Below a thousand it could be tried against guessed files."""
    key = EvaluationKey.generate()
    index = index_of(filled(key, entries), "d", "nir", key, 1, 1)  # type: ignore[arg-type]  # as above
    assert (index.commitment is not None) is is_committed
    assert [len(packed) for _, packed in index.ranges] == [8 * index.range_length] * (
        2**index.prefix_bits
    )
