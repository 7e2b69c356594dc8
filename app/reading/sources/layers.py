"""What stands around a source's content is taken off, layer by layer."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources import encrypted
from app.reading.sources.archives import EMPTY_ZIP_MAGIC, ZIP_MAGIC, Archive, Member, in_memory
from app.reading.sources.bytestream import ByteSource, DigestingSource, read_fully
from app.reading.sources.compression import COMPRESSIONS, DecompressedSource

HEAD_BYTES = 512
# More than anybody packs on purpose.
_LAYERS_MAXIMUM = 8


class _Beginning:
    """A stream whose first bytes have been looked at."""

    def __init__(self, head: bytes, source: ByteSource) -> None:
        self._head = head
        self._source = source

    def read(self, size: int, /) -> bytes:
        if not self._head:
            return self._source.read(size)
        chunk, self._head = self._head[:size], self._head[size:]
        return chunk


class Layers:
    """The content of a source, with what stands around it taken off.

    Args:
        raw: the source itself.
        source: the same, through which it is digested.
        identities: to decrypt with.
        member: of an archive; None if it has only one.
        content: stands at the beginning of what is inside.
        head: the first bytes of that.
        is_layered: whether there was anything around it.
        is_workbook: whether it is a zip archive that is an XLSX file.
    """

    def __init__(
        self,
        raw: ByteSource,
        source: DigestingSource,
        identities: Sequence[Any],
        member: str | None,
    ) -> None:
        self._raw = raw
        self._source = source
        self._identities = identities
        self._member = member
        self._closers: list[Callable[[], None]] = []
        self._unpacked: Member | None = None
        self.content: ByteSource = source
        self.is_layered = self.is_workbook = False
        try:
            self._take_off_all()
        except BaseException:
            self.close()
            raise

    def file(self) -> io.BufferedReader | None:
        """Return the source as a file that can be read from anywhere, if it is one and no more.

        It is read once for its digest before.
        """
        if self.is_layered or not isinstance(self._raw, io.BufferedReader):
            return None
        if not self._raw.seekable():
            return None
        self._source.drain()
        self._raw.seek(0)
        return self._raw

    @property
    def share_read(self) -> float | None:
        """The share of an archive's member that was read; None where there is no archive.

        What stands around an archive has been read whole by then, and tells nothing.
        """
        return self._unpacked.share_read if self._unpacked else None

    def close(self) -> None:
        """Let go of what is still at work."""
        for close in self._closers:
            close()

    def _take_off_all(self) -> None:
        for _ in range(_LAYERS_MAXIMUM):
            self.head = read_fully(self.content, HEAD_BYTES)
            self.content = _Beginning(self.head, self.content)
            if not self._take_off():
                self._check_member_used()
                return
            self.is_layered = True
        raise InvalidSource(f"the source has more than {_LAYERS_MAXIMUM} layers around its content")

    def _take_off(self) -> bool:
        """Take one layer off; tell whether there was one."""
        if self.head.startswith((encrypted.MAGIC, encrypted.ARMOUR)):
            self.content = self._decrypted()
            return True
        for compression in COMPRESSIONS:
            if self.head.startswith(compression.magic):
                self.content = DecompressedSource(self.content, compression)
                return True
        if self.head.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
            return self._unpack()
        return False

    def _decrypted(self) -> ByteSource:
        if not self._identities:
            raise InvalidSource(
                "the source is encrypted with age",
                hint="--identity names the file with the key that it was encrypted to",
            )
        decrypted = encrypted.DecryptedSource(self.content, self._identities)
        self._closers.append(decrypted.close)
        return decrypted

    def _unpack(self) -> bool:
        stream = self.file() or in_memory(self.content)
        archive = Archive(stream)
        if archive.is_workbook:
            stream.seek(0)
            self.content, self.is_workbook = stream, True
            return False
        self._unpacked, self._member = archive.open(self._member), None
        self.content = self._unpacked
        return True

    def _check_member_used(self) -> None:
        if self._member is not None:
            raise InvalidMapping(
                "[source] of the mapping names a member, but the source is no archive",
                hint="leave member out",
            )
