"""Evaluation keys on disk: a folder of small files that only their owner can read.

A name is a path of one to four plain segments, such as `demo/nir-dob/1`; what the segments stand
for is the caller's business. Keys are never in the database: a copy of the one is of no use
without the other.
"""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from app.crypto.keys import EvaluationKey
from app.encoding import from_base64url, to_base64url
from app.errors import InvalidKey, InvalidMessage, KeyExists, KeyMissing, KeyRingUnsafe

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_SEGMENTS_MAXIMUM = 4
_HEADER = "concerne evaluation key, version 1"
_OTHERS = 0o077


class KeyRing:
    """The keys below one folder, which is made, for its owner alone, with the first key.

    Args:
        folder: where the keys are; nothing else should be in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str) -> EvaluationKey:
        """Make a new random key and keep it; it is on disk when this returns.

        Raises:
            KeyExists: there is one of that name, which is left as it is.
            KeyRingUnsafe: others may enter the folder.
        """
        path = self._path(name)
        self._make_folders(path.parent)
        key = EvaluationKey.generate()
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write_durably(draft, _render(key))
            os.link(draft, path)
        except FileExistsError as exc:
            raise KeyExists(f"the key ring has a key named {name}") from exc
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(path.parent)
        return key

    def load(self, name: str) -> EvaluationKey:
        """Read a key.

        Raises:
            KeyMissing: there is none of that name.
            KeyRingUnsafe: its file, or its folder, is open to others.
            InvalidKey: the file is damaged.
        """
        path = self._path(name)
        try:
            _check_private(path.parent)
            _check_private(path)
            text = path.read_text(encoding="ascii", errors="replace")
        except FileNotFoundError as exc:
            raise KeyMissing(f"the key ring has no key named {name}") from exc
        return _parse(name, text)

    def erase(self, name: str) -> None:
        """Overwrite and remove a key; quietly done when there is none.

        Overwriting in place is the most a program can do; a copying file system or an SSD may
        keep the old block all the same, which is why the documented way is an encrypted volume.
        """
        path = self._path(name)
        try:
            size = path.stat().st_size
            with path.open("r+b") as file:
                file.write(b"\x00" * size)
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            _sync_folder(path.parent)
        except FileNotFoundError:
            return

    def names(self) -> list[str]:
        """Return the names of all keys, sorted."""
        found = (p for p in self._folder.glob("**/*") if p.is_file() and _SEGMENT.match(p.name))
        return sorted(p.relative_to(self._folder).as_posix() for p in found)

    def _path(self, name: str) -> Path:
        segments = name.split("/")
        if len(segments) > _SEGMENTS_MAXIMUM or not all(_SEGMENT.match(s) for s in segments):
            raise KeyMissing("a key's name is 1 to 4 segments of a–z, 0–9 and hyphens")
        return self._folder.joinpath(*segments)

    def _make_folders(self, folder: Path) -> None:
        folder.relative_to(self._folder)
        missing = [p for p in (folder, *folder.parents) if p.is_relative_to(self._folder)]
        for path in reversed(missing):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            _check_private(path)


def _render(key: EvaluationKey) -> str:
    return f"{_HEADER}\n{to_base64url(key.secret)}\n{to_base64url(key.public_key)}\n"


def _parse(name: str, text: str) -> EvaluationKey:
    """Read a key back; its public part is written beside it so that damage is noticed."""
    damaged = f"the file of the key {name} is damaged"
    header, secret, public, *rest = [*text.split("\n"), "", "", ""]
    if header != _HEADER or any(rest):
        raise InvalidKey(damaged)
    try:
        key = EvaluationKey(from_base64url(secret, name="secret key", length=32))
        stated = from_base64url(public, name="public key", length=32)
    except (InvalidKey, InvalidMessage) as exc:
        raise InvalidKey(damaged) from exc
    if stated != key.public_key:
        raise InvalidKey(damaged)
    return key


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check_private(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & _OTHERS:
        kind = "folder" if path.is_dir() else "file"
        raise KeyRingUnsafe(
            f"the key ring's {kind} {path.name} is open to others (mode {mode & 0o777:03o})",
            hint=f"chmod go-rwx {path}",
        )
