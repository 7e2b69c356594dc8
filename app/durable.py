"""Small files that are on the disk whole, or not at all. A leaf beside `errors`.

What a program says it has written has to be there after a power cut: the bytes, and the name in
its folder too. A file comes under its name only when its bytes are on the disk.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create(path: Path, content: bytes) -> None:
    """Write a new file for its owner alone.

    Raises:
        FileExistsError: there is one of that name, which is left as it is.
        OSError: the disk failed; there is no such file.
    """
    # By a name of its own: two processes may make the same file at once, and one is the first.
    with _draft(path.with_name(f".{path.name}.{secrets.token_hex(8)}"), content) as draft:
        os.link(draft, path)
    sync_folder(path.parent)


def replace(path: Path, content: bytes) -> None:
    """Write a file for its owner alone, in the place of any other.

    Raises:
        OSError: the disk failed; what was there before still is.
    """
    # By the same name each time: what a killed run has left goes with the next.
    with _draft(path.with_name(f".{path.name}.part"), content) as draft:
        draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut, as its files' contents do.

    A file system that has no such thing, as network shares do not, keeps names in its own way.

    Raises:
        OSError: the disk failed.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as exc:
        if exc.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise
    finally:
        os.close(descriptor)


@contextmanager
def _draft(draft: Path, content: bytes) -> Iterator[Path]:
    """Have a content on the disk under another name while the block gives it the right one."""
    # A file that is there could be open to others, or lead elsewhere, and would stay so.
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
