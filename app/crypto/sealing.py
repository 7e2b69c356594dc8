"""Sealed bytes: XChaCha20-Poly1305 by libsodium, bound to what stands around them.

The nonce has 192 random bits, so that a place that is written twice, after a crash, never meets
the nonce of before (draft-irtf-cfrg-xchacha-03).
"""

from __future__ import annotations

import ctypes
import secrets

from app.crypto.derivation import KEY_BYTES
from app.crypto.sodium import libsodium
from app.errors import SealBroken

NONCE_BYTES = 24
TAG_BYTES = 16
OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES

_encrypt = libsodium().crypto_aead_xchacha20poly1305_ietf_encrypt
_decrypt = libsodium().crypto_aead_xchacha20poly1305_ietf_decrypt
_Length = ctypes.c_ulonglong


class Sealer:
    """Seals and opens with one key.

    Args:
        key: 32 bytes, used for nothing else.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of {len(key)} bytes instead of {KEY_BYTES}")
        self._key = key

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return the bytes encrypted, `OVERHEAD_BYTES` longer.

        Args:
            plain: what is to be hidden.
            context: what is not hidden, and must be the same when it is opened.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        out = ctypes.create_string_buffer(len(plain) + TAG_BYTES)
        size = _Length()
        _encrypt(
            out, ctypes.byref(size), plain, _Length(len(plain)), context, _Length(len(context)),
            None, nonce, self._key,
        )  # fmt: skip
        return nonce + out.raw

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            SealBroken: with another key, in another context, or not all of it.
        """
        nonce, body = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        if len(body) < TAG_BYTES:
            raise SealBroken("sealed bytes are cut off")
        out = ctypes.create_string_buffer(len(body) - TAG_BYTES + 1)
        size = _Length()
        failed = _decrypt(
            out, ctypes.byref(size), None, body, _Length(len(body)), context,
            _Length(len(context)), nonce, self._key,
        )  # fmt: skip
        if failed:
            raise SealBroken("sealed bytes are damaged, or were sealed with another key")
        return out.raw[: size.value]
