"""One file, written over and removed; whether its content is gone is not for us to say.

`filesystems` has the words for what it means. Random bytes, once: zeros may never reach a disk,
because file systems, virtual disks and drives that compress or look for them only note that a
block is empty; and no drive of this century gives back what was written over once.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from app.errors import ErasureFailed, InvalidInput

_CHUNK_BYTES = 1024 * 1024
# No link is followed: it would be the file that goes and the link that stays.
_READ_AND_WRITE = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_NOT_ERASABLE = "the source could not be erased"
_HINT = "the dataset is published all the same; destroy the source by other means"


@dataclass(frozen=True, slots=True)
class ErasableFile:
    """A file that can be erased, and which it is.

    Args:
        path: whose last part is the file itself, not a link.
        device: where it lies.
        inode: which it is there, whatever its name.
    """

    path: Path
    device: int
    inode: int

    @classmethod
    def check(cls, path: Path) -> Self:
        """Look whether a file could be erased, and change nothing.

        To be asked before a run of hours, so that it does not end with a file that cannot be.

        Raises:
            InvalidInput: it could not; with the reason.
        """
        try:
            if obstacle := _obstacle(path.lstat()):
                raise InvalidInput(f"{_NOT_ERASABLE}: {obstacle}")
            # Last, because a layered file system makes a copy of its own of what is opened so:
            # that copy is the one to be erased, and has its number from here on.
            with _open(path, _READ_AND_WRITE) as descriptor:
                facts = os.fstat(descriptor)
        except OSError as exc:
            raise InvalidInput(f"{_NOT_ERASABLE}: {exc.strerror}") from exc
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise InvalidInput(f"{_NOT_ERASABLE}: its folder cannot be written to")
        return cls(path, facts.st_dev, facts.st_ino)

    def erase(self, sha256: bytes) -> None:
        """Write over the file with random bytes, cut it to nothing, rename it and remove it.

        Args:
            sha256: of what was read of it; a file that has another is left as it is.

        Raises:
            ErasureFailed: not all of that was done; with what was.
        """
        with ExitStack() as opened:
            try:
                folder = opened.enter_context(_open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY))
                file = opened.enter_context(_open(self.path.name, _READ_AND_WRITE, folder))
            except OSError as exc:
                raise _failed(f"it cannot be opened: {exc.strerror}") from exc
            erasing = _Erasing(self, folder, file)
            try:
                erasing.run(sha256)
            except OSError as exc:
                raise _failed(f"{exc.strerror}; {erasing.done}") from exc
            except KeyboardInterrupt:
                raise _failed(f"interrupted; {erasing.done}") from None


class _Erasing:
    """The steps, and how far they are."""

    def __init__(self, file: ErasableFile, folder: int, descriptor: int) -> None:
        self._file = file
        self._folder = folder
        self._descriptor = descriptor
        self.done = "nothing of it was written over"

    def run(self, sha256: bytes) -> None:
        self._check_same()
        size_bytes = self._check_content(sha256)
        self._overwrite(size_bytes)
        if os.fstat(self._descriptor).st_size != size_bytes:
            raise _failed(f"it grew meanwhile; {self.done}")
        os.ftruncate(self._descriptor, 0)
        os.fsync(self._descriptor)
        self.done = "all of it was written over, but its name is still there"
        self._check_same()
        self._remove()

    def _check_same(self) -> None:
        """Check that the name still leads to the file, and no other name does."""
        facts = os.fstat(self._descriptor)
        named = os.stat(self._file.path.name, dir_fd=self._folder, follow_symlinks=False)
        identities = {(each.st_dev, each.st_ino) for each in (facts, named)}
        if identities != {(self._file.device, self._file.inode)}:
            raise _failed(f"another file has its name now; {self.done}")
        if obstacle := _obstacle(facts):
            raise _failed(f"{obstacle}; {self.done}")

    def _check_content(self, sha256: bytes) -> int:
        """Check that the file is what was read; return its size in bytes."""
        digest, size_bytes = hashlib.sha256(), 0
        while chunk := os.pread(self._descriptor, _CHUNK_BYTES, size_bytes):
            digest.update(chunk)
            size_bytes += len(chunk)
        if digest.digest() != sha256:
            raise _failed(f"it is not what was read any more; {self.done}")
        return size_bytes

    def _overwrite(self, size_bytes: int) -> None:
        position = 0
        while position < size_bytes:
            length = min(_CHUNK_BYTES, size_bytes - position)
            position += os.pwrite(self._descriptor, os.urandom(length), position)
            self.done = f"{position:,} of its {size_bytes:,} bytes were written over"
        os.fsync(self._descriptor)

    def _remove(self) -> None:
        """Take the name away too: it may tell of whom the file was."""
        name = secrets.token_hex(16)
        os.rename(self._file.path.name, name, src_dir_fd=self._folder, dst_dir_fd=self._folder)
        self.done = f"all of it was written over, but it is still there, empty, as {name}"
        os.unlink(name, dir_fd=self._folder)
        self.done = "it was removed, but that may not be on the disk yet"
        try:
            os.fsync(self._folder)
        except OSError as exc:
            # Some file systems over a network have nothing to wait for.
            if exc.errno != errno.EINVAL:
                raise


@contextmanager
def _open(path: Path | str, flags: int, folder: int | None = None) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _obstacle(facts: os.stat_result) -> str:
    """Return why such a file is not erased, or nothing."""
    if stat.S_ISLNK(facts.st_mode):
        return "it is a symbolic link; give the path that it leads to"
    if not stat.S_ISREG(facts.st_mode):
        return "it is no regular file"
    if facts.st_nlink > 1:
        # Whoever gave it another name (a backup by hard links does) wants to keep it: to write
        # over it would take it from them, and not to would leave it.
        return (
            f"it has {facts.st_nlink} names (hard links); remove the others first, which"
            " find FOLDER -xdev -samefile SOURCE lists"
        )
    return ""


def _failed(what: str) -> ErasureFailed:
    return ErasureFailed(f"the source was not erased, and may still be there: {what}", hint=_HINT)
