"""Where a leak's bytes come from, once, from the beginning to the end."""

from __future__ import annotations

import hashlib
from typing import Protocol

from app.errors import InvalidSource


class ByteSource(Protocol):
    """Anything that gives bytes: a file, a pipe, what decrypts one."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""


class DigestingSource:
    """Passes a source's bytes on, and takes their digest and number on the way."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes; an error of the device is told without its data."""
        try:
            chunk = self._source.read(size)
        except OSError as exc:
            raise InvalidSource(f"the source cannot be read: {exc.strerror or 'error'}") from exc
        self._digest.update(chunk)
        self.size_bytes += len(chunk)
        return chunk

    @property
    def sha256(self) -> bytes:
        """Digest of what was read so far."""
        return self._digest.digest()
