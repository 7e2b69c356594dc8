"""An age file is decrypted as it is read, with the right key, whole or not at all."""

from __future__ import annotations

import io
import threading
import time

import pyrage
import pytest

from app.errors import InvalidIdentity, InvalidSource
from app.reading.sources.bytestream import read_fully
from app.reading.sources.encrypted import DecryptedSource, parse_identities
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from tests.ingest.examples import FailsAfter, phones

IDENTITY = pyrage.x25519.Identity.generate()
CONTENT = phones(10_000) * 5


def encrypted(content: bytes = CONTENT) -> bytes:
    packed: bytes = pyrage.encrypt(content, [IDENTITY.to_public()])
    return packed


def decrypted(source: io.BytesIO, *identities: object) -> bytes:
    stream = DecryptedSource(source, identities or [IDENTITY])
    try:
        return read_fully(stream, len(CONTENT) + 1)
    finally:
        stream.close()


def test_content_comes_out_as_it_went_in() -> None:
    assert decrypted(io.BytesIO(encrypted())) == CONTENT
    assert decrypted(io.BytesIO(encrypted(b""))) == b""


def test_any_of_several_identities_may_fit() -> None:
    other = pyrage.x25519.Identity.generate()
    assert decrypted(io.BytesIO(encrypted()), other, IDENTITY) == CONTENT


def test_the_end_stays_the_end() -> None:
    stream = DecryptedSource(io.BytesIO(encrypted(b"x")), [IDENTITY])
    assert [stream.read(9) for _ in range(3)] == [b"x", b"", b""]


def test_a_key_that_does_not_fit_is_told() -> None:
    with pytest.raises(InvalidSource, match="none of the given identities"):
        decrypted(io.BytesIO(encrypted()), pyrage.x25519.Identity.generate())


def test_an_encrypted_source_without_a_key_says_what_to_do() -> None:
    with pytest.raises(InvalidSource, match="encrypted with age") as caught:
        LeakSource(io.BytesIO(encrypted()), SourceSettings()).open()
    assert "--identity" in caught.value.hint


@pytest.mark.parametrize("length", [30, 200, 70_000, -1])
def test_a_file_that_ends_early_is_never_a_short_success(length: int) -> None:
    with pytest.raises(InvalidSource, match="damaged or cut off near byte"):
        decrypted(io.BytesIO(encrypted()[:length]))


def test_a_file_that_was_changed_gives_nothing_after_the_change() -> None:
    packed = bytearray(encrypted())
    packed[150_000] ^= 1
    stream = DecryptedSource(io.BytesIO(bytes(packed)), [IDENTITY])
    # The file is made of parts of 64 KiB, and the third is the one that was changed.
    assert read_fully(stream, 2 * 65536) == CONTENT[: 2 * 65536]
    with pytest.raises(InvalidSource, match="damaged"):
        stream.read(1)


def test_an_error_of_the_device_is_told_as_what_it_is() -> None:
    source = LeakSource(FailsAfter(encrypted(), 450_000), SourceSettings(), [IDENTITY])
    with source.open() as table, pytest.raises(InvalidSource, match="Input/output error"):
        list(table.rows())


def test_nothing_decrypts_on_when_nobody_reads() -> None:
    """Also when the thread waits with a piece that nobody takes."""
    before = set(threading.enumerate())
    stream = DecryptedSource(io.BytesIO(encrypted()), [IDENTITY])
    assert len(stream.read(10)) == 10
    stream.close()
    deadline = time.monotonic() + 60
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert set(threading.enumerate()) <= before


def test_identities_are_read_as_age_keygen_writes_them() -> None:
    other = pyrage.x25519.Identity.generate()
    text = f"# created: today\n# public key: {IDENTITY.to_public()}\n{IDENTITY}\n\n{other}\r\n"
    assert [str(each) for each in parse_identities(text.encode())] == [str(IDENTITY), str(other)]


@pytest.mark.parametrize(
    "text", [b"", b"# nothing\n", b"AGE-SECRET-KEY-1QQ\n", b"\xff\xfe", b"-----BEGIN X\n"]
)
def test_a_file_without_a_key_is_refused_without_its_text(text: bytes) -> None:
    with pytest.raises(InvalidIdentity) as caught:
        parse_identities(text)
    assert "1QQ" not in caught.value.message + caught.value.hint
