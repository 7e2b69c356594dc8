"""A finished work list is read as it was written, or refused with line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
import xlsxwriter

from app.errors import InvalidWorkList
from app.worklist.columns import ADDED, RESULT, Outcome
from app.worklist.reading import WorkListRow, open_work_list

# Given by a spreadsheet that keeps numbers as text; in no message.
CANARY = "185055695004846"
HEADER = ("NOM", "TEL", *ADDED)
ROWS = (
    ("Martin", "'+33199001234", "exposed", "", "nir-dob, nir", "post, phone"),
    ("'t Hooft", "", "not exposed", "", "", ""),
    ("'=1+1", CANARY, "could not be checked", "nir: key", "", "e-mail"),
)


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ";") -> io.BytesIO:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return io.BytesIO(("\ufeff" + out.getvalue()).encode())


def as_xlsx(rows: Sequence[Sequence[str]]) -> io.BytesIO:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, content in (("Summary", [("rows", "3")]), ("List", rows)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(content):
                sheet.write_row(number, 0, row)
    return io.BytesIO(out.getvalue())


def rows_of(stream: io.BytesIO, sheet: str | None = None) -> list[WorkListRow]:
    with open_work_list(stream, sheet) as work_list:
        return list(work_list.rows())


def refusal(stream: io.BytesIO) -> str:
    with pytest.raises(InvalidWorkList) as caught:
        rows_of(stream)
    return f"{caught.value.message} | {caught.value.hint}"


@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_csv_list_is_read_whole(delimiter: str) -> None:
    found = rows_of(as_csv([HEADER, *ROWS], delimiter))
    assert [row.outcome for row in found] == list(Outcome)
    assert [row.line for row in found] == [2, 3, 4]
    assert found[0].schemes == ("nir-dob", "nir")
    assert found[2].reason == "nir: key"


def test_a_guard_against_formulas_is_taken_off_and_an_apostrophe_is_kept() -> None:
    cells = [row.cells for row in rows_of(as_csv([HEADER, *ROWS]))]
    assert cells == [("Martin", "+33199001234"), ("'t Hooft", ""), ("=1+1", CANARY)]


@pytest.mark.parametrize(
    ("written", "value"),
    [("'=x", "=x"), ("''=x", "'=x"), ("'\tx", "\tx"), ("'＝x", "＝x"), ("''x", "''x"), ("'", "'")],
)
def test_exactly_one_apostrophe_is_taken_away(written: str, value: str) -> None:
    listed = as_csv([HEADER, (written, "", "exposed", "", "", "")])
    assert rows_of(listed)[0].cells[0] == value


def test_a_workbook_is_read_like_the_csv() -> None:
    assert rows_of(as_xlsx([HEADER, *ROWS]), "List") == rows_of(as_csv([HEADER, *ROWS]))


def test_the_sheet_that_is_no_list_is_refused() -> None:
    assert "has no column concerne_result" in refusal(as_xlsx([HEADER, *ROWS]))


def test_columns_may_stand_anywhere() -> None:
    turned = [tuple(reversed(row)) for row in (HEADER, *ROWS)]
    with open_work_list(as_csv(turned)) as work_list:
        assert work_list.header == ("TEL", "NOM")
        assert next(work_list.rows()).cells == ("+33199001234", "Martin")


def test_the_digest_is_of_the_file() -> None:
    with open_work_list(as_csv([HEADER, *ROWS])) as work_list:
        assert len(list(work_list.rows())) == 3
        digest = work_list.sha256
    with open_work_list(as_csv([HEADER, *ROWS[:2]])) as shorter:
        assert len(list(shorter.rows())) == 2
        assert shorter.sha256 != digest


@pytest.mark.parametrize("missing", ADDED)
def test_a_column_that_was_edited_away_is_named(missing: str) -> None:
    left = [position for position, name in enumerate(HEADER) if name != missing]
    said = refusal(as_csv([[row[position] for position in left] for row in (HEADER, *ROWS)]))
    assert f"has no column {missing}" in said
    assert "'NOM'" in said


def test_a_column_that_is_there_twice_is_named() -> None:
    assert f"has 2 columns {RESULT}" in refusal(as_csv([(*HEADER, RESULT)]))


def test_a_list_that_was_never_checked_is_refused_without_its_first_row() -> None:
    said = refusal(as_csv([("Martin", CANARY), ("Durand", "x")]))
    assert "Martin" not in said
    assert CANARY not in said


@pytest.mark.parametrize("outcome", ["", "Exposed", "oui", CANARY])
def test_an_unknown_outcome_is_told_by_its_line_alone(outcome: str) -> None:
    said = refusal(as_csv([HEADER, ROWS[0], ("x", "y", outcome, "", "", "")]))
    assert "line 3 has in concerne_result" in said
    assert CANARY not in said


def test_a_row_of_another_width_is_told_by_its_line() -> None:
    assert "line 3 has not as many columns" in refusal(as_csv([HEADER, ROWS[0], ("x", "y")]))


def test_a_file_of_another_kind_is_refused() -> None:
    assert "neither CSV nor XLSX" in refusal(io.BytesIO(b'{"concerne_result": "exposed"}\n' * 3))


def test_nothing_of_a_person_is_shown_when_a_row_is_printed() -> None:
    assert CANARY not in repr(rows_of(as_csv([HEADER, *ROWS])))
