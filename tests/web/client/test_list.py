"""The list in the browser: each row asks what the Python side asks, whatever its dirt."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from app.encoding import to_base64url
from app.identity.schemes import SCHEMES
from app.reading.mapping import parse_mapping
from app.reading.records import RecordReader, RowCounts
from app.reading.sources.opening import LeakSource
from app.reading.variants.redecoding import decoded_once
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from tests.web.client.test_client import run

# What the page takes for each column of a made-up leak.
ROLES = {
    "NUM_SECU": "nir",
    "DATE_NAISS": "birth_date",
    "NOM": "surname",
    "NOM_JF": "surname",
    "PRENOM": "given_name",
    "EMAIL": "email",
    "TEL_FIXE": "phone",
    "TEL_MOBILE": "phone",
}
Asked = dict[int, list[tuple[str, str]]]


def browser_rows(
    content: bytes, roles: list[str] | None, schemes: tuple[str, ...] = tuple(SCHEMES)
) -> dict[str, Any]:
    """Have a file read as the page reads it."""
    (read,) = each_browser_rows([content], roles, schemes)
    return read


def each_browser_rows(
    contents: Sequence[bytes], roles: list[str] | None, schemes: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Have several files read, one after the other."""
    asked = [
        {"content": base64.b64encode(content).decode(), "roles": roles, "schemes": schemes}
        for content in contents
    ]
    given = "".join(json.dumps(each) + "\n" for each in asked)
    return [json.loads(line) for line in run("--run", "rows", given=given).splitlines()]


def asked_of(read: dict[str, Any]) -> Asked:
    return {row["line"]: sorted(map(tuple, row["inputs"])) for row in read["rows"]}


def python_rows(content: bytes, text: str) -> tuple[Asked, dict[int, list[str]]]:
    """Return what each line asks by the Python side, and its cells."""
    mapping = parse_mapping(text)
    asked, cells = {}, {}
    with LeakSource(io.BytesIO(content), mapping.source).open() as table:
        reader = RecordReader(mapping, table.header)
        for row in table.rows():
            found = [(scheme, to_base64url(encoded)) for scheme, encoded in reader.inputs(row)]
            asked[row.line] = sorted(found)
            cells[row.line] = list(row.values or ())
    return asked, cells


@pytest.mark.slow
def test_every_row_of_a_dirty_file_asks_what_the_python_side_asks() -> None:
    """Slow: starts Node.js; 3,000 rows with all the dirt that a made-up leak has."""
    out = io.BytesIO()
    synthesise(rows=3000, seed=11, out=out, truth=io.BytesIO())
    content = out.getvalue()
    header = content.split(b"\r\n", 1)[0].decode("cp1252").split(";")
    read = browser_rows(content, [ROLES.get(name, "none") for name in header])
    assert read["formats"][:2] == ["%d/%m/%Y", "%Y%m%d"]
    mapping = MAPPING_TOML.replace('["%d/%m/%Y", "%Y%m%d"]', json.dumps(read["formats"]))
    browser, (python, _) = asked_of(read), python_rows(content, mapping)
    assert browser.keys() == python.keys()
    assert sum(map(len, python.values())) > 9000
    faults = {row["line"]: sorted(map(tuple, row["faults"])) for row in read["rows"]}
    refused = python_faults(content, mapping)
    for line, expected in python.items():
        assert browser[line] == expected, (line, faults[line])
        assert faults[line] == refused[line] or faults[line][0][0] == "row", line


def python_faults(content: bytes, text: str) -> dict[int, list[tuple[str, str]]]:
    """Return what of each line is refused by the Python side, as field and reason."""
    mapping, counts, faults = parse_mapping(text), RowCounts(), {}
    with LeakSource(io.BytesIO(content), mapping.source).open() as table:
        reader = RecordReader(mapping, table.header, counts=counts)
        for row in table.rows():
            counts.refused_values.clear()
            reader.inputs(row)
            told = (what.split(": ", 1) for what in counts.refused_values)
            faults[row.line] = sorted((field, reason) for field, reason in told)
    return faults


CONTACTS = """
[source]
delimiter = ";"
[fields]
nir = "NIR"
phone = "TEL"
email = "MAIL"
[dataset]
title = "list"
breach_date = 2021-02-23
schemes = ["nir", "email", "phone"]
"""
# What spreadsheets and people leave of a number; none of these is anybody's.
NUMBERS = (
    "1850556950048", "185055695004846", "1850556950048.0", "1,850556950048E+12",
    "1,85056E+12", "1.85055695E+14", "2E12", "1850560000000", "185056000000000",
    "1850560000000.0", "1,850560000000E+12", "1 85 05 60 000 000", "185 056 000 000 000",
    "185056950000000", "1 85 O5 56 950 048 46", "1 85 O5 56 950 048 47", "1850556950000",
    "185055600000085", "INCONNU", "0", "",
)  # fmt: skip


@pytest.mark.slow
def test_what_is_refused_of_a_cell_is_what_the_python_side_refuses() -> None:
    """Slow: starts Node.js. The same reasons too: by these a row is a no, or could not be asked."""
    contacts = [
        ("01 99 00 12 34", "a@x.example"),
        ("01 99 00 12 34 / NC", "a@x.example ou b"),
        ("199001234.0", "a b@x.example"),
        ("NC", "néant"),
    ]
    rows = [f"{nir};;" for nir in NUMBERS] + [f";{phone};{email}" for phone, email in contacts]
    content = "\r\n".join(["NIR;TEL;MAIL", *rows, ""]).encode()
    read = browser_rows(content, ["nir", "phone", "email"], ("nir", "email", "phone"))
    asked, cells = python_rows(content, CONTACTS)
    python = python_faults(content, CONTACTS)
    browser = {row["line"]: sorted(map(tuple, row["faults"])) for row in read["rows"]}
    for line, inputs in asked_of(read).items():
        assert (inputs, browser[line]) == (asked[line], python[line]), cells[line]
    rounded = sum(("nir", "rounded by a spreadsheet") in faults for faults in python.values())
    assert rounded == 9


def odd_files() -> dict[str, bytes]:
    """Return one list as a dozen programs and accidents leave it, by what happened."""
    people = [
        ["NIR", "TEL", "MAIL", "NOM"],
        ["185055695004846", "01 99 00 00 01", "p1@x.example", "LEFÈVRE"],
        ["1 85 05 56 950 048 46", "01 99 00 00 02", "p2@x.example", "O'Brien"],
        ["1850556950048", "01 99 00 00 03", "p3@x.example", 'A "B" C'],
        ["NC", "NC", "NC", "Œuf"],
    ]

    def written(delimiter: str = ";", end: str = "\r\n", quoting: Any = csv.QUOTE_MINIMAL) -> str:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
        writer.writerows(people)
        return out.getvalue()

    text = written()
    encodings = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "iso8859-15", "mac_roman")
    raw = text.encode()
    return {
        **{encoding: text.encode(encoding) for encoding in encodings},
        "utf-16, big end first": b"\xfe\xff" + text.encode("utf-16-be"),
        "cp850": text.encode("cp850", "replace"),
        "two encodings": raw + raw.split(b"\r\n", 1)[1].decode().encode("cp1252"),
        "bytes of no letter": raw.replace("Œ".encode(), b"\xff\xfe"),
        "a zero byte in a name": raw.replace(b"LEF", b"L\0F"),
        "a zero byte in a number": raw.replace(b"185055", b"1850\x0055", 1),
        "commas": written(",").encode(),
        "tabulators": written("\t").encode(),
        "bars": written("|").encode(),
        "all in quotes": written(quoting=csv.QUOTE_ALL).encode(),
        "a quote too many": raw.replace(b"p2@", b'"p2@'),
        "a quote that never ends": raw.replace(b"NC;NC;NC", b'NC;NC;"NC'),
        "a line break in a cell": raw.replace(b"O'Brien", b'"O\nBrien"'),
        "a line separator in a cell": raw.replace("LEFÈVRE".encode(), "LEF\u2028".encode()),
        "line feeds": written(end="\n").encode(),
        "carriage returns": written(end="\r").encode(),
        "both": raw.replace(b"\r\n", b"\n", 2),
        "no end of the last line": raw.rstrip(),
        "blank lines": raw.replace(b"\r\n", b"\r\n\r\n") + b"   \r\n;;;\r\n",
        "a line for the spreadsheet": b"sep=;\r\n" + raw,
        "the header twice": raw + raw,
        "spaces of other kinds": raw.replace(b"1 85 05", "1\u00a085\u202f05".encode()),
        "digits of full width": raw.replace(b"01 99", "０１ ９９".encode()),
        "a letter that is not seen": raw.replace(b"p1@", "\u200bp1@".encode()),
    }


@pytest.mark.slow
def test_whatever_wrote_a_list_each_row_asks_what_the_python_side_asks() -> None:
    """Slow: starts Node.js."""
    files, mapping = odd_files(), CONTACTS.replace('delimiter = ";"', "")
    reads = each_browser_rows(
        list(files.values()), ["nir", "phone", "email", "none"], ("nir", "email", "phone")
    )
    for (name, content), read in zip(files.items(), reads, strict=True):
        asked, _ = python_rows(content, mapping)
        faults = {row["line"]: sorted(map(tuple, row["faults"])) for row in read["rows"]}
        assert asked_of(read) == asked, name
        assert faults == python_faults(content, mapping), name
        assert sum(map(len, asked.values())) >= 7, name


@pytest.mark.slow
def test_text_that_was_decoded_twice_asks_what_the_python_side_asks() -> None:
    """Slow: starts Node.js. Each name as each old encoding would have shown its UTF-8."""
    names = ["Élodie", "Lefèvre", "L’Helgouac’h", "Noël", "Zoé-Maël", "Œuvrard", "Çelik", "Ÿ-Île"]
    damaged = {
        name.encode().decode(encoding)
        for name in names
        for encoding in ("latin-1", "cp1252", "iso8859-15", "mac_roman", "cp850")
        if encoding != "cp1252"
        or all(byte not in name.encode() for byte in b"\x81\x8d\x8f\x90\x9d")
    }
    assert sum(bool(decoded_once(name)) for name in damaged) > 20
    rows = [
        f"{name};{name};12/05/1985;{name}@x.example" for name in sorted(damaged) if ";" not in name
    ]
    content = "\r\n".join(["NOM;PRENOM;DATE_NAISS;EMAIL", *rows, ""]).encode()
    schemes = ("name-dob", "email")
    read = browser_rows(content, ["surname", "given_name", "birth_date", "email"], schemes)
    mapping = """
[source]
encoding = "utf-8"
[fields]
surname = "NOM"
given_name = "PRENOM"
birth_date = { columns = ["DATE_NAISS"], formats = ["%d/%m/%Y"] }
email = "EMAIL"
[dataset]
title = "list"
breach_date = 2021-02-23
schemes = ["name-dob", "email"]
"""
    asked, cells = python_rows(content, mapping)
    for line, inputs in asked_of(read).items():
        assert inputs == asked[line], ascii(cells[line])


@pytest.mark.slow
def test_the_columns_of_a_made_up_leak_are_suggested() -> None:
    """Slow: starts Node.js."""
    out = io.BytesIO()
    synthesise(rows=400, seed=12, out=out, truth=io.BytesIO())
    read = browser_rows(out.getvalue(), None)
    suggested = dict(zip(read["header"], read["roles"], strict=True))
    assert {name: suggested[name] for name in ROLES} == ROLES
    assert suggested["LABO"] == suggested["DATE_EXAM"] == "none"


@pytest.mark.slow
def test_a_workbook_of_another_library_is_read(tmp_path: Path) -> None:
    """Slow: starts Node.js. Numbers as text and as numbers, days as days, in two systems."""
    for is_1904 in (False, True):
        path = tmp_path / f"{is_1904}.xlsx"
        with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as book:
            sheet = book.add_worksheet("Patients")
            day = book.add_format({"num_format": "dd/mm/yyyy"})
            sheet.write_row(0, 0, ["NUM_SECU", "DATE_NAISS", "NOM", "TEL"])
            sheet.write_row(1, 0, ["185055695004846", None, "LEFÈVRE", "01 99 00 12 34"])
            sheet.write_datetime(1, 1, datetime(1985, 5, 12), day)  # noqa: DTZ001 a day has no zone
            sheet.write_row(2, 0, [185055695004846, "12/05/1985", "=1+1", 199001234])
            sheet.write_row(3, 0, ["1,85058E+12", date(1985, 5, 12).isoformat()])
        read = browser_rows(path.read_bytes(), ["nir", "birth_date", "surname", "phone"])
        first, second, third = read["rows"]
        assert [scheme for scheme, _ in first["inputs"]] == ["nir-dob", "nir", "phone"]
        assert second["inputs"] == first["inputs"]
        assert third["inputs"] == []
        assert third["faults"] == [["nir", "rounded by a spreadsheet"]]


LIBREOFFICE = Path(__file__).parent / "lists/libreoffice.xlsx"


@pytest.mark.slow
def test_a_workbook_that_libreoffice_wrote_asks_what_the_python_side_asks() -> None:
    """Slow: starts Node.js."""
    content = LIBREOFFICE.read_bytes()
    read = browser_rows(content, ["nir", "birth_date", "surname"], ("nir-dob", "nir"))
    mapping = MAPPING_TOML.split("[fields]")[0].replace('encoding = "cp1252"\ndelimiter = ";"', "")
    mapping += """
[fields]
nir = "NUM_SECU"
birth_date = { columns = ["DATE_NAISS"], formats = ["%d/%m/%Y", "%Y-%m-%d"] }
[dataset]
title = "list"
breach_date = 2021-02-23
schemes = ["nir-dob", "nir"]
"""
    asked, _ = python_rows(content, mapping)
    assert list(asked_of(read).values()) == list(asked.values())
    schemes = [[scheme for scheme, _ in row["inputs"]] for row in read["rows"]]
    assert schemes == [["nir-dob", "nir"]] * 3 + [[]]
    assert len({inputs[0] for inputs in asked.values() if inputs}) == 1
    assert read["rows"][3]["faults"] == [["nir", "rounded by a spreadsheet"]]


def test_its_formats_are_the_same() -> None:
    """Read from the source: a format that only one side knows is a row that only one side asks."""
    from app.reading.suggestion.recognition import DATE_FORMATS

    source = Path(__file__).parents[3] / "app/web/client/reading/dates.ts"
    text = source.read_text(encoding="utf-8")
    (listed,) = re.findall(r"DATE_FORMATS = \[(.*?)\]", text, re.DOTALL)
    assert tuple(re.findall(r"'([^']+)'", listed)) == DATE_FORMATS
