"""A file is written over and removed, the right one, or it is told what was not done."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import ErasureFailed, InvalidInput
from app.plaintext.erasure import ErasableFile

CONTENT = b"0199000001;temoin\n" * 200_000
SHA256 = hashlib.sha256(CONTENT).digest()
SHARED_MEMORY = Path("/dev/shm")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    path = tmp_path / "folder" / "leak.csv"
    path.write_bytes(CONTENT)
    return path


@contextmanager
def watched(path: Path) -> Iterator[Callable[[], bytes]]:
    """Yield what tells the content of a file, whatever its name is by then, or if it has none."""
    with path.open("rb") as stream:
        yield lambda: os.pread(stream.fileno(), len(CONTENT) * 2, 0)


def failure(source: Path, file: ErasableFile, sha256: bytes = SHA256) -> str:
    """Return what is told of an erasure that fails."""
    with pytest.raises(ErasureFailed) as caught:
        file.erase(sha256)
    assert caught.value.message.startswith("the source was not erased, and may still be there: ")
    assert "published" in caught.value.hint
    return caught.value.message.partition(": ")[2]


def test_nothing_is_left_of_the_file(source: Path) -> None:
    with watched(source) as content:
        file = ErasableFile.check(source)
        assert content() == CONTENT
        file.erase(SHA256)
        assert content() == b""
    assert list(source.parent.iterdir()) == []


def test_it_is_written_over_before_it_is_cut(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With bytes that do not compress, all of them, and on the disk by then."""
    seen: list[str | bytes] = []
    truncate, sync = os.ftruncate, os.fsync

    def synced(descriptor: int) -> None:
        sync(descriptor)
        seen.append("synced")

    def truncated(descriptor: int, size: int) -> None:
        seen.append(os.pread(descriptor, len(CONTENT) * 2, 0))
        truncate(descriptor, size)

    monkeypatch.setattr(os, "ftruncate", truncated)
    monkeypatch.setattr(os, "fsync", synced)
    ErasableFile.check(source).erase(SHA256)
    first, overwritten, *rest = seen
    assert (first, rest) == ("synced", ["synced", "synced"])
    assert isinstance(overwritten, bytes)
    assert len(overwritten) == len(CONTENT)
    assert len(zlib.compress(overwritten)) > len(CONTENT)
    for start in range(0, len(CONTENT) - 16, 50_000):
        assert overwritten[start : start + 16] not in CONTENT


def test_its_name_goes_before_the_file_does(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    removed: list[str] = []
    unlink = os.unlink

    def unlinked(name: str, *, dir_fd: int) -> None:
        removed.append(name)
        unlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "unlink", unlinked)
    ErasableFile.check(source).erase(SHA256)
    assert len(removed) == 1
    assert source.name not in removed


def test_a_file_in_memory_and_an_empty_one_are_erased_too(tmp_path: Path) -> None:
    places = [tmp_path, *([SHARED_MEMORY] if SHARED_MEMORY.is_dir() else [])]
    for number, content in enumerate((CONTENT, b"")):
        for place in places:
            path = place / f"concerne-test-{os.getpid()}-{number}"
            path.write_bytes(content)
            ErasableFile.check(path).erase(hashlib.sha256(content).digest())
            assert not path.exists()


def test_a_path_without_a_folder_is_one(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(source.parent)
    ErasableFile.check(Path("leak.csv")).erase(SHA256)
    assert not source.exists()


@pytest.mark.parametrize("kind", ["none", "folder", "link", "pipe", "names"])
def test_what_cannot_be_erased_is_told_before_anything_is_done(source: Path, kind: str) -> None:
    path = source.with_name(kind)
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(source)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "names":
        path.hardlink_to(source)
    with pytest.raises(InvalidInput, match="could not be erased") as caught:
        ErasableFile.check(path)
    expected = {
        "none": "No such file",
        "folder": "no regular file",
        "link": "symbolic link; give the path that it leads to",
        "pipe": "no regular file",
        "names": r"2 names \(hard links\)",
    }
    assert caught.match(expected[kind])
    assert source.read_bytes() == CONTENT


def test_a_file_or_folder_that_may_not_be_changed_is_told(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is root may change everything, so the system is made to say no."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InvalidInput, match="folder cannot be written to"):
        ErasableFile.check(source)

    def refused(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(source))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(InvalidInput, match="Permission denied") as caught:
        ErasableFile.check(source)
    assert str(source) not in caught.value.message


def test_a_file_that_is_not_what_was_read_is_left_as_it_is(source: Path) -> None:
    file = ErasableFile.check(source)
    changed = b"x" + CONTENT
    with source.open("r+b") as stream:
        stream.write(changed)
    told = "it is not what was read any more; nothing of it was written over"
    assert failure(source, file) == told
    assert source.read_bytes() == changed


def test_another_file_of_that_name_is_left_as_it_is(source: Path) -> None:
    """Even if it holds the same: what was read is elsewhere then."""
    file = ErasableFile.check(source)
    moved = source.rename(source.with_name("moved"))
    source.write_bytes(CONTENT)
    assert failure(source, file).startswith("another file has its name now; nothing")
    assert source.read_bytes() == moved.read_bytes() == CONTENT
    source.unlink()
    assert failure(source, file) == "it cannot be opened: No such file or directory"
    source.symlink_to(moved)
    assert "symbolic links" in failure(source, file)
    assert moved.read_bytes() == CONTENT


def test_a_name_that_was_added_meanwhile_is_found(source: Path) -> None:
    file = ErasableFile.check(source)
    other = source.with_name("other")
    other.hardlink_to(source)
    assert "2 names" in failure(source, file)
    assert other.read_bytes() == CONTENT


def test_a_file_that_grows_meanwhile_is_not_taken_for_erased(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ErasableFile.check(source)
    draw = os.urandom

    def grown(count: int) -> bytes:
        with source.open("ab") as stream:
            stream.write(b"temoin")
        return draw(count)

    monkeypatch.setattr(os, "urandom", grown)
    assert failure(source, file).startswith("it grew meanwhile; ")
    assert source.read_bytes().endswith(b"temoin")


def test_a_disk_that_fails_in_the_middle_is_told_with_how_far_it_was(source: Path) -> None:
    file = ErasableFile.check(source)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20 + 5, before[1]))
    try:
        told = failure(source, file)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert told == "File too large; 1,048,581 of its 3,600,000 bytes were written over"
    left = source.read_bytes()
    assert left[2**20 + 5 :] == CONTENT[2**20 + 5 :]
    assert len(left) == len(CONTENT)


def test_an_interruption_is_told_with_how_far_it_was(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = ErasableFile.check(source)

    def interrupted(_: int) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "urandom", interrupted)
    assert failure(source, file) == "interrupted; nothing of it was written over"


@pytest.mark.parametrize(
    ("call", "told"),
    [("rename", "but its name is still there"), ("unlink", "but it is still there, empty, as ")],
)
def test_a_name_that_cannot_be_removed_is_told(
    source: Path, monkeypatch: pytest.MonkeyPatch, call: str, told: str
) -> None:
    file = ErasableFile.check(source)

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, call, refused)
    message = failure(source, file)
    assert message.startswith(f"Operation not permitted; all of it was written over, {told}")
    (left,) = source.parent.iterdir()
    assert left.read_bytes() == b""


def test_a_folder_that_cannot_be_waited_for_is_told_unless_there_is_nothing_to_wait_for(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = os.fsync

    def failing(number: int) -> Callable[[int], None]:
        def synced(descriptor: int) -> None:
            if not source.exists():
                raise OSError(number, os.strerror(number))
            sync(descriptor)

        return synced

    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    ErasableFile.check(source).erase(SHA256)
    source.write_bytes(CONTENT)
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    assert "may not be on the disk yet" in failure(source, ErasableFile.check(source))
