"""UTF-16 becomes UTF-8 however it is cut, and what is no character stays visible."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.sources.bytestream import read_fully
from app.reading.sources.settings import UTF16_ENCODINGS
from app.reading.sources.utf16 import Utf16Source

EACH = pytest.mark.parametrize("encoding", UTF16_ENCODINGS)


def converted(raw: bytes, encoding: str, size: int = 3) -> bytes:
    source, out = Utf16Source(io.BytesIO(raw), encoding), b""
    while chunk := source.read(size):
        assert len(chunk) <= size
        out += chunk
    return out


@EACH
@given(text=st.text(max_size=40), size=st.integers(1, 9))
def test_any_text_is_the_same_in_utf8(encoding: str, text: str, size: int) -> None:
    assert converted(text.encode(encoding), encoding, size) == text.encode()


@EACH
@pytest.mark.parametrize("raw", ["\ud800", "a\udc00", "\ud83da", "\udc00\ud83d"])
def test_half_a_pair_is_no_utf8(encoding: str, raw: str) -> None:
    """So that whoever reads lines replaces it and tells."""
    out = converted(f"x{raw}\n".encode(encoding, "surrogatepass"), encoding)
    assert out.startswith(b"x")
    assert out.endswith(b"\n")
    with pytest.raises(UnicodeDecodeError):
        out.decode()


@EACH
def test_an_odd_byte_at_the_end_is_no_utf8(encoding: str) -> None:
    raw = "café".encode(encoding)
    assert converted(raw[:-1], encoding) == b"caf\xff"
    assert read_fully(Utf16Source(io.BytesIO(b"a"), encoding), 9) == b"\xff"
