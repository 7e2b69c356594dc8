"""The beginning of a source can be looked at, and is read afterwards as if it had not been."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BeginningEnded, InvalidSource
from app.reading.sample import (
    SAMPLE_BYTES,
    SAMPLE_ROWS,
    PeekedSource,
    RowsAtHand,
    Sample,
    take_sample,
)
from app.reading.sources.bytestream import read_fully
from app.reading.sources.settings import SourceSettings
from tests.ingest.examples import ShortReads, leak, look_at, peek_at


def sample(text: str | bytes) -> Sample:
    raw = text.encode() if isinstance(text, str) else text
    return take_sample(look_at(raw), SourceSettings())


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(1, 50))
def test_what_was_looked_at_is_read_again(content: bytes, looked_at: int, reads: int) -> None:
    peeked = PeekedSource(ShortReads(content), looked_at)
    beginning = peeked.beginning()
    assert read_fully(beginning, min(looked_at, len(content))) == content[:looked_at]
    if len(content) < looked_at:
        assert beginning.read(1) == b""
    else:
        with pytest.raises(BeginningEnded):
            beginning.read(1)
    read = b""
    while part := peeked.read(reads):
        assert len(part) <= reads
        read += part
    assert read == content


class Counting(io.BytesIO):
    """A source that knows how much of it was read."""

    taken = 0

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        self.taken += len(part)
        return part


def test_no_more_is_read_than_the_beginning() -> None:
    source = Counting(b"0199000001;x\n" * 1_000_000)
    found = take_sample(peek_at(PeekedSource(source)), SourceSettings())
    assert source.taken == SAMPLE_BYTES
    assert len(found.rows) == SAMPLE_ROWS


def test_half_a_row_at_the_end_of_the_beginning_is_no_row() -> None:
    text = b"".join(b"019900%04d;x\n" % n for n in range(SAMPLE_ROWS // 100)) * 100 * 20
    for size in (SAMPLE_BYTES // 3, SAMPLE_BYTES // 3 + 5):
        peeked = PeekedSource(io.BytesIO(text), size)
        with peek_at(peeked)(SourceSettings(has_header=False)) as table:
            at_hand = RowsAtHand(table)
            lines = [row.line for row in at_hand.take(10**9) if row.values]
        assert lines == list(range(1, text[:size].count(b"\n") + 1))
        assert (at_hand.has_ended, at_hand.is_whole) == (True, False)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_the_one_that_parts_rows_alike(delimiter: str) -> None:
    rows = [
        ["NOM", "NE", "NOTE"],
        ["DUPONT", "01/02/1985", "a, b; c | d"],
        ["MARTIN", "03/04/1986", ""],
    ]
    text = "\n".join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows
    )
    found = sample(text)
    assert (found.source.delimiter, found.source.has_header) == (delimiter, True)
    assert list(found.names) == rows[0]
    assert [list(row) for row in found.rows] == rows[1:]


def test_a_leak_has_its_columns_named() -> None:
    found = sample(leak(200)[0])
    assert (found.source.delimiter, found.names[1], len(found.rows)) == (";", "NUM_SECU", 200)


@pytest.mark.parametrize(
    "text",
    [
        # Somebody's row, which shows it.
        "DUPONT;0199000001\nMARTIN;0199000002\n",
        # A name that comes again.
        "DUPONT;NC\nMARTIN;0199000002\nDUPONT;0199000003\n",
        # Without what would have shown it.
        "DUPONT;\nMARTIN;0199000002\nLE GOFF;0199000003\n",
        # Nothing but letters.
        "DUPONT;MARIE\nMARTIN;ANNE\n",
        "DUPONT;MARIE\n",
    ],
)
def test_in_doubt_the_first_line_is_somebodys_row(text: str) -> None:
    """Then it has no name that could be shown."""
    found = sample(text)
    assert list(found.names) == ["", ""]
    assert len(found.rows) == text.count("\n")


def test_a_header_that_comes_again_is_one() -> None:
    assert sample("NOM;TEL\nA;0199000001\nNOM;TEL\nB;0199000002\n").names == ["NOM", "TEL"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"A\x00;\x00B\x00", b"{}"])
def test_what_is_no_text_or_empty_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidSource):
        sample(content)
