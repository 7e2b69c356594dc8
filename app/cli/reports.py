"""The list of a source's rejects: one JSON object a line, for its owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from app.errors import InvalidInput, Unavailable
from app.reading.rejects import NoReport, RejectReport


class _JsonLines:
    """Writes each reject when it is met."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def go_on(self, rejects: int) -> None:
        with _written():
            for _ in range(rejects):
                if not self._out.readline().endswith("\n"):
                    raise InvalidInput(
                        "the report of the interrupted run is not there any more, or not whole",
                        hint="name the same --report, or none",
                    )
            self._out.seek(self._out.tell())
            self._out.truncate()

    def rejected(self, *, line: int, reason: str) -> None:
        with _written():
            self._out.write(json.dumps({"line": line, "reason": reason}) + "\n")

    def settle(self) -> None:
        with _written():
            self._out.flush()
            os.fsync(self._out.fileno())


@contextmanager
def _written() -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise Unavailable(f"the report cannot be written: {exc.strerror}") from exc


@contextmanager
def reject_report(path: Path | None, source: Path) -> Iterator[RejectReport]:
    """Write a report while the block runs; what an earlier run wrote is gone on with or replaced.

    Args:
        path: of the report; None for none.
        source: what is read, which is never written over.

    Raises:
        InvalidInput: the report cannot be written there.
    """
    if path is None:
        yield NoReport()
        return
    try:
        if path.exists() and source.exists() and path.samefile(source):
            raise InvalidInput("--report names the source itself", hint="give it another name")
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.fchmod(descriptor, 0o600)
    except OSError as exc:
        raise InvalidInput(f"the report cannot be written: {exc.strerror}") from exc
    with os.fdopen(descriptor, "r+", encoding="ascii") as out:
        yield _JsonLines(out)
