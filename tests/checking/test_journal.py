"""The sealed file: whatever a crash leaves of it, what was written before is read, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.checking.journal import Journal
from app.errors import InvalidInput, RunDiffers, Unavailable

SECRET = bytes(32)
RECORDS = [b"first", b"", b"third" * 1000]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state"
    with Journal(path, SECRET) as journal:
        for record in RECORDS:
            journal.append(record)
    return path


def records(path: Path) -> list[bytes]:
    with Journal(path, SECRET) as journal:
        return [record for _, record in journal.records()]


def test_what_was_written_is_read(path: Path) -> None:
    assert records(path) == RECORDS
    assert b"third" not in path.read_bytes()


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_torn_end_is_cut_off_and_gone_on_with(path: Path, cut: int) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: -cut * 7])
    assert records(path) == RECORDS[:2]
    with Journal(path, SECRET) as journal:
        journal.append(b"other")
    assert records(path) == [*RECORDS[:2], b"other"]


@pytest.mark.parametrize(
    "end", [b"\x00", b"\x00" * 4096, b"\xff" * 50, b"\x00\x00\x00\x30" + b"x" * 48]
)
def test_what_a_power_cut_leaves_behind_the_end_is_cut_off(path: Path, end: bytes) -> None:
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + end)
    assert records(path) == RECORDS
    assert path.stat().st_size == size


def test_a_file_killed_in_its_first_bytes_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "state"
    whole = tmp_path / "whole"
    with Journal(whole, SECRET):
        beginning = whole.read_bytes()
    for size in range(len(beginning) + 1):
        path.write_bytes(beginning[:size])
        assert records(path) == []


def test_a_damaged_record_is_never_read_nor_what_follows_it(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[24 + 4 + 45 + 4 + 10] ^= 1
    path.write_bytes(content)
    assert records(path) == RECORDS[:1]


def test_records_cannot_change_places(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with Journal(path, SECRET) as journal:
        places = [journal.append(record) for record in (b"one", b"two", b"six")]
    content = path.read_bytes()
    first, second, third = (content[p.offset : p.offset + 4 + p.length] for p in places)
    head = content[: places[0].offset]
    path.write_bytes(head + first + third + second)
    assert records(path) == [b"one"]
    path.write_bytes(head + first + first)
    assert records(path) == [b"one"]


def test_another_secret_opens_nothing_and_changes_nothing(path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(RunDiffers, match="does not open"):
        Journal(path, b"x" * 32)
    assert path.read_bytes() == content


def test_a_file_of_another_kind_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"a laboratory's own file of that name")
    with pytest.raises(RunDiffers, match="no state"):
        Journal(path, SECRET)
    assert path.read_bytes() == b"a laboratory's own file of that name"


def test_two_runs_never_share_one(path: Path) -> None:
    with Journal(path, SECRET), pytest.raises(InvalidInput, match="another run"):
        Journal(path, SECRET)


def test_a_full_disk_is_told_and_costs_nothing_that_was_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Journal(path, SECRET) as journal:
        monkeypatch.setattr("os.fdatasync", full)
        with pytest.raises(Unavailable, match="No space"):
            journal.append(b"more")
        monkeypatch.undo()
        journal.append(b"again")
    assert records(path) == [*RECORDS, b"again"]


def test_it_is_for_its_owner_alone(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_gone_when_it_is_removed(path: Path) -> None:
    with Journal(path, SECRET) as journal:
        journal.remove()
    assert not path.exists()
