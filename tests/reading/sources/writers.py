"""Made-up tables, written in every format that can be read, by the libraries that people use."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyarrow
import pyarrow.parquet
import pyrage
import xlsxwriter

from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from tests.reading.sources.sqlwriters import copied, inserted_mysql, inserted_postgresql

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HEADER = ("NOM", "COMMENTAIRE", "TEL")
# What files have in them: signs of the formats themselves, line ends, letters of several scripts.
ROWS: tuple[tuple[str, ...], ...] = (
    ("LE GOFF", "", "0199000001"),
    ("Dupré-Noël", "said \"no\"; twice, then 'yes'", "01 99 00 00 02"),
    ("O'BRIEN", "first line\nsecond line", ""),
    ("Le Bras", "a\\b \\N {c} [d] (e), f | g\th -- i; /* j */", "+33199000003"),
    ("Œuvre", "NULL", "0199000004"),
    ("Ÿ", "  spaces around  ", "0"),
)
IDENTITY = pyrage.x25519.Identity.generate()


@dataclass(frozen=True)
class Written:
    """A source's bytes, and what a mapping has to say about them."""

    content: bytes
    settings: SourceSettings = field(default_factory=SourceSettings)

    def source(self) -> LeakSource:
        return LeakSource(io.BytesIO(self.content), self.settings, [IDENTITY])


Table = Sequence[Sequence[str]]
Write = Callable[[Sequence[str], Table], Written]


def delimited(header: Sequence[str], rows: Table, **form: str) -> str:
    """Write a table as the standard library does, with every cell in quotes.

    Here and below, a header that is empty is not written.
    """
    out = io.StringIO(newline="")
    form = {"delimiter": ";", "lineterminator": "\r\n"} | form
    csv.writer(out, quoting=csv.QUOTE_ALL, **form).writerows([*_named(header), *rows])  # type: ignore[arg-type]  # it takes any of its options
    return out.getvalue()


def _named(header: Sequence[str]) -> Table:
    return [header] if header else []


def _csv(header: Sequence[str], rows: Table) -> Written:
    return Written(delimited(header, rows).encode())


def _tabs(header: Sequence[str], rows: Table) -> Written:
    text = delimited(header, rows, delimiter="\t", lineterminator="\n")
    return Written(text.encode("utf-8-sig"))


def _pipes(header: Sequence[str], rows: Table) -> Written:
    return Written(delimited(header, rows, delimiter="|").encode())


def _backslashes(header: Sequence[str], rows: Table) -> Written:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out, delimiter=",", quotechar="'", quoting=csv.QUOTE_ALL, escapechar="\\",
        doublequote=False, lineterminator="\n",
    )  # fmt: skip
    writer.writerows([*_named(header), *rows])
    return Written(out.getvalue().encode(), SourceSettings(quote="'", escape="backslash"))


def _encoded(encoding: str, *, is_declared: bool) -> Write:
    def write(header: Sequence[str], rows: Table) -> Written:
        settings = SourceSettings(encoding=encoding) if is_declared else SourceSettings()
        mark = "" if is_declared else "\ufeff"
        return Written((mark + delimited(header, rows)).encode(encoding), settings)

    return write


def _json_lines(header: Sequence[str], rows: Table) -> Written:
    lines = [json.dumps(dict(zip(header, row, strict=True))) for row in rows]
    return Written("\n".join(lines).encode(), SourceSettings(format="ndjson"))


def _workbook(header: Sequence[str], rows: Table) -> Written:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Patients")
        for number, row in enumerate([*_named(header), *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
        book.add_worksheet("Empty")
    return Written(out.getvalue())


def _parquet(header: Sequence[str], rows: Table) -> Written:
    columns = [
        pyarrow.array([row[i] for row in rows], pyarrow.string()) for i in range(len(header))
    ]
    out = io.BytesIO()
    table = pyarrow.Table.from_arrays(columns, names=list(header))
    pyarrow.parquet.write_table(table, out, row_group_size=4)
    return Written(out.getvalue())


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("leak/", b"")
        archive.writestr("leak/leak.csv", content)
        archive.writestr("__MACOSX/leak/._leak.csv", b"of the system")
    return out.getvalue()


def aged(content: bytes) -> bytes:
    return pyrage.encrypt(content, [IDENTITY.to_public()])  # type: ignore[no-any-return]  # it has no types


def _armoured(content: bytes) -> bytes:
    return pyrage.encrypt(content, [IDENTITY.to_public()], armored=True)  # type: ignore[no-any-return]  # it has no types


def _in_two(content: bytes) -> bytes:
    half = len(content) // 2
    return gzip.compress(content[:half]) + gzip.compress(content[half:]) + bytes(10)


def _packed(write: Write, *packs: Callable[[bytes], bytes]) -> Write:
    def write_packed(header: Sequence[str], rows: Table) -> Written:
        written = write(header, rows)
        for pack in packs:
            written = replace(written, content=pack(written.content))
        return written

    return write_packed


def _headless(write: Write) -> Write:
    """Write a table without the names of its columns."""

    def write_headless(_: Sequence[str], rows: Table) -> Written:
        written = write((), rows)
        return replace(written, settings=replace(written.settings, has_header=False))

    return write_headless


WRITERS: Mapping[str, Write] = {
    "csv": _csv,
    "tabs": _tabs,
    "pipes": _pipes,
    "backslashes": _backslashes,
    "utf-16-le": _encoded("utf-16-le", is_declared=False),
    "utf-16-be declared": _encoded("utf-16-be", is_declared=True),
    "ndjson": _json_lines,
    "xlsx": _workbook,
    "parquet": _parquet,
    "postgresql copy": copied,
    "postgresql insert": inserted_postgresql,
    "mysql": inserted_mysql,
    "csv.gz": _packed(_csv, gzip.compress),
    "csv.gz of two": _packed(_csv, _in_two),
    "csv.bz2": _packed(_csv, bz2.compress),
    "csv.xz": _packed(_csv, lzma.compress),
    "csv.zst": _packed(_csv, zstd.compress),
    "csv.zip": _packed(_csv, zipped),
    "csv.age": _packed(_csv, aged),
    "csv.age in armour": _packed(_csv, _armoured),
    "sql.xz.age": _packed(inserted_mysql, lzma.compress, aged),
    "utf-16.zip.age": _packed(_encoded("utf-16-le", is_declared=False), zipped, aged),
    "xlsx.age": _packed(_workbook, aged),
    "parquet.gz": _packed(_parquet, gzip.compress),
    "ndjson.zst": _packed(_json_lines, zstd.compress),
}

NAMING_WRITERS = (
    "ndjson", "parquet", "postgresql copy", "postgresql insert", "mysql", "sql.xz.age",
    "parquet.gz", "ndjson.zst",
)  # fmt: skip
# Of the formats that can do without the names of columns.
HEADLESS_WRITERS: Mapping[str, Write] = {
    f"{name} without names": _headless(write)
    for name, write in WRITERS.items()
    if name not in NAMING_WRITERS
}
