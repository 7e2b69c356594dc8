"""What everybody may know of datasets' lives: from the trail, in its order, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.lifecycle.audit import FIRST_PREVIOUS, AuditEvent, Step
from app.lifecycle.history import TOLD_STEPS, History, NewsKind, first_published
from app.storage.audit import SqlAuditTrail, record_step
from app.storage.engine import writing
from tests.ingest.examples import House, house

BEGAN = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as opened:
        yield opened


def record(home: House, step: Step, dataset: str = "demo", by: str = "Zoé", **counts: int) -> None:
    with writing(home.engine) as session:
        record_step(session, step, dataset=dataset, by=by, counts=counts)


def told(history: History) -> list[tuple[str, str, int, int]]:
    return [(n.kind, n.dataset, n.epoch, n.rows) for n in history.news()]


def test_publications_corrections_and_erasures_are_told_in_their_order(home: House) -> None:
    history = History(SqlAuditTrail(home.engine))
    assert told(history) == []
    record(home, Step.INGEST_FINISHED, rows=400)
    record(home, Step.PUBLISHED, epoch=1, rows=400)
    record(home, Step.PUBLISHED, "other", epoch=1, rows=7)
    record(home, Step.EVALUATED, by="Claire Martin", elements=4096)
    first = [("publication", "demo", 1, 400), ("publication", "other", 1, 7)]
    assert told(history) == first
    record(home, Step.PUBLISHED, epoch=2, rows=500)
    record(home, Step.EPOCH_ERASED, epoch=1)
    record(home, Step.ERASED, entries=3)
    later = [("correction", "demo", 2, 500), ("erasure", "demo", 2, 0)]
    assert told(history) == first + later
    assert told(History(SqlAuditTrail(home.engine))) == first + later


def test_what_was_retired_and_answers_again_is_no_news(home: House) -> None:
    history = History(SqlAuditTrail(home.engine))
    record(home, Step.PUBLISHED, epoch=1, rows=400)
    record(home, Step.RETIRED)
    record(home, Step.PUBLISHED, epoch=1, rows=400)
    assert told(history) == [("publication", "demo", 1, 400)]


def test_a_draft_that_was_never_published_is_erased_in_silence(home: House) -> None:
    record(home, Step.INGEST_FINISHED, rows=400)
    record(home, Step.ERASED, entries=3)
    assert told(History(SqlAuditTrail(home.engine))) == []


def test_a_name_that_reads_like_a_step_is_taken_for_none(home: House) -> None:
    record(home, Step.EVALUATED, by='x","what":"published","y":"', elements=1)
    assert told(History(SqlAuditTrail(home.engine))) == []


def test_the_first_publication_stays_the_first(home: House) -> None:
    history = History(SqlAuditTrail(home.engine))
    record(home, Step.PUBLISHED, epoch=1, rows=400)
    before = first_published(history.news(), "demo")
    record(home, Step.PUBLISHED, epoch=2, rows=500)
    news = history.news()
    assert before is not None
    assert first_published(news, "demo") == before
    assert news[-1].at >= before
    assert first_published(news, "other") is None


class Counting:
    """A trail of publications that says where it was read from."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.length = 0
        self.fails = False

    def steps_after(self, number: int, steps: Sequence[Step]) -> tuple[int, Sequence[AuditEvent]]:
        assert tuple(steps) == TOLD_STEPS
        self.asked.append(number)
        if self.fails:
            raise Unavailable("the trail cannot be read")
        return self.length, [published(n) for n in range(number + 1, self.length + 1)]


def published(number: int) -> AuditEvent:
    at = BEGAN + timedelta(days=number)
    counts = {"epoch": number, "rows": number}
    return AuditEvent(number, at, "Zoé", Step.PUBLISHED, "demo", counts, FIRST_PREVIOUS)


def test_each_event_is_read_once() -> None:
    trail = Counting()
    history = History(trail)
    for trail.length in (2, 2, 5):
        assert [n.rows for n in history.news()] == list(range(1, trail.length + 1))
    assert trail.asked == [0, 2, 2]
    assert [n.kind for n in history.news()] == [NewsKind.PUBLICATION] + 4 * [NewsKind.CORRECTION]


def test_a_trail_that_cannot_be_read_is_no_empty_one() -> None:
    trail = Counting()
    trail.length, trail.fails = 3, True
    history = History(trail)
    with pytest.raises(Unavailable):
        history.news()
    trail.fails = False
    assert len(history.news()) == 3
