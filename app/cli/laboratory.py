"""The two secrets of a laboratory: the credential that it was given, and the key that it makes.

The credential goes to the server with every request, and whoever issued it may have kept it. So
nothing that must stay unknown to the server can be derived from it: from a blind that the server
could compute, it could test guesses at who is in the list. The laboratory's own key is made at
first use, beside the credential's file, and is never sent anywhere. It outlives the credential: a
run goes on, and no question is counted twice, after `client rotate`.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from app import durable
from app.crypto.derivation import KEY_BYTES, derive_key
from app.encoding import from_base64url, to_base64url
from app.errors import InvalidInput, InvalidMessage
from app.protocol.blinding import BlindingKey
from app.protocol.credentials import Credential

_OTHERS = 0o077
_BLINDING, _STATE = b"concerne/v1/laboratory/blinding", b"concerne/v1/laboratory/state"
_SUFFIX = ".key"


def key_file_of(credential_file: Path) -> Path:
    """Return where the laboratory's key is, unless somebody says otherwise."""
    return credential_file.with_name(credential_file.name + _SUFFIX)


def read_credential(path: Path) -> str:
    """Return the credential in a file.

    Raises:
        InvalidInput: it cannot be read, or is open to others.
        InvalidCredential: it holds none, or not to the letter; nothing was sent.
    """
    return Credential.parse(_read_private(path, "credential").strip()).text


class LaboratoryKey:
    """The laboratory's own key, in its two uses. Prints without its secret.

    Args:
        secret: 32 bytes.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def of(cls, path: Path) -> LaboratoryKey:
        """Read the key in a file, which is made, for its owner alone, if it is not there.

        Raises:
            InvalidInput: it cannot be made or read, is open to others, or holds no key.
        """
        try:
            if not path.exists():
                new = to_base64url(secrets.token_bytes(KEY_BYTES))
                # Where another process was first, its key is the one.
                with suppress(FileExistsError):
                    durable.create(path, f"{new}\n".encode("ascii"))
        except OSError as exc:
            raise InvalidInput(
                f"the laboratory's key {path.name} cannot be made: {exc.strerror}",
                hint="name a place for it with --key-file",
            ) from exc
        text = _read_private(path, "laboratory's key").strip()
        try:
            return cls(from_base64url(text, name="the key", length=KEY_BYTES))
        except InvalidMessage as exc:
            raise InvalidInput(
                f"{path.name} holds no key",
                hint="take it back from a copy; without it, all is asked and counted anew",
            ) from exc

    @property
    def blinding(self) -> BlindingKey:
        """What makes the blinds."""
        return BlindingKey(derive_key(self._secret, _BLINDING))

    @property
    def state_secret(self) -> bytes:
        """What a state is encrypted with."""
        return derive_key(self._secret, _STATE)


def _read_private(path: Path, what: str) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidInput(f"the {what} cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidInput(f"the {what}'s file is no text") from None
    if mode & _OTHERS:
        raise InvalidInput(
            f"the {what}'s file is open to others (mode {mode & 0o777:03o})",
            hint=f"chmod go-rwx {path}",
        )
    return text
