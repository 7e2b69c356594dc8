"""Letters on the disk, to be printed: for their owner alone, and no name in any name of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.errors import Unavailable
from app.storage.disk import write_synced

_LETTER = re.compile(r"letters?-([0-9]+)(?:-[0-9]+)?\.pdf")


@dataclass(frozen=True, slots=True)
class FolderOutbox:
    """Implements `notify.ports.Outbox`.

    Args:
        folder: made with the first letter.
    """

    folder: Path

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all, and return when it is on the disk."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise Unavailable(f"{self.folder} cannot be made: {exc.strerror}") from exc
        write_synced(self.folder / name, content)

    def print_files(self) -> Iterator[tuple[str, bytes]]:
        """Yield name and content of each file of several letters, by their numbers."""
        try:
            for path in sorted(self.folder.glob("letters-*.pdf")):
                yield path.name, path.read_bytes()
        except OSError as exc:
            raise Unavailable(f"{self.folder} cannot be read: {exc.strerror}") from exc

    def discard_from(self, number: int) -> None:
        """Take away letters with this number or a later one."""
        try:
            for path in self.folder.glob("letter*.pdf"):
                found = _LETTER.fullmatch(path.name)
                if found and int(found[1]) >= number:
                    path.unlink()
        except OSError as exc:
            raise Unavailable(f"{self.folder} cannot be tidied: {exc.strerror}") from exc
