"""Sessions in the database, so that every process knows them: implements `SessionStore`."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Engine, update
from sqlmodel import Session, col, delete, select

from app.clients.ports import Client
from app.storage import tables
from app.storage.clients import client_of_row
from app.storage.engine import database_errors, writing
from app.storage.tables import ClientSession


class SqlSessionStore:
    """Sessions in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, digest: bytes, number: int, credential: bytes, now: datetime) -> None:
        """Keep a session of a client, bound to a credential."""
        with writing(self._engine) as session:
            session.add(
                ClientSession(
                    digest=digest,
                    client_id=number,
                    credential=credential,
                    began_at=now,
                    used_at=now,
                )
            )

    def find(
        self, digest: bytes, day: date, *, began_after: datetime, used_after: datetime
    ) -> tuple[Client, datetime] | None:
        """Return whose session it is and when it was last used, by one query for all refusals."""
        holds = (
            (col(ClientSession.digest) == digest)
            & (col(ClientSession.began_at) > began_after)
            & (col(ClientSession.used_at) > used_after)
            & (col(ClientSession.credential) == col(tables.Client.digest))
            & col(tables.Client.revoked_at).is_(None)
            & (col(tables.Client.expires_on) > day)
        )
        with database_errors(), Session(self._engine) as session:
            found = session.exec(
                select(tables.Client, ClientSession)
                .join(ClientSession, col(ClientSession.client_id) == col(tables.Client.id))
                .where(holds)
            ).first()
            if found is None:
                return None
            client, kept = found
            # SQLite keeps no time zone; what was written is UTC.
            return client_of_row(session, client), kept.used_at.replace(tzinfo=UTC)

    def renew(self, digest: bytes, now: datetime) -> None:
        """Note that a session is used."""
        with writing(self._engine) as session:
            chosen = col(ClientSession.digest) == digest
            session.connection().execute(update(ClientSession).where(chosen).values(used_at=now))

    def end(self, digest: bytes) -> None:
        """Forget a session."""
        with writing(self._engine) as session:
            session.exec(delete(ClientSession).where(col(ClientSession.digest) == digest))

    def forget_ended(self, *, began_before: datetime, used_before: datetime) -> None:
        """Forget every session that began or was used no later than said."""
        ended = (col(ClientSession.began_at) <= began_before) | (
            col(ClientSession.used_at) <= used_before
        )
        with writing(self._engine) as session:
            session.exec(delete(ClientSession).where(ended))
