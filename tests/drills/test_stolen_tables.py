"""A thief of the database, with all that is public and lists of known people, learns nothing.

What could be tried is tried on people who are in the leak and on people who are not. Without the
key, whatever is found is found as often among the ones as among the others: never.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from app.crypto import oprf
from app.crypto.keyring import KeyRing
from app.crypto.keys import EvaluationKey
from app.crypto.stretch import INSECURE_TEST_ONLY, Stretched, stretch
from app.protocol.fingerprints import FINGERPRINT_BYTES, Locator
from app.protocol.parameters import key_name
from app.protocol.server import encode_identifier
from app.storage.engine import DATABASE_NAME
from tests.conftest import DATASET, Leak

SCHEME = "nir-dob"


class StolenTables:
    """Everything in the database's file."""

    def __init__(self, leak: Leak) -> None:
        with sqlite3.connect(leak.data / DATABASE_NAME) as database:
            self.salt = one(database, "SELECT stretch_salt FROM deployment")
            self.public_key = one(
                database, "SELECT public_key FROM scheme_index WHERE scheme = ?", SCHEME
            )
            self.prefix_bits = one(
                database, "SELECT prefix_bits FROM scheme_index WHERE scheme = ?", SCHEME
            )
            self.elements = {row[0] for row in database.execute("SELECT element FROM entry")}
            ranges = [row[0] for row in database.execute("SELECT fingerprints FROM range")]
            # Whatever cell of whatever table, for what nobody thought of.
            self.everything = dump(database)
        database.close()
        self.fingerprints = {
            packed[start : start + FINGERPRINT_BYTES]
            for packed in ranges
            for start in range(0, len(packed), FINGERPRINT_BYTES)
        }


def one(database: sqlite3.Connection, statement: str, *values: str) -> Any:
    return database.execute(statement, values).fetchone()[0]


def dump(database: sqlite3.Connection) -> str:
    return "\n".join(database.iterdump()).upper()


def is_found(tables: StolenTables, element: bytes) -> bool:
    """Look for an element, and for the fingerprint that it would have."""
    location = Locator(DATASET, SCHEME, tables.prefix_bits).locate(element)  # type: ignore[arg-type]  # the thief's
    return element in tables.elements or bytes(location.fingerprint) in tables.fingerprints


def as_it_is(tables: StolenTables, stretched: Stretched) -> bool:
    """Look for the point itself, unkeyed."""
    return is_found(tables, oprf.hash_to_group(stretched))


def with_a_key_of_ones_own(tables: StolenTables, stretched: Stretched) -> bool:
    """Evaluate with keys that were drawn at random."""
    keys = [EvaluationKey.generate() for _ in range(8)]
    return any(is_found(tables, oprf.evaluate(key, stretched)) for key in keys)


def written_somewhere(tables: StolenTables, stretched: Stretched) -> bool:
    """Look for the stretched value, and for the point, in every cell of every table."""
    point = oprf.hash_to_group(stretched)
    return any(value.hex().upper() in tables.everything for value in (stretched, point))


@pytest.fixture(scope="module")
def tables(leak: Leak) -> StolenTables:
    return StolenTables(leak)


def people(leak: Leak, tables: StolenTables, *, exposed: bool) -> list[Stretched]:
    found = []
    for line in leak.lines(SCHEME, exposed=exposed):
        fields = {name: line[name] for name in ("nir", "birth_date")}
        encoded = encode_identifier(SCHEME, fields)
        found.append(stretch(INSECURE_TEST_ONLY, tables.salt, encoded))
    assert len(found) > 50
    return found


@pytest.mark.promise("tables")
@pytest.mark.parametrize("attempt", [as_it_is, with_a_key_of_ones_own, written_somewhere])
def test_known_people_are_not_found_without_the_key(
    leak: Leak, tables: StolenTables, attempt: Callable[[StolenTables, Stretched], bool]
) -> None:
    for exposed in (True, False):
        tried = [attempt(tables, each) for each in people(leak, tables, exposed=exposed)]
        assert not any(tried)


def test_with_the_key_they_all_are(leak: Leak, tables: StolenTables) -> None:
    """So that what is not found above is not found for want of the key, and of nothing else."""
    key = KeyRing(leak.settings().keys).load(key_name(DATASET, SCHEME, 1))
    for exposed in (True, False):
        for stretched in people(leak, tables, exposed=exposed):
            assert is_found(tables, oprf.evaluate(key, stretched)) is exposed


@pytest.mark.promise("tables")
def test_no_key_is_in_the_tables(leak: Leak, tables: StolenTables) -> None:
    ring = KeyRing(leak.settings().keys)
    keys = [ring.load(name) for name in ring.names()]
    assert len(keys) == 5
    for key in keys:
        assert key.secret.hex().upper() not in tables.everything
        assert key.public_key.hex().upper() in tables.everything
