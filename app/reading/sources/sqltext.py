"""The text of a dump in SQL, read a token at a time in bounded memory.

A dump is not split into lines: a statement may have a million rows on one line, and a line end may
stand inside a value. What is kept is at most one row, or the head of one statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.errors import InvalidSource
from app.reading.sources.sqldialects import DUMP_BEGINNING, DUMP_END, Dialect

# The longest row, and the longest value in a statement that is passed over.
TOKEN_BYTES_MAXIMUM = 16 * 1024 * 1024
# As far as a statement's head may reach: as many columns as any database allows.
HEAD_BYTES = 256 * 1024
CUT_HINT = "get the file again: what can be read of it would not be all of it"


class SqlText:
    """Where the reading of a dump stands.

    Args:
        chunks: its bytes, from there on.
        offset: how many lie before.
        line: the number of the line there.
        column: how many bytes of that line lie before, and one.
        is_complete: whether no dump is open: one that began with its program's first words is
            until the last ones.
    """

    def __init__(self, chunks: Iterator[bytes], offset: int, line: int, column: int) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._at = 0
        self._is_end = False
        self._base = offset
        self._line_begin = offset + 1 - column
        self.line = line
        self.is_complete = True

    @property
    def offset(self) -> int:
        """How many bytes of the dump lie before."""
        return self._base + self._at

    @property
    def column(self) -> int:
        """The place in the line, in bytes, from 1."""
        return self.offset - self._line_begin + 1

    def fault(self, what: str, hint: str = "") -> InvalidSource:
        """Return an error that says where the reading stands."""
        return InvalidSource(f"line {self.line:,}, column {self.column:,}: {what}", hint=hint)

    def peek(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Tell whether a statement's head is what comes next; moves nothing."""
        while len(self._buffer) - self._at < HEAD_BYTES and self._more():
            pass
        return pattern.match(self._buffer, self._at)

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Tell whether a token is what comes next, however much has to be read to see its end.

        Moves nothing; `take` does.
        """
        while True:
            found = pattern.match(self._buffer, self._at)
            if found and (found.end() < len(self._buffer) or self._is_end):
                return found
            if self._is_end or len(self._buffer) - self._at > TOKEN_BYTES_MAXIMUM:
                return None
            self._more()

    def take(self, found: re.Match[bytes]) -> None:
        """Go on behind what was found."""
        begin, self._at = self._at, found.end()
        if ends := self._buffer.count(b"\n", begin, self._at):
            self.line += ends
            self._line_begin = self._base + self._buffer.rfind(b"\n", begin, self._at) + 1

    def take_bytes(self, size: int) -> None:
        """Go on behind so many bytes that were seen, none of which ends a line."""
        self._at += size

    def go_to_damage(self, dialect: Dialect) -> None:
        """Go to the first value of a row that is none, so that an error says where it is."""
        if self.stands_at(b"("):
            self.take_bytes(1)
            while found := self.match(dialect.item):
                self.take(found)

    def take_line(self) -> bytes | None:
        """Return the rest of the line, and go on behind it; None if it has no end."""
        searched = self._at
        while (end := self._buffer.find(b"\n", searched)) < 0:
            known = len(self._buffer) - self._at
            if known > TOKEN_BYTES_MAXIMUM:
                raise self.fault(f"the line is longer than {TOKEN_BYTES_MAXIMUM:,} bytes")
            if not self._more():
                return None
            searched = self._at + known
        line = self._buffer[self._at : end]
        self._at = end + 1
        self.line += 1
        self._line_begin = self._base + self._at
        return line.removesuffix(b"\r")

    def is_at_end(self) -> bool:
        """Tell whether nothing is left."""
        return self._at == len(self._buffer) and not self._more()

    def stands_at(self, delimiter: bytes) -> bool:
        """Tell whether what ends a statement is what comes next."""
        while len(self._buffer) - self._at < len(delimiter) and self._more():
            pass
        return self._buffer.startswith(delimiter, self._at)

    def skip_blank(self, dialect: Dialect) -> None:
        """Pass over spaces, line ends and comments."""
        while (found := self.match(dialect.blank)) and found.end() > found.start():
            self._look_at_comments(found[0])
            self.take(found)

    def _look_at_comments(self, blank: bytes) -> None:
        """See whether a dump begins or ends here: of several in one file, the last one counts."""
        ends = [found.end() for found in DUMP_END.finditer(blank)]
        begins = [found.end() for found in DUMP_BEGINNING.finditer(blank)]
        if ends or begins:
            self.is_complete = max(ends, default=0) >= max(begins, default=0)

    def skip_statement(self, dialect: Dialect, delimiter: bytes) -> bytes:
        """Pass over the rest of a statement, and return its text if it is a short one."""
        text: list[bytes] = []
        length = 0
        while not self.is_at_end():
            if self.stands_at(delimiter):
                self.take_bytes(len(delimiter))
                return b"".join(text)
            found = self.match(dialect.piece)
            if found is None:
                break
            length += found.end() - found.start()
            if length <= HEAD_BYTES:
                text.append(found[0])
            self.take(found)
        raise self.fault("a statement or a value in it has no end", hint=CUT_HINT)

    def _more(self) -> bool:
        """Read on, at least as much again as there is; tell whether there was something.

        What was found before is of no use after that, as the bytes are in another place then.
        """
        if self._is_end:
            return False
        rest = self._buffer[self._at :]
        self._base += self._at
        self._at = 0
        parts, wanted = [rest], max(len(rest), 1)
        while wanted > 0 and (chunk := next(self._chunks, b"")):
            parts.append(chunk)
            wanted -= len(chunk)
        self._buffer = b"".join(parts)
        self._is_end = wanted > 0
        return len(self._buffer) > len(rest)
