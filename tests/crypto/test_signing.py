"""Signed documents hold for their key, their kind and their bytes, and for nothing else."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from app.crypto.signing import SIGNING_KEY_NAME, SigningKey, verify_signed
from app.encoding import canonical_json, to_base64url
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


class Forge:
    """Somebody who has the private key and their own idea of the form."""

    def __init__(self, key: SigningKey, folder: Path) -> None:
        secret = json.loads((folder / SIGNING_KEY_NAME).read_text())["d"]
        self._private = Ed25519PrivateKey.from_private_bytes(decoded(secret))
        self.header = {"alg": "Ed25519", "kid": key.thumbprint, "typ": KIND}

    def sign(self, header: bytes | None = None, payload: bytes = b'{"a":1}') -> str:
        header = canonical_json(self.header) if header is None else header
        signed = f"{to_base64url(header)}.{to_base64url(payload)}"
        return f"{signed}.{to_base64url(self._private.sign(signed.encode()))}"


@pytest.fixture
def forge(key: SigningKey, tmp_path: Path) -> tuple[Forge, str]:
    """Return a forge of another key, and the public part of that."""
    own = SigningKey.of(tmp_path / "keys")
    return Forge(own, tmp_path / "keys"), own.public_jwk()


def test_the_forge_signs_as_the_program_does(forge: tuple[Forge, str]) -> None:
    made, public = forge
    assert verify_signed(KIND, made.sign(), public) == {"a": 1}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"alg": "none"}, "algorithm Ed25519"),
        ({"alg": "HS256"}, "algorithm Ed25519"),
        ({"alg": "EdDSA"}, "algorithm Ed25519"),
        ({"typ": "JWT"}, "is not a concerne-test"),
        ({"crit": ["exp"], "exp": 1}, "more or less"),
        ({"crit": []}, "more or less"),
        ({"crit": ["b64"], "b64": False}, "more or less"),
        ({"b64": False}, "more or less"),
        ({"jwk": {"kty": "OKP"}}, "more or less"),
        ({"jku": "https://elsewhere.example"}, "more or less"),
        ({"kid": "another"}, "but by another"),
    ],
)
def test_a_header_that_asks_for_anything_else_is_refused_by_what_it_asks(
    forge: tuple[Forge, str], changes: dict[str, object], said: str
) -> None:
    made, public = forge
    with pytest.raises(SignatureMismatch, match=said):
        verify_signed(KIND, made.sign(canonical_json(made.header | changes)), public)


def test_a_header_with_the_same_name_twice_is_refused(forge: tuple[Forge, str]) -> None:
    made, public = forge
    header = canonical_json(made.header).replace(b'{"alg"', b'{"alg":"none","alg"')
    with pytest.raises(SignatureMismatch, match="more or less"):
        verify_signed(KIND, made.sign(header), public)


def test_a_public_key_is_no_secret_for_a_mac(forge: tuple[Forge, str]) -> None:
    """The confusion of algorithms: whoever has the public key would sign."""
    made, public = forge
    header = to_base64url(canonical_json(made.header | {"alg": "HS256"}))
    signed = f"{header}.{to_base64url(b'{}')}"
    mac = hmac.digest(decoded(json.loads(public)["x"]), signed.encode(), "sha256")
    with pytest.raises(SignatureMismatch, match="algorithm Ed25519"):
        verify_signed(KIND, f"{signed}.{to_base64url(mac)}", public)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b'{"a": 1}', "canonical"),
        (b'{"b":1,"a":1}', "canonical"),
        (b'{"a":1,"a":1}', "canonical"),
        (b'{"a":1.0}', "canonical"),
        (b"[]", "canonical"),
        (b"", "not JSON"),
        (b"\xff", "not JSON"),
        (b'{"a":NaN}', "not JSON"),
        (b"[" * 5000, "not JSON"),
    ],
)
def test_what_is_signed_and_is_not_canonical_is_refused(
    forge: tuple[Forge, str], payload: bytes, said: str
) -> None:
    """RFC 8785: otherwise two documents would be one, or one would have two fingerprints."""
    made, public = forge
    with pytest.raises(SignatureMismatch, match=said):
        verify_signed(KIND, made.sign(payload=payload), public)


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
