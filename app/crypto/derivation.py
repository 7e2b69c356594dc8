"""HKDF (RFC 5869) with SHA-512: several keys from one secret, none of which tells another."""

from __future__ import annotations

import hashlib
import hmac

KEY_BYTES = 32
_DIGEST_BYTES = hashlib.sha512().digest_size


def derive_key(secret: bytes, purpose: bytes, *, salt: bytes = b"") -> bytes:
    """Return 32 bytes for one purpose.

    Args:
        secret: at least 256 random bits; what somebody chose, as a password, is no such secret.
        purpose: a label that no other key is derived by.
        salt: public; makes another key of the same secret and purpose.
    """
    # An empty salt is as many zeros as the digest has bytes (RFC 5869 §2.2).
    extracted = hmac.digest(salt or bytes(_DIGEST_BYTES), secret, "sha512")
    return hmac.digest(extracted, purpose + b"\x01", "sha512")[:KEY_BYTES]
