"""Records are counted exactly, and in the memory of one part, however many there are."""

from __future__ import annotations

import random
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

# The library that counts is loaded when it is first used, which would be some case's delay.
from app.scope import sorting as _loaded  # noqa: F401
from app.scope import tallying
from app.scope.cells import NO_LABORATORY, Counted, code_of
from app.scope.tallying import DIGEST_BYTES, RECORD, count_records

RECORDS_AT_ONCE = 20_000


def digest(*of: int) -> bytes:
    """Return bytes that look like a digest; equal for equal numbers."""
    return random.Random(repr(of)).randbytes(DIGEST_BYTES)


def record(person: int, table: Counted, first: int, second: int) -> bytes:
    """Return a record as `counting` makes it: known by all but what is put together."""
    known = {
        Counted.KINDS: (0, 0),
        Counted.DEPARTMENT_KIND: (first, 0),
        Counted.LABORATORIES_PER_PERSON: (0, 0),
    }.get(table, (first, second))
    return RECORD.pack(digest(person, table, *known), code_of(table, first, second))


def counted_by_hand(rows: Sequence[tuple[int, Counted, int, int]]) -> Counter[int]:
    """Return the same numbers, from sets of people."""
    cells = {(person, table, first, second) for person, table, first, second in rows}
    counts: Counter[int] = Counter()
    laboratories: dict[int, set[int]] = {}
    kinds: set[tuple[int, Counted, int, int]] = set()
    for person, table, first, second in cells:
        if table is Counted.LABORATORIES_PER_PERSON:
            told = {first} - {NO_LABORATORY}
            laboratories[person] = laboratories.get(person, set()) | told
        elif table in (Counted.KINDS, Counted.DEPARTMENT_KIND):
            kinds |= {(person, table, first, bit) for bit in range(8) if second >> bit & 1}
        else:
            counts[code_of(table, first, second)] += 1
    for _, table, first, bit in kinds:
        counts[code_of(table, first, bit)] += 1
    for told in laboratories.values():
        counts[code_of(Counted.LABORATORIES_PER_PERSON, 0, len(told))] += 1
    return counts


people = st.integers(0, 9)
rows = st.lists(
    st.one_of(
        st.tuples(people, st.just(Counted.PEOPLE), st.just(0), st.just(0)),
        st.tuples(people, st.just(Counted.EXAM_MONTH), st.just(2019), st.integers(1, 12)),
        st.tuples(people, st.just(Counted.KINDS), st.just(0), st.integers(0, 255)),
        st.tuples(people, st.just(Counted.DEPARTMENT_KIND), st.integers(0, 3), st.integers(0, 255)),
        st.tuples(people, st.just(Counted.LABORATORIES_PER_PERSON), st.integers(0, 5), st.just(0)),
    ),
    max_size=60,
)


@given(rows, st.integers(1, 60), st.integers(1, 25))
def test_people_are_counted_exactly_in_however_many_parts_and_pieces(
    rows: list[tuple[int, Counted, int, int]], at_once: int, in_a_piece: int
) -> None:
    pieces = [
        b"".join(record(*row) for row in rows[at : at + in_a_piece])
        for at in range(0, len(rows), in_a_piece)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tallying, "_RECORDS_AT_ONCE", at_once)
        assert count_records(lambda: iter(pieces)) == counted_by_hand(rows)


def test_nothing_that_was_read_is_nobody() -> None:
    assert not count_records(lambda: iter([]))
    assert not count_records(lambda: iter([b"", b""]))


def people_of(records: int) -> list[bytes]:
    """Return so many records of as many people, in pieces."""
    draw = random.Random(1951)
    code = code_of(Counted.PEOPLE)
    each = [RECORD.pack(draw.randbytes(DIGEST_BYTES), code) for _ in range(records)]
    return [b"".join(each[at : at + 1000]) for at in range(0, records, 1000)]


def peak_of_counting(pieces: list[bytes]) -> int:
    """Return the most bytes that are taken while records are counted."""
    tracemalloc.start()
    try:
        count_records(lambda: iter(pieces))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_records_take_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallying, "_RECORDS_AT_ONCE", RECORDS_AT_ONCE)
    pieces = people_of(10 * RECORDS_AT_ONCE)
    assert count_records(lambda: iter(pieces)) == {code_of(Counted.PEOPLE): 10 * RECORDS_AT_ONCE}
    in_one_part = pieces[: len(pieces) // 10 - 1]
    few, lots = peak_of_counting(in_one_part), peak_of_counting(pieces)
    assert lots < 1.1 * few
    # They are put in order where they lie: not much more than twice what they are.
    assert few < 3 * RECORD.size * RECORDS_AT_ONCE


@pytest.mark.parametrize(
    "module", ["app.cli.main", "app.web.app", "app.scope.counting", "app.scope.reporting"]
)
def test_whoever_makes_no_tables_does_not_load_the_solver(module: str) -> None:
    code = f"import {module}, sys; print({{'numpy', 'highspy'}} & set(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert loaded.stdout.strip() == b"set()"
