"""Looks for values in whatever a program left behind, in every writing they could have there."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
# Shorter ones are in thousands of files by chance.
SHORTEST_BYTES = 8
_GZIP_MAGIC = b"\x1f\x8b\x08"
_UNPACKED_BYTES_MAXIMUM = 64 * 1024 * 1024


def unaccented(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def spellings(text: str) -> set[str]:
    """Return a text as programs like to change it."""
    plain = unaccented(text)
    found = {text, plain, text.upper(), text.lower(), plain.upper(), plain.lower()}
    return found | {each.replace(" ", "") for each in found}


class Traces:
    """Every form of some values, none of which may be found.

    Args:
        values: each with what it is; texts, or bytes that are looked for as they are.
    """

    def __init__(self, values: Iterable[tuple[str, str | bytes]]) -> None:
        self.forms: dict[bytes, str] = {}
        for name, value in values:
            for raw in {value} if isinstance(value, bytes) else spellings(value):
                self.forms |= {f: name for f in _forms(raw) if len(f) >= SHORTEST_BYTES}
        self._by_beginning: defaultdict[bytes, list[bytes]] = defaultdict(list)
        for form in self.forms:
            self._by_beginning[form[:SHORTEST_BYTES]].append(form)

    def find(self, haystacks: Mapping[str, bytes]) -> list[tuple[str, str]]:
        """Return which value was found where, in the contents or in their names."""
        return [
            (name, where)
            for where, content in haystacks.items()
            for name in sorted(self._in(where.encode() + b"\n" + content))
        ]

    def _in(self, content: bytes) -> set[str]:
        found = set()
        for text in (content, content.lower(), *_unpacked(content)):
            for beginning in self._beginnings(text):
                forms = self._by_beginning[beginning]
                found |= {self.forms[form] for form in forms if form in text}
        return found

    def _beginnings(self, text: bytes) -> set[bytes]:
        """Return how forms begin that could be there: one look at each place, however many."""
        known = self._by_beginning.keys()
        last = len(text) - SHORTEST_BYTES
        return {b for i in range(last + 1) if (b := text[i : i + SHORTEST_BYTES]) in known}


def files_in(*folders: Path) -> dict[str, bytes]:
    """Return what every file below some folders holds, by its path."""
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def _forms(value: str | bytes) -> Iterator[bytes]:
    if isinstance(value, bytes):
        yield from _bytes_forms(value)
        return
    yield json.dumps(value)[1:-1].encode()
    yield quote(value).encode()
    yield quote_plus(value).encode()
    for encoding in ENCODINGS:
        # What an encoding has no character for cannot be written in it.
        yield from _bytes_forms(value.encode(encoding, errors="ignore"))


def _bytes_forms(raw: bytes) -> Iterator[bytes]:
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    yield from _base64_of(raw)
    for algorithm in HASHES:
        digest = hashlib.new(algorithm, raw).digest()
        yield digest
        yield digest.hex().encode()
        yield digest.hex().upper().encode()
        yield from _base64_of(digest)


def _base64_of(raw: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of bytes at each of its three alignments, without the edges."""
    for shift in range(3):
        core = base64.b64encode(bytes(shift) + raw)[4 if shift else 0 : -4]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what is in each gzip member, wherever it begins."""
    begin = content.find(_GZIP_MAGIC)
    while begin >= 0:
        try:
            unpacked = zlib.decompressobj(31).decompress(content[begin:], _UNPACKED_BYTES_MAXIMUM)
        except zlib.error:
            unpacked = b""  # three bytes that look like one
        if unpacked:
            yield unpacked
            yield unpacked.lower()
        begin = content.find(_GZIP_MAGIC, begin + 1)
