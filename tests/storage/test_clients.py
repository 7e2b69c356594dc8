"""What is spent is spent once, never beyond the quota, and the audit trail says by whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from app.clients.ports import Client
from app.clients.quota import Quota
from app.clients.registry import Issued
from app.clients.spending import Spending
from app.crypto.ristretto255 import Element
from app.errors import CredentialRefused, QuotaExhausted, Unavailable
from app.lifecycle.audit import AuditEvent
from app.storage.clients import SqlClientStore
from app.storage.engine import DATABASE_NAME
from tests.clients.examples import new_client, registry_of
from tests.ingest.examples import House, house
from tests.lifecycle.examples import events
from tests.storage.examples import elements


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


@pytest.fixture
def lab(home: House) -> Issued:
    return registry_of(home.engine).add(new_client(), by="an operator")


def spending(home: House) -> Spending:
    return Spending(SqlClientStore(home.engine))


def spend(home: House, client: Client, batch: list[Element], dataset: str = "demo") -> None:
    spending(home).spend(client, "nir", dataset, batch)


def spent(home: House, client: Client) -> int:
    """Return how much is spent, after checking that the number is that of what is remembered."""
    counted = SqlClientStore(home.engine).client(client.number).grants["nir"].spent
    query = text(
        "SELECT count(*) FROM spent_element WHERE grant_id IN"
        " (SELECT id FROM client_grant WHERE client_id = :number AND scheme = 'nir')"
    )
    with home.engine.connect() as connection:
        assert connection.execute(query, {"number": client.number}).scalar_one() == counted
    return counted


def told(event: AuditEvent) -> tuple[str, str, str, dict[str, int]]:
    return event.what.value, event.dataset, event.by, dict(event.counts)


def test_an_element_is_spent_once_whatever_the_dataset(home: House, lab: Issued) -> None:
    batch = elements(10)
    for dataset in ("demo", "demo", "another"):
        spend(home, lab.client, batch, dataset)
        assert spent(home, lab.client) == 10
    spend(home, lab.client, [*batch[5:], *elements(3), batch[0], batch[0]])
    assert spent(home, lab.client) == 13


def test_a_batch_that_would_pass_the_quota_spends_nothing(home: House, lab: Issued) -> None:
    first = elements(100)
    spend(home, lab.client, first)
    with pytest.raises(QuotaExhausted):
        spend(home, lab.client, [*first, *elements(11)])
    assert spent(home, lab.client) == 100
    spend(home, lab.client, [*first, *elements(10)])
    assert spent(home, lab.client) == 110
    with pytest.raises(QuotaExhausted):
        spend(home, lab.client, elements(1))
    # What was paid for stays paid for, with nothing left.
    spend(home, lab.client, first)
    assert spent(home, lab.client) == 110


def test_each_scheme_and_each_client_has_its_own(home: House, lab: Issued) -> None:
    other = registry_of(home.engine).add(new_client(person="Ana Roy"), by="x")
    batch = elements(110)
    spend(home, lab.client, batch)
    spending(home).spend(lab.client, "nir-dob", "demo", batch)
    assert spent(home, other.client) == 0
    spend(home, other.client, batch[:7])
    assert (spent(home, lab.client), spent(home, other.client)) == (110, 7)


def test_an_identifier_in_clear_is_not_remembered_and_costs_one_each_time(
    home: House, lab: Issued
) -> None:
    for _ in range(3):
        spending(home).spend_one(lab.client, "nir", "demo")
    assert spent(home, lab.client) == 3


def test_batches_at_the_same_time_do_not_pass_the_quota_together(home: House, lab: Issued) -> None:
    """Thirty batches of ten at once against a quota of 110: eleven are taken, whichever."""
    batches = [elements(10) for _ in range(30)]
    together = threading.Barrier(10)

    def ask(batch: list[Element]) -> bool:
        together.wait()
        try:
            spend(home, lab.client, batch)
        except QuotaExhausted:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(ask, batches))
    assert taken.count(True) == 11
    assert spent(home, lab.client) == 110
    asked = [event for event in events(home) if event.counts.get("nir asked")]
    assert [e.what.value for e in asked].count("refused beyond the quota") == 19
    assert len(asked) == 30


def test_the_same_batch_at_the_same_time_is_spent_once(home: House, lab: Issued) -> None:
    batch = elements(100)
    together = threading.Barrier(8)

    def ask(_: int) -> None:
        together.wait()
        spend(home, lab.client, batch)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(8)))
    assert spent(home, lab.client) == 100


def test_who_is_revoked_between_the_door_and_the_till_spends_nothing(
    home: House, lab: Issued
) -> None:
    registry_of(home.engine).revoke(lab.client.number, by="x")
    with pytest.raises(CredentialRefused):
        spend(home, lab.client, elements(1))
    assert "nir asked" not in events(home)[-1].counts


def test_a_rotation_keeps_what_is_spent_unless_it_gives_a_quota(home: House, lab: Issued) -> None:
    registry, batch = registry_of(home.engine), elements(50)
    spend(home, lab.client, batch)
    same = registry.rotate(lab.client.number, by="x").client
    spend(home, same, batch)
    assert spent(home, same) == 50
    anew = registry.rotate(lab.client.number, by="x", quota=Quota(20, 0)).client
    assert spent(home, anew) == 0
    spend(home, anew, batch[:20])
    with pytest.raises(QuotaExhausted):
        spend(home, anew, batch[20:21])
    assert spent(home, anew) == 20


def test_of_who_is_revoked_stays_how_much_and_not_what(home: House, lab: Issued) -> None:
    spend(home, lab.client, elements(30))
    registry_of(home.engine).revoke(lab.client.number, by="x")
    (client,) = SqlClientStore(home.engine).clients()
    assert client.grants["nir"].spent == 30
    with home.engine.connect() as connection:
        left = connection.exec_driver_sql("SELECT count(*) FROM spent_element").scalar_one()
    assert left == 0


def test_the_audit_trail_says_who_asked_for_how_many_and_who_gave_what(
    home: House, lab: Issued
) -> None:
    registry, batch = registry_of(home.engine), elements(60)
    spend(home, lab.client, batch)
    spend(home, lab.client, [*batch, *elements(5)], "another")
    with pytest.raises(QuotaExhausted):
        spend(home, lab.client, elements(99))
    registry.rotate(1, by="second")
    registry.rotate(1, by="third", quota=Quota(1000))
    registry.revoke(1, by="fourth")
    who = "Zoé Martin, Laboratoire inventé"
    assert [told(event) for event in events(home)] == [
        ("client added", "", "an operator", {"client": 1, "quota": 110, "schemes": 2}),
        ("evaluated for a client", "demo", who, {"client": 1, "nir asked": 60, "nir new": 60}),
        ("evaluated for a client", "another", who, {"client": 1, "nir asked": 65, "nir new": 5}),
        ("refused beyond the quota", "demo", who, {"client": 1, "nir asked": 99}),
        ("credential rotated", "", "second", {"client": 1}),
        ("credential rotated", "", "third", {"client": 1, "quota": 1100}),
        ("client revoked", "", "fourth", {"client": 1}),
    ]


def test_what_is_spent_goes_with_its_event_or_not_at_all(home: House, lab: Issued) -> None:
    with home.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no_more BEFORE INSERT ON audit_event"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    with pytest.raises(Unavailable):
        spend(home, lab.client, elements(10))
    assert spent(home, lab.client) == 0


def test_sixteen_bytes_an_element_are_kept_and_nothing_of_the_credential(
    home: House, lab: Issued
) -> None:
    batch = elements(40)
    spend(home, lab.client, batch)
    with home.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT digest FROM spent_element").scalars().all()
    assert {len(digest) for digest in kept} == {16}
    files = [path.read_bytes() for path in home.folder.glob(f"{DATABASE_NAME}*")]
    secrets = [lab.credential.text.encode(), lab.credential.secret, *batch]
    assert not any(secret in content for content in files for secret in secrets)
    assert any(lab.credential.digest in content for content in files)


def test_two_clients_of_one_credential_cannot_be(home: House) -> None:
    store, digest = SqlClientStore(home.engine), bytes(32)
    store.add(new_client(), digest, "x")
    with pytest.raises(Unavailable, match="IntegrityError"):
        store.add(new_client(), digest, "x")
    assert len(store.clients()) == len(events(home)) == 1
