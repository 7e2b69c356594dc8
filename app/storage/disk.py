"""Files of a laboratory that are on the disk, or an error that says which one is not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app import durable
from app.errors import Unavailable


def write_synced(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, whole or not at all, on the disk when this returns.

    Raises:
        Unavailable: the disk failed.
    """
    with disk_errors(path.name):
        durable.replace(path, content)


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
