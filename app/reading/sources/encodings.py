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
from app.reading.sources.bytestream import CHUNK_BYTES, ByteSource, read_fully
from app.reading.sources.settings import AUTO, ONE_BYTE_ENCODINGS, UTF8

LINE_BYTES_MAXIMUM = 1024 * 1024
SAMPLE_BYTES = 256 * 1024
# Text that is padded has some zero bytes; a file of which an eighth are is no such text.
_NUL_SHARE = 8
_NUL_SAMPLE_BYTES = 4096
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
        end: bytes of the stream up to the end of this line, its line end included.
    """

    number: int
    text: str
    is_replaced: bool
    end: int


class TextStream:
    """A stream of bytes that are text: what its beginning tells, and its lines.

    Args:
        source: stands at its beginning; need not be seekable.
        encoding: one of `ENCODINGS`, but for UTF-16, which is made UTF-8 before.
        sample: the beginning of the stream, to find out from; the same however it arrives.
        encodings: each line is of the first of these that it can be.
        start: bytes before the first line: a byte order mark.
    """

    def __init__(self, source: ByteSource, encoding: str) -> None:
        self._source = source
        self.sample = read_fully(source, SAMPLE_BYTES)
        _check_is_text(self.sample)
        self.encodings = detect_encodings(self.sample) if encoding == AUTO else (encoding,)
        self.start = len(codecs.BOM_UTF8) if self.sample.startswith(codecs.BOM_UTF8) else 0
        # Files of old Macintoshes end their lines with a carriage return alone.
        is_macintosh = b"\r" in self.sample and b"\n" not in self.sample
        self._line_end = b"\r" if is_macintosh else b"\n"

    def sample_lines(self) -> Iterator[Line]:
        """Yield the lines that are whole in the sample; reads nothing."""
        *lines, rest = self.sample[self.start :].split(self._line_end)
        is_all = len(self.sample) < SAMPLE_BYTES
        return self._decoded([*lines, rest] if is_all and rest else lines, self.start, 0)

    def chunks(self, offset: int) -> Iterator[bytes]:
        """Yield the bytes from an offset on, once; what lies before it is read and passed over."""
        position, chunk = 0, self.sample
        while chunk:
            if position + len(chunk) > offset:
                yield chunk[max(offset - position, 0) :]
            position += len(chunk)
            chunk = self._source.read(CHUNK_BYTES)

    def lines(self, offset: int, number: int, maximum: int = LINE_BYTES_MAXIMUM) -> Iterator[Line]:
        """Yield the lines from an offset on, once, in bounded memory.

        Args:
            offset: where a line begins, in bytes.
            number: how many lines lie before it.
            maximum: how many bytes a line may have.
        """
        rest = b""
        for chunk in self.chunks(offset):
            *lines, rest = (rest + chunk).split(self._line_end)
            for line in self._decoded(lines, offset, number):
                offset, number = line.end, line.number
                yield line
            if len(rest) > maximum:
                raise InvalidSource(
                    f"line {number + 1:,} is longer than {maximum:,} bytes",
                    hint="is this the right format? it can be told in [source] of the mapping",
                )
        if rest:
            text, is_replaced = decode(rest, self.encodings)
            yield Line(number + 1, text.removesuffix("\r"), is_replaced, offset + len(rest))

    def _decoded(self, lines: Sequence[bytes], offset: int, number: int) -> Iterator[Line]:
        """Yield lines one by one: the text of one is not made before it is asked for."""
        first = self.encodings[0]
        for raw in lines:
            try:
                text, is_replaced = raw.decode(first), False
            except UnicodeDecodeError:
                text, is_replaced = decode(raw, self.encodings)
            offset += len(raw) + 1
            number += 1
            yield Line(number, text.removesuffix("\r"), is_replaced, offset)


def decode(raw: bytes, encodings: Sequence[str]) -> tuple[str, bool]:
    """Return the text of some bytes, and whether some of them had to be replaced by U+FFFD."""
    for encoding in encodings:
        try:
            return raw.decode(encoding), False
        except UnicodeDecodeError:
            continue
    return raw.decode(encodings[-1], errors="replace"), True


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
    return max(ONE_BYTE_ENCODINGS, key=lambda name: _french_score(sample, name))


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


def _check_is_text(sample: bytes) -> None:
    nuls = sample.count(0, 0, _NUL_SAMPLE_BYTES)
    is_utf16 = sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if is_utf16 or nuls * _NUL_SHARE > min(len(sample), _NUL_SAMPLE_BYTES):
        raise InvalidSource(
            "the source is not text in a one-byte encoding or UTF-8",
            hint='UTF-16 can be declared: encoding = "utf-16-le" in [source]; other files have to'
            " be converted to CSV first",
        )
