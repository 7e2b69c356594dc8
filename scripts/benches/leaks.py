"""Made-up leaks on disk, and ingests of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any

from app.crypto.keyring import KeyRing
from app.crypto.signing import SigningKey
from app.crypto.stretch import StretchProfile
from app.ingest.pipeline import Ingest, IngestReport
from app.lifecycle.clearing import Clearing
from app.lifecycle.ending import default_end, today
from app.lifecycle.erasure import BY_PROGRAM
from app.lifecycle.publishing import Publishing
from app.reading.mapping import parse_mapping
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from app.scope.counting import ScopeCensus
from app.storage.clearing import SqlClearingStore
from app.storage.datasets import SqlDatasetStore
from app.storage.drafts import SqlDraftStore
from app.storage.engine import open_database
from app.storage.epochs import SqlEpochStore
from app.synthesis.leak import synthesise
from app.synthesis.mapping import MAPPING_TOML
from app.version import program_version
from scripts.benches.measuring import cores

DATASET = "bench"
# Of a made-up leak.
ENCODING, DELIMITER = "cp1252", ";"
# How a made-up leak is to be read.
SETTINGS = SourceSettings(encoding=ENCODING, delimiter=DELIMITER)
_SEED = 1


@dataclass(frozen=True, slots=True)
class Leak:
    """A made-up leak, its truth and its mapping."""

    source: Path
    truth: Path
    mapping: Path

    @classmethod
    def make_up(cls, folder: Path, rows: int) -> Leak:
        """Write one of so many rows."""
        folder.mkdir()
        leak = cls(folder / "leak.csv", folder / "truth.jsonl", folder / "mapping.toml")
        leak.mapping.write_text(MAPPING_TOML, encoding="utf-8")
        with leak.source.open("wb") as out, leak.truth.open("wb") as truth:
            synthesise(rows=rows, seed=_SEED, out=out, truth=truth)
        return leak

    def questions(self, scheme: str) -> list[dict[str, Any]]:
        """Return the truth of one scheme: its fields, and `exposed`."""
        lines = self.truth.read_text(encoding="utf-8").splitlines()
        return [known for known in map(json.loads, lines) if known["scheme"] == scheme]


# One scheme, so that five million rows are five million inputs and not twenty.
NUMBERS_TOML = """\
[fields]
nir = "NIR"

[dataset]
title = "Made-up numbers"
breach_date = 2021-02-23
schemes = ["nir"]
"""
_COMMUNES, _ORDERS, _MONTHS, _YEARS = range(950, 990), range(1, 1000), range(1, 13), range(100)


def write_numbers(source: Path, rows: int) -> None:
    """Write so many made-up NIRs, no two of them the same; no commune ever had their codes."""
    each = product((1, 2), _YEARS, _MONTHS, _COMMUNES, _ORDERS)
    with source.open("w", encoding="ascii") as out:
        out.write("NIR\n")
        for sex, year, month, commune, order in islice(each, rows):
            number = int(f"{sex}{year:02}{month:02}56{commune}{order:03}")
            out.write(f"{number}{97 - number % 97:02}\n")


def read_all(source: Path) -> int:
    """Read every row of a made-up leak as an ingest does, and return how many there are."""
    with source.open("rb") as stream, LeakSource(stream, SETTINGS).open() as table:
        return sum(1 for _ in table.rows())


class _Unwatched:
    """An observer that looks away."""

    def reading(self, *, bytes_done: int, rows: int, inputs: int) -> None:
        pass

    def rekeying(self, *, done: int, total: int) -> None:
        """Do nothing."""

    def publishing(self, *, scheme: str, entries: int) -> None:
        pass


def ingest(leak: Leak, data: Path, profile: StretchProfile) -> IngestReport:
    """Ingest and publish a leak in this process, into a data folder that is new."""
    mapping = parse_mapping(leak.mapping.read_text(encoding="utf-8"))
    with leak.source.open("rb") as source:
        engine, ring = open_database(data), KeyRing(data / "keys")
        report = Ingest(
            store=SqlDraftStore(engine),
            epochs=SqlEpochStore(engine),
            ring=ring,
            profile=profile,
            workers=cores(),
            observer=_Unwatched(),
            ends_on=default_end(today()),
            census=ScopeCensus(ring),
        ).run(LeakSource(source, mapping.source, (), mapping.column_names), mapping, DATASET)
    signing_key = partial(SigningKey.of, data / "keys")
    publishing = Publishing(
        SqlDatasetStore(engine),
        ring,
        signing_key,
        program=program_version(),
        clearing=Clearing(SqlClearingStore(engine), ring),
    )
    publishing.publish(DATASET, by=BY_PROGRAM)
    return report
