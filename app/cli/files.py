"""Small files that a command reads or writes, refused with their reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from app.errors import InvalidInput


def read_text(path: Path, what: str) -> str:
    """Return a file's text; `what` is what a refusal calls it.

    Raises:
        InvalidInput: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidInput(f"{path.name}: the {what} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidInput(f"{path.name}: the {what} is not UTF-8") from None


def write_or_print(text: str, out: Path | None) -> None:
    """Write a line to a file, or to standard output where none is given.

    Raises:
        InvalidInput: it cannot be written.
    """
    if out is None:
        print(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as exc:
        raise InvalidInput(f"the file {out} cannot be written: {exc.strerror}") from exc


@contextmanager
def new_private_file(path: Path, what: str) -> Iterator[TextIO]:
    """Yield a new file that its owner alone can read; it goes again when the block fails.

    Args:
        path: where; what is there already is left as it is.
        what: what a refusal calls it.

    Raises:
        InvalidInput: it cannot be made, or there is one.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as exc:
        raise InvalidInput(f"the {what} file cannot be made: {exc.strerror}") from exc
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
