"""Decrypts an age file as it is read, 64 KiB at a time, each of them authenticated before use.

The library decrypts from one file object into another until the end. It does so in a thread of
its own, which waits whenever a little is ready that nobody has read yet.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pyrage

from app.errors import InvalidIdentity, InvalidSource
from app.reading.sources.bytestream import ByteSource

MAGIC = b"age-encryption.org/"
ARMOUR = b"-----BEGIN AGE ENCRYPTED FILE-----"
_SSH_KEY = b"-----BEGIN"
# Pieces that are decrypted ahead; each is of 8 KiB.
_AHEAD_PIECES = 16


def parse_identities(text: bytes) -> Sequence[Any]:
    """Read a file of age identities, as age-keygen writes it, or of one SSH key.

    Raises:
        InvalidIdentity: there is none in it, or something else; never told with its text.
    """
    try:
        if text.startswith(_SSH_KEY):
            return [pyrage.ssh.Identity.from_buffer(text)]
        lines = [line.strip() for line in text.decode("ascii").splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        identities = [pyrage.x25519.Identity.from_str(key) for key in keys]
    except (pyrage.IdentityError, UnicodeDecodeError):
        identities = []
    if not identities:
        raise InvalidIdentity(
            "the identity file holds no key that can be used",
            hint="it has lines that begin with AGE-SECRET-KEY-1, as age-keygen writes them",
        )
    return identities


class DecryptedSource:
    """The content of an age file.

    Args:
        source: stands at its beginning.
        identities: as `parse_identities` gives them; one of them has to fit.
    """

    def __init__(self, source: ByteSource, identities: Sequence[Any]) -> None:
        self._source = source
        self._identities = identities
        self._ready: queue.Queue[bytes | InvalidSource] = queue.Queue(_AHEAD_PIECES)
        self._rest = b""
        self._is_closed = False
        self._read_bytes = 0
        self._failure: InvalidSource | None = None
        threading.Thread(target=self._decrypt, name="decrypt", daemon=True).start()

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes of the content.

        Raises:
            InvalidSource: no identity fits, or the data are damaged or end early.
        """
        if not self._rest:
            piece = self._ready.get()
            if isinstance(piece, InvalidSource):
                raise piece
            self._rest = piece
        if not self._rest:
            self._ready.put(b"")  # the end stays the end
        chunk, self._rest = self._rest[:size], self._rest[size:]
        return chunk

    def close(self) -> None:
        """Let the thread end, whatever it was doing."""
        self._is_closed = True
        with suppress(queue.Empty):
            while True:
                self._ready.get_nowait()

    def _decrypt(self) -> None:
        try:
            pyrage.decrypt_io(_Reader(self._pull), _Writer(self._push), self._identities)
            end: bytes | InvalidSource = b""
        except BaseException as exc:  # noqa: BLE001 is told to whoever reads
            end = self._failure or self._told(exc)
        if not self._is_closed:
            self._ready.put(end)

    def _pull(self, size: int) -> bytes:
        try:
            chunk = self._source.read(size)
        except InvalidSource as exc:
            self._failure = exc
            raise
        self._read_bytes += len(chunk)
        return chunk

    def _push(self, piece: bytes) -> None:
        if self._is_closed:
            raise InvalidSource("nobody reads on")
        if piece:
            self._ready.put(piece)

    def _told(self, exc: BaseException) -> InvalidSource:
        if "No matching keys" in str(exc):
            return InvalidSource(
                "the source is encrypted to none of the given identities",
                hint="--identity names the file with the key that it was encrypted to",
            )
        return InvalidSource(
            f"the age file is damaged or cut off near byte {self._read_bytes:,}",
            hint="get the file again: what can be read of it would not be all of it",
        )


@dataclass(frozen=True, slots=True)
class _Reader:
    """What the library reads from."""

    pull: Callable[[int], bytes]

    def read(self, size: int) -> bytes:
        return self.pull(size)


@dataclass(frozen=True, slots=True)
class _Writer:
    """What the library writes to."""

    push: Callable[[bytes], None]

    def write(self, piece: bytes) -> int:
        self.push(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """There is nothing to do: what was written is with the reader."""
