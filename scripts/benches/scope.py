"""What counting the shape of a leak costs an ingest, and what its tables cost afterwards."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from app.crypto.keyring import KeyRing
from app.crypto.stretch import OWASP_19_MIB
from app.lifecycle.ending import today
from app.reading.mapping import parse_mapping
from app.reading.records import RecordReader
from app.reading.sources.opening import LeakSource, Table
from app.scope.counting import ScopeCensus
from app.synthesis.mapping import MAPPING_TOML
from app.synthesis.quotas import REPORTED_ROWS
from scripts.benches.floors import bare_argon2id_on_all_cores
from scripts.benches.leaks import DATASET, Leak
from scripts.benches.measuring import Figure, Pair, Plan, Result, Target, Unit, cores

# Without --full; what is promised is promised of all rows that the press reported.
ROWS = 20_000
# Argon2id calls, of which the cost of one is taken.
_CALLS = 100
# Some seconds of an ingest.
_ROWS_BETWEEN_COMMITS = 500
_REPORT_SECONDS = 10.0
_REPORT_KILOBYTES = 200.0
_MAPPING = parse_mapping(MAPPING_TOML)


def measure(plan: Plan) -> Result:
    """Count one leak, and make its tables, in this process."""
    rows = REPORTED_ROWS if plan.is_full else ROWS
    leak = Leak.make_up(plan.folder / "leak", rows)
    slower, made, size = [], [], []
    for _ in range(1 if plan.is_full else plan.runs):
        reading, inputs = _read(leak)
        counting, seconds, size_bytes = _count(leak, plan.folder, today())
        began_at = time.perf_counter()
        bare_argon2id_on_all_cores(OWASP_19_MIB, _CALLS)
        stretching = (time.perf_counter() - began_at) / _CALLS * inputs
        slower.append(Pair(stretching + counting - reading, stretching))
        made.append(Pair(seconds, _REPORT_SECONDS))
        size.append(Pair(size_bytes / 1000, _REPORT_KILOBYTES))
    promised = Target(1.0)
    return Result(
        [
            Figure(f"Argon2id and counting of {rows:,} rows", Unit.SECONDS, slower, Target(1.05)),
            Figure("  their tables, over ten seconds", Unit.SECONDS, made, promised),
            Figure("  the tables' size, over 200 kB", Unit.KILOBYTES, size, promised),
        ],
        [f"scope: Argon2id is that of {_CALLS} calls on {cores()} cores, times the leak's inputs"],
    )


@contextmanager
def _opened(leak: Leak) -> Iterator[tuple[Table, RecordReader]]:
    with (
        leak.source.open("rb") as stream,
        LeakSource(stream, _MAPPING.source, (), _MAPPING.column_names).open() as table,
    ):
        yield table, RecordReader(_MAPPING, table.header)


def _read(leak: Leak) -> tuple[float, int]:
    """Return the seconds of reading alone, and the distinct inputs that it gives."""
    began_at = time.perf_counter()
    with _opened(leak) as (table, records):
        distinct = {encoded for row in table.rows() for _, encoded in records.inputs(row)}
    return time.perf_counter() - began_at, len(distinct)


def _count(leak: Leak, folder: Path, day: date) -> tuple[float, float, int]:
    """Return the seconds of reading and counting, those of the tables, and their bytes."""
    taken: list[tuple[bytes, bytes]] = []
    began_at = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as keys, _opened(leak) as (table, records):
        census = ScopeCensus(KeyRing(Path(keys, "keys")))
        count = census.begin(DATASET, 1, _MAPPING, table.header, day, None)
        if count is None:
            raise RuntimeError("a new run is always counted")
        for number, row in enumerate(table.rows(), start=1):
            count.row(row, records.inputs(row))
            if number % _ROWS_BETWEEN_COMMITS == 0:
                taken.append(count.take())
        taken.append(count.take())
        counted_at = time.perf_counter()
        document = count.result([label for label, _ in taken], lambda: (r for _, r in taken))
    return counted_at - began_at, time.perf_counter() - counted_at, len(document.encode())
