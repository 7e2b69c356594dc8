"""A ledger on the disk: JSON lines, only ever added to, each one synced before anybody acts on it.

Not a database, because what must survive is a sequence of facts, and what a lawyer or a regulator
must be able to read without this program is a text. What was appended together is one line, so
that all of it is there or nothing. A line that a power cut tore is the last one and lacks its end:
nobody had acted on it, since `append` had not returned, so it is cut off. A line in the middle that
cannot be read is damage, and refused. One process at a time holds the file.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from app import durable
from app.errors import LedgerRefused
from app.storage.disk import disk_errors, write_synced

LEDGER_NAME = "ledger.jsonl"
KEY_NAME = "ledger.key"
_KEY_BYTES = 32
_OTHERS = 0o077


class FileJournal:
    """Implements `notify.ports.Journal`.

    Args:
        file: open to read and to add, locked, whole lines in it.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """Yield what was appended, the first first."""
        self._file.seek(0)
        for number, line in enumerate(self._file, start=1):
            try:
                told = json.loads(line)
            except ValueError:
                told = None
            entries = told if isinstance(told, list) and told else [told]
            if not all(isinstance(entry, dict) for entry in entries):
                raise LedgerRefused(
                    f"line {number:,} of {LEDGER_NAME} is damaged",
                    hint="take it back from a copy: nobody is told while it is not known who was",
                )
            yield from entries

    def append(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add entries, all or none of them, and return when they are on the disk."""
        if not entries:
            return
        told = entries[0] if len(entries) == 1 else list(entries)
        with disk_errors(LEDGER_NAME):
            self._file.seek(0, os.SEEK_END)
            self._file.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())


@contextmanager
def open_journal(
    folder: Path, *, is_new_allowed: bool = True
) -> Iterator[tuple[FileJournal, bytes]]:
    """Open the ledger in a folder, and hold it: the journal, and the key of its digests.

    Args:
        folder: made if need be.
        is_new_allowed: whether to begin one where there is none.

    Raises:
        LedgerRefused: another process holds it; or it is not there any more, but what was written
            by it is; or others than its owner can read its key.
        Unavailable: the disk failed.
    """
    ledger, key = folder / LEDGER_NAME, folder / KEY_NAME
    if not ledger.exists():
        if not is_new_allowed:
            raise LedgerRefused(f"there is no {LEDGER_NAME} in {folder}")
        if folder.is_dir() and any(folder.glob("letters/*.pdf")):
            raise LedgerRefused(
                f"{folder} has letters, but no {LEDGER_NAME} that says whose",
                hint="take it back from a copy, or name another folder to write to everybody anew",
            )
    with disk_errors(str(folder)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = _key(key, is_new=not ledger.exists())
        descriptor = os.open(ledger, os.O_RDWR | os.O_CREAT, 0o600)
        durable.sync_folder(folder)
    with os.fdopen(descriptor, "r+b") as file:
        _hold(descriptor)
        _cut_torn_line(file)
        yield FileJournal(file), secret


def _hold(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LedgerRefused(
            "another run holds the ledger", hint="wait until it ends, or stop it"
        ) from None


def _cut_torn_line(file: BinaryIO) -> None:
    content = file.read()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with disk_errors(LEDGER_NAME):
            file.truncate(whole)
            os.fsync(file.fileno())


def _key(path: Path, *, is_new: bool) -> bytes:
    """Return the key, which is on the disk before the first digest is."""
    if is_new and not path.exists():
        write_synced(path, secrets.token_bytes(_KEY_BYTES))
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if len(content) != _KEY_BYTES:
        raise LedgerRefused(
            f"{KEY_NAME} is missing or damaged, so that nobody in the ledger can be recognised",
            hint="take it back from a copy",
        )
    if path.stat().st_mode & _OTHERS:
        raise LedgerRefused(f"others than its owner can read {KEY_NAME}", hint=f"chmod 600 {path}")
    return content
