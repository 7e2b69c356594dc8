"""Who a client is, and what the register needs from a store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from app.clients.quota import Quota
from app.errors import RoleNotPermitted


class Role(StrEnum):
    """What somebody is to the leak.

    Attributes:
        LAB: whose patients are in it; may also have all ranges at once.
        JOURNALIST: who reports on it; has scope reports where these are not for everybody.
    """

    LAB = "lab"
    JOURNALIST = "journalist"


class Standing(StrEnum):
    """Whether a client's credential is taken."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Grant:
    """One scheme that a client may ask by.

    Args:
        quota: what it may have evaluated in all, across datasets and epochs.
        spent: distinct blinded elements that it has had evaluated.
    """

    quota: Quota
    spent: int


@dataclass(frozen=True, slots=True)
class Client:
    """A person with a credential.

    Args:
        number: by which operators name it; never given to another.
        expires_on: the day, UTC, with whose beginning its credential is refused.
        revoked_at: or None.
        grants: by scheme.
    """

    number: int
    person: str
    organisation: str
    role: Role
    expires_on: date
    revoked_at: datetime | None
    grants: Mapping[str, Grant]

    @property
    def name(self) -> str:
        """Who it is, for the audit trail."""
        return f"{self.person}, {self.organisation}"

    def standing(self, day: date) -> Standing:
        """Tell whether its credential is taken on a day."""
        if self.revoked_at is not None:
            return Standing.REVOKED
        return Standing.ACTIVE if day < self.expires_on else Standing.EXPIRED

    def check_bulk(self) -> None:
        """Check that it may have all ranges of an index at once.

        Raises:
            RoleNotPermitted: it is no laboratory.
        """
        if self.role is not Role.LAB:
            raise RoleNotPermitted(
                "all ranges at once are for laboratories", hint="ask for one range at a time"
            )

    def check_scope(self) -> None:
        """Check that it may have scope reports where these are not for everybody.

        Raises:
            RoleNotPermitted: it is no journalist.
        """
        if self.role is not Role.JOURNALIST:
            raise RoleNotPermitted("scope reports are for journalists here")


@dataclass(frozen=True, slots=True)
class NewClient:
    """A person who is to get a credential; `schemes` share one quota's size, not its spending."""

    person: str
    organisation: str
    role: Role
    schemes: tuple[str, ...]
    quota: Quota
    expires_on: date


class ClientStore(Protocol):
    """Where clients are kept, with the audit trail: a step and its event are one transaction."""

    def add(self, new: NewClient, digest: bytes, by: str) -> int:
        """Add a client whose credential has this digest, and return its number."""

    def clients(self) -> Sequence[Client]:
        """Return all clients, by number."""

    def client(self, number: int) -> Client:
        """Return one client; raise UnknownClient if there is none."""

    def accepted(self, digest: bytes, day: date) -> Client | None:
        """Return whose credential has this digest, is not revoked, and has not expired on a day.

        Everybody else is one case, so that nothing differs between them.
        """

    def revoke(self, number: int, by: str) -> None:
        """Let a client's credential be refused for ever.

        Raises:
            UnknownClient: there is none of that number.
            ClientRevoked: it is so already.
        """

    def rotate(
        self, number: int, digest: bytes, by: str, *, expires_on: date, quota: Quota | None
    ) -> None:
        """Put another credential in the place of a client's.

        Args:
            number: of the client.
            digest: of the new credential.
            by: who does it.
            expires_on: of the new credential.
            quota: with which nothing is spent yet; None leaves what was granted and spent.

        Raises:
            UnknownClient, ClientRevoked: as above; nothing was changed.
        """

    def spend(self, client: Client, scheme: str, dataset: str, digests: Collection[bytes]) -> None:
        """Spend what of these was not spent before, or nothing, in one transaction.

        Raises:
            QuotaExhausted: it would be more than the quota; only the audit trail knows of it.
            CredentialRefused: the client was revoked in the meantime; nothing was spent.
        """


class SessionStore(Protocol):
    """Where sessions are kept, by the digests of their tokens."""

    def begin(self, digest: bytes, number: int, credential: bytes, now: datetime) -> None:
        """Keep a session of a client, bound to the credential of this digest."""

    def find(
        self, digest: bytes, day: date, *, began_after: datetime, used_after: datetime
    ) -> tuple[Client, datetime] | None:
        """Return whose session it is, and when it was last used.

        None for one that began or was used no later than said, or whose credential is not that of
        its client any more, was revoked, or has expired on a day.
        """

    def renew(self, digest: bytes, now: datetime) -> None:
        """Note that a session is used, if it is still there."""

    def end(self, digest: bytes) -> None:
        """Forget a session, if there is one."""

    def forget_ended(self, *, began_before: datetime, used_before: datetime) -> None:
        """Forget every session that began or was used no later than said."""
