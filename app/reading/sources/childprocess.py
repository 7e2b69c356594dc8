"""Rows of a workbook or a Parquet file, as they come from the process that reads it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

from app.errors import ConcerneError, InvalidMapping, InvalidSource
from app.reading.sources.archives import check_fits_memory
from app.reading.sources.bytestream import CHUNK_BYTES, ByteSource
from app.reading.sources.rows import LineCounts, Place, Row

_MODULE = "app.reading.sources.isolated"
_ERRORS: Mapping[str, type[ConcerneError]] = {
    error.__name__: error for error in (InvalidSource, InvalidMapping)
}


class ChildReader:
    """Reads what another process sends: implements `rows.RowReader`.

    What is counted are rows of the sheet or of the file, from 1; `close` ends the process.

    Args:
        stream: the file, from the beginning.
        format_name: `XLSX` or `PARQUET`.
        options: the reader's, which json can write.
        place: after which row to go on, if not from the beginning.
        counts: what became of the rows up to there.

    Raises:
        InvalidSource: it cannot be read; or has to be kept in memory, and is too long.
        InvalidMapping: there is no sheet of that name.
    """

    offset = 0

    def __init__(
        self,
        stream: ByteSource,
        format_name: str,
        options: Mapping[str, Any],
        place: Place | None = None,
        counts: LineCounts | None = None,
    ) -> None:
        self.found: Mapping[str, str] = {"format": format_name}
        self._row = place["row"] if place else 0
        self._process = _start(stream, format_name, {**options, "done": self._row})
        try:
            if not isinstance(stream, io.BufferedReader):
                _feed(stream, self._process)
            first = self._receive()
        except BaseException:
            self.close()
            raise
        self.header: Sequence[str] = first["header"]
        self._total: int = first["total"]
        self._header_rows: int = first["header_rows"]
        self.unread_sheets: int = first["unread_sheets"]
        self.counts = counts or LineCounts()

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once.

        Raises:
            InvalidSource: the file is damaged, or the process that read it came to its end.
        """
        while isinstance(batch := self._receive(), list):
            for values in batch:
                self._row += 1
                self.counts.total += 1
                if self._row <= self._header_rows:
                    self.counts.header += values is not None
                    self.counts.blank += values is None
                elif values is None:
                    self.counts.blank += 1
                else:
                    self.counts.rows += 1
                    yield Row(self._row, values)
        self.close()
        if self._row != self._total:
            raise InvalidSource(f"the file has {self._total:,} rows, but {self._row:,} were read")

    def place(self) -> Place:
        """Return where the row is that was yielded last."""
        return {"row": self._row}

    @property
    def share_done(self) -> float:
        """The share of all rows that were yielded."""
        return self._row / self._total if self._total else 1.0

    def close(self) -> None:
        """End the process, if it has not come to its end."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            # What was not sent any more is not missed.
            with suppress(OSError):
                if pipe:
                    pipe.close()

    def _receive(self) -> Any:
        """Return the next message.

        Raises:
            InvalidSource: the process says that it cannot read on, or says nothing any more.
        """
        line = _pipe(self._process.stdout).readline()
        if not line.endswith(b"\n"):
            raise InvalidSource(
                f"the process that reads the file failed after row {self._row:,}: the file is"
                " damaged, or asks for more memory than a file of its kind may",
                hint="save it as CSV, which has no limit",
            )
        message = json.loads(line)
        if isinstance(message, dict) and "error" in message:
            raise _ERRORS[message["error"]](message["message"], hint=message["hint"])
        return message


def _start(
    stream: ByteSource, format_name: str, options: Mapping[str, Any]
) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", _MODULE, format_name, json.dumps(options)]
    return subprocess.Popen(  # noqa: S603 our own program
        command,
        stdin=stream if isinstance(stream, io.BufferedReader) else subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A library that fails may say what it failed on.
        stderr=subprocess.DEVNULL,
    )


def _feed(stream: ByteSource, process: subprocess.Popen[bytes]) -> None:
    """Give the process the whole file, which it keeps in its memory."""
    size_bytes = 0
    with suppress(BrokenPipeError), _pipe(process.stdin) as pipe:
        while chunk := stream.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            check_fits_memory(size_bytes)
            pipe.write(chunk)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was not started with this pipe")
    return pipe
