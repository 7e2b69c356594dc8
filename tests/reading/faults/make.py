"""Writes the fault files again: `python -m tests.reading.faults.make`. All of it is made up.

The files are kept, as what a reader meets are bytes, and the libraries that wrote them change.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow
import pyarrow.parquet
import xlsxwriter

from tests.reading.sources.sqlwriters import copied, inserted_mysql

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FOLDER = Path(__file__).parent
PACKS: Mapping[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}
HEADER = ("NOM", "COMMENTAIRE", "TEL")


def person(number: int) -> tuple[str, str, str]:
    """Return a row; no two have the same telephone number."""
    return (f"MARTIN{number}", f"Réglé n° {number}", f"01990000{number:02}")


def line(number: int) -> str:
    return ";".join(person(number))


def lines(*texts: str) -> str:
    return "\n".join([";".join(HEADER), *texts]) + "\n"


def clean(count: int) -> str:
    return lines(*map(line, range(count)))


def text_files() -> Iterable[tuple[str, bytes]]:
    """Faults of delimited text."""
    yield (
        "ragged-rows.csv",
        lines(line(0), "MARTIN1;0199000001", line(2), line(3) + ";", line(4)).encode(),
    )
    quoted = [f'MARTIN{n};"one\n\ntwo;\nthree";01990000{n:02}' for n in range(3)]
    yield "embedded-newlines.csv", lines(*quoted, line(3)).encode()
    yield "unquoted-newlines.csv", lines(line(0), "MARTIN1;one\ntwo;0199000001", line(2)).encode()
    stray = [
        'MARTIN1;"Réglé;0199000001',
        'MARTIN2;12" ou 13";0199000002',
        'MARTIN3;Réglé";0199000003',
    ]
    yield "stray-quotes.csv", lines(line(0), *stray, line(4)).encode()
    many = [line(n) for n in range(60)]
    many[20] = 'MARTIN20;"Réglé;0199000020'
    yield "unclosed-quote.csv", lines(*many).encode()
    nuls = ["MARTIN1\0\0;\0;0199000001\0\0", "MAR\0TIN2;x;0199000002", "MARTIN3;x;01990\0\0003"]
    yield "nul-bytes.csv", lines(line(0), *nuls).encode()
    mixed = [line(n).encode("utf-8" if n % 2 else "cp1252") for n in range(6)]
    yield "mixed-encodings.csv", b"\n".join([";".join(HEADER).encode(), *mixed])
    yield "bytes-of-no-character.csv", lines(line(0), "MARTIN\x811;x;0199000001").encode("latin-1")
    yield "repeated-header.csv", (clean(2) + lines(line(2), line(3))).encode()
    other = "TEL;NOM;COMMENTAIRE\n0199000002;MARTIN2;x\n"
    yield "header-in-another-order.csv", (clean(2) + other).encode()
    yield "truncated-last-line.csv", clean(4).encode()[:-18]
    yield "truncated-last-value.csv", clean(4).encode()[:-4]
    yield "blank-lines.csv", clean(4).replace("\n", "\n\n \n").encode()
    yield "carriage-returns.csv", clean(4).replace("\n", "\r").encode("mac_roman")
    yield "delimiter-line.csv", ("sep=,\n" + clean(3).replace(";", ",")).encode()
    yield "no-header.csv", clean(4).partition("\n")[2].encode()
    yield "header-only.csv", clean(0).encode()
    yield "empty.csv", b""
    wide = ("\ufeff" + clean(4)).encode("utf-16-le")
    yield "utf-16-odd-length.csv", wide[:-1]
    half = clean(3).replace("MARTIN1", "MARTIN\ud83d1")
    yield "utf-16-half-a-pair.csv", ("\ufeff" + half).encode("utf-16-be", "surrogatepass")
    yield "utf-16-without-mark.csv", clean(4).encode("utf-16-le")


def packed_files() -> Iterable[tuple[str, bytes]]:
    """Faults of what stands around it."""
    text = clean(50).encode()
    for ending, pack in (
        ("gz", gzip.compress),
        ("bz2", bz2.compress),
        ("xz", lzma.compress),
        ("zst", zstd.compress),
    ):
        packed = pack(text)
        yield f"truncated.csv.{ending}", packed[: len(packed) * 2 // 3]
        yield f"garbage-after.csv.{ending}", packed + b"and something else"
    damaged = bytearray(gzip.compress(text))
    damaged[-6] ^= 1
    yield "damaged.csv.gz", bytes(damaged)
    whole = zipped({"leak.csv": text})
    yield "truncated.csv.zip", whole[:-30]
    # One byte of the content, stored as it is, so that only the check sum tells.
    stored = zipped({"leak.csv": text}, zipfile.ZIP_STORED)
    yield "damaged.csv.zip", stored.replace(b"MARTIN7;", b"MARTIN8;")
    flagged = bytearray(whole)
    flagged[6] |= 1
    flagged[whole.index(b"PK\x01\x02") + 8] |= 1
    yield "encrypted.csv.zip", bytes(flagged)
    yield "two-members.zip", zipped({"a.csv": text, "b.csv": text})
    yield "archive.csv.tar", b"leak.csv".ljust(257, b"\0") + b"ustar".ljust(255, b"\0") + text
    yield "archive.csv.7z", b"7z\xbc\xaf\x27\x1c\0\4" + bytes(64)
    yield "old-spreadsheet.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


def json_files() -> Iterable[tuple[str, bytes]]:
    """Faults of newline-delimited JSON."""
    good = [json.dumps(dict(zip(HEADER, person(n), strict=True))) for n in range(6)]
    good[1] = '["MARTIN1", "x", "0199000001"]'
    good[2] = '{"TEL": "0199000002", "TEL": "0199000003"}'
    good[4] = '{"TEL": NaN}'
    yield "no-objects.ndjson", ("\n".join(good) + '\n{"TEL": "0199').encode()
    people = [dict(zip(HEADER, person(n), strict=True)) for n in range(3)]
    yield "list.json", json.dumps(people).encode()
    named = "".join(json.dumps({"NOM": f"MARTIN{n}"}) + "\n" for n in range(3))
    yield "column-in-no-line.ndjson", named.encode()
    number = '{"TEL": 33199000000}\n{"TEL": "0199000001"}\n{"TEL": {"fixe": "0199000002"}}\n'
    yield "values-of-other-kinds.ndjson", number.encode()


def sql_files() -> Iterable[tuple[str, bytes]]:
    """Faults of dumps."""
    people = [person(n) for n in range(6)]
    postgresql = copied(HEADER, people).content
    mysql = inserted_mysql(HEADER, people).content
    yield "cut-in-a-row.postgresql.sql", postgresql[: postgresql.index(b"0199000004") + 4]
    yield "cut-in-a-row.mysql.sql", mysql[: mysql.index(b"0199000004") + 4]
    yield "cut-between-statements.mysql.sql", mysql[: mysql.index(b"INSERT INTO `other`")]
    ragged = postgresql.replace(b"\t0199000002\n", b"\n").replace(
        b"0199000004\n", b"0199000004\t\n"
    )
    yield "ragged-rows.postgresql.sql", ragged
    yield "ragged-rows.mysql.sql", mysql.replace(b",'0199000002')", b")")
    yield "two-tables.mysql.sql", mysql
    insert = "INSERT INTO patients (NOM, TEL) VALUES ('MARTIN', '0199000001');\n"
    yield "of-no-known-database.sql", insert.encode()
    one_table = re.sub(rb"INSERT INTO `other`.*\n", b"", mysql)
    yield "unclosed-quote.mysql.sql", one_table.replace(b"2','0199000002'", b"2,'0199000002'")


def table_files() -> Iterable[tuple[str, bytes]]:
    """Faults of workbooks and of Parquet files."""
    whole = workbook()
    yield "truncated.xlsx", whole[:-100]
    damaged = bytearray(whole)
    damaged[len(whole) // 3] ^= 0xFF
    yield "damaged.xlsx", bytes(damaged)
    yield "cell-at-XFD1048576.xlsx", workbook(far=(1048575, 16383))
    yield "cell-below-the-table.xlsx", workbook(far=(5000, 1))
    columns = [pyarrow.array(column) for column in zip(*map(person, range(50)), strict=True)]
    out = io.BytesIO()
    table = pyarrow.Table.from_arrays(columns, names=HEADER)
    pyarrow.parquet.write_table(table, out, write_page_checksum=True, compression="zstd")
    yield "truncated.parquet", out.getvalue()[:-20]
    corrupted = bytearray(out.getvalue())
    place = corrupted.rindex(b"\x28\xb5\x2f\xfd") + 20
    corrupted[place] ^= 0xFF
    yield "corrupted.parquet", bytes(corrupted)


def workbook(far: tuple[int, int] | None = None) -> bytes:
    """Return a workbook of numbers kept as numbers and as text, and perhaps one cell far away."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for number in range(20):
            name, comment, phone = person(number)
            sheet.write_row(number + 1, 0, [name, comment])
            if number % 2:
                sheet.write_number(number + 1, 2, int(phone))
            else:
                sheet.write_string(number + 1, 2, phone)
        if far:
            sheet.write_string(*far, "x")
    return out.getvalue()


def main() -> None:
    """Write them all."""
    for made in (text_files(), packed_files(), json_files(), sql_files(), table_files()):
        for name, content in made:
            (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
