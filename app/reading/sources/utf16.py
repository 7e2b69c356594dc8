"""UTF-16 as UTF-8, so that everything after it knows one way in which characters are bytes."""

from __future__ import annotations

import codecs

from app.reading.sources.bytestream import ByteSource

BYTE_ORDER_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
# What is no character in UTF-8 either, so that its line is marked as one that needed a repair.
_NO_CHARACTER = b"\xff"


class Utf16Source:
    """The content of a stream of UTF-16, as UTF-8.

    Half of a pair of surrogates, and the odd byte of a file that was cut, become bytes that are
    no UTF-8: whoever reads lines tells them as replaced, as it does in any other encoding.
    """

    def __init__(self, source: ByteSource, encoding: str) -> None:
        self._source = source
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._odd = b""
        self._rest = b""

    def read(self, size: int, /) -> bytes:
        """Read up to `size` bytes of UTF-8."""
        while not self._rest:
            chunk = self._source.read(size)
            if not chunk:
                self._rest = self._end()
                break
            data = self._odd + chunk
            even = len(data) // 2 * 2
            self._odd = data[even:]
            self._rest = self._encoded(data[:even], is_final=False)
        out, self._rest = self._rest[:size], self._rest[size:]
        return out

    def _end(self) -> bytes:
        last, self._odd = self._odd and _NO_CHARACTER, b""
        return self._encoded(b"", is_final=True) + last

    def _encoded(self, data: bytes, *, is_final: bool) -> bytes:
        return self._decoder.decode(data, is_final).encode("utf-8", "surrogatepass")
