"""A file of sealed records that only grows, and of which a crash costs the last record at most.

    magic (8 bytes) ‖ salt (16) ‖ for each record: length (4, big-endian) ‖ sealed

The key is derived from the secret and the file's own salt; a record is bound to its place, so that
none can be taken out, doubled or moved. What stands behind the last whole record, as a kill or a
full disk leaves it, is cut off when the file is opened: it was never relied on.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from app.crypto.derivation import derive_key
from app.crypto.sealing import OVERHEAD_BYTES, Sealer
from app.errors import InvalidInput, RunDiffers, SealBroken, Unavailable

_MAGIC = b"cncrne1\n"
_SALT_BYTES = 16
_LENGTH_BYTES = 4
_PURPOSE = b"concerne/v1/journal"
# Longer than any record that is written: a length that is torn is told from one that is not.
_RECORD_BYTES_MAXIMUM = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in the file."""

    number: int
    offset: int
    length: int


class Journal:
    """An open file of sealed records, which no other process has open. Use as a context manager.

    Args:
        path: made if it is not there, for its owner alone.
        secret: what the key is derived from.

    Raises:
        InvalidInput: the file cannot be opened, or is another run's that is at work.
        RunDiffers: it holds something that this secret does not open.
    """

    def __init__(self, path: Path, secret: bytes) -> None:
        self._path = path
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as exc:
            raise InvalidInput(f"the state cannot be opened: {exc.strerror}") from exc
        self._file: BinaryIO = os.fdopen(descriptor, "r+b")
        try:
            self._lock()
            self._sealer = Sealer(derive_key(secret, _PURPOSE, salt=self._begun()))
            self._places = list(self._whole())
            self._cut()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._places)

    def records(self) -> Iterator[tuple[Place, bytes]]:
        """Yield all records, the first first; only one at a time is in memory."""
        for place in list(self._places):
            yield place, self.read(place)

    def read(self, place: Place) -> bytes:
        """Return one record. Not to be called by two threads at once."""
        self._file.seek(place.offset + _LENGTH_BYTES)
        return self._sealer.open(self._file.read(place.length), _context(place.number))

    def append(self, record: bytes) -> Place:
        """Add one record; it is on disk when this returns.

        Raises:
            Unavailable: the disk is full, or refuses; what was there before is still whole.
        """
        place = Place(len(self), self._end, len(record) + OVERHEAD_BYTES)
        sealed = self._sealer.seal(record, _context(place.number))
        try:
            self._file.seek(place.offset)
            self._file.write(place.length.to_bytes(_LENGTH_BYTES, "big") + sealed)
            self._file.flush()
            os.fdatasync(self._file.fileno())
        except OSError as exc:
            raise Unavailable(
                f"the state cannot be written: {exc.strerror}",
                hint="what is in it is whole; make room and give the same command again",
            ) from exc
        self._places.append(place)
        self._end += _LENGTH_BYTES + place.length
        return place

    def remove(self) -> None:
        """Take the file away: what it was kept for is done."""
        self._path.unlink(missing_ok=True)

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            raise InvalidInput(
                f"another run is at work with the state {self._path.name}",
                hint="wait for it, or end it",
            ) from exc

    def _begun(self) -> bytes:
        """Return the salt of the file, which is begun anew if it was killed before it had one."""
        beginning = self._file.read(len(_MAGIC) + _SALT_BYTES)
        if len(beginning) == len(_MAGIC) + _SALT_BYTES and beginning.startswith(_MAGIC):
            return beginning[len(_MAGIC) :]
        if beginning and not _MAGIC.startswith(beginning[: len(_MAGIC)]):
            raise RunDiffers(
                f"{self._path.name} is no state of a check",
                hint="choose another --out, beside which no such file stands",
            )
        salt = secrets.token_bytes(_SALT_BYTES)
        self._file.seek(0)
        self._file.truncate()
        self._file.write(_MAGIC + salt)
        self._file.flush()
        os.fsync(self._file.fileno())
        return salt

    def _whole(self) -> Iterator[Place]:
        """Yield the places of the whole records; the end of the last one is where to go on."""
        self._end = len(_MAGIC) + _SALT_BYTES
        number, size = 0, os.fstat(self._file.fileno()).st_size
        while self._end + _LENGTH_BYTES + OVERHEAD_BYTES <= size:
            self._file.seek(self._end)
            length = int.from_bytes(self._file.read(_LENGTH_BYTES), "big")
            place = Place(number, self._end, length)
            if not OVERHEAD_BYTES <= length <= _RECORD_BYTES_MAXIMUM or not self._opens(place):
                return
            yield place
            number += 1
            self._end += _LENGTH_BYTES + length

    def _opens(self, place: Place) -> bool:
        """Tell whether a record is whole; of the first one, that decides about the secret."""
        if place.offset + _LENGTH_BYTES + place.length > os.fstat(self._file.fileno()).st_size:
            return False
        try:
            self.read(place)
        except SealBroken as exc:
            if place.number:
                return False
            raise RunDiffers(
                f"the state {self._path.name} does not open with this key",
                hint="it is another key file's, or damaged; with the right one the run goes on;"
                " remove the state to begin anew",
            ) from exc
        return True

    def _cut(self) -> None:
        self._file.truncate(self._end)


def _context(number: int) -> bytes:
    return number.to_bytes(8, "big")
