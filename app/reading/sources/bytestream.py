"""Where a leak's bytes come from, once, from the beginning to the end."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from typing import Protocol

from app.errors import InvalidSource, SourceDiffers

CHUNK_BYTES = 64 * 1024


class ByteSource(Protocol):
    """Anything that gives bytes: a file, a pipe, what decrypts one."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a source: its length, and what tells it from another.

    Args:
        size_bytes: how long.
        sha256: its digest.
    """

    size_bytes: int
    sha256: bytes


class DigestingSource:
    """Passes a source's bytes on, and takes their digest and number on the way.

    Args:
        source: what is read.
        expected: how it has to begin; a source that begins otherwise is refused when that shows.
    """

    def __init__(self, source: ByteSource, expected: Prefix | None = None) -> None:
        self._source = source
        self._expected = expected
        self._digest = hashlib.sha256()
        self._ahead = b""
        self._is_drained = False
        # What decrypts reads in a thread of its own, and whoever asks how far it is must not
        # see a number of bytes and the digest of another.
        self._lock = threading.RLock()
        self.size_bytes = 0

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes; an error of the device is told without its data."""
        with self._lock:
            if self._ahead:
                chunk, self._ahead = self._ahead[:size], self._ahead[size:]
                return chunk
            return self._read(size)

    def settle(self) -> None:
        """Read ahead until it is sure that the source begins as expected."""
        with self._lock:
            ahead = [self._ahead]
            while self._expected and (chunk := self._read(CHUNK_BYTES)):
                ahead.append(chunk)
            self._ahead = b"".join(ahead)

    def drain(self) -> None:
        """Read what is left, so that the digest is that of the whole source.

        After that nothing more is read of it here, as others may read it from anywhere.
        """
        while self.read(CHUNK_BYTES):
            pass
        self._is_drained = True

    @property
    def sha256(self) -> bytes:
        """Digest of what was read so far."""
        return self._digest.digest()

    @property
    def prefix(self) -> Prefix:
        """What was read so far."""
        with self._lock:
            return Prefix(self.size_bytes, self.sha256)

    def _read(self, size: int) -> bytes:
        if self._is_drained:
            return b""
        try:
            chunk = self._source.read(size)
        except OSError as exc:
            raise InvalidSource(f"the source cannot be read: {exc.strerror or 'error'}") from exc
        missing = self._expected.size_bytes - self.size_bytes if self._expected else -1
        if 0 <= missing <= len(chunk) or (self._expected and not chunk):
            self._take(chunk[:missing])
            self._check_as_expected()
            self._take(chunk[missing:])
        else:
            self._take(chunk)
        return chunk

    def _take(self, part: bytes) -> None:
        self._digest.update(part)
        self.size_bytes += len(part)

    def _check_as_expected(self) -> None:
        if self.prefix != self._expected:
            raise SourceDiffers(
                "this is not the source that the interrupted run was reading",
                hint="give the same file, unchanged, or begin anew with --restart",
            )
        self._expected = None


def read_fully(source: ByteSource, size: int) -> bytes:
    """Read up to `size` bytes from a source that may give fewer at a time, as a pipe does."""
    parts: list[bytes] = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
