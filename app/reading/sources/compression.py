"""Decompresses a stream as it is read, a piece at a time; data that end early are an error.

The libraries' own file objects differ in what they do at the end: one of them takes a file that
was cut for a whole one. Here a stream ends only where its last frame says that it does.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.errors import InvalidSource
from app.reading.sources.bytestream import CHUNK_BYTES, ByteSource

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# What a file may make its decompressor keep: more than the largest presets of xz and zstd take.
WINDOW_BYTES_MAXIMUM = 128 * 1024 * 1024


class _Decompressor(Protocol):
    """One frame's decompressor, as bz2, lzma and zstd have them."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _GzipDecompressor:
    """The same for gzip, whose library has it in another shape."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self.needs_input = True

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


@dataclass(frozen=True, slots=True)
class Compression:
    """One way of compressing.

    Args:
        name: as people call it.
        magic: what its data begin with.
        new: makes a decompressor for one frame.
    """

    name: str
    magic: bytes
    new: Callable[[], _Decompressor]


def _new_xz() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(memlimit=WINDOW_BYTES_MAXIMUM)


def _new_zstd() -> zstd.ZstdDecompressor:
    window_log = WINDOW_BYTES_MAXIMUM.bit_length() - 1
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: window_log})


COMPRESSIONS = (
    Compression("gzip", b"\x1f\x8b", _GzipDecompressor),
    Compression("bzip2", b"BZh", bz2.BZ2Decompressor),
    Compression("xz", b"\xfd7zXZ\x00", _new_xz),
    Compression("zstd", b"\x28\xb5\x2f\xfd", _new_zstd),
)
_FAILURES = (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, EOFError)


class DecompressedSource:
    """The content of a compressed stream.

    Args:
        source: stands at the beginning of the first frame.
        compression: which of `COMPRESSIONS` it is.
    """

    def __init__(self, source: ByteSource, compression: Compression) -> None:
        self._source = source
        self._compression = compression
        self._frame: _Decompressor | None = compression.new()
        self._pending = b""
        self._read_bytes = 0

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes of the content.

        Raises:
            InvalidSource: the data are damaged, or end early.
        """
        while frame := self._frame or self._next_frame():
            data = self._input() if frame.needs_input else b""
            try:
                out = frame.decompress(data, size)
            except _FAILURES as exc:
                raise self._fault("damaged near byte") from exc
            if frame.eof:
                self._pending, self._frame = frame.unused_data, None
            if out:
                return out
        return b""

    def _next_frame(self) -> _Decompressor | None:
        """Begin with the frame that follows, if one does; zeros between them are filling."""
        while not self._pending.lstrip(b"\x00"):
            self._pending = self._take()
            if not self._pending:
                return None
        self._pending = self._pending.lstrip(b"\x00")
        self._frame = self._compression.new()
        return self._frame

    def _input(self) -> bytes:
        data, self._pending = self._pending or self._take(), b""
        if not data:
            raise self._fault("cut off after byte")
        return data

    def _take(self) -> bytes:
        data = self._source.read(CHUNK_BYTES)
        self._read_bytes += len(data)
        return data

    def _fault(self, what: str) -> InvalidSource:
        return InvalidSource(
            f"the {self._compression.name} data are {what} {self._read_bytes:,}",
            hint="get the file again: what can be read of it would not be all of it",
        )
