"""A ledger outlives a kill and a power cut, and is refused when it cannot be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import LedgerRefused
from app.storage.journal import KEY_NAME, LEDGER_NAME, open_journal

ENTRIES = [{"step": "written", "n": n} for n in range(3)]


def written(folder: Path) -> bytes:
    """Write the entries, one by one, and return the key."""
    with open_journal(folder) as (journal, key):
        for entry in ENTRIES:
            journal.append([entry])
    return key


def read(folder: Path) -> list[object]:
    with open_journal(folder) as (journal, _):
        return list(journal.entries())


def test_what_was_appended_is_read_again_with_the_same_key(tmp_path: Path) -> None:
    key = written(tmp_path)
    assert read(tmp_path) == ENTRIES
    with open_journal(tmp_path) as (journal, again):
        assert again == key
        journal.append([{"é": "’"}])
    assert read(tmp_path) == [*ENTRIES, {"é": "’"}]


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    written(tmp_path)
    for name in (LEDGER_NAME, KEY_NAME):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("torn", [1, 5, 20])
def test_a_line_that_a_power_cut_tore_is_cut_off(tmp_path: Path, torn: int) -> None:
    written(tmp_path)
    path = tmp_path / LEDGER_NAME
    path.write_bytes(path.read_bytes()[:-torn])
    assert read(tmp_path) == ENTRIES[:2]
    with open_journal(tmp_path) as (journal, _):
        journal.append([{"n": 9}])
    assert read(tmp_path) == [*ENTRIES[:2], {"n": 9}]


def test_what_was_appended_together_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """Letters in one file for a print house: some of them recorded would be the others twice."""
    written(tmp_path)
    with open_journal(tmp_path) as (journal, _):
        journal.append(ENTRIES)
        journal.append([])
    assert read(tmp_path) == ENTRIES * 2
    path = tmp_path / LEDGER_NAME
    path.write_bytes(path.read_bytes()[:-4])
    assert read(tmp_path) == ENTRIES


@pytest.mark.parametrize("damage", [b'{"step": "wri\n', b"\x00\xff\n", b"[]\n", b"[1]\n", b"\n"])
def test_damage_in_the_middle_is_refused_with_its_line(tmp_path: Path, damage: bytes) -> None:
    written(tmp_path)
    path = tmp_path / LEDGER_NAME
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + damage + b"".join(lines[1:]))
    with pytest.raises(LedgerRefused, match=r"line 2 of ledger\.jsonl is damaged"):
        read(tmp_path)


def test_two_runs_at_once_never_write_to_the_same_people(tmp_path: Path) -> None:
    with open_journal(tmp_path), pytest.raises(LedgerRefused, match="another run holds"):
        read(tmp_path)
    assert read(tmp_path) == []


def test_letters_without_a_ledger_are_not_written_again(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "letter-000001.pdf").write_bytes(b"%PDF")
    with pytest.raises(LedgerRefused, match="has letters, but no"):
        read(tmp_path)


def test_a_ledger_is_of_no_use_without_its_key(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / KEY_NAME).unlink()
    with pytest.raises(LedgerRefused, match="is missing or damaged"):
        read(tmp_path)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / KEY_NAME).chmod(0o640)
    with pytest.raises(LedgerRefused, match="can read"):
        read(tmp_path)


def test_none_is_begun_where_one_must_be(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerRefused, match="there is no"),
        open_journal(tmp_path, is_new_allowed=False),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
