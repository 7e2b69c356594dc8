"""What a stream is, by its first bytes."""

from __future__ import annotations

import re

from app.errors import InvalidMapping, InvalidSource
from app.reading.sources.encodings import TextStream
from app.reading.sources.settings import (
    AUTO,
    DELIMITED,
    MYSQL,
    NDJSON,
    PARQUET,
    POSTGRESQL,
    SourceSettings,
)
from app.reading.sources.sqldialects import is_dump

PARQUET_MAGIC = b"PAR1"
# Something else, and what to do about it.
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old spreadsheet, or one with a password",
     "save it as XLSX without a password"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it: 7z x -so FILE | concerne ingest -"),
    (b"Rar!", "a RAR archive", "unpack it: unrar p -inul FILE | concerne ingest -"),
    (b"PGDMP", "a PostgreSQL dump in its own format",
     "make it plain: pg_restore --file=- FILE | concerne ingest -"),
    (b"-----BEGIN PGP MESSAGE", "encrypted with OpenPGP",
     "decrypt it: gpg --decrypt FILE | concerne ingest -"),
    (b"SQLite format 3\x00", "an SQLite database", "export its table as CSV"),
    (b"%PDF", "a PDF document", "no table can be read from it"),
)  # fmt: skip
_TAR_MAGIC, _TAR_OFFSET = b"ustar", 257
_NAMING = {
    NDJSON: "newline-delimited JSON",
    PARQUET: "a Parquet file",
    **dict.fromkeys((AUTO, POSTGRESQL, MYSQL), "a dump"),
}
_OBJECT, _LIST = re.compile(rb"\s*\{"), re.compile(rb"\s*\[\s*[{\]]")


def check_known(head: bytes) -> None:
    """Check that a stream that begins like this is none of those that are not read here.

    Raises:
        InvalidSource: it is one of them, with a way out.
    """
    for magic, what, hint in _OTHERS:
        if head.startswith(magic):
            raise InvalidSource(f"the source is {what}", hint=hint)
    if head.startswith(_TAR_MAGIC, _TAR_OFFSET):
        raise InvalidSource(
            "the source is a tar archive",
            hint="unpack one of its files: tar --extract --to-stdout | concerne ingest -",
        )


def text_format(text: TextStream, declared: str) -> str:
    """Return which format a text is of: `DELIMITED`, `NDJSON`, `POSTGRESQL`, `MYSQL` or `AUTO`.

    `AUTO` is a dump that does not show which of the two it is of, to whoever has not read more.

    Raises:
        InvalidSource: it is JSON that is not one object a line.
    """
    if declared != AUTO:
        return declared
    sample = text.sample[text.start :]
    if _LIST.match(sample):
        raise InvalidSource(
            "the source is one JSON list",
            hint="one object a line is what is read; jq -c '.[]' makes that of a list",
        )
    if _OBJECT.match(sample):
        return NDJSON
    return AUTO if is_dump(sample) else DELIMITED


def check_may_lack_names(name: str, settings: SourceSettings) -> None:
    """Check that nobody says of a format that names its columns that it does not.

    Args:
        name: of the format, which is neither `DELIMITED` nor `XLSX`.
        settings: as the mapping has them.

    Raises:
        InvalidMapping: somebody does.
    """
    if not settings.has_header:
        raise InvalidMapping(
            f"[source] of the mapping has header = false, but {_NAMING[name]} names its columns",
            hint="leave header out; columns can be given by position all the same",
        )


SQL_DIALECTS = {AUTO: None, POSTGRESQL: POSTGRESQL, MYSQL: MYSQL}
