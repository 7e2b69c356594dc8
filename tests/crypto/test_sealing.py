"""Sealed bytes open with their key in their place and nowhere else; and keys by RFC 5869."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.crypto.derivation import derive_key
from app.crypto.sealing import NONCE_BYTES, OVERHEAD_BYTES, Sealer
from app.errors import SealBroken

KEY = bytes(range(32))


@pytest.mark.parametrize("size", [0, 1, 31, 1000])
def test_what_is_sealed_opens(size: int) -> None:
    plain = bytes(range(256)) * 4
    sealed = Sealer(KEY).seal(plain[:size], b"here")
    assert len(sealed) == size + OVERHEAD_BYTES
    assert Sealer(KEY).open(sealed, b"here") == plain[:size]


def test_no_two_are_alike() -> None:
    sealer = Sealer(KEY)
    assert len({sealer.seal(b"same", b"")[:NONCE_BYTES] for _ in range(100)}) == 100


def test_another_key_place_or_byte_opens_nothing() -> None:
    sealed = Sealer(KEY).seal(b"plain", b"here")
    with pytest.raises(SealBroken):
        Sealer(bytes(32)).open(sealed, b"here")
    with pytest.raises(SealBroken):
        Sealer(KEY).open(sealed, b"there")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealBroken):
            Sealer(KEY).open(bytes(changed), b"here")
    for size in range(len(sealed)):
        with pytest.raises(SealBroken):
            Sealer(KEY).open(sealed[:size], b"here")


def test_the_published_vector_of_the_cipher_opens() -> None:
    """draft-irtf-cfrg-xchacha-03, appendix A.3.1."""
    key = bytes(range(0x80, 0xA0))
    nonce = bytes(range(0x40, 0x58))
    context = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    text = (
        b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the"
        b" future, sunscreen would be it."
    )
    sealed = bytes.fromhex(
        "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4e"
        "da7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2"
        "383565d3fff921f9664c97637da9768812f615c68b13b52ec0875924c1c7987947deafd8780acf49"
    )
    assert Sealer(key).open(nonce + sealed, context) == text


@pytest.mark.parametrize("salt", [b"", b"salt" * 4])
def test_keys_are_derived_as_another_implementation_does(salt: bytes) -> None:
    other = HKDF(SHA512(), 32, salt or None, b"a purpose").derive(KEY)
    assert derive_key(KEY, b"a purpose", salt=salt) == other
    assert derive_key(KEY, b"another", salt=salt) != other
