"""Made-up tables, written in every format that can be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.ingest.sources.settings import SourceSettings

HEADER = ("NOM", "COMMENTAIRE", "TEL")
# What files have in them: signs of the formats themselves, line ends, letters of several scripts.
ROWS: tuple[tuple[str, ...], ...] = (
    ("LE GOFF", "", "0199000001"),
    ("Dupré-Noël", "said \"no\"; twice, then 'yes'", "01 99 00 00 02"),
    ("O'BRIEN", "first line\nsecond line", ""),
    ("", "a\\b \\N {c} [d] (e), f | g\th", "+33199000003"),
    ("Œuvre", "NULL", "0199000004"),
    ("Ÿ", "  spaces around  ", "0"),
)


@dataclass(frozen=True)
class Written:
    """A source's bytes, and what a mapping has to say about them."""

    content: bytes
    settings: SourceSettings = field(default_factory=SourceSettings)


Write = Callable[[Sequence[str], Sequence[Sequence[str]]], Written]


def delimited(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    delimiter: str = ";",
    line_end: str = "\r\n",
) -> str:
    """Write a table as the standard library does, with every cell in quotes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=line_end)
    writer.writerows([header, *rows])
    return out.getvalue()


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Written:
    return Written(delimited(header, rows).encode())


def _tabs(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Written:
    text = delimited(header, rows, delimiter="\t", line_end="\n")
    return Written(text.encode("utf-8-sig"))


def _backslashes(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Written:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=",", quotechar="'", quoting=csv.QUOTE_ALL, escapechar="\\",
        doublequote=False, lineterminator="\n",
    )  # fmt: skip
    writer.writerows([header, *rows])
    return Written(out.getvalue().encode(), SourceSettings(quote="'", escape="backslash"))


WRITERS: Mapping[str, Write] = {"csv": _csv, "tabs": _tabs, "backslashes": _backslashes}
