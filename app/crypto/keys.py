"""The secret scalar of one keyed function, and what may be published of it."""

from __future__ import annotations

from typing import NewType, NoReturn

from app.crypto import ristretto255 as group
from app.errors import CryptographyError, InvalidKey

PublicKey = NewType("PublicKey", group.Element)


class EvaluationKey:
    """A secret scalar `k` with its public key `k · G`.

    It prints without its secret, compares by identity, and refuses to be copied or pickled, so
    that it travels only where somebody passes it on purpose.

    Raises:
        InvalidKey: the secret is not a canonical scalar, or is zero.
    """

    __slots__ = ("public_key", "secret")

    def __init__(self, secret: bytes) -> None:
        try:
            scalar = group.decode_scalar(secret)
            public = group.multiply_base(scalar)
        except CryptographyError as exc:
            raise InvalidKey("a secret key is a canonical scalar other than zero") from exc
        self.secret = scalar
        self.public_key = PublicKey(public)

    @classmethod
    def generate(cls) -> EvaluationKey:
        """Make a new random key."""
        return cls(group.random_scalar())

    def __repr__(self) -> str:
        return f"<EvaluationKey with public key {self.public_key.hex()}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an evaluation key is never copied or pickled")


def decode_public_key(encoded: bytes) -> PublicKey:
    """Accept the public part of a key.

    Raises:
        InvalidKey: not the canonical encoding of an element, or the identity.
    """
    try:
        return PublicKey(group.decode_element(encoded))
    except CryptographyError as exc:
        raise InvalidKey("a public key is a canonical ristretto255 element") from exc
