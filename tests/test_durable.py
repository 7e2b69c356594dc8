"""Files that are there whole or not at all, and their names with them."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app import durable

Write = Callable[[Path, bytes], None]
WAYS = pytest.mark.parametrize("write", [durable.create, durable.replace])


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@WAYS
def test_a_file_is_its_owners_alone_and_nothing_is_beside_it(write: Write, tmp_path: Path) -> None:
    path = tmp_path / "key"
    write(path, b"\x00one")
    assert path.read_bytes() == b"\x00one"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["key"]


@WAYS
def test_its_bytes_are_on_the_disk_before_its_name_is_and_its_name_when_it_returns(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    synced: list[tuple[bool, bool]] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), path.exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    write(path, b"one")
    assert synced == [(False, False), (True, True)]


def test_a_new_file_takes_the_place_of_no_other(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"first")
    with pytest.raises(FileExistsError):
        durable.create(path, b"second")
    assert path.read_bytes() == b"first"
    assert names_in(tmp_path) == ["key"]


def test_of_many_that_make_the_same_file_at_once_one_is_the_first(tmp_path: Path) -> None:
    path = tmp_path / "key"
    start, made = threading.Barrier(8), []

    def make(number: int) -> None:
        content = bytes([number]) * 10_000
        start.wait()
        try:
            durable.create(path, content)
        except FileExistsError:
            return
        made.append(content)

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [path.read_bytes()]
    assert names_in(tmp_path) == ["key"]


@WAYS
def test_a_disk_that_fails_leaves_what_was_there(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {"key": b"first"} if write is durable.replace else {}
    for name, content in before.items():
        (tmp_path / name).write_bytes(content)

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "key", b"second")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("is_link", [False, True])
def test_what_was_left_beside_it_is_neither_written_to_nor_kept(
    tmp_path: Path, is_link: bool
) -> None:
    """By a run that was killed, or by somebody who wants to read what comes, or to lead it off."""
    folder, elsewhere = tmp_path / "folder", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.write_bytes(b"a longer content than the next")
    elsewhere.chmod(0o644)
    left = folder / ".key.part"
    if is_link:
        left.symlink_to(elsewhere)
    else:
        shutil.copy(elsewhere, left)
    durable.replace(folder / "key", b"short")
    assert names_in(folder) == ["key"]
    assert (folder / "key").read_bytes() == b"short"
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert elsewhere.read_bytes() == b"a longer content than the next"


@pytest.mark.parametrize(
    ("number", "is_refused"),
    [(errno.EINVAL, False), (errno.ENOTSUP, False), (errno.EIO, True), (errno.ENOSPC, True)],
)
def test_only_what_a_file_system_does_not_have_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_refused: bool
) -> None:
    """A folder on a network share cannot be synced; one on a disk that fails is another matter."""

    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if is_refused:
        with pytest.raises(OSError, match=os.strerror(number)):
            durable.sync_folder(tmp_path)
    else:
        durable.sync_folder(tmp_path)
