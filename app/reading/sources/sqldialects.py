"""In what PostgreSQL's and MySQL's dumps differ: quotes, comments, escapes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import InvalidSource
from app.reading.sources.settings import MYSQL, POSTGRESQL

IDENTIFIER = rb'(?:"(?:[^"]|"")*+"|`(?:[^`]|``)*+`|[\w$\x80-\xff]++)'
NAME = rb"%b(?:\.%b)*+" % (IDENTIFIER, IDENTIFIER)

_ESCAPED = rb"'(?:[^'\\]++|\\.|'')*+'"
_PLAIN = rb"'(?:[^']++|'')*+'"
# Behind a value, PostgreSQL may name its type.
_CAST = rb"(?:\s*+::\s*+[\w. \"\[\]]++(?:\([\d, ]*+\))?[\w. \[\]]*+)*+"
_NEVER = rb"\Zx)"
_WORD = rb"[^\s,()'\"`;:]++"
_MYSQL_STATE = re.compile(rb"NO_BACKSLASH_ESCAPES", re.IGNORECASE)
_POSTGRESQL_STATE = re.compile(rb"standard_conforming_strings\s*=\s*off", re.IGNORECASE)
_OF_POSTGRESQL = re.compile(
    rb"-- PostgreSQL database|\bCOPY\s[^;]{1,4096}\sFROM\s+stdin|pg_catalog"
    rb"|standard_conforming_strings",
    re.IGNORECASE,
)
_OF_MYSQL = re.compile(
    rb"-- (?:MySQL|MariaDB) dump|/\*!\d{5}|/\*M!|\sENGINE\s*=|\bINTO\s+`|\bTABLE\s+`",
    re.IGNORECASE,
)
# The programs' first words, to which the last ones belong.
DUMP_BEGINNING = re.compile(rb"-- (?:PostgreSQL database|MySQL|MariaDB)(?: cluster)? dump")
DUMP_END = re.compile(rb"-- (?:PostgreSQL database(?: cluster)? dump complete|Dump completed)")
_FIRST_WORDS = re.compile(
    rb"(?:\s++|--[^\n]*+\n|/\*.*?\*/;?|\\[^\n]*+\n)*+(?:(?:INSERT|REPLACE)\s+(?:\w+\s+)?INTO\s"
    rb"|COPY\s[^;]*\sFROM\s+stdin|CREATE\s+(?:\w+\s+){0,3}(?:TABLE|DATABASE|SCHEMA|EXTENSION)\s"
    rb"|DROP\s+(?:TABLE|DATABASE|SCHEMA)\s|SET\s+[@\w.]+\s*=|SET\s+NAMES\s|SET\s+SESSION\s"
    rb"|(?:BEGIN|START TRANSACTION|COMMIT)\s*;|LOCK TABLES?\s|USE\s+[`\w]|SELECT pg_catalog\.)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of dump writes things.

    Args:
        name: `POSTGRESQL` or `MYSQL`.
        blank: spaces and comments between tokens.
        piece: of a statement that is passed over; quotes hide what ends a statement.
        row: a row of values in parentheses.
        item: one value and what stands behind it, to find where a row is damaged.
        value: one value, once it is text. Groups: one in quotes with backslashes, one without,
            bytes that are written as digits, a word.
    """

    name: str
    blank: re.Pattern[bytes]
    piece: re.Pattern[bytes]
    row: re.Pattern[bytes]
    item: re.Pattern[bytes]
    value: re.Pattern[str]

    @classmethod
    def of(
        cls, name: str, comment: bytes, piece: bytes, value: Callable[[bytes], bytes]
    ) -> Dialect:
        """Compile a dialect.

        Args:
            name: as above.
            comment: one.
            piece: as above.
            value: makes the pattern of a value, whose four groups begin with what it is given.
        """
        item = value(rb"(?:")
        return cls(
            name=name,
            blank=_pattern(rb"(?:\s++|%b)*+" % comment),
            piece=_pattern(piece),
            row=_pattern(rb"\(%b(?:,%b)*+\)" % (item, item)),
            item=_pattern(rb"%b[,)]" % item),
            value=re.compile(value(rb"(").decode("ascii"), re.DOTALL | re.ASCII),
        )


def _mysql(*, is_escaped: bool) -> Dialect:
    comment = rb"--(?:[ \t][^\n]*+)?(?=[\r\n]|\Z)|\#[^\n]*+|/\*.*?\*/"
    text = _ESCAPED if is_escaped else _PLAIN
    quoted = rb'"(?:[^"\\]++|\\.|"")*+"' if is_escaped else rb'"(?:[^"]++|"")*+"'

    def value(group: bytes) -> bytes:
        # A text may be told to be bytes, or of a character set.
        texts = [rb"(?:_\w++\s*+)?%b%b|%b)" % (group, text, quoted), group + _NEVER]
        escaped, plain = texts if is_escaped else reversed(texts)
        digits = rb"%b0x[\da-fA-F]*+|[xXbB]'[\da-fA-F]*+')" % group
        return rb"\s*+(?:%b|%b|%b|%b%b))\s*+" % (escaped, plain, digits, group, _WORD)

    piece = rb"[^'\"`;$/|\-\#]++|%b|%b|%b|`(?:[^`]|``)*+`|[;$|]|/(?!\*)|-"
    return Dialect.of(MYSQL, comment, piece % (comment, text, quoted), value)


def _postgresql(*, is_escaped: bool) -> Dialect:
    comment = rb"--[^\n]*+|/\*.*?\*/"
    text = _ESCAPED if is_escaped else rb"[eE]%b|%b" % (_ESCAPED, _PLAIN)
    dollars = rb"\$(\w*+)\$.*?\$\1\$"

    def value(group: bytes) -> bytes:
        escaped = rb"[eE]%b%b%b)" % (b"?" if is_escaped else b"", group, _ESCAPED)
        plain = group + (_NEVER if is_escaped else _PLAIN + b")")
        digits = rb"%b[xXbB]'[\da-fA-F]*+')" % group
        return rb"\s*+(?:%b|%b|%b|%b%b))%b\s*+" % (escaped, plain, digits, group, _WORD, _CAST)

    piece = (
        rb"%b|%b|%b|(?:(?![eE]')[^'\"$;/|\-])++|\"(?:[^\"]|\"\")*+\"|[;|]|/(?!\*)|-"
        rb"|\$(?!\w*+\$)"
    )
    return Dialect.of(POSTGRESQL, comment, piece % (dollars, comment, text), value)


def _pattern(text: bytes) -> re.Pattern[bytes]:
    return re.compile(text, re.DOTALL)


def is_dump(sample: bytes) -> bool:
    """Tell whether a file that begins like this is a dump in SQL."""
    return _FIRST_WORDS.match(sample) is not None


def dialect_of(sample: bytes, declared: str | None) -> Dialect:
    """Return the dialect of a dump that begins like this.

    Raises:
        InvalidSource: it could be either; reading it as the wrong one could change values.
    """
    found = {POSTGRESQL: _OF_POSTGRESQL, MYSQL: _OF_MYSQL}
    names = [declared] if declared else [n for n, mark in found.items() if mark.search(sample)]
    if len(names) != 1:
        raise InvalidSource(
            "it does not show which database the dump is of",
            hint='say it in [source] of the mapping: format = "postgresql", or "mysql"',
        )
    if names == [MYSQL]:
        return _mysql(is_escaped=not _MYSQL_STATE.search(sample))
    return _postgresql(is_escaped=bool(_POSTGRESQL_STATE.search(sample)))
