"""A row becomes the identifiers that it gives, and what it does not give is counted."""

from __future__ import annotations

from app.identity.schemes import scheme_input, scheme_named
from app.ingest.mapping import parse_mapping
from app.ingest.records import LINES_KEPT_MAXIMUM, NOTHING_USABLE, RecordReader
from app.ingest.sources.rows import RAGGED, Row

MAPPING = """\
[fields]
birth_date = { columns = ["NE"], formats = ["%d/%m/%Y", "%Y%m%d"] }
surname = ["NOM", "NOM_JF"]
given_name = "PRENOM"
phone = ["FIXE", "MOBILE"]
email = "COURRIEL"

[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["name-dob", "phone"]
"""
HEADER = ["NE", "NOM", "NOM_JF", "PRENOM", "FIXE", "MOBILE", "COURRIEL"]


def reader() -> RecordReader:
    return RecordReader(parse_mapping(MAPPING), HEADER)


def row(*cells: str, line: int = 2) -> Row:
    return Row(line, [*cells, *[""] * (len(HEADER) - len(cells))])


def encoded(scheme: str, *values: str) -> tuple[str, bytes]:
    return scheme, scheme_input(scheme_named(scheme), values)


def test_several_columns_give_an_identifier_each_in_every_combination() -> None:
    """A maiden name and a name, a landline and a mobile: each finds the person."""
    records = reader()
    found = records.inputs(
        row("01/02/1985", "Le Goff", "MARTIN", "Anne, Marie", "01 99 00 00 01", "+33639980001")
    )
    assert found == [
        encoded("name-dob", "LEGOFF", "ANNE", "1985-02-01"),
        encoded("name-dob", "MARTIN", "ANNE", "1985-02-01"),
        encoded("phone", "+33199000001"),
        encoded("phone", "+262639980001"),
    ]
    assert records.counts.scheme_rows == {"name-dob": 1, "phone": 1}


def test_the_same_value_in_two_columns_is_one_identifier() -> None:
    found = reader().inputs(row("19850201", "MARTIN", "martin", "Anne"))
    assert found == [encoded("name-dob", "MARTIN", "ANNE", "1985-02-01")]


def test_a_row_gives_what_it_has() -> None:
    """A missing birth date takes the name away, not the number."""
    records = reader()
    assert records.inputs(row("", "MARTIN", "", "Anne", "", "06 39 98 00 01")) == [
        encoded("phone", "+262639980001")
    ]
    assert records.counts.scheme_rows["name-dob"] == 0


def test_refused_values_are_counted_by_field_and_reason() -> None:
    """Never with the value; and a field that no chosen scheme needs is not looked at."""
    records = reader()
    records.inputs(row("31/02/1985", "M4RTIN", "DUPONT", "Anne", "NC", "06 39 98 00 01", "no mail"))
    records.inputs(row("1985", "MARTIN", "", "Anne", "NC", "", "no mail"))
    assert records.counts.refused_values == {
        "birth_date: calendar": 1,
        "birth_date: format": 1,
        "surname: characters": 1,
        "phone: format": 2,
    }
    assert "M4RTIN" not in repr(records.counts)
    assert "no mail" not in repr(records.counts)


def test_every_row_is_used_or_rejected_with_its_reason_and_line() -> None:
    records = reader()
    records.inputs(row("", "", "", "", "01 99 00 00 01", line=2))
    records.inputs(Row(3, None, RAGGED))
    records.inputs(row("", "MARTIN", line=4))
    records.inputs(row(line=5))
    counts = records.counts
    assert counts.rows == counts.used + counts.rejected == 4
    assert counts.rejects == {RAGGED: 1, NOTHING_USABLE: 2}
    assert counts.reject_lines == {RAGGED: [3], NOTHING_USABLE: [4, 5]}


def test_the_lines_kept_are_bounded_and_the_counts_are_not() -> None:
    records = reader()
    for line in range(3 * LINES_KEPT_MAXIMUM):
        records.inputs(Row(line, None, RAGGED))
    assert records.counts.rejects[RAGGED] == 3 * LINES_KEPT_MAXIMUM
    assert len(records.counts.reject_lines[RAGGED]) == LINES_KEPT_MAXIMUM
