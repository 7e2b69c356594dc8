"""By what an element is known again that was paid for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from app.clients.registry import Issued
from app.clients.spending import SPENT_BYTES, Spending
from app.crypto import oprf
from app.crypto.ristretto255 import Element
from app.storage.clients import SqlClientStore
from app.storage.engine import open_database
from tests.clients.examples import new_client, registry_of


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture
def lab(engine: Engine) -> Issued:
    return registry_of(engine).add(new_client(), by="x")


def remembered(engine: Engine) -> Collection[bytes]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT digest FROM spent_element")).scalars())


def test_a_known_element_is_remembered_as_it_always_was(engine: Engine, lab: Issued) -> None:
    """A later version that remembered it otherwise would have every laboratory pay twice."""
    Spending(SqlClientStore(engine)).spend(lab.client, "nir", "demo", [Element(bytes(range(32)))])
    assert [digest.hex() for digest in remembered(engine)] == ["4a27e8e06c76b1b876122a24f086ce53"]


def test_what_is_remembered_differs_between_two_blindings_of_one_person(
    engine: Engine, lab: Issued
) -> None:
    batch = [oprf.blind(b"somebody made up")[1] for _ in range(9)]
    Spending(SqlClientStore(engine)).spend(lab.client, "nir", "demo", batch)
    assert len(remembered(engine)) == 9


def test_an_identifier_in_clear_is_remembered_as_chance_alone(engine: Engine, lab: Issued) -> None:
    spending = Spending(SqlClientStore(engine))
    for _ in range(5):
        spending.spend_one(lab.client, "nir", "demo")
    assert {len(digest) for digest in remembered(engine)} == {SPENT_BYTES}
    assert len(remembered(engine)) == 5
