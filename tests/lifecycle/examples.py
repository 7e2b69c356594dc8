"""The use cases of a dataset's life over a real folder, and what can be seen from outside."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from sqlalchemy import text

from app.crypto.signing import verify_signed
from app.errors import UnknownDataset
from app.exposure.answering import Answering
from app.exposure.stretching import BoundedPool
from app.lifecycle.audit import AuditEvent, AuditHead, parse_event, verify_chain
from app.lifecycle.certificate import CERTIFICATE_KIND
from app.lifecycle.erasure import Erasing, Sweeping
from app.lifecycle.forgetting import Forgetting
from app.protocol.messages import Answer
from app.storage.audit import SqlAuditTrail
from app.storage.erasing import SqlErasureStore
from app.storage.forgetting import SqlForgettingStore
from app.storage.lock import dataset_lock
from tests.ingest.examples import House
from tests.traces import SHORTEST_BYTES


def erasing(home: House) -> Erasing:
    return Erasing(SqlErasureStore(home.engine), home.ring, home.signing_key, program="0")


def sweeping(home: House) -> Sweeping:
    lock = partial(dataset_lock, home.folder)
    return Sweeping(SqlErasureStore(home.engine), erasing(home), home.clearing, lock)


def forgetting(home: House) -> Forgetting:
    return Forgetting(SqlForgettingStore(home.engine), home.ring, home.folder / "keys")


def answer(home: House, number: str, dataset: str = "demo") -> Answer | None:
    """Look a phone number up; None when the dataset answers nobody."""
    catalogue, holder = home.catalogue()
    pool = BoundedPool(workers=1, waiting=1)
    with closing(pool):
        try:
            index = catalogue.index(dataset, "phone")
        except UnknownDataset:
            return None
        found = Answering(catalogue, holder, pool).lookup(index, {"phone": number})
        return found.result().answer


def events(home: House) -> list[AuditEvent]:
    """Return the audit trail, after checking it."""
    stored = list(SqlAuditTrail(home.engine).stored())
    assert verify_chain(stored) == AuditHead(len(stored), stored[-1][1])
    return [parse_event(text) for text, _ in stored]


def steps(home: House) -> list[tuple[str, str]]:
    return [(event.what.value, event.dataset) for event in events(home)]


def certified(home: House, certificate: str) -> dict[str, object]:
    """Return what a certificate says, after checking its signature."""
    public = home.signing_key().public_jwk()
    document = verify_signed(CERTIFICATE_KIND, certificate, public)
    return json.loads(json.dumps(document))  # type: ignore[no-any-return]  # it is an object


def secrets_of(home: House, dataset: str) -> set[bytes]:
    """Return every element, fingerprint and key of a dataset."""
    of_it = " JOIN scheme_index i ON i.id = index_id JOIN dataset d ON d.id = dataset_id"
    found: set[bytes] = set()
    with home.engine.connect() as connection:
        for column, table in (("element", "entry"), ("fingerprints", "range")):
            query = text(f"SELECT {column} FROM {table}{of_it} WHERE d.slug = :slug")
            for (value,) in connection.execute(query, {"slug": dataset}):
                size = 32 if column == "element" else 8
                found |= {value[at : at + size] for at in range(0, len(value), size)}
    for name in home.ring.names():
        if name.startswith(f"{dataset}/"):
            found.add((home.folder / "keys" / name).read_bytes().split(b"\n")[1])
    return found


def files_in(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def found_in(folder: Path, needles: set[bytes]) -> int:
    """Return how many of the needles some file holds.

    Each place of a file is looked at once, however many needles there are.
    """
    by_beginning: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for needle in needles:
        assert len(needle) >= SHORTEST_BYTES
        by_beginning[needle[:SHORTEST_BYTES]].append(needle)
    found: set[bytes] = set()
    for _, content in files_in(folder):
        for at in range(len(content) - SHORTEST_BYTES + 1):
            beginning = content[at : at + SHORTEST_BYTES]
            if beginning in by_beginning:
                found.update(n for n in by_beginning[beginning] if content.startswith(n, at))
    return len(found)
