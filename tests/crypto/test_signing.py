"""Signed documents hold for their key, their kind and their bytes, and for nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.signing import SIGNING_KEY_NAME, SigningKey, verify_signed
from app.errors import InvalidKey, KeyRingUnsafe, SignatureMismatch

KIND = "concerne-test+jws"
DOCUMENT = {"b": [1, "é", None], "a": {"z": 0.5, "y": True}}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return SigningKey.of(tmp_path_factory.mktemp("ring") / "keys")


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_what_was_signed_reads_back(key: SigningKey) -> None:
    signed = key.sign(KIND, DOCUMENT)
    assert verify_signed(KIND, f"\n{signed}\n", key.public_jwk()) == DOCUMENT


def test_another_library_checks_it_with_the_public_key_alone(key: SigningKey) -> None:
    """It is plain Ed25519 over the two parts, the second in canonical form."""
    header, payload, signature = key.sign(KIND, DOCUMENT).split(".")
    public = json.loads(key.public_jwk())
    Ed25519PublicKey.from_public_bytes(decoded(public["x"])).verify(
        decoded(signature), f"{header}.{payload}".encode()
    )
    assert json.loads(decoded(header)) == {"alg": "Ed25519", "kid": public["kid"], "typ": KIND}
    assert decoded(payload) == '{"a":{"y":true,"z":0.5},"b":[1,"é",null]}'.encode()


def test_the_public_key_has_no_private_part(key: SigningKey, tmp_path: Path) -> None:
    assert set(json.loads(key.public_jwk())) == {"alg", "crv", "kid", "kty", "use", "x"}
    SigningKey.of(tmp_path / "keys")
    secret = json.loads((tmp_path / "keys" / SIGNING_KEY_NAME).read_text())["d"]
    assert secret not in repr(SigningKey.of(tmp_path / "keys"))


@given(st.data())
def test_a_change_of_any_character_is_noticed(key: SigningKey, data: st.DataObject) -> None:
    signed = key.sign(KIND, DOCUMENT)
    place = data.draw(st.integers(0, len(signed) - 2))
    other = data.draw(st.sampled_from("Aa0_-.").filter(lambda c: c != signed[place]))
    with pytest.raises(SignatureMismatch):
        verify_signed(KIND, signed[:place] + other + signed[place + 1 :], key.public_jwk())


def test_a_document_of_another_kind_is_refused(key: SigningKey) -> None:
    signed = key.sign("concerne-other+jws", DOCUMENT)
    with pytest.raises(SignatureMismatch, match="not a concerne-test"):
        verify_signed(KIND, signed, key.public_jwk())


def test_another_key_is_refused(key: SigningKey, tmp_path: Path) -> None:
    other = SigningKey.of(tmp_path / "keys")
    with pytest.raises(SignatureMismatch):
        verify_signed(KIND, key.sign(KIND, DOCUMENT), other.public_jwk())


@pytest.mark.parametrize("signed", ["", "a.b", "a.b.c", "..", "é", "{}"])
def test_what_is_no_signed_document_is_refused(key: SigningKey, signed: str) -> None:
    with pytest.raises(SignatureMismatch):
        verify_signed(KIND, signed, key.public_jwk())


@pytest.mark.parametrize(
    "public",
    ["", "[]", "{}", '{"kty":"RSA","crv":"Ed25519"}', '{"kty":"OKP","crv":"Ed25519","x":"zz"}',
     '{"kty":"OKP","crv":"X25519","x":"RPGehiXBeu39be3tkDEX5lfDQC8meyKWF_Z0anQCFFw"}'],
)  # fmt: skip
def test_what_is_no_public_key_is_refused(key: SigningKey, public: str) -> None:
    with pytest.raises(InvalidKey):
        verify_signed(KIND, key.sign(KIND, DOCUMENT), public)


def test_the_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = SigningKey.of(folder).public_jwk()
    assert SigningKey.of(folder).public_jwk() == first
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / SIGNING_KEY_NAME).stat().st_mode & 0o777 == 0o600
    (folder / SIGNING_KEY_NAME).chmod(0o644)
    with pytest.raises(KeyRingUnsafe):
        SigningKey.of(folder)


def test_a_damaged_key_is_never_replaced_by_a_new_one(tmp_path: Path) -> None:
    """A new key would sign what nobody could check with the public key that they have."""
    folder = tmp_path / "keys"
    public = SigningKey.of(folder).public_jwk()
    for damage in ("", "{}", public):
        (folder / SIGNING_KEY_NAME).write_text(damage)
        with pytest.raises(InvalidKey):
            SigningKey.of(folder)
