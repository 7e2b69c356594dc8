"""Rows of one table of a plain SQL dump, of PostgreSQL or MySQL: COPY blocks and INSERTs.

Whatever else the dump has is passed over statement by statement. Where a dump cannot be read as a
dump any more, it is damaged, and which rows it lost cannot be told: that is an error, never a
reject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.reading.sources.encodings import TextStream
from app.reading.sources.rows import RAGGED, LineCounts, Place, Row
from app.reading.sources.sqldialects import DUMP_BEGINNING, IDENTIFIER, NAME, dialect_of
from app.reading.sources.sqltables import Tables, created_columns, unquoted
from app.reading.sources.sqltext import CUT_HINT, SqlText
from app.reading.sources.sqlvalues import copied_fields, row_values

_LIST = rb"\(\s*(%b(?:\s*,\s*%b)*+)\s*\)" % (IDENTIFIER, IDENTIFIER)
_COPY = re.compile(
    rb"COPY\s+(%b)\s*(?:%b)?\s*FROM\s+stdin\b([^;\n]*);[^\n]*\n" % (NAME, _LIST), re.IGNORECASE
)
_INSERT = re.compile(
    rb"(?:INSERT|REPLACE)\s+(?:(?:LOW_PRIORITY|DELAYED|HIGH_PRIORITY|IGNORE)\s+)*(?:INTO\s+)?(%b)\s*"
    rb"(?:%b\s*)?(?:OVERRIDING\s+\w+\s+VALUE\s+)?(VALUES?\s*(?=\())?" % (NAME, _LIST),
    re.IGNORECASE,
)
_CREATE = re.compile(
    rb"CREATE\s+(?:\w+\s+){0,3}TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(%b)\s*\(" % NAME, re.IGNORECASE
)
_DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[ \t]*(?=\r?\n|\Z)", re.IGNORECASE)
_PSQL = re.compile(rb"\\[^\n]*+")
# What a statement may say after its rows.
_BEHIND = re.compile(rb"(?:ON|AS|RETURNING)\s", re.IGNORECASE)
_COPY_END = rb"\."


class SqlDumpReader:
    """Reads the rows of one table: implements `rows.RowReader`.

    What is counted are statements and rows. The rows of a block of COPY, or of one INSERT, may
    have fewer columns than the table: the others are empty.

    Args:
        text: the source.
        dialect: `POSTGRESQL`, `MYSQL` or None to find out.
        table: which table; None if only one has rows.
        place: after which row to go on, if not from the beginning.
        counts: what became of statements and rows up to there.

    Raises:
        InvalidSource: the table has no rows, or what is before them cannot be read.
        InvalidMapping: the table is not there, or there are several and none is named.
    """

    share_done = None

    def __init__(
        self,
        text: TextStream,
        dialect: str | None = None,
        table: str | None = None,
        place: Place | None = None,
        counts: LineCounts | None = None,
    ) -> None:
        self._encodings = text.encodings
        self._dialect = dialect_of(text.sample, dialect)
        # Only the programs that begin with words of theirs also end with some.
        is_of_a_program = DUMP_BEGINNING.search(text.sample) is not None
        self._tables = Tables(table)
        self.counts = counts or LineCounts()
        place = place or {"offset": text.start, "line": 1, "column": 1, "state": None}
        self._text = SqlText(
            text.chunks(place["offset"]), place["offset"], place["line"], place["column"]
        )
        self._text.is_complete = not is_of_a_program
        if place["state"]:
            self._resume(place["state"])
        else:
            self._delimiter, self._is_copy, self._is_at_first = b";", False, False
            self._order: Sequence[int] = ()
            self.header: Sequence[str] = ()
            self._is_inside = self._next_block()
            self._tables.check_found()

    def rows(self) -> Iterator[Row]:
        """Yield the rows, once.

        Raises:
            InvalidMapping: there is another table with rows, and none was named.
            InvalidSource: the dump is damaged, or ends early.
        """
        while self._is_inside or self._next_block():
            self._is_inside = True
            yield from self._copied() if self._is_copy else self._inserted()
            self._is_inside = False
        if not self._text.is_complete:
            raise self._text.fault(
                "the dump ends without the words that its program ends one with",
                hint=f"{CUT_HINT}; if it is all there ever was, add a line: -- Dump completed",
            )

    def place(self) -> Place:
        """Return where the row ends that was yielded last."""
        return {
            "offset": self._text.offset,
            "line": self._text.line,
            "column": self._text.column,
            "state": {
                "header": list(self.header),
                "order": list(self._order),
                "table": self._tables.name,
                "is_complete": self._text.is_complete,
                "is_created": self._tables.name in self._tables.columns,
                "is_copy": self._is_copy,
                "delimiter": self._delimiter.decode("ascii"),
            },
        }

    @property
    def found(self) -> Mapping[str, str]:
        """Of which database the dump is, and the table that is read."""
        return {"format": self._dialect.name, "table": self._tables.name or ""}

    def close(self) -> None:
        """Nothing is at work in the background."""

    @property
    def offset(self) -> int:
        """How many bytes of the text the rows so far made up."""
        return self._text.offset

    def _resume(self, state: Place) -> None:
        self.header, self._order = state["header"], state["order"]
        self._tables.name = state["table"]
        self._text.is_complete = state["is_complete"]
        if state["is_created"]:
            self._tables.columns[state["table"]] = self.header
        self._is_copy, self._delimiter = state["is_copy"], state["delimiter"].encode("ascii")
        self._is_inside, self._is_at_first = True, False

    def _next_block(self) -> bool:
        """Go to the next rows of the table; tell whether there are any."""
        while True:
            self._text.skip_blank(self._dialect)
            if self._text.is_at_end():
                return False
            self.counts.total += 1
            self.counts.header += 1
            if self._begin_block():
                return True

    def _begin_block(self) -> bool:
        """Read one statement, or its head if it has rows of the table, which is told."""
        text = self._text
        if found := text.peek(_DELIMITER):
            if found[1].strip(b";$/|"):
                raise text.fault("a DELIMITER of these signs cannot be read here")
            text.take(found)
            self._delimiter = found[1]
        elif found := text.peek(_PSQL):
            text.take(found)
        elif found := text.peek(_COPY):
            return self._begin_copy(found)
        elif found := text.peek(_INSERT):
            return self._begin_insert(found)
        else:
            created = text.peek(_CREATE)
            statement = text.skip_statement(self._dialect, self._delimiter)
            if created:
                self._tables.add(created[1], created_columns(statement[len(created[0]) :]))
        return False

    def _begin_copy(self, found: re.Match[bytes]) -> bool:
        is_chosen = self._tables.is_chosen(found[1], self._text)
        if is_chosen and found[3].strip():
            raise self._text.fault("the rows are in a form of COPY that cannot be read here")
        self._text.take(found)
        if is_chosen:
            self._is_copy = True
            self._set_columns(found)
            return True
        while (line := self._text.take_line()) != _COPY_END:
            if line is None:
                raise self._text.fault("the dump ends inside the rows of a table", hint=CUT_HINT)
        return False

    def _begin_insert(self, found: re.Match[bytes]) -> bool:
        if not self._tables.is_chosen(found[1], self._text):
            self._text.skip_statement(self._dialect, self._delimiter)
            return False
        if not found[3]:
            raise self._text.fault("an INSERT that has no list of values cannot be read here")
        self._is_copy, self._is_at_first = False, True
        self._text.take(found)
        self._set_columns(found)
        return True

    def _set_columns(self, found: re.Match[bytes]) -> None:
        """Learn where the columns of the rows that follow stand in the header."""
        names = [unquoted(name) for name in re.findall(IDENTIFIER, found[2] or b"")]
        names = names or list(self._tables.columns_of(found[1]))
        if not names:
            raise self._text.fault(
                "neither this statement nor one before it names the columns",
                hint="the dump was made without the tables' definitions: put CREATE TABLE first",
            )
        self.header = self.header or list(self._tables.columns_of(found[1])) or names
        if not set(names) <= set(self.header):
            raise self._text.fault("the rows have other columns than those before them")
        self._order = [self.header.index(name) for name in names]

    def _copied(self) -> Iterator[Row]:
        while True:
            number = self._text.line
            line = self._text.take_line()
            if line is None:
                raise self._text.fault("the dump ends inside the rows of a table", hint=CUT_HINT)
            if line == _COPY_END:
                return
            yield self._row(number, *copied_fields(line, self._encodings))

    def _inserted(self) -> Iterator[Row]:
        text, dialect = self._text, self._dialect
        while self._is_at_first or self._take_comma():
            number = text.line
            found = text.match(dialect.row)
            if found is None:
                text.go_to_damage(dialect)
                raise text.fault("a row is damaged, or the dump ends inside it", hint=CUT_HINT)
            text.take(found)
            self._is_at_first = False
            yield self._row(number, *row_values(found[0], self._encodings, dialect.value))
        if not text.stands_at(self._delimiter) and not text.peek(_BEHIND):
            raise text.fault("something else stands behind a row", hint=CUT_HINT)
        text.skip_statement(dialect, self._delimiter)

    def _take_comma(self) -> bool:
        """Go on behind a comma between two rows; tell whether there is one."""
        self._text.skip_blank(self._dialect)
        is_there = self._text.stands_at(b",")
        if is_there:
            self._text.take_bytes(1)
            self._text.skip_blank(self._dialect)
        return is_there

    def _row(self, number: int, values: list[str], is_replaced: bool) -> Row:  # noqa: FBT001
        self.counts.total += 1
        if len(values) != len(self._order):
            self.counts.rejected += 1
            return Row(number, None, RAGGED)
        self.counts.rows += 1
        self.counts.replaced += is_replaced
        row = [""] * len(self.header)
        for place, value in zip(self._order, values, strict=True):
            row[place] = value
        return Row(number, row)
