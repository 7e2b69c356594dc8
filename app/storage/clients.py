"""Clients and what they have spent, in the database: implements `clients.ports.ClientStore`.

Nothing is remembered between two questions, so that a client who was revoked by another process
is refused with the next one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, delete, select

from app.clients.ports import Client, Grant, NewClient, Role
from app.clients.quota import Quota
from app.clients.registry import credential_refused
from app.errors import ClientRevoked, QuotaExhausted, UnknownClient
from app.lifecycle.audit import Step
from app.storage import tables
from app.storage.audit import record_step
from app.storage.engine import database_errors, writing
from app.storage.tables import ClientGrant, SpentElement

# A step that is about a client and no dataset.
_NO_DATASET = ""


class SqlClientStore:
    """Clients in the database.

    Args:
        engine: as `open_database` gives it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: NewClient, digest: bytes, by: str) -> int:
        """Add a client, and return its number."""
        with writing(self._engine) as session:
            row = tables.Client(
                person=new.person,
                organisation=new.organisation,
                role=new.role.value,
                digest=digest,
                expires_on=new.expires_on,
            )
            session.add(row)
            session.flush()
            number = _number(row)
            session.add_all(_grants(number, new))
            counts = _counts(number, new.quota) | {"schemes": len(new.schemes)}
            record_step(session, Step.CLIENT_ADDED, dataset=_NO_DATASET, by=by, counts=counts)
            return number

    def clients(self) -> Sequence[Client]:
        """Return all clients, by number."""
        with database_errors(), Session(self._engine) as session:
            rows = session.exec(select(tables.Client).order_by(col(tables.Client.id))).all()
            return [client_of_row(session, row) for row in rows]

    def client(self, number: int) -> Client:
        """Return one client; raise UnknownClient if there is none."""
        with database_errors(), Session(self._engine) as session:
            return client_of_row(session, _found(session, number))

    def accepted(self, digest: bytes, day: date) -> Client | None:
        """Return whose credential is taken; all others are not found by one and the same query."""
        is_accepted = (
            (col(tables.Client.digest) == digest)
            & col(tables.Client.revoked_at).is_(None)
            & (col(tables.Client.expires_on) > day)
        )
        with database_errors(), Session(self._engine) as session:
            row = session.exec(select(tables.Client).where(is_accepted)).first()
            return None if row is None else client_of_row(session, row)

    def revoke(self, number: int, by: str) -> None:
        """Refuse a client's credential for ever, and forget what it asked but not how much."""
        with writing(self._engine) as session:
            row = _unrevoked(session, number)
            row.revoked_at = datetime.now(UTC)
            session.add(row)
            for grant in _grants_of(session, number):
                _forget_spent(session, grant)
            record_step(
                session, Step.CLIENT_REVOKED, dataset=_NO_DATASET, by=by, counts={"client": number}
            )

    def rotate(
        self, number: int, digest: bytes, by: str, *, expires_on: date, quota: Quota | None
    ) -> None:
        """Put another credential in the place of a client's; with a quota, nothing is spent yet."""
        with writing(self._engine) as session:
            row = _unrevoked(session, number)
            row.digest, row.expires_on = digest, expires_on
            session.add(row)
            if quota is not None:
                for grant in _grants_of(session, number):
                    _forget_spent(session, grant)
                    grant.declared, grant.margin_percent = quota.declared, quota.margin_percent
                    grant.spent = 0
                    session.add(grant)
            counts = _counts(number, quota)
            record_step(session, Step.CREDENTIAL_ROTATED, dataset=_NO_DATASET, by=by, counts=counts)

    def spend(self, client: Client, scheme: str, dataset: str, digests: Collection[bytes]) -> None:
        """Spend what of these was not spent before, or nothing; tell the audit trail which."""
        with writing(self._engine) as session:
            grant = _spendable(session, client.number, scheme)
            new = _spend(session, grant, digests)
            counts = {"client": client.number, f"{scheme} asked": len(digests)}
            if new is not None:
                counts[f"{scheme} new"] = new
            step = Step.QUOTA_REFUSED if new is None else Step.EVALUATED
            record_step(session, step, dataset=dataset, by=client.name, counts=counts)
        if new is None:
            raise QuotaExhausted(
                "that would be more than the quota for this scheme; nothing was evaluated or spent",
                hint="whoever runs this site can give another quota",
            )


def _spendable(session: Session, number: int, scheme: str) -> ClientGrant:
    """Return a client's grant, unless it was revoked since its credential was looked at."""
    grant = session.exec(
        select(ClientGrant)
        .join(tables.Client, col(ClientGrant.client_id) == col(tables.Client.id))
        .where(
            col(tables.Client.id) == number,
            col(tables.Client.revoked_at).is_(None),
            col(ClientGrant.scheme) == scheme,
        )
    ).first()
    if grant is None:
        raise credential_refused()
    return grant


def _spend(session: Session, grant: ClientGrant, digests: Collection[bytes]) -> int | None:
    """Return how many were new, or None where the quota does not have as many left."""
    rows = [{"grant_id": grant.id, "digest": digest} for digest in digests]
    spent, quota = grant.spent, _quota(grant).elements
    with session.begin_nested() as attempt:
        inserted = insert(SpentElement).on_conflict_do_nothing()
        new = session.connection().execute(inserted, rows).rowcount
        if spent + new > quota:
            attempt.rollback()
            return None
    grant.spent = spent + new
    session.add(grant)
    return new


def _found(session: Session, number: int) -> tables.Client:
    row = session.get(tables.Client, number)
    if row is None:
        raise UnknownClient("no client has that number", hint="concerne client list")
    return row


def _unrevoked(session: Session, number: int) -> tables.Client:
    row = _found(session, number)
    if row.revoked_at is not None:
        raise ClientRevoked(
            f"client {number} was revoked", hint="concerne client add makes a new one"
        )
    return row


def _number(row: tables.Client) -> int:
    if row.id is None:
        raise ValueError("a client without a number")
    return row.id


def client_of_row(session: Session, row: tables.Client) -> Client:
    """Return the client that a row and its grants are."""
    number = _number(row)
    return Client(
        number=number,
        person=row.person,
        organisation=row.organisation,
        role=Role(row.role),
        expires_on=row.expires_on,
        # SQLite keeps no time zone; what was written is UTC.
        revoked_at=row.revoked_at and row.revoked_at.replace(tzinfo=UTC),
        grants={g.scheme: Grant(_quota(g), g.spent) for g in _grants_of(session, number)},
    )


def _quota(grant: ClientGrant) -> Quota:
    return Quota(grant.declared, grant.margin_percent)


def _grants(number: int, new: NewClient) -> list[ClientGrant]:
    declared, margin = new.quota.declared, new.quota.margin_percent
    return [
        ClientGrant(
            client_id=number, scheme=scheme, declared=declared, margin_percent=margin, spent=0
        )
        for scheme in new.schemes
    ]


def _grants_of(session: Session, number: int) -> Sequence[ClientGrant]:
    return session.exec(
        select(ClientGrant)
        .where(col(ClientGrant.client_id) == number)
        .order_by(col(ClientGrant.id))
    ).all()


def _forget_spent(session: Session, grant: ClientGrant) -> None:
    session.exec(delete(SpentElement).where(col(SpentElement.grant_id) == grant.id))


def _counts(number: int, quota: Quota | None) -> dict[str, int]:
    counts = {"client": number}
    return counts if quota is None else counts | {"quota": quota.elements}
