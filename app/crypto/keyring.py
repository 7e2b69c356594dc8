"""Evaluation keys on disk: a folder of small files that only their owner can read.

A name is a path of one to four plain segments, such as `demo/nir-dob/1`; what the segments stand
for is the caller's business. Keys are never in the database: a copy of the one is of no use
without the other.
"""

from __future__ import annotations

import re
from pathlib import Path

from app.crypto import privatefiles
from app.crypto.keys import EvaluationKey
from app.encoding import from_base64url, to_base64url
from app.errors import InvalidKey, InvalidMessage, KeyExists, KeyMissing

_SEGMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}\Z")
_SEGMENTS_MAXIMUM = 4
_HEADER = "concerne evaluation key, version 1"


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
        key = EvaluationKey.generate()
        try:
            privatefiles.create(path, _render(key), top=self._folder)
        except FileExistsError as exc:
            raise KeyExists(f"the key ring has a key named {name}") from exc
        return key

    def load(self, name: str) -> EvaluationKey:
        """Read a key.

        Raises:
            KeyMissing: there is none of that name.
            KeyRingUnsafe: its file, or its folder, is open to others.
            InvalidKey: the file is damaged.
        """
        try:
            text = privatefiles.read(self._path(name))
        except FileNotFoundError as exc:
            raise KeyMissing(f"the key ring has no key named {name}") from exc
        return _parse(name, text)

    def erase(self, name: str) -> None:
        """Overwrite and remove a key; quietly done when there is none."""
        privatefiles.erase(self._path(name))

    def names(self) -> list[str]:
        """Return the names of all keys, sorted."""
        found = (p for p in self._folder.glob("**/*") if p.is_file() and _SEGMENT.match(p.name))
        return sorted(p.relative_to(self._folder).as_posix() for p in found)

    def _path(self, name: str) -> Path:
        segments = name.split("/")
        if len(segments) > _SEGMENTS_MAXIMUM or not all(_SEGMENT.match(s) for s in segments):
            raise KeyMissing("a key's name is 1 to 4 segments of a–z, 0–9 and hyphens")
        return self._folder.joinpath(*segments)


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
