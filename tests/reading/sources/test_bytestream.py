"""A source is digested as it is read, and known again by its beginning."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import SourceDiffers
from app.reading.sources.bytestream import DigestingSource, Prefix
from tests.ingest.examples import ShortReads

CONTENT = bytes(range(256)) * 40


def prefix(size: int, content: bytes = CONTENT) -> Prefix:
    return Prefix(size, hashlib.sha256(content[:size]).digest())


@given(st.integers(0, len(CONTENT)), st.integers(1, 3000), st.integers(0, len(CONTENT)))
def test_a_known_beginning_is_recognised_however_it_is_read(
    known: int, size: int, read_before: int
) -> None:
    """And all that was read ahead to be sure is given to whoever reads next."""
    source = DigestingSource(ShortReads(CONTENT, size), prefix(known))
    out = b""
    while len(out) < read_before and (chunk := source.read(1000)):
        out += chunk
    source.settle()
    assert source.size_bytes >= known
    while chunk := source.read(1000):
        out += chunk
    assert out == CONTENT
    assert source.prefix == prefix(len(CONTENT))


@pytest.mark.parametrize("known", [1, 1000, len(CONTENT)])
def test_another_beginning_is_refused(known: int) -> None:
    other = b"x" + CONTENT[1:]
    with pytest.raises(SourceDiffers, match="not the source"):
        DigestingSource(io.BytesIO(other), prefix(known)).settle()


def test_a_shorter_source_is_refused() -> None:
    with pytest.raises(SourceDiffers, match="not the source"):
        DigestingSource(io.BytesIO(CONTENT[:-1]), prefix(len(CONTENT))).settle()
    source = DigestingSource(io.BytesIO(CONTENT[:-1]), prefix(len(CONTENT)))
    with pytest.raises(SourceDiffers, match="not the source"):
        source.drain()


def test_a_change_behind_the_known_beginning_is_nobodys_business() -> None:
    source = DigestingSource(io.BytesIO(CONTENT + b"more"), prefix(len(CONTENT)))
    source.settle()
    source.drain()
    assert source.size_bytes == len(CONTENT) + 4


def test_nothing_is_read_after_the_end() -> None:
    """Others may read the same file from anywhere then."""
    stream = io.BytesIO(CONTENT)
    source = DigestingSource(stream)
    source.drain()
    stream.seek(0)
    assert source.read(10) == b""
    assert source.prefix == prefix(len(CONTENT))
