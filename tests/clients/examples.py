"""People who get a credential, none of whom is anybody, in a real database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from app.clients.ports import NewClient, Role
from app.clients.quota import Quota
from app.clients.registry import Issued, Registry
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database


def new_client(
    *,
    person: str = "Zoé Martin",
    organisation: str = "Laboratoire inventé",
    role: Role = Role.LAB,
    schemes: tuple[str, ...] = ("nir-dob", "nir"),
    declared: int = 100,
    margin_percent: int = 10,
    expires_on: date | None = None,
) -> NewClient:
    """Return somebody who may have 110 elements of `nir-dob` and of `nir` evaluated."""
    expires_on = expires_on or datetime.now(UTC).date() + timedelta(days=30)
    quota = Quota(declared, margin_percent)
    return NewClient(person, organisation, role, schemes, quota, expires_on)


def registry_of(engine: Engine) -> Registry:
    """Return the register over a database."""
    return Registry(SqlClientStore(engine))


def issued(folder: Path, new: NewClient | None = None) -> Issued:
    """Give somebody a credential, as another process than the server does."""
    engine = open_database(folder)
    try:
        return registry_of(engine).add(new or new_client(), by="an operator")
    finally:
        engine.dispose()


def bearer(client: Issued | str) -> dict[str, str]:
    """Return the header that shows a credential."""
    text = client if isinstance(client, str) else client.credential.text
    return {"Authorization": f"Bearer {text}"}
