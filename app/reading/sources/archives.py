"""One member of a zip archive, as a stream; and what has to be in memory because it needs seeking.

Neither is ever put into a file: what was decrypted or unpacked stays in this process.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import IO, Protocol

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources.bytestream import CHUNK_BYTES, ByteSource

ZIP_MAGIC = b"PK\x03\x04"
EMPTY_ZIP_MAGIC = b"PK\x05\x06"
# An archive, a workbook or a Parquet file that comes from standard input, or out of something
# else, is kept in memory whole, as its table of contents stands at its end.
MEMORY_BYTES_MAXIMUM = 512 * 1024 * 1024
_WORKBOOK = "xl/workbook.xml"
# What the library raises for bytes that are no archive, or are one of a kind that it does not know.
_FAILURES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    OSError,
    EOFError,
    ValueError,
    OverflowError,
)
_GET_AGAIN = "get the file again: what can be read of it would not be all of it"


class Seekable(Protocol):
    """A stream that can be read from anywhere, as files and `io.BytesIO` are."""

    def read(self, size: int = -1, /) -> bytes:
        """Read up to `size` bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to an offset."""

    def tell(self) -> int:
        """Return the offset."""

    def seekable(self) -> bool:
        """Tell whether `seek` works."""


class Archive:
    """A zip archive.

    Args:
        stream: all of it.

    Raises:
        InvalidSource: it is no archive, or one that was cut.
    """

    def __init__(self, stream: Seekable) -> None:
        try:
            self._zip = zipfile.ZipFile(stream)
        except _FAILURES as exc:
            raise InvalidSource(
                "the zip archive is damaged or cut off, or of an unknown kind: its table of"
                " contents cannot be read",
                hint=_GET_AGAIN,
            ) from exc

    @property
    def is_workbook(self) -> bool:
        """Whether it is an XLSX file, which is a zip archive too."""
        return _WORKBOOK in self._zip.namelist()

    def open(self, member: str | None) -> Member:
        """Open one member.

        Args:
            member: its name; None if it is the only one.

        Raises:
            InvalidMapping: there is no such member, or more than one to choose from.
            InvalidSource: it is encrypted, or compressed in a way that is not known here.
        """
        info = _chosen(self._zip.infolist(), member)
        if info.flag_bits & 1:
            raise InvalidSource(
                "the zip archive is encrypted",
                hint="have another program decrypt it to standard output, and read from there: -",
            )
        try:
            return Member(self._zip.open(info), info.file_size)
        except _FAILURES as exc:
            raise InvalidSource(
                "the member of the zip archive is damaged, or compressed in an unknown way",
                hint="have another program unpack it to standard output, and read from there: -",
            ) from exc


def _chosen(members: Sequence[zipfile.ZipInfo], member: str | None) -> zipfile.ZipInfo:
    # The library's own question whether it is a folder fails on a name that is empty.
    files = [info for info in members if not info.filename.endswith("/")]
    files = [info for info in files if not _is_of_the_system(info)]
    found = [info for info in files if member in (None, info.filename)]
    if len(found) == 1:
        return found[0]
    if member is not None:
        raise InvalidMapping(
            f"the zip archive has {len(found) or 'no'} member of the name in [source]",
            hint="its members are listed by unzip -l",
        )
    raise InvalidMapping(
        f"the zip archive has {len(found):,} members",
        hint='name one in [source] of the mapping: member = "leak.csv"; unzip -l lists them',
    )


def _is_of_the_system(info: zipfile.ZipInfo) -> bool:
    """Tell whether macOS added a file to the archive that nobody put there."""
    return info.filename.startswith("__MACOSX/") or info.filename.endswith(".DS_Store")


class Member:
    """A member's content, whose check sum is compared at its end.

    Args:
        stream: the content.
        size_bytes: how long it is, as the archive says.
    """

    def __init__(self, stream: IO[bytes], size_bytes: int) -> None:
        self._stream = stream
        self._size_bytes = size_bytes
        self._read_bytes = 0

    @property
    def share_read(self) -> float:
        """The share of the content that was read."""
        return min(self._read_bytes / self._size_bytes, 1.0) if self._size_bytes else 1.0

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes of the content.

        Raises:
            InvalidSource: the data are damaged, or end early.
        """
        try:
            chunk = self._stream.read(size)
        except _FAILURES as exc:
            raise InvalidSource(
                f"the member of the zip archive is damaged or cut off after {self._read_bytes:,}"
                " bytes of its content",
                hint=_GET_AGAIN,
            ) from exc
        self._read_bytes += len(chunk)
        return chunk


def in_memory(source: ByteSource) -> io.BytesIO:
    """Read a stream whole.

    Raises:
        InvalidSource: it is too long for that.
    """
    whole = io.BytesIO()
    while chunk := source.read(CHUNK_BYTES):
        whole.write(chunk)
        check_fits_memory(whole.tell())
    whole.seek(0)
    return whole


def check_fits_memory(size_bytes: int) -> None:
    """Raise InvalidSource if so many bytes are more than may be kept in memory."""
    if size_bytes > MEMORY_BYTES_MAXIMUM:
        raise InvalidSource(
            f"an archive, a workbook or a Parquet file is read from memory here, and this one is"
            f" longer than {MEMORY_BYTES_MAXIMUM:,} bytes",
            hint="give it by its path and as it is, or as text, which has no limit",
        )
