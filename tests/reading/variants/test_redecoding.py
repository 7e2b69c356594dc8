"""Text that was decoded twice is repaired where there is exactly one way back, and only then."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reading.variants.redecoding import decoded_once

FRENCH = "abcdefzABCDEFZ -'’àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ"


def decoded_twice(text: str, encoding: str) -> str:
    """Return what a program shows that takes UTF-8 for an old encoding."""
    raw = text.encode()
    if encoding != "cp1252":
        return raw.decode(encoding)
    # Five bytes have no sign there; programs show control characters for them.
    return "".join(
        bytes([b]).decode("cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1") for b in raw
    )


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("Ã‰lÃ©onore", "Éléonore"),
        ("HÃ©lÃ¨ne", "Hélène"),
        ("FRANÃ‡OIS", "FRANÇOIS"),
        ("Dâ€™HERVÃ‰", "D’HERVÉ"),
        ("CrÃ¨vecÅ“ur", "Crèvecœur"),
        ("√âl√©onore", "Éléonore"),
        ("├ëlodie", "Élodie"),
        ("\u00c3\u0089lodie", "Élodie"),
        ("LÃ³PEZ", "LóPEZ"),
        ("Å½", "Ž"),
    ],
)
def test_a_second_decoding_is_undone(text: str, repaired: str) -> None:
    assert decoded_once(text) == (repaired,)


@pytest.mark.parametrize(
    "text", ["Éléonore", "DUPONT", "É’", "JOÃO", "Ã", "Ã‰lÃ©onoré", "Ã¿Ã", "ÀÉÎ", ""]
)
def test_what_is_no_second_decoding_is_left(text: str) -> None:
    assert decoded_once(text) == ()


def test_where_there_are_two_ways_back_none_is_taken() -> None:
    """ÃŒ was Ì by way of Windows-1252, and ü by way of ISO-8859-15."""
    assert decoded_twice("Ì", "cp1252") == decoded_twice("ü", "iso8859-15") == "ÃŒ"
    assert decoded_once("ÃŒ") == ()


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@given(text=st.text(FRENCH, min_size=1, max_size=12))
def test_french_comes_back_as_it_was(encoding: str, text: str) -> None:
    """Or not at all: never as anything else."""
    twice = decoded_twice(text, encoding)
    assert decoded_once(twice) in ((text,), ())


@given(st.text(FRENCH, max_size=40))
def test_french_is_never_taken_for_something_else(text: str) -> None:
    assert decoded_once(text) == ()
