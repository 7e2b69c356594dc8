"""What stands around a source is found by its first bytes and taken off, in any order."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from app.errors import ConcerneError, InvalidMapping, InvalidSource
from app.reading.sources import archives
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from tests.ingest.examples import ShortReads, phones

CONTENT = phones(50)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def rows_in(content: bytes, **settings: Any) -> int:
    source = LeakSource(ShortReads(content, 100), SourceSettings(**settings))
    with source.open() as table:
        rows = sum(row.values is not None for row in table.rows())
        assert table.size_bytes == len(content)
        assert table.sha256 == hashlib.sha256(content).digest()
    return rows


def refusal(content: bytes, **settings: Any) -> str:
    with pytest.raises(ConcerneError) as caught:
        rows_in(content, **settings)
    return f"{caught.value.message} | {caught.value.hint}"


def test_layers_may_lie_in_any_order() -> None:
    assert rows_in(gzip.compress(zipped({"a.csv.gz": gzip.compress(CONTENT)}))) == 50
    assert rows_in(zipped({"a.zip": zipped({"a.csv": CONTENT})})) == 50


def test_layers_without_end_are_refused() -> None:
    packed = CONTENT
    for _ in range(9):
        packed = gzip.compress(packed)
    assert "more than 8 layers" in refusal(packed)


def test_a_member_is_chosen_by_its_name() -> None:
    archive = zipped({"leak/a.csv": CONTENT, "b.csv": phones(3), "__MACOSX/b.csv": b"x"})
    assert rows_in(archive, member="leak/a.csv") == 50
    assert rows_in(archive, member="b.csv") == 3
    assert "no member of the name" in refusal(archive, member="c.csv")


def test_a_member_whose_name_was_damaged_is_read() -> None:
    """The first zero byte ends it."""
    archive = zipped({"leak.csv": CONTENT}).replace(b"leak.csv", b"\0eak.csv")
    assert rows_in(archive) == 50


def test_names_of_members_are_not_shown() -> None:
    """A leak has files that are named for people."""
    told = refusal(zipped({"martin-claire.csv": CONTENT, "b.csv": CONTENT}))
    assert "2 members" in told
    assert "martin" not in told


def test_a_member_of_what_is_no_archive_is_a_mistake() -> None:
    with pytest.raises(InvalidMapping, match="no archive"):
        rows_in(CONTENT, member="a.csv")


def test_an_archive_without_a_file_is_refused() -> None:
    assert "0 members" in refusal(zipped({}))


def test_an_archive_on_the_disk_is_read_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes through a pipe is kept in memory, and only so much of it."""
    archive = zipped({"a.csv": CONTENT})
    (tmp_path / "leak.zip").write_bytes(archive)
    monkeypatch.setattr(archives, "MEMORY_BYTES_MAXIMUM", 100)
    path = tmp_path / "leak.zip"
    with path.open("rb") as stream, LeakSource(stream, SourceSettings()).open() as table:
        assert len(list(table.rows())) == 50
        assert table.sha256 == hashlib.sha256(archive).digest()
    assert "longer than 100 bytes" in refusal(archive)
    assert "longer than 100 bytes" in refusal(gzip.compress(archive))


def test_a_format_can_be_declared() -> None:
    assert rows_in(b"{A}\n1\n", format="delimited") == 1
    assert rows_in(b"SET a = 1;TEL\n1;2\n", format="delimited") == 1
    with pytest.raises(InvalidSource, match="damaged"):
        rows_in(CONTENT, format="xlsx")
    with pytest.raises(InvalidSource, match="damaged"):
        rows_in(CONTENT, format="parquet")


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"PGDMP\x01\x0e", "pg_restore"),
        (b"-----BEGIN PGP MESSAGE-----\n", "gpg --decrypt"),
        (b"SQLite format 3\x00", "SQLite"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_not_read_is_named_with_a_way_out(head: bytes, told: str) -> None:
    assert told in refusal(head + bytes(100))
    assert told in refusal(gzip.compress(head + bytes(100)))
