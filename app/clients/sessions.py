"""Sessions: who signed in on the laboratory's page with a credential, and until when that holds.

A session is 256 random bits in the person's browser, and their digest here. It ends by itself: so
long after it began, whatever is done with it, and so long after it was last used. It is bound to
the credential that it began with, so that a revocation, an expiry and a rotation end it with the
next request.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.clients.ports import Client, SessionStore
from app.clients.registry import Registry, credential_refused
from app.encoding import length_prefixed, to_base64url
from app.protocol.credentials import credential_digest

SESSION_LABEL = b"concerne/v1/session"
# A working day, and a break in it.
LASTS = timedelta(hours=8)
IDLE = timedelta(minutes=30)
# Written down no more often than this: each request would else be a write.
RENEWED_AFTER = timedelta(minutes=1)
_TOKEN_BYTES = 32


class Sessions:
    """Begins sessions, knows them again, and ends them.

    Args:
        store: where they are kept.
        registry: who has a credential.
        now: the time, UTC.
    """

    def __init__(
        self,
        store: SessionStore,
        registry: Registry,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._registry = registry
        self._now = now

    def begin(self, presented: bytes) -> str:
        """Return the token of a new session; whatever else has ended is forgotten on the way.

        Args:
            presented: whatever was sent as a credential.

        Raises:
            CredentialRefused: with one text, whatever the reason.
        """
        client = self._registry.authenticate(presented)
        now, token = self._now(), to_base64url(secrets.token_bytes(_TOKEN_BYTES))
        self._store.forget_ended(began_before=now - LASTS, used_before=now - IDLE)
        self._store.begin(_digest(token), client.number, credential_digest(presented), now)
        return token

    def client(self, token: str) -> Client:
        """Return whose session it is, and renew it.

        Args:
            token: whatever was sent as one.

        Raises:
            CredentialRefused: there is no such session, it has ended, or its credential has.
        """
        now, digest = self._now(), _digest(token)
        found = self._store.find(digest, now.date(), began_after=now - LASTS, used_after=now - IDLE)
        if found is None:
            raise credential_refused()
        client, used_at = found
        if now - used_at >= RENEWED_AFTER:
            self._store.renew(digest, now)
        return client

    def end(self, token: str) -> None:
        """End a session, if it is one."""
        self._store.end(_digest(token))


def _digest(token: str) -> bytes:
    presented = token.encode("utf-8", errors="replace")
    return hashlib.sha256(length_prefixed(SESSION_LABEL) + presented).digest()
