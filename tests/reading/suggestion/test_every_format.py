"""A mapping is suggested for a leak in every format, and is accepted with the same file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import BeginningEnded, InvalidMapping
from app.ingest.estimate import Estimate, estimate
from app.reading.mapping import parse_unpublished_mapping
from app.reading.sample import PeekedSource
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from app.reading.suggestion.writing import suggest_mapping
from tests.ingest.examples import House, house, leak, look_at, peek_at, phones, titled
from tests.reading.sources.test_layers import zipped
from tests.reading.sources.test_workbook import workbook
from tests.reading.sources.writers import HEADLESS_WRITERS, IDENTITY, WRITERS, Written

ROWS = 250
EVERY = {**WRITERS, **HEADLESS_WRITERS}


@cache
def table() -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return a made-up leak as its column names and its rows."""
    text = leak(ROWS, 3)[0].decode("cp1252")
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    return header, rows


def known_of(written: Written) -> SourceSettings:
    """Return what somebody has to say of a source, which nothing in it shows."""
    # Whether columns are named is what a suggestion finds out.
    return replace(written.settings, format="auto", has_header=True)


def suggested(written: Written) -> str:
    look = look_at(written.content, [IDENTITY])
    return suggest_mapping(look, known_of(written))


def estimated(written: Written, mapping: str) -> Estimate:
    columns = parse_unpublished_mapping(mapping)
    with look_at(written.content, [IDENTITY])(columns.source) as opened:
        return estimate(
            opened,
            columns,
            size_bytes=len(written.content),
            profile=INSECURE_TEST_ONLY,
            workers=1,
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("suggested") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def entries(home: House) -> dict[bool, dict[str, int]]:
    """Return what is found in the plainest format, with and without the names of columns."""
    found = {}
    for has_header, name in ((True, "csv"), (False, "csv without names")):
        written = EVERY[name](*table())
        mapping = titled(suggested(written))
        report = home.ingest(written.content, mapping, f"plain-{has_header}".lower())
        found[has_header] = dict(report.entries)
    return found


@pytest.mark.parametrize("name", EVERY)
def test_what_is_suggested_finds_everybody(
    home: House, entries: dict[bool, dict[str, int]], name: str
) -> None:
    written = EVERY[name](*table())
    text = suggested(written)
    mapping = parse_unpublished_mapping(text)
    assert mapping.source.has_header is written.settings.has_header
    assert len(mapping.schemes) == 5
    source = LeakSource(
        io.BytesIO(written.content), mapping.source, [IDENTITY], mapping.column_names
    )
    report = home.ingest(source, titled(text), f"d-{list(EVERY).index(name)}")
    assert (report.source.counts.rows, report.source.counts.rejected) == (ROWS, 0)
    assert dict(report.entries) == entries[mapping.source.has_header]
    assert all(entries[True].values())


@pytest.mark.parametrize("name", EVERY)
def test_what_is_suggested_can_be_estimated(name: str) -> None:
    written = EVERY[name](*table())
    told = estimated(written, suggested(written))
    assert (told.rows, told.is_whole) == (ROWS, True)
    assert set(told.sample.inputs) == {"nir-dob", "nir", "name-dob", "email", "phone"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("csv", ['format = "delimited"', 'encoding = "auto"', 'delimiter = ";"']),
        ("backslashes", ['delimiter = ","', 'quote = "\'"', 'escape = "backslash"']),
        ("utf-16-be declared", ['encoding = "utf-16-be"']),
        ("ndjson", ['format = "ndjson"', 'encoding = "auto"']),
        ("xlsx", ['format = "xlsx"', "# The first sheet is read"]),
        ("xlsx without names", ['format = "xlsx"', "header = false"]),
        ("parquet", ['format = "parquet"']),
        ("postgresql copy", ['format = "postgresql"', 'table = "']),
        ("mysql", ['format = "mysql"', 'table = "']),
    ],
)
def test_the_form_is_written_for_each_format(name: str, said: list[str]) -> None:
    text = suggested(EVERY[name](*table()))
    form = text[text.index("[source]") : text.index("[fields]")]
    assert [part for part in said if part not in form] == []
    assert ("delimiter" in form) is ('"delimited"' in form)


def test_where_there_are_several_one_has_to_be_named_and_is_written() -> None:
    content = WRITERS["csv"](*table()).content
    archive = Written(zipped({"a.csv": content, "b.csv": phones(3)}))
    with pytest.raises(InvalidMapping, match="2 members"):
        suggested(archive)
    assert 'member = "a.csv"' in suggested(
        replace(archive, settings=SourceSettings(member="a.csv"))
    )

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["X"])
        header, rows = table()
        other = book.add_worksheet("Autre")
        for number, row in enumerate([header, *rows]):
            other.write_row(number, 0, row)

    named = Written(workbook(fill), SourceSettings(sheet="Autre"))
    assert 'sheet = "Autre"' in suggested(named)


def test_keys_that_are_somebodys_are_no_names_of_columns() -> None:
    """They are counted, and not shown."""
    lines = [f'{{"185055695004846": "a{n}@x.example", "T": "019900{n:04d}"}}' for n in range(30)]
    text = suggested(Written("\n".join(lines).encode()))
    assert "185055695004846" not in text
    mapping = parse_unpublished_mapping(text)
    assert (mapping.fields["email"].names, mapping.fields["phone"].names) == ((1,), ("T",))
    assert mapping.column_names == ()


def test_what_can_only_be_read_from_its_end_is_told_from_a_stream_if_it_is_short() -> None:
    written = WRITERS["csv.zip"](*table())
    short, long = (
        peek_at(PeekedSource(io.BytesIO(written.content), len(written.content) + more))
        for more in (1, 0)
    )
    assert "NUM_SECU" in suggest_mapping(short, SourceSettings())
    with pytest.raises(BeginningEnded, match="do not tell which rows"):
        suggest_mapping(long, SourceSettings())
