"""What was compressed comes out whole, in bounded memory, or not at all."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tracemalloc
from collections.abc import Callable

import pytest

from app.errors import InvalidSource
from app.reading.sources.bytestream import read_fully
from app.reading.sources.compression import COMPRESSIONS, Compression, DecompressedSource
from tests.ingest.examples import ShortReads

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
CONTENT = b"".join(b"%d;MARTIN%d\n" % (n, n * n) for n in range(5000))
EACH = pytest.mark.parametrize("compression", COMPRESSIONS, ids=lambda each: each.name)


def content_of(compression: Compression, packed: bytes) -> bytes:
    source = DecompressedSource(io.BytesIO(packed), compression)
    return read_fully(source, 2 * len(CONTENT) + 1)


def test_every_compression_is_tried_here() -> None:
    assert set(PACKS) == {each.name for each in COMPRESSIONS}


@EACH
def test_content_comes_out_as_it_went_in(compression: Compression) -> None:
    """Also from a pipe, of several frames, and with zeros behind them, as on a tape."""
    packed = PACKS[compression.name](CONTENT)
    assert packed.startswith(compression.magic)
    assert content_of(compression, packed) == CONTENT
    assert content_of(compression, packed * 2 + bytes(512)) == CONTENT * 2
    piped = DecompressedSource(ShortReads(packed, 3), compression)
    assert read_fully(piped, len(CONTENT) + 1) == CONTENT


@EACH
def test_data_that_end_early_are_never_a_short_success(compression: Compression) -> None:
    """Wherever they end; one library takes such a file for a whole one."""
    packed = PACKS[compression.name](CONTENT)
    for length in (*range(1, 20), len(packed) // 2, len(packed) - 4, len(packed) - 1):
        with pytest.raises(InvalidSource, match=rf"cut off after byte {length:,}$"):
            content_of(compression, packed[:length])
    with pytest.raises(InvalidSource, match="cut off"):
        content_of(compression, packed + packed[:-1])


@EACH
def test_data_that_were_changed_are_refused(compression: Compression) -> None:
    packed = bytearray(PACKS[compression.name](CONTENT))
    packed[len(packed) // 2] ^= 0x55
    if compression.name == "zstd":
        # The library's default has no check sum, and then nobody can tell.
        packed[4] ^= 0xFF
    with pytest.raises(InvalidSource, match=r"damaged near byte|cut off"):
        content_of(compression, bytes(packed))


@EACH
def test_what_expands_without_end_is_read_in_bounded_memory(compression: Compression) -> None:
    packed = PACKS[compression.name](bytes(200 * 1024 * 1024))
    source, size = DecompressedSource(io.BytesIO(packed), compression), 0
    tracemalloc.start()
    try:
        while chunk := source.read(64 * 1024):
            assert len(chunk) <= 64 * 1024
            size += len(chunk)
        assert tracemalloc.get_traced_memory()[1] < 16 * 1024 * 1024
    finally:
        tracemalloc.stop()
    assert size == 200 * 1024 * 1024


def test_a_window_that_asks_for_too_much_memory_is_refused() -> None:
    (xz,) = (each for each in COMPRESSIONS if each.name == "xz")
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 * 1024 * 1024}]
    with pytest.raises(InvalidSource, match="xz data"):
        content_of(xz, lzma.compress(b"x", filters=filters))
