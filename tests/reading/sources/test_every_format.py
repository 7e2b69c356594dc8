"""What holds for every format: all rows, as they were written, from wherever one goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import InvalidMapping, SourceDiffers
from app.reading.sources.opening import Position, Table
from app.reading.sources.settings import AUTO
from tests.ingest.examples import ShortReads
from tests.reading.sources.writers import (
    HEADER,
    HEADLESS_WRITERS,
    ROWS,
    WRITERS,
    Written,
)

EVERY = {**WRITERS, **HEADLESS_WRITERS}

_TABLES: list[Table] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while _TABLES:
        _TABLES.pop().close()


def opened(written: Written, position: Position | None = None) -> Table:
    _TABLES.append(written.source().open(position))
    return _TABLES[-1]


@pytest.mark.parametrize("name", EVERY)
class TestEveryFormat:
    """Runs against each writer of each format."""

    @pytest.fixture
    def written(self, name: str) -> Written:
        return EVERY[name](HEADER, ROWS)

    def test_the_rows_are_those_that_were_written(self, written: Written) -> None:
        table = opened(written)
        has_header = written.settings.has_header
        assert tuple(table.header) == (HEADER if has_header else ("",) * len(HEADER))
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

    def test_what_was_found_out_can_be_said_and_changes_nothing(self, written: Written) -> None:
        """And a mapping can say it."""
        table = opened(written)
        expected = list(table.rows())
        said = replace(written, settings=table.settings)
        assert said.settings.format != AUTO
        again = opened(said)
        assert (list(again.rows()), again.settings) == (expected, said.settings)


@pytest.mark.parametrize(
    "name", sorted(set(WRITERS) - {h.split(" without")[0] for h in HEADLESS_WRITERS})
)
def test_a_format_that_names_its_columns_cannot_be_without(name: str) -> None:
    written = WRITERS[name](HEADER, ROWS)
    settings = replace(written.settings, has_header=False)
    with pytest.raises(InvalidMapping, match=r"header = false, but .* names its columns"):
        opened(replace(written, settings=settings))
