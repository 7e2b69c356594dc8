"""Ranges: every entry findable, all of one length, nothing told by the form."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidMessage, Unavailable
from app.protocol.fingerprints import Location, Locator
from app.protocol.ranges import (
    AllRanges,
    RangeBuilder,
    check_range,
    choose_prefix_bits,
    holds,
    without,
)

fingerprints = st.binary(min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("entries", "bits"),
    [
        (0, 0), (1, 0), (255, 0), (511, 0), (512, 1), (1023, 1), (1024, 2),
        (489_838, 10), (256 * 2**20 - 1, 19), (256 * 2**20, 20), (10**12, 20),
    ],
)  # fmt: skip
def test_prefix_bits_are_the_most_that_leave_256_entries_a_range(entries: int, bits: int) -> None:
    assert choose_prefix_bits(entries) == bits


@given(st.integers(0, 2**32))
def test_prefix_bits_obey_their_definition(entries: int) -> None:
    bits = choose_prefix_bits(entries)
    assert bits == max([b for b in range(21) if entries / 2**b >= 256], default=0)


@given(st.integers(0, 6), st.sets(st.tuples(st.integers(0, 63), fingerprints), max_size=60))
def test_every_entry_is_found_and_all_ranges_are_equally_long(
    bits: int, entries: set[tuple[int, bytes]]
) -> None:
    locations = {Location(prefix % 2**bits, fingerprint) for prefix, fingerprint in entries}
    builder = RangeBuilder(bits)
    for location in locations:
        builder.add(location)
    ranges = dict(builder.build())
    assert list(ranges) == list(range(2**bits))
    for packed in ranges.values():
        check_range(packed, builder.range_length)
    assert all(holds(ranges[loc.prefix], loc.fingerprint) for loc in locations)


def test_an_entry_that_is_not_there_is_not_found() -> None:
    builder = RangeBuilder(0)
    present = {secrets.token_bytes(8) for _ in range(500)}
    for fingerprint in present:
        builder.add(Location(0, fingerprint))
    (packed,) = dict(builder.build()).values()
    strangers = {secrets.token_bytes(8) for _ in range(500)} - present
    assert not any(holds(packed, stranger) for stranger in strangers)


def test_a_fingerprint_across_two_entries_is_not_found() -> None:
    """Membership goes entry by entry, not byte by byte."""
    builder = RangeBuilder(0)
    builder.add(Location(0, b"aaaabbbb"))
    builder.add(Location(0, b"ccccdddd"))
    (packed,) = dict(builder.build()).values()
    assert packed == b"aaaabbbbccccdddd"
    assert not holds(packed, b"bbbbcccc")


def test_filling_is_random_for_each_epoch() -> None:
    builders = [RangeBuilder(1), RangeBuilder(1)]
    for builder in builders:
        for number in range(20):
            builder.add(Location(0, number.to_bytes(8, "big")))
    first, second = (dict(builder.build()) for builder in builders)
    assert first[0] == second[0]
    assert first[1] != second[1]


def test_an_index_without_entries_still_has_a_range() -> None:
    builder = RangeBuilder(0)
    (packed,) = dict(builder.build()).values()
    assert len(packed) == 8 * builder.range_length == 8


@pytest.mark.parametrize("packed", [b"", b"a" * 7, b"a" * 8, b"a" * 24])
def test_a_range_of_another_length_is_refused(packed: bytes) -> None:
    with pytest.raises(InvalidMessage, match="instead of 16"):
        check_range(packed, 2)


def test_a_range_out_of_order_is_refused() -> None:
    with pytest.raises(InvalidMessage, match="ascending"):
        check_range(b"b" * 8 + b"a" * 8, 2)


def test_locations_depend_on_dataset_and_scheme() -> None:
    """The same person in two leaks, or by two schemes, cannot be linked by the fingerprint."""
    from app.crypto.oprf import hash_to_group

    element = hash_to_group(b"x")
    names = [("demo", "nir"), ("demo", "phone"), ("other", "nir"), ("dem", "onir")]
    assert len({Locator(d, s, 20).locate(element) for d, s in names}) == len(names)


@given(st.lists(fingerprints, min_size=1, max_size=60), st.data())
def test_who_is_taken_out_of_a_range_leaves_its_length_and_all_others(
    entries: list[bytes], data: st.DataObject
) -> None:
    packed = b"".join(sorted(entries))
    gone = data.draw(st.sampled_from(entries))
    left = without(packed, gone)
    check_range(left, len(entries))
    assert holds(left, gone) is (entries.count(gone) > 1)
    others = [entry for entry in entries if entry != gone]
    assert all(holds(left, other) for other in others)


def test_who_is_not_in_a_range_cannot_be_taken_out() -> None:
    with pytest.raises(Unavailable):
        without(bytes(16), b"stranger")


@pytest.mark.parametrize("bits", [0, 3])
def test_all_ranges_hold_what_each_of_them_holds(bits: int) -> None:
    builder = RangeBuilder(bits)
    places = [Location(n % 2**bits, secrets.token_bytes(8)) for n in range(200)]
    for place in places:
        builder.add(place)
    packed = b"".join(one for _, one in builder.build())
    held = AllRanges(packed, prefix_bits=bits, range_length=builder.range_length)
    assert all(held.holds(place) for place in places)
    others = [Location(p.prefix, bytes([p.fingerprint[0] ^ 1, *p.fingerprint[1:]])) for p in places]
    assert not any(held.holds(other) for other in others)
    for edge in (bytes(8), b"\xff" * 8):
        assert not held.holds(Location(2**bits - 1, edge))


def test_a_fingerprint_counts_in_its_own_range_only() -> None:
    low, high = bytes(8), b"\xff" * 8
    held = AllRanges(low + low + high + high, prefix_bits=1, range_length=2)
    assert held.holds(Location(0, low))
    assert held.holds(Location(1, high))
    assert not held.holds(Location(1, low))
    assert not held.holds(Location(0, high))


@pytest.mark.parametrize("packed", [bytes(31), bytes(24), bytes(40), b"", b"\xff" * 8 + bytes(24)])
def test_all_ranges_of_another_form_are_refused(packed: bytes) -> None:
    with pytest.raises(InvalidMessage):
        AllRanges(packed, prefix_bits=1, range_length=2)
