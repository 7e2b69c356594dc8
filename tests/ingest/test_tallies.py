"""What is counted is in the draft before it takes up room, and is the same however it got there."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from app.crypto.sealing import OVERHEAD_BYTES
from app.ingest.ports import Tally
from app.scope import counting
from app.scope.tallying import RECORD
from app.storage.draft import SqlDraft
from app.storage.engine import DATABASE_NAME
from tests.ingest.examples import House, Watch, house
from tests.scope.microdata import MAPPING, Shape, make_up, to_csv

PEOPLE = 120
# Each of them comes in a first row, and then in many more that give no entry.
ROWS = sorted(
    make_up(Shape(seed=51, people=PEOPLE, visits=24)), key=lambda row: (row.exam != "", row.exam)
)
SOURCE = to_csv(ROWS)
RECORDS_MAXIMUM = 300
# Those of the row with which it is enough.
RECORDS_OF_A_ROW = 16


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


def document(home: House) -> str:
    """Return what is kept of the counting, after checking that nothing else is."""
    with sqlite3.connect(home.folder / DATABASE_NAME) as database:
        (kept,) = database.execute("SELECT document FROM scope_tables").fetchall()
        assert database.execute("SELECT count(*) FROM scope_tally").fetchone() == (0,)
    database.close()
    return str(kept[0])


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what is kept when all is counted in memory."""
    with house(tmp_path_factory.mktemp("whole")) as home:
        home.ingest(SOURCE, MAPPING)
        return document(home)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, Tally]]:
    """Return what is about to be added to a draft: how many entries, and what was counted."""
    monkeypatch.setattr(counting, "_RECORDS_MAXIMUM", RECORDS_MAXIMUM)
    # On a slow disk that many tallies take longer than one commit waits for the next.
    monkeypatch.setattr("app.ingest.commits.COMMIT_SECONDS", math.inf)
    seen: list[tuple[int, Tally]] = []
    add = SqlDraft.add

    def listened(
        draft: SqlDraft,
        entries: Mapping[str, Sequence[Any]],
        checkpoint: Any = None,
        tally: Tally | None = None,
    ) -> None:
        assert tally is not None
        seen.append((sum(map(len, entries.values())), tally))
        add(draft, entries, checkpoint, tally)

    monkeypatch.setattr(SqlDraft, "add", listened)
    return seen


def test_what_is_counted_never_takes_more_room_than_is_meant_for_it(
    home: House, added: list[tuple[int, Tally]], expected: str
) -> None:
    home.ingest(SOURCE, MAPPING)
    assert len(added) > 10
    most = (RECORDS_MAXIMUM + RECORDS_OF_A_ROW) * RECORD.size + OVERHEAD_BYTES
    assert max(len(tally.records) for _, tally in added) <= most
    assert document(home) == expected


def test_rows_of_people_who_are_known_are_written_though_they_give_no_entry(
    home: House, added: list[tuple[int, Tally]]
) -> None:
    home.ingest(SOURCE, MAPPING)
    # All entries come with the last commit, as they would in a file of one commit.
    assert [entries for entries, _ in added] == [0] * (len(added) - 1) + [2 * PEOPLE]


# The first commit comes before all inputs of any place that a run could be taken up at.
@pytest.mark.parametrize("commits", [0, 2, 3])
def test_what_was_written_ahead_of_a_checkpoint_is_counted_once(
    home: House, added: list[tuple[int, Tally]], expected: str, commits: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The run is interrupted there, with no checkpoint before or with some, and taken up again."""
    monkeypatch.setattr("app.ingest.commits.COMMIT_ENTRIES", 64)
    monkeypatch.setattr("app.ingest.evaluation.CHUNKS_PER_WORKER", 4)
    monkeypatch.setattr("app.ingest.progress._TOLD_EVERY_SECONDS", 0)

    def interrupt() -> None:
        is_ahead = bool(added) and not added[-1][0]
        if is_ahead and sum(bool(entries) for entries, _ in added) >= commits:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        home.ingest(SOURCE, MAPPING, observer=Watch(on_reading=interrupt))
    if commits:
        assert home.drafts.unfinished("demo") is not None
    home.ingest(SOURCE, MAPPING)
    assert document(home) == expected
