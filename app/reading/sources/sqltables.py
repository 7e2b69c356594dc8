"""Which of a dump's tables is read, and which columns a table was created with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.errors import InvalidMapping
from app.reading.sources.sqldialects import IDENTIFIER
from app.reading.sources.sqltext import SqlText

# Words that begin a part of a table's definition that is no column.
_NO_COLUMN = frozenset(
    b"CONSTRAINT PRIMARY UNIQUE KEY INDEX FULLTEXT SPATIAL CHECK FOREIGN EXCLUDE LIKE".split()
)
_TOKEN = re.compile(rb"'(?:[^'\\]|\\.|'')*+'|%b|[(),]|--[^\n]*|/\*.*?\*/|." % IDENTIFIER, re.DOTALL)


class Tables:
    """The tables of a dump, as far as they have been met.

    Args:
        wanted: the table that is read, with or without its schema; None if only one has rows.
        name: the table of which rows were found, with its schema as in the dump.
        columns: by table, those that it was created with.
    """

    def __init__(self, wanted: str | None) -> None:
        self._wanted = wanted
        self.columns: dict[str, Sequence[str]] = {}
        self.name: str | None = None

    def add(self, written: bytes, columns: Sequence[str]) -> None:
        """Keep the columns that a table is created with, if it may be the one."""
        name = full_name(written)
        if self._wanted is None or self._is_wanted(name):
            self.columns[name] = columns

    def columns_of(self, written: bytes) -> Sequence[str]:
        """Return the columns that a table was created with; none if that was not met."""
        return self.columns.get(full_name(written), ())

    def is_chosen(self, written: bytes, text: SqlText) -> bool:
        """Tell whether rows that follow are of the table that is read.

        Raises:
            InvalidMapping: there is another table of which they could be as well.
        """
        name = full_name(written)
        if not self._is_wanted(name):
            return False
        if self.name is None:
            self.name = name
        if self.name != name:
            raise InvalidMapping(
                f"line {text.line:,}: the dump has rows of {self.name!r} and of {name!r}",
                hint=f'say which in [source] of the mapping: table = "{self.name}"',
            )
        return True

    def check_found(self) -> None:
        """Raise InvalidMapping if no rows of the table were found."""
        if self.name is None:
            what = "the table that [source] of the mapping names" if self._wanted else "any table"
            raise InvalidMapping(
                f"the dump has no rows of {what}",
                hint="a table is named as in the dump: nom, or schema.nom",
            )

    def _is_wanted(self, name: str) -> bool:
        return self._wanted in (None, name, name.rpartition(".")[2])


def full_name(written: bytes) -> str:
    """Return a table's name with its schema, without quotes."""
    return ".".join(unquoted(part) for part in re.findall(IDENTIFIER, written))


def unquoted(identifier: bytes) -> str:
    """Return an identifier as it is meant."""
    text = identifier.decode("utf-8", errors="replace")
    for quote in '"`':
        if text.startswith(quote):
            return text[1:-1].replace(quote * 2, quote)
    return text


def created_columns(definition: bytes) -> list[str]:
    """Return the columns of a CREATE TABLE, from what follows its first parenthesis."""
    columns, depth, is_first = [], 1, True
    for found in _TOKEN.finditer(definition):
        token = found[0]
        if token.isspace() or token.startswith((b"--", b"/*")):
            continue
        depth += (token == b"(") - (token == b")")
        if depth == 0:
            break
        if is_first and depth == 1 and token.upper() not in _NO_COLUMN:
            columns.append(unquoted(token))
        is_first = depth == 1 and token == b","
    return columns
