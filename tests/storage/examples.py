"""Drafts and publications without an ingest, for the tests of this folder."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import INSECURE_TEST_ONLY
from app.ingest.checkpoints import Plan
from app.ingest.ports import Draft, EpochDraft, IndexPublication, NewDataset, SourceReport
from app.reading.records import RowCounts
from tests.ingest.examples import House

KEYS = {name: EvaluationKey.generate() for name in ("nir", "phone")}


def begin(home: House, dataset: str = "demo") -> Draft:
    """Begin a dataset's first epoch."""
    day = date(2021, 2, 23)
    new = NewDataset(dataset, "Made up", breach_date=day, ends_on=date(2999, 1, 1))
    home.drafts.announce(new, Plan(bytes(32), day))
    public_keys = {name: key.public_key for name, key in KEYS.items()}
    return home.drafts.begin(EpochDraft(dataset, 1, INSECURE_TEST_ONLY, public_keys, ["nir"]))


def elements(count: int) -> list[Element]:
    """Return what only has to look like elements."""
    return [Element(secrets.token_bytes(32)) for _ in range(count)]


def publication(scheme: str, ranges: list[bytes], entries: int = 3) -> IndexPublication:
    return IndexPublication(
        scheme=scheme,
        entries=entries,
        rows=4,
        prefix_bits=(len(ranges) - 1).bit_length(),
        range_length=len(ranges[0]) // 8,
        commitment=bytes(32) if scheme == "nir" else None,
        ranges=iter(enumerate(ranges)),
    )


def publications() -> Iterator[IndexPublication]:
    yield publication("nir", [bytes([n]) * 16 for n in range(4)])
    yield publication("phone", [b"telephon"])


def report() -> SourceReport:
    counts = RowCounts(rows=7, used=5)
    counts.reject("columns", 3)
    counts.reject("nothing usable", 4)
    counts.refused_values["nir: key"] += 1
    return SourceReport(bytes(32), 1234, counts)


def publish(home: House, dataset: str = "demo") -> None:
    """Publish what was finished, with a manifest that nobody signed."""
    filled = home.datasets.filled_epoch(dataset, datetime.now(UTC))
    assert filled is not None
    home.datasets.publish(dataset, "somebody", filled, "not signed")
