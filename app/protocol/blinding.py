"""Blinds that are the same whenever the same is asked: for a client with a quota.

RFC 9497 asks of a blind that it is uniform and unknown to the server; a pseudorandom function
under a key that never leaves the client is both. The server then recognises a question that came
before, from a retry, for another dataset or in a new epoch, and does not count it twice. What that
costs: it sees that two lists of one laboratory have people in common, and how many; never who.
"""

from __future__ import annotations

import hmac

from app.crypto.derivation import KEY_BYTES
from app.crypto.ristretto255 import Scalar, scalar_from_uniform_bytes
from app.crypto.stretch import Stretched
from app.encoding import length_prefixed

BLINDING_LABEL = b"concerne/v1/blinding"


class BlindingKey:
    """Makes the blind of each stretched input. Prints without its secret.

    Whoever has it and sees the blinded elements can test guesses: it must be nothing that the
    server ever had, so no function of a credential.

    Args:
        secret: 32 bytes that never leave the client.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key of {len(secret)} bytes instead of {KEY_BYTES}")
        self._secret = secret

    def scalar(self, scheme: str, stretched: Stretched) -> Scalar:
        """Return the blind of one stretched input of a scheme."""
        message = length_prefixed(BLINDING_LABEL) + length_prefixed(scheme.encode()) + stretched
        return scalar_from_uniform_bytes(hmac.digest(self._secret, message, "sha512"))
