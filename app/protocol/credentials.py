"""The personal credential: what it looks like, and the one thing that a server keeps of it.

`concerne_` and 48 characters of base64url: 32 random bytes and 4 by which a typing error is told
before anything is sent. Scanners for secrets find one by `concerne_[A-Za-z0-9_-]{48}`. It carries
nobody's name, and no server can make it again from what it keeps.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from app.encoding import from_base64url, length_prefixed, to_base64url
from app.errors import InvalidCredential, InvalidMessage

CREDENTIAL_PREFIX = "concerne_"
CREDENTIAL_CHARACTERS = 48
CREDENTIAL_LABEL = b"concerne/v1/credential"
CHECK_LABEL = b"concerne/v1/credential/check"
_SECRET_BYTES = 32
_CHECK_BYTES = 4


class Credential:
    """One credential, which no representation shows.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def generate(cls) -> Credential:
        """Make a new one."""
        return cls(secrets.token_bytes(_SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Credential:
        """Read one as it was given out, without anything around it.

        Raises:
            InvalidCredential: it is none, or was not copied to the letter.
        """
        if not text.startswith(CREDENTIAL_PREFIX):
            raise InvalidCredential(f"a credential begins with {CREDENTIAL_PREFIX}")
        try:
            length = _SECRET_BYTES + _CHECK_BYTES
            packed = from_base64url(
                text.removeprefix(CREDENTIAL_PREFIX), name="the credential", length=length
            )
        except InvalidMessage:
            raise InvalidCredential(
                f"a credential has {CREDENTIAL_CHARACTERS} characters behind {CREDENTIAL_PREFIX}",
                hint="copy it whole, in one line",
            ) from None
        secret, check = packed[:_SECRET_BYTES], packed[_SECRET_BYTES:]
        if not hmac.compare_digest(check, _check(secret)):
            raise InvalidCredential(
                "the credential was not copied to the letter", hint="copy it whole, in one line"
            )
        return cls(secret)

    @property
    def secret(self) -> bytes:
        """The 32 random bytes, from which a laboratory can derive keys of its own."""
        return self._secret

    @property
    def text(self) -> str:
        """What is given out, and sent as a bearer token (RFC 6750)."""
        return CREDENTIAL_PREFIX + to_base64url(self._secret + _check(self._secret))

    @property
    def digest(self) -> bytes:
        """What a server keeps."""
        return credential_digest(self.text.encode("ascii"))

    def __repr__(self) -> str:
        return "<Credential>"


def credential_digest(presented: bytes) -> bytes:
    """Return 32 bytes by which what was presented is known again, whatever it is.

    What is no credential gets a digest like any other, so that it takes the way of those that are.
    One SHA-256 is enough: 256 random bits cannot be guessed, however fast the hash.
    """
    return hashlib.sha256(length_prefixed(CREDENTIAL_LABEL) + presented).digest()


def _check(secret: bytes) -> bytes:
    return hashlib.sha256(length_prefixed(CHECK_LABEL) + secret).digest()[:_CHECK_BYTES]
