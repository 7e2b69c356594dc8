"""From a source's bytes to its physical lines of text, none lost and none changed in silence.

General detectors guess wrong on a few lines of French in an old encoding; what is known about
these files (French text, one of a handful of encodings) decides better.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.errors import InvalidSource
from app.ingest.source import ByteSource

AUTO = "auto"
UTF8 = "utf-8"
ENCODINGS = (AUTO, UTF8, "cp1252", "iso8859-15", "cp850", "mac_roman")

LINE_BYTES_MAXIMUM = 1024 * 1024
_SAMPLE_BYTES = 256 * 1024
_CHUNK_BYTES = 64 * 1024
_ONE_BYTE_ENCODINGS = ENCODINGS[2:]
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# How frequent letters and signs are in French, in three steps, and what any other counts.
_FRENCH_WEIGHTS = {
    **dict.fromkeys("äöÿæÄÖÙÛÜŸÆÇ«»°\u00a0", 1),
    **dict.fromkeys("âëîïôùûüœÀÂÈÊËÎÏÔŒ’€", 2),
    **dict.fromkeys("àèêçÉ", 4),
    "é": 8,
}
_NOT_FRENCH_WEIGHT = -3
_SMALL, _CAPITAL = "[a-zß-öø-ÿœ]", "[A-ZÀ-ÖØ-ÞŒŸ]"
# A capital inside a word of small letters, or the other way round, is some other letter.
_MIXED_CASES = re.compile(
    f"{_SMALL}(?=[À-ÖØ-ÞŒŸ])|{_CAPITAL}[À-ÖØ-ÞŒŸ](?={_SMALL})|{_CAPITAL}{_CAPITAL}(?=[ß-öø-ÿœ])"
)


@dataclass(slots=True)
class Line:
    """One physical line.

    Args:
        number: from 1, as an editor counts.
        text: without its line end.
        is_replaced: some bytes stood for no character and were replaced by U+FFFD.
    """

    number: int
    text: str
    is_replaced: bool


@dataclass(slots=True)
class LineReader:
    """Iterates over a source's physical lines in bounded memory.

    Args:
        source: opened for reading bytes; need not be seekable.
        encoding: one of `ENCODINGS`.
        bytes_yielded: how much of the source the lines so far made up, for a progress bar.
    """

    source: ByteSource
    encoding: str
    bytes_yielded: int = 0

    def __iter__(self) -> Iterator[Line]:
        sample = _read_fully(self.source, _SAMPLE_BYTES)
        _check_is_text(sample)
        if sample.startswith(codecs.BOM_UTF8):
            self.bytes_yielded += len(codecs.BOM_UTF8)
        is_auto = self.encoding == AUTO
        encodings = detect_encodings(sample) if is_auto else (self.encoding,)
        for number, raw in enumerate(self._raw_lines(sample), start=1):
            self.bytes_yielded += len(raw) + 1
            yield _decode(number, raw, encodings)

    def _raw_lines(self, sample: bytes) -> Iterator[bytes]:
        # Files of old Macintoshes end their lines with a carriage return alone.
        end = b"\r" if b"\r" in sample and b"\n" not in sample else b"\n"
        rest, chunk = b"", sample.removeprefix(codecs.BOM_UTF8)
        while chunk:
            *lines, rest = (rest + chunk).split(end)
            yield from lines
            if len(rest) > LINE_BYTES_MAXIMUM:
                raise InvalidSource(
                    f"a line of the source is longer than {LINE_BYTES_MAXIMUM:,} bytes",
                    hint="this is not delimited text",
                )
            chunk = self.source.read(_CHUNK_BYTES)
        if rest:
            yield rest


def detect_encodings(sample: bytes) -> tuple[str, ...]:
    """Guess the encodings of a file of French text: for each line, the first that it can be.

    One file can hold the lines of two programs, so that UTF-8 is followed by what the lines that
    cannot be UTF-8 are most likely in. Old French text is UTF-8 by accident only where it is of a
    Macintosh: its typographic apostrophe begins a character of UTF-8, as in L’ÉCOLE.
    """
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    others = [line for line in lines if not _is_utf8(line)]
    guessed = _most_french(b"".join(others))
    is_mostly_utf8 = 2 * len(others) <= len(lines)
    return (UTF8, guessed) if is_mostly_utf8 or guessed != "mac_roman" else (guessed,)


def _most_french(sample: bytes) -> str:
    return max(_ONE_BYTE_ENCODINGS, key=lambda name: _french_score(sample, name))


def _french_score(sample: bytes, encoding: str) -> int:
    """Weigh what is French in the text against what is not."""
    text = sample.decode(encoding, errors="replace")
    weights = (
        _FRENCH_WEIGHTS.get(letter, _NOT_FRENCH_WEIGHT) for letter in _NOT_ASCII.findall(text)
    )
    return sum(weights) + _NOT_FRENCH_WEIGHT * len(_MIXED_CASES.findall(text))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _read_fully(source: ByteSource, size: int) -> bytes:
    """Read up to `size` bytes from a source that may give fewer at a time, as a pipe does."""
    parts: list[bytes] = []
    while size > 0 and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _check_is_text(sample: bytes) -> None:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in sample[:4096]:
        raise InvalidSource(
            "the source is not text in a one-byte encoding or UTF-8",
            hint="UTF-16, archives and spreadsheets have to be converted to CSV first",
        )


def _decode(number: int, raw: bytes, encodings: Sequence[str]) -> Line:
    if raw.endswith(b"\r"):
        raw = raw[:-1]
    for encoding in encodings:
        try:
            return Line(number, raw.decode(encoding), is_replaced=False)
        except UnicodeDecodeError:
            continue
    return Line(number, raw.decode(encodings[-1], errors="replace"), is_replaced=True)
