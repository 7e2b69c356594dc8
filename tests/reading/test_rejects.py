"""An operator says how many rejects are too many, and is told why there are so many."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import InvalidInput, TooManyRejects
from app.reading.records import RowCounts
from app.reading.rejects import RejectLimit
from tests.ingest.examples import PHONES_TOML, House, Watch, house, phones


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def counts(rows: int, rejected: int) -> RowCounts:
    made = RowCounts(rows=rows, used=rows - rejected)
    for line in range(2, 2 + rejected):
        made.reject("columns", line)
    return made


@pytest.mark.parametrize(
    ("text", "rows", "allowed"),
    [("1%", 1000, 10), ("1 %", 1050, 10), ("0,5%", 1000, 5), ("0%", 10, 0), ("100%", 10, 10),
     ("0", 10, 0), ("7", 10, 7), ("33.3%", 1000, 333)],
)  # fmt: skip
def test_a_limit_is_a_share_or_a_number(text: str, rows: int, allowed: int) -> None:
    limit = RejectLimit.parse(text)
    limit.check(counts(rows, allowed))
    if allowed < rows:
        with pytest.raises(TooManyRejects):
            limit.check(counts(rows, allowed + 1))


@pytest.mark.parametrize("text", ["", "%", "101%", "-1", "1.5", "a few", "1%%", "²", "1e3"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="max-rejects"):
        RejectLimit.parse(text)


def test_too_many_are_told_with_reasons_and_lines() -> None:
    made = counts(100, 5)
    made.reject("nothing usable", 50)
    with pytest.raises(TooManyRejects) as caught:
        RejectLimit.parse("1%").check(made)
    assert caught.value.message == (
        "6 of 100 rows cannot be used, more than --max-rejects 1%:"
        " columns, 5 (line 2, 3, 4, …); nothing usable, 1 (line 50)"
    )


def test_too_many_stop_an_ingest_before_it_publishes(home: House) -> None:
    """And answer nobody; with a higher limit the same source is published, nothing done again."""
    source = phones(200) + b"x\nx\nx\n"
    with pytest.raises(TooManyRejects):
        home.ingest(source, PHONES_TOML)
    assert home.catalogue()[0].datasets == ()
    watch = Watch()
    limit = RejectLimit.parse("3")
    report = home.ingest(source, PHONES_TOML, observer=watch, max_rejects=limit)
    assert (report.source.counts.used, report.source.counts.rejected) == (200, 3)
    assert report.inputs == 200
    assert [seen["inputs"] for seen in watch.seen] == [200]


def test_every_reject_is_reported_as_it_is_met(home: House) -> None:
    """All of them, also where the counts keep only the first lines of each reason."""

    class Told:
        def __init__(self) -> None:
            self.lines: list[tuple[int, str]] = []

        def go_on(self, rejects: int) -> None:
            assert rejects == 0

        def rejected(self, *, line: int, reason: str) -> None:
            self.lines.append((line, reason))

        def settle(self) -> None:
            pass

    told = Told()
    source = phones(10) + b"x\n" * 300 + b"a;b\n"
    home.ingest(source, PHONES_TOML, max_rejects=RejectLimit.parse("301"), report=told)
    assert told.lines == [
        *((line, "nothing usable") for line in range(12, 312)),
        (312, "columns"),
    ]
