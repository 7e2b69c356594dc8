"""The register of clients: added, listed, revoked, given another credential, and known again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.clients.ports import Client, ClientStore, NewClient, Standing
from app.clients.quota import Quota
from app.errors import CredentialRefused, InvalidInput
from app.identity.schemes import scheme_named
from app.protocol.credentials import Credential, credential_digest

DAYS_DEFAULT = 90
DAYS_MAXIMUM = 366
NAME_CHARACTERS_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class Issued:
    """A client with the credential that was made for it, and that is nowhere else."""

    client: Client
    credential: Credential


class Registry:
    """The people who have a credential.

    Args:
        store: where they are kept.
        now: the time, UTC.
    """

    def __init__(
        self, store: ClientStore, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._now = now

    def add(self, new: NewClient, *, by: str) -> Issued:
        """Give a person a credential.

        Args:
            new: who, and what they may ask.
            by: who gives it, for the audit trail.

        Raises:
            InvalidInput: a name cannot be one, or the credential would expire too late or at once.
            UnknownScheme: a scheme is none.
        """
        for what, name in (("person", new.person), ("organisation", new.organisation)):
            _check_name(what, name)
        if not new.schemes or len(set(new.schemes)) != len(new.schemes):
            raise InvalidInput("a client is granted one or more schemes, each of them once")
        for scheme in new.schemes:
            scheme_named(scheme)
        self._check_expiry(new.expires_on)
        credential = Credential.generate()
        number = self._store.add(new, credential.digest, by)
        return Issued(self._store.client(number), credential)

    def clients(self) -> Sequence[Client]:
        """Return all clients, those too whose credential is refused."""
        return self._store.clients()

    def standing(self, client: Client) -> Standing:
        """Tell whether a client's credential is taken now."""
        return client.standing(self._today())

    def revoke(self, number: int, *, by: str) -> None:
        """Refuse a client's credential from the next request on, for ever.

        Raises:
            UnknownClient: there is none of that number.
            ClientRevoked: it is so already.
        """
        self._store.revoke(number, by)

    def rotate(
        self,
        number: int,
        *,
        by: str,
        quota: Quota | None = None,
        expires_on: date | None = None,
    ) -> Issued:
        """Give a client another credential; the one before is refused from the next request on.

        Args:
            number: of the client.
            by: who does it, for the audit trail.
            quota: of a new list; None leaves what is granted, and what was spent stays spent.
            expires_on: or None, to leave it as it is.

        Raises:
            UnknownClient: there is none of that number.
            ClientRevoked: a client that was revoked gets no other credential.
            InvalidInput: the credential would expire too late, or at once.
        """
        expires_on = expires_on or self._store.client(number).expires_on
        self._check_expiry(expires_on)
        credential = Credential.generate()
        self._store.rotate(number, credential.digest, by, expires_on=expires_on, quota=quota)
        return Issued(self._store.client(number), credential)

    def authenticate(self, presented: bytes) -> Client:
        """Return whose credential was presented.

        What is malformed, unknown, revoked or expired goes one way, to one refusal: a digest, and
        one question to the store that finds nothing.

        Args:
            presented: whatever was sent as a credential.

        Raises:
            CredentialRefused: with one text, whatever the reason.
            Unavailable: the store does not answer.
        """
        found = self._store.accepted(credential_digest(presented), self._today())
        if found is None:
            raise credential_refused()
        return found

    def default_expiry(self) -> date:
        """Return when a credential expires for which nothing else was said."""
        return self._today() + timedelta(days=DAYS_DEFAULT)

    def _check_expiry(self, expires_on: date) -> None:
        today = self._today()
        if expires_on <= today:
            raise InvalidInput(
                "a credential expires after today", hint="say another day with --expires"
            )
        if expires_on > today + timedelta(days=DAYS_MAXIMUM):
            raise InvalidInput(
                "a credential expires within a year",
                hint="concerne client rotate gives another one then",
            )

    def _today(self) -> date:
        return self._now().date()


def credential_refused() -> CredentialRefused:
    """Return the one refusal, which says nothing of its reason."""
    return CredentialRefused(
        "a credential is needed here that is valid now",
        hint="whoever runs this site gives personal credentials, and can give another",
    )


def _check_name(what: str, name: str) -> None:
    if not 0 < len(name) <= NAME_CHARACTERS_MAXIMUM or not name.isprintable() or name.isspace():
        raise InvalidInput(f"the {what} is a name of 1 to {NAME_CHARACTERS_MAXIMUM} characters")
