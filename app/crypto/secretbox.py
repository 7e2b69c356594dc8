"""Bytes that are kept for a while and that only the holder of a key can read.

libsodium's secretbox: XSalsa20-Poly1305 under a random nonce of 24 bytes, which no two share by
chance.
"""

from __future__ import annotations

import ctypes
import hashlib
import secrets

from app.crypto.sodium import libsodium
from app.errors import SealBroken

_NONCE_BYTES = 24
_TAG_BYTES = 16
_KEY_BYTES = 32
_PERSON = b"concerne/sealing"


class SealingKey:
    """Seals and opens.

    Args:
        secret: from which the key is derived, so that the secret can have another use as well.
        purpose: for what; keys of two purposes are different ones.
    """

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        digest = hashlib.blake2b(purpose, key=secret, digest_size=_KEY_BYTES, person=_PERSON)
        self._key = digest.digest()

    def seal(self, message: bytes) -> bytes:
        """Return the message as nobody else can read it; 40 bytes longer."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = ctypes.create_string_buffer(len(message) + _TAG_BYTES)
        length = ctypes.c_ulonglong(len(message))
        libsodium().crypto_secretbox_easy(sealed, message, length, nonce, self._key)
        return nonce + sealed.raw

    def open(self, sealed: bytes) -> bytes:
        """Return the message.

        Raises:
            SealBroken: another key sealed it, or it was changed.
        """
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise SealBroken("what was sealed is cut off")
        message = ctypes.create_string_buffer(max(1, len(rest) - _TAG_BYTES))
        length = ctypes.c_ulonglong(len(rest))
        if libsodium().crypto_secretbox_open_easy(message, rest, length, nonce, self._key):
            raise SealBroken("what was sealed was changed, or another key sealed it")
        return message.raw[: len(rest) - _TAG_BYTES]

    def __repr__(self) -> str:
        return "<SealingKey>"
