"""What is remembered of a value that was to be forgotten: a keyed token, and nothing else.

A token is made of the stretched value, not of the value under an evaluation key, so that it holds
across epochs. Its key is the deployment's own and does one thing. Whoever takes the tokens without
it has nothing to test; whoever takes both can ask, at the price of one stretch a guess, whether
somebody was forgotten.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from app.crypto import privatefiles
from app.crypto.stretch import Stretched, StretchProfile, stretch
from app.encoding import from_base64url, length_prefixed, to_base64url
from app.errors import InvalidKey, InvalidMessage, KeyMissing

SUPPRESSION_KEY_NAME = "suppression.key"
TOKEN_LABEL = b"concerne/v1/forgotten"
DATASET_TOKEN_LABEL = b"concerne/v1/forgotten/dataset"
KEY_ID_LABEL = b"concerne/v1/forgotten/key"
TOKEN_BYTES = 32
_KEY_BYTES = 32
_KEY_ID_BYTES = 8
_HEADER = "concerne suppression key, version 1"


class SuppressionKey:
    """The deployment's key for remembering whom to leave out.

    Args:
        secret: 32 random bytes.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        # Stored beside each token: under another key, no token would ever be found again.
        self.id = self._digest(KEY_ID_LABEL, b"")[:_KEY_ID_BYTES]

    @classmethod
    def create(cls, folder: Path) -> SuppressionKey:
        """Return the key of a key ring's folder, made if there is none."""
        path = folder / SUPPRESSION_KEY_NAME
        if not path.exists():
            text = f"{_HEADER}\n{to_base64url(secrets.token_bytes(_KEY_BYTES))}\n"
            # Where another process was first, its key is the one.
            with suppress(FileExistsError):
                privatefiles.create(path, text, top=folder)
        return cls.load(folder)

    @classmethod
    def load(cls, folder: Path) -> SuppressionKey:
        """Read the key of a key ring's folder.

        Raises:
            KeyMissing: there is none; people who were forgotten would be taken in again.
            KeyRingUnsafe: the file, or its folder, is open to others.
            InvalidKey: the file is damaged.
        """
        damaged = "the suppression key's file is damaged"
        try:
            text = privatefiles.read(folder / SUPPRESSION_KEY_NAME)
            header, secret, *rest = text.split("\n")
            if header != _HEADER or any(rest):
                raise InvalidKey(damaged)
            return cls(from_base64url(secret, name="suppression key", length=_KEY_BYTES))
        except FileNotFoundError as exc:
            raise KeyMissing(
                f"the key ring has no {SUPPRESSION_KEY_NAME}, by which forgotten people are known",
                hint="restore it from where the keys are kept",
            ) from exc
        except (InvalidMessage, ValueError) as exc:
            raise InvalidKey(damaged) from exc

    def token(self, stretched: Stretched, dataset: str | None) -> bytes:
        """Return the 32 bytes by which a stretched value is known again.

        Args:
            stretched: the value.
            dataset: the slug of the only one in which it is known; None for each there will be.
        """
        if dataset is None:
            return self._digest(TOKEN_LABEL, stretched)
        return self._digest(DATASET_TOKEN_LABEL, length_prefixed(dataset.encode()) + stretched)

    def _digest(self, label: bytes, value: bytes) -> bytes:
        return hmac.digest(self._secret, length_prefixed(label) + value, hashlib.sha256)

    def __repr__(self) -> str:
        return f"<SuppressionKey {self.id.hex()}>"


class Suppressed:
    """The values that must not be taken in.

    Args:
        key: under which the tokens were made.
        salt: the deployment's stretch salt.
        tokens: by the profile of the stretch that they were made of.
    """

    def __init__(
        self, key: SuppressionKey, salt: bytes, tokens: Mapping[StretchProfile, frozenset[bytes]]
    ) -> None:
        self._key = key
        self._salt = salt
        self._tokens = tokens

    def holds(
        self, dataset: str, encoded: bytes, profile: StretchProfile, stretched: Stretched
    ) -> bool:
        """Tell whether an input is to be left out of a dataset.

        Args:
            dataset: its slug.
            encoded: the input; stretched again for each other profile that tokens were made
                under, which costs that much more and is the price of having changed the profile.
            profile: the one of `stretched`.
            stretched: the input stretched.
        """
        for made_under, tokens in self._tokens.items():
            value = stretched
            if made_under != profile:
                value = stretch(made_under, self._salt, encoded)
            if any(self._key.token(value, where) in tokens for where in (dataset, None)):
                return True
        return False
