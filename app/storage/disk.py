"""Files that are on the disk, and not only on their way to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Unavailable


def write_synced(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole or not at all, on the disk when this returns.

    Raises:
        Unavailable: the disk failed.
    """
    beside = path.with_name(f".{path.name}.part")
    with disk_errors(path.name):
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, as its files' contents do."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Say of a disk that fails what it was that could not be written.

    Raises:
        Unavailable: the block raised an OSError.
    """
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"{what} cannot be written: {exc.strerror}") from exc
