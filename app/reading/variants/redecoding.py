"""Text that was decoded twice: UTF-8 that some program took for an old encoding.

Ã‰lÃ©onore was Éléonore: its two bytes for É were read as two characters. The way back is exact,
or it is not taken: every character must be a byte in one old encoding, all bytes together must be
UTF-8, and what comes out must be letters and signs of names.
"""

from __future__ import annotations

import re
from typing import Final

# In these, the bytes of UTF-8 show as Ã‰, as Ã with an invisible character, as √â and as ├ë.
_OLD_ENCODINGS: Final = ("cp1252", "iso8859-15", "mac_roman", "cp850")
# A character of UTF-8 that is no ASCII has two bytes at least, and none of them is ASCII.
_TWO_BYTES: Final = re.compile(r"[^\x00-\x7f]{2}")
# Letters of Latin-1 and Latin Extended-A, and what stands between names.
_OF_NAMES: Final = re.compile(r"[\x20-\x7eÀ-ÖØ-öø-ſ’‘–—\u00a0]+")


def decoded_once(text: str) -> tuple[str, ...]:
    """Undo the second decoding, if there is exactly one way to.

    What is French by itself is never taken for something else: none of its letters is followed by
    what would make a character of names (É’ would be a letter of phonetics).
    """
    if text.isascii() or not _TWO_BYTES.search(text):
        return ()
    repaired = {again for name in _OLD_ENCODINGS if (again := _undone(text, name))}
    return tuple(repaired) if len(repaired) == 1 else ()


def _undone(text: str, encoding: str) -> str:
    """Return what the text was, or nothing where it cannot have been read in this encoding."""
    try:
        raw = b"".join(_byte_of(character, encoding) for character in text)
        again = raw.decode("utf-8")
    except UnicodeError:
        return ""
    return again if _OF_NAMES.fullmatch(again) else ""


def _byte_of(character: str, encoding: str) -> bytes:
    """Return the byte that a character was.

    Windows-1252 has no sign for five bytes, for which programs put the control characters of
    Latin-1; Í is C3 8D.
    """
    if encoding == "cp1252" and "\x80" <= character <= "\x9f":
        return character.encode("latin-1")
    return character.encode(encoding)
