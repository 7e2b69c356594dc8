"""What holds for every format: all rows, as they were written, from wherever one goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import SourceDiffers
from app.ingest.sources.opening import Position, Table
from tests.ingest.examples import ShortReads
from tests.ingest.sources.writers import HEADER, ROWS, WRITERS, Written

_TABLES: list[Table] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _TABLES:
        _TABLES.pop().close()


def opened(written: Written, position: Position | None = None) -> Table:
    _TABLES.append(written.source().open(position))
    return _TABLES[-1]


@pytest.mark.parametrize("name", WRITERS)
class TestEveryFormat:
    """Runs against each writer of each format."""

    @pytest.fixture
    def written(self, name: str) -> Written:
        return WRITERS[name](HEADER, ROWS)

    def test_the_rows_are_those_that_were_written(self, written: Written) -> None:
        table = opened(written)
        assert tuple(table.header) == HEADER
        assert [tuple(row.values or ()) for row in table.rows()] == list(ROWS)
        assert (table.counts.rows, table.counts.rejected) == (len(ROWS), 0)

    def test_rows_are_numbered_upwards(self, written: Written) -> None:
        numbers = [row.line for row in opened(written).rows()]
        assert numbers == sorted(numbers)
        assert numbers[0] >= 1

    def test_the_rows_after_any_position_are_those_that_follow(self, written: Written) -> None:
        """With the same counts, digest and size at the end, after a position became JSON."""
        whole = opened(written)
        positions, rows = [], []
        for row in whole.rows():
            rows.append(row)
            positions.append(json.dumps(whole.position().as_json()))
        for done, position in enumerate(positions, start=1):
            rest = opened(written, Position.from_json(json.loads(position)))
            assert rest.header == whole.header
            assert list(rest.rows()) == rows[done:]
            assert rest.counts == whole.counts
            assert (rest.sha256, rest.size_bytes) == (whole.sha256, whole.size_bytes)

    def test_a_position_holds_nothing_of_the_source(self, written: Written) -> None:
        table = opened(written)
        for _ in table.rows():
            position = json.dumps(table.position().as_json(), ensure_ascii=False)
            assert not [cell for row in ROWS for cell in row if len(cell) > 2 and cell in position]

    def test_a_position_of_another_source_is_refused(self, written: Written) -> None:
        table = opened(written)
        next(table.rows())
        position = table.position()
        other = replace(position, prefix=replace(position.prefix, sha256=bytes(32)))
        longer = replace(position.prefix, size_bytes=len(written.content) + 1)
        for wrong in (other, replace(position, prefix=longer)):
            with pytest.raises(SourceDiffers, match="not the source"):
                list(opened(written, wrong).rows())

    def test_how_the_bytes_arrive_does_not_matter(self, written: Written) -> None:
        expected = list(opened(written).rows())
        for size in (1, 7, 4096):
            source = replace(written.source(), stream=ShortReads(written.content, size))
            with source.open() as table:
                assert list(table.rows()) == expected

    def test_progress_ends_with_all_bytes_done(self, written: Written) -> None:
        table = opened(written)
        done = [table.bytes_done for _ in table.rows()]
        assert done == sorted(done)
        assert table.bytes_done == table.size_bytes == len(written.content)
