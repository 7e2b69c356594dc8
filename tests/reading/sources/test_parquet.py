"""Columns of Parquet become text, only those that are looked for, from any row on."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from app.errors import InvalidSource
from app.reading.sources import archives
from app.reading.sources.cells import NO_TEXT
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings


def parquet(columns: dict[str, Any], **options: Any) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out, **options)
    return out.getvalue()


def rows_of(content: bytes, *wanted: str) -> list[list[str]]:
    source = LeakSource(io.BytesIO(content), SourceSettings(), wanted=wanted)
    with source.open() as table:
        return [list(row.values or ()) for row in table.rows()]


def test_values_are_written_as_a_person_would() -> None:
    content = parquet(
        {
            "nir": pyarrow.array([185055695004846, None], pyarrow.int64()),
            "as float": [185055695004846.0, 1.5],
            "as decimal": [Decimal("185055695004846"), Decimal("1")],
            "born": [date(1985, 5, 12), None],
            "at": [
                datetime.fromisoformat("1985-05-12"),
                datetime.fromisoformat("1985-05-12T10:30"),
            ],
            "raw": pyarrow.array(["Réglé".encode(), b"\xff"], pyarrow.binary()),
            "dictionary": pyarrow.array(["a", "b"]).dictionary_encode(),
            "yes": [True, False],
            "list": [["a"], []],
        }
    )
    nir = "185055695004846"
    assert rows_of(content) == [
        [nir, nir, nir, "1985-05-12", "1985-05-12", "Réglé", "a", "true", NO_TEXT],
        ["", "1.5", "1", "", "1985-05-12 10:30:00", "\ufffd", "b", "false", NO_TEXT],
    ]


def test_columns_inside_structures_are_named_with_a_dot() -> None:
    content = parquet({"patient": [{"nir": "1", "tel": {"fixe": "2"}}, None], "x": ["3", "4"]})
    source = LeakSource(io.BytesIO(content), SourceSettings(), wanted=["patient.tel.fixe"])
    with source.open() as table:
        assert list(table.header) == ["patient.nir", "patient.tel.fixe", "x"]
        assert [list(row.values or ()) for row in table.rows()] == [["", "2", ""], ["", "", ""]]


def test_what_is_not_looked_for_is_not_read() -> None:
    """A column that cannot even be read does not matter then."""
    content = bytearray(
        parquet(
            {"tel": ["0199000001"] * 99, "comment": [f"text {n}" for n in range(99)]},
            use_dictionary=False,
            compression=None,
            write_page_checksum=True,
        )
    )
    content[content.index(b"text 50")] ^= 1
    assert rows_of(bytes(content), "tel")[0] == ["0199000001", ""]
    with pytest.raises(InvalidSource, match="damaged"):
        rows_of(bytes(content), "tel", "comment")


@pytest.mark.parametrize("group", [7, 1000, 3000])
def test_one_can_go_on_from_any_row(group: int) -> None:
    """Inside a group of rows, at its end, and behind the last."""
    content = parquet({"n": [str(n) for n in range(3000)]}, row_group_size=group)
    places = (1, 6, 7, 8, 999, 1000, 1001, 1024, 2047, 2999, 3000)
    with LeakSource(io.BytesIO(content), SourceSettings()).open() as table:
        positions = {row.line: table.position() for row in table.rows() if row.line in places}
    for place, position in positions.items():
        with LeakSource(io.BytesIO(content), SourceSettings()).open(position) as rest:
            found = [list(row.values or ()) for row in rest.rows()]
            assert found == [[str(n)] for n in range(place, 3000)]
            assert rest.counts.total == 3000


def test_a_file_on_the_disk_is_read_from_there_and_digested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a limit for what is kept in memory that is shorter than the file."""
    content = parquet({"n": [str(n) for n in range(3000)]})
    path = tmp_path / "leak.parquet"
    path.write_bytes(content)
    monkeypatch.setattr(archives, "MEMORY_BYTES_MAXIMUM", 1000)
    with path.open("rb") as stream, LeakSource(stream, SourceSettings()).open() as table:
        assert len(list(table.rows())) == 3000
        assert table.size_bytes == len(content)
    with pytest.raises(InvalidSource, match="longer than 1,000 bytes"):
        rows_of(content)


def test_what_is_no_parquet_file_is_refused() -> None:
    with pytest.raises(InvalidSource, match="Parquet file is damaged"):
        rows_of(b"PAR1" + bytes(100) + b"PAR1")
