"""Small secret files that only their owner can read: made whole or not at all, erased in place.

A file appears under its name only once it is on disk, and never in the place of another.
"""

from __future__ import annotations

import os
from pathlib import Path

from app import durable
from app.errors import KeyRingUnsafe

_OTHERS = 0o077


def create(path: Path, text: str, *, top: Path) -> None:
    """Write a new file; it is on disk when this returns.

    Args:
        path: where, below `top`.
        text: ASCII.
        top: the folder that is made, for its owner alone, with everything between it and the file.

    Raises:
        FileExistsError: there is one of that name, which is left as it is.
        KeyRingUnsafe: others may enter one of the folders.
    """
    _make_folders(path.parent, top)
    durable.create(path, text.encode("ascii"))


def read(path: Path) -> str:
    """Read a file; bytes that are no ASCII come out as replacement characters.

    Raises:
        FileNotFoundError: there is none.
        KeyRingUnsafe: it, or its folder, is open to others.
    """
    _check_private(path.parent)
    _check_private(path)
    return path.read_text(encoding="ascii", errors="replace")


def erase(path: Path) -> None:
    """Overwrite and remove a file; quietly done when there is none.

    Overwriting in place is the most a program can do; a copying file system or an SSD may keep
    the old block all the same, which is why the documented way is an encrypted volume.
    """
    try:
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(b"\x00" * size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        durable.sync_folder(path.parent)
    except FileNotFoundError:
        return


def _make_folders(folder: Path, top: Path) -> None:
    folder.relative_to(top)
    missing = [p for p in (folder, *folder.parents) if p.is_relative_to(top)]
    for path in reversed(missing):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _check_private(path)


def _check_private(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        kind = "folder" if path.is_dir() else "file"
        raise KeyRingUnsafe(
            f"the key ring's {kind} {path.name} is open to others (mode {mode & 0o777:03o})",
            hint=f"chmod go-rwx {path}",
        )
