"""A source read and counted as an ingest does it, without its other half."""

from __future__ import annotations

import io
import json
import tempfile
from datetime import date
from pathlib import Path

from app.crypto.keyring import KeyRing
from app.reading.mapping import parse_mapping
from app.reading.records import RecordReader
from app.reading.sources.opening import LeakSource
from app.scope.counting import ScopeCensus
from app.scope.source import SourceTables

TODAY = date(2026, 1, 1)


def counted(source: bytes, mapping: str, *, rows_between: int = 97) -> SourceTables:
    """Return what is counted, taken away now and then as it is for the store."""
    columns = parse_mapping(mapping)
    taken: list[tuple[bytes, bytes]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        LeakSource(io.BytesIO(source), columns.source, (), columns.column_names).open() as table,
    ):
        records = RecordReader(columns, table.header, today=TODAY)
        census = ScopeCensus(KeyRing(Path(folder, "keys")))
        count = census.begin("demo", 1, columns, table.header, TODAY, None)
        assert count is not None
        for number, row in enumerate(table.rows(), start=1):
            count.row(row, records.inputs(row))
            if number % rows_between == 0:
                taken.append(count.take())
        taken.append(count.take())
        labels = [label for label, _ in taken]
        document = count.result(labels, lambda: (records for _, records in taken))
    return SourceTables.from_json(json.loads(document))
