"""What a mapping says in [source]: how the file is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import InvalidMapping

AUTO = "auto"
UTF8 = "utf-8"
UTF16_ENCODINGS = ("utf-16-le", "utf-16-be")
ONE_BYTE_ENCODINGS = ("cp1252", "iso8859-15", "cp850", "mac_roman")
ENCODINGS = (AUTO, UTF8, *ONE_BYTE_ENCODINGS, *UTF16_ENCODINGS)

DELIMITED, NDJSON, XLSX, PARQUET = "delimited", "ndjson", "xlsx", "parquet"
POSTGRESQL, MYSQL = "postgresql", "mysql"
FORMATS = (AUTO, DELIMITED, NDJSON, XLSX, PARQUET, POSTGRESQL, MYSQL)

DOUBLING, BACKSLASH = "doubling", "backslash"
ESCAPES = (DOUBLING, BACKSLASH)
NO_QUOTE = ""
QUOTES = ('"', "'", NO_QUOTE)

SOURCE_KEYS = (
    "format", "encoding", "delimiter", "quote", "escape", "header", "member", "sheet", "table",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """How a source is to be read; what is not said is found out from its beginning.

    Args:
        format: one of `FORMATS`.
        encoding: one of `ENCODINGS`.
        delimiter: one character between columns, or `AUTO`.
        quote: the character that text stands between, or none.
        escape: how that character is written inside such text: twice, or behind a backslash.
        has_header: the first row names the columns; otherwise it is a row like the others.
        member: of an archive; None when it has only one.
        sheet: of a workbook; None for the first.
        table: of a dump; None when only one of its tables has rows.
    """

    format: str = AUTO
    encoding: str = AUTO
    delimiter: str = AUTO
    quote: str = '"'
    escape: str = DOUBLING
    has_header: bool = True
    member: str | None = None
    sheet: str | None = None
    table: str | None = None


def parse_source_settings(section: Mapping[str, Any]) -> SourceSettings:
    """Read [source] of a mapping, whose keys are of `SOURCE_KEYS`.

    Raises:
        InvalidMapping: a value is none of those that there are.
    """
    quote = _one_of(section, "quote", QUOTES, '"')
    return SourceSettings(
        format=_one_of(section, "format", FORMATS, AUTO),
        encoding=_one_of(section, "encoding", ENCODINGS, AUTO),
        delimiter=_delimiter(section, quote),
        quote=quote,
        escape=_one_of(section, "escape", ESCAPES, DOUBLING),
        has_header=_has_header(section),
        member=_name(section, "member"),
        sheet=_name(section, "sheet"),
        table=_name(section, "table"),
    )


def _one_of(section: Mapping[str, Any], key: str, known: tuple[str, ...], default: str) -> str:
    value = section.get(key, default)
    if value not in known:
        raise InvalidMapping(
            f"{key} in [source] is not one that can be read",
            hint=f"one of {', '.join(name or 'an empty text' for name in known)}",
        )
    return str(value)


def _delimiter(section: Mapping[str, Any], quote: str) -> str:
    delimiter = section.get("delimiter", AUTO)
    if delimiter == AUTO:
        return AUTO
    forbidden = f"{quote}\\\r\n\0"
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in forbidden:
        raise InvalidMapping("delimiter in [source] is one character", hint='for example ";"')
    return delimiter


def _has_header(section: Mapping[str, Any]) -> bool:
    has_header = section.get("header", True)
    if not isinstance(has_header, bool):
        raise InvalidMapping("header in [source] is neither true nor false")
    return has_header


def _name(section: Mapping[str, Any], key: str) -> str | None:
    value = section.get(key)
    if value is not None and (not isinstance(value, str) or not value):
        raise InvalidMapping(f"{key} in [source] is not a text", hint=f'for example {key} = "NOM"')
    return value
