"""Whatever was done to a file, it is read or refused: no other failure, no row unaccounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.errors import ConcerneError
from app.reading.sources.rows import LineCounts, Row
from tests.reading.sources.writers import HEADER, ROWS, WRITERS, Written

# What is read in a process of its own takes some tenths of a second to begin.
_IN_A_PROCESS = {"xlsx", "parquet", "xlsx.age", "parquet.gz"}
_SIGNS = st.sampled_from([bytes([sign]) for sign in b"'\"\\;\n\r\t\0,(){}[]`-/*$\xff"])
# Where, how many bytes go, and what stands in their place.
DAMAGES = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from([0, 0, 1, 2, 30]),
        st.binary(max_size=2) | _SIGNS,
    ),
    min_size=1,
    max_size=8,
)


def damaged(content: bytes, damages: list[tuple[float, int, bytes]]) -> bytes:
    for where, gone, instead in damages:
        place = int(where * len(content))
        content = content[:place] + instead + content[place + gone :]
    return content


def check(written: Written) -> None:
    try:
        rows, counts = read(written)
    except ConcerneError as refusal:
        told = f"{refusal.message} {refusal.hint}"
        assert not [cell for row in ROWS for cell in row if len(cell) > 4 and cell in told]
        return
    assert len(rows) == counts.rows + counts.rejected
    counts.check()


def read(written: Written) -> tuple[list[Row], LineCounts]:
    """Read all rows, and those after the half of them again."""
    with written.source().open() as table:
        rows, positions = [], []
        for row in table.rows():
            assert row.values is None or len(row.values) == len(table.header)
            rows.append(row)
            positions.append(table.position())
        counts = table.counts
    if rows:
        half = len(rows) // 2
        with written.source().open(positions[half]) as rest:
            assert list(rest.rows()) == rows[half + 1 :]
            assert rest.counts == counts
    return rows, counts


@pytest.mark.parametrize("name", sorted(set(WRITERS) - _IN_A_PROCESS))
@settings(max_examples=40, deadline=None)
@given(damages=DAMAGES)
@example(damages=[(0.0, 10**6, b"")])
def test_a_damaged_file_is_read_or_refused(
    name: str, damages: list[tuple[float, int, bytes]]
) -> None:
    written = WRITERS[name](HEADER, ROWS)
    check(replace(written, content=damaged(written.content, damages)))


@pytest.mark.parametrize("name", sorted(_IN_A_PROCESS))
@settings(max_examples=8, deadline=None)
@given(damages=DAMAGES)
def test_a_damaged_file_is_read_or_refused_by_another_process(
    name: str, damages: list[tuple[float, int, bytes]]
) -> None:
    written = WRITERS[name](HEADER, ROWS)
    check(replace(written, content=damaged(written.content, damages)))


@pytest.mark.parametrize("value", [0, 0x40, 0xFF])
def test_every_byte_of_an_archive_may_be_wrong(value: int) -> None:
    """Its table of contents is read by a library, which fails in many ways."""
    written = WRITERS["csv.zip"](HEADER, ROWS)
    for place in range(len(written.content)):
        check(replace(written, content=damaged(written.content, [_at(place, written, value)])))


def _at(place: int, written: Written, value: int) -> tuple[float, int, bytes]:
    return (place + 0.5) / len(written.content), 1, bytes([value])


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=5, deadline=None)
@given(content=st.binary(max_size=600))
def test_any_bytes_are_read_or_refused(name: str, content: bytes) -> None:
    """As whatever they are declared."""
    check(replace(WRITERS[name](HEADER, ROWS), content=content))
