"""A credential is told from what is none before anything is sent, and shows itself nowhere."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidCredential
from app.protocol.credentials import CREDENTIAL_PREFIX, Credential, credential_digest

SCANNED = re.compile(r"concerne_[A-Za-z0-9_-]{48}")
secrets = st.binary(min_size=32, max_size=32)


@given(secrets)
def test_it_reads_back_and_is_what_scanners_look_for(secret: bytes) -> None:
    text = Credential(secret).text
    assert SCANNED.fullmatch(text)
    read = Credential.parse(text)
    assert (read.secret, read.text) == (secret, text)
    assert read.digest == Credential(secret).digest


def test_two_are_never_the_same() -> None:
    assert len({Credential.generate().text for _ in range(100)}) == 100


@given(secrets, st.integers(len(CREDENTIAL_PREFIX), len(CREDENTIAL_PREFIX) + 47), st.data())
def test_a_typing_error_is_told(secret: bytes, place: int, data: st.DataObject) -> None:
    text = Credential(secret).text
    other = data.draw(st.sampled_from("ABCxyz019_-").filter(lambda c: c != text[place]))
    swapped = text[:place] + text[place + 1 : place + 2] + text[place] + text[place + 2 :]
    for wrong in {text[:place] + other + text[place + 1 :], swapped} - {text}:
        with pytest.raises(InvalidCredential) as refusal:
            Credential.parse(wrong)
        assert wrong[9:] not in refusal.value.message + refusal.value.hint


@pytest.mark.parametrize(
    "text",
    ["", "x", "concerne_", "concerne_" + "A" * 47, "concerne_" + "A" * 49, "concerne_" + "=" * 48,
     "Concerne_" + "A" * 48, " concerne_" + "A" * 48, "concerne_" + "A" * 48, "é" * 57],
)  # fmt: skip
def test_what_is_no_credential_is_refused(text: str) -> None:
    with pytest.raises(InvalidCredential):
        Credential.parse(text)


def test_no_representation_shows_it() -> None:
    credential = Credential.generate()
    assert repr(credential) == str(credential) == "<Credential>"


def test_whatever_is_presented_has_a_digest() -> None:
    """What is malformed takes the same way as what is not."""
    shown = [b"", b"x", b"\xe9" * 5000, Credential(bytes(32)).text.encode()]
    assert [len(credential_digest(presented)) for presented in shown] == [32] * 4
    assert len({credential_digest(presented) for presented in shown}) == 4


def test_the_text_and_the_digest_of_a_known_secret_stay_what_they_are() -> None:
    """Credentials that were given out must be known to a later version, and to other clients."""
    known = Credential(bytes(range(32)))
    assert known.text == "concerne_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9RiNZW"
    assert known.digest.hex() == "2c48b9f2acce06c2b7d67f2cb031cc7f03dcb76552c8884362be97c985c54413"
