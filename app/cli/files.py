"""Small files that a command reads or writes, refused with their reason."""

from __future__ import annotations

from pathlib import Path

from app.errors import InvalidInput


def read_text(path: Path, what: str) -> str:
    """Return a file's text; `what` is what a refusal calls it.

    Raises:
        InvalidInput: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidInput(f"the {what} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidInput(f"the {what} is not UTF-8") from None


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
