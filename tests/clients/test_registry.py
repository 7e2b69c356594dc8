"""Who is given a credential, who is known by one, and until when; over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.clients.ports import Role, Standing
from app.clients.quota import Quota
from app.clients.registry import DAYS_MAXIMUM, Registry
from app.errors import (
    ClientRevoked,
    CredentialRefused,
    InvalidInput,
    RoleNotPermitted,
    UnknownClient,
    UnknownScheme,
)
from app.protocol.credentials import Credential
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from tests.clients.examples import new_client

TODAY = date(2026, 11, 25)


class Clock:
    def __init__(self) -> None:
        self.day = TODAY

    def __call__(self) -> datetime:
        return datetime.combine(self.day, datetime.max.time(), UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(engine: Engine, clock: Clock) -> Registry:
    return Registry(SqlClientStore(engine), now=clock)


def shown(credential: Credential) -> bytes:
    return credential.text.encode()


def after(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_who_was_added_is_known_by_the_credential(registry: Registry) -> None:
    one = registry.add(new_client(expires_on=after(9)), by="x")
    two = registry.add(new_client(person="Ana Roy", expires_on=after(9)), by="x")
    assert (one.client.number, two.client.number) == (1, 2)
    for issued in (one, two):
        assert registry.authenticate(shown(issued.credential)) == issued.client
    assert registry.clients() == [one.client, two.client]
    assert one.client.name == "Zoé Martin, Laboratoire inventé"
    assert list(one.client.grants) == ["nir-dob", "nir"]
    assert one.client.grants["nir"].quota == Quota(100, 10)


@pytest.mark.parametrize("presented", [b"", b"x", b"concerne_" + b"A" * 48, bytes(range(256))])
def test_nobody_is_known_by_anything_else(registry: Registry, presented: bytes) -> None:
    registry.add(new_client(expires_on=after(9)), by="x")
    with pytest.raises(CredentialRefused):
        registry.authenticate(presented)


def test_a_credential_is_refused_from_its_day_on(registry: Registry, clock: Clock) -> None:
    issued = registry.add(new_client(expires_on=after(1)), by="x")
    assert registry.standing(registry.authenticate(shown(issued.credential))) is Standing.ACTIVE
    clock.day = after(1)
    with pytest.raises(CredentialRefused):
        registry.authenticate(shown(issued.credential))
    (client,) = registry.clients()
    assert registry.standing(client) is Standing.EXPIRED


@pytest.mark.parametrize("days", [-1, 0, DAYS_MAXIMUM + 1, 10_000])
def test_a_day_of_expiry_is_after_today_and_within_a_year(registry: Registry, days: int) -> None:
    with pytest.raises(InvalidInput):
        registry.add(new_client(expires_on=after(days)), by="x")
    issued = registry.add(new_client(expires_on=after(9)), by="x")
    with pytest.raises(InvalidInput):
        registry.rotate(issued.client.number, by="x", expires_on=after(days))
    assert registry.authenticate(shown(issued.credential)) == issued.client


def test_the_default_is_ninety_days(registry: Registry) -> None:
    assert registry.default_expiry() == after(90)


def test_who_was_revoked_stays_so(registry: Registry) -> None:
    issued = registry.add(new_client(expires_on=after(9)), by="x")
    number = issued.client.number
    registry.revoke(number, by="x")
    with pytest.raises(CredentialRefused):
        registry.authenticate(shown(issued.credential))
    for again in (registry.revoke, registry.rotate):
        with pytest.raises(ClientRevoked):
            again(number, by="x")
    (client,) = registry.clients()
    assert registry.standing(client) is Standing.REVOKED


def test_a_rotation_lets_one_credential_in_and_the_other_not(registry: Registry) -> None:
    old = registry.add(new_client(expires_on=after(9)), by="x")
    new = registry.rotate(old.client.number, by="x", expires_on=after(20))
    assert new.client.number == old.client.number
    assert registry.authenticate(shown(new.credential)).expires_on == after(20)
    with pytest.raises(CredentialRefused):
        registry.authenticate(shown(old.credential))


def test_who_has_expired_is_rotated_with_another_day(registry: Registry, clock: Clock) -> None:
    old = registry.add(new_client(expires_on=after(1)), by="x")
    clock.day = after(2)
    with pytest.raises(InvalidInput, match="after today"):
        registry.rotate(old.client.number, by="x")
    new = registry.rotate(old.client.number, by="x", expires_on=after(9))
    assert registry.authenticate(shown(new.credential)) == new.client


@pytest.mark.parametrize("number", [0, 1, -1, 10**9])
def test_nobody_has_a_number_that_was_never_given(registry: Registry, number: int) -> None:
    for step in (registry.revoke, registry.rotate):
        with pytest.raises(UnknownClient):
            step(number, by="x")


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "two\nlines", "tab\t", "\u202eturned"])
def test_a_name_is_one_printable_line(registry: Registry, name: str) -> None:
    for field in ("person", "organisation"):
        with pytest.raises(InvalidInput) as refusal:
            registry.add(new_client(expires_on=after(9), **{field: name}), by="x")  # type: ignore[arg-type]  # one of two texts
        assert field in refusal.value.message
    assert registry.clients() == []


@pytest.mark.parametrize("schemes", [(), ("nir", "nir")])
def test_schemes_are_named_once_each(registry: Registry, schemes: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        registry.add(new_client(expires_on=after(9), schemes=schemes), by="x")


def test_a_scheme_that_is_none_is_refused(registry: Registry) -> None:
    with pytest.raises(UnknownScheme):
        registry.add(new_client(expires_on=after(9), schemes=("nir", "1850556950048")), by="x")
    assert registry.clients() == []


def test_only_a_laboratory_has_all_ranges_at_once(registry: Registry) -> None:
    registry.add(new_client(expires_on=after(9)), by="x").client.check_bulk()
    other = registry.add(new_client(expires_on=after(9), role=Role.JOURNALIST), by="x").client
    with pytest.raises(RoleNotPermitted):
        other.check_bulk()
