"""The same table is the same rows and the same index, in whatever format it was written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ingest import publication
from app.reading.rejects import RejectLimit
from tests.ingest.examples import House, house
from tests.reading.sources.writers import HEADER, WRITERS

# All that a cell can have in every format: no control characters, which XLSX has not, but line
# ends and tabs; few enough line ends for a row of delimited text.
OF_FORMATS = "\n\t\"'`\\;,|N0/-*#(){}$"
SIGNS = st.characters(exclude_categories=["Cs", "Cc", "Cn"]) | st.sampled_from(OF_FORMATS)
CELLS = st.text(SIGNS, max_size=6)
TABLES = st.lists(st.tuples(st.text(SIGNS, min_size=1, max_size=6), CELLS, CELLS), min_size=1)
# What is read in a process of its own takes some tenths of a second to begin.
_IN_A_PROCESS = {"xlsx", "parquet", "xlsx.age", "parquet.gz"}
MAPPING = """\
[fields]
phone = "TEL"
surname = "NOM"
given_name = "PRENOM"
birth_date = "NE"

[dataset]
title = "Made up"
breach_date = 2021-02-23
schemes = ["name-dob", "phone"]
"""
COLUMNS = ("NOM", "PRENOM", "NE", "TEL")
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(["LE GOFF", "O'Brien", "Dupré", "Œuvre", "X\\Y", 'D"A', "Née; Noël"]),
        st.sampled_from(["Anne, Marie", "Zoé\nJean", "José", ""]),
        st.dates().map(str) | st.just(""),
        st.integers(0, 9999).map(lambda n: f"01 99 00 {n // 100:02} {n % 100:02}"),
    ),
    min_size=2,
    max_size=30,
)


def rows_of(name: str, table: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    with WRITERS[name](HEADER, table).source().open() as opened:
        assert tuple(opened.header) == HEADER
        return [tuple(row.values or ()) for row in opened.rows()]


@pytest.mark.parametrize("name", sorted(set(WRITERS) - _IN_A_PROCESS))
@settings(max_examples=100, deadline=None)
@given(table=TABLES)
def test_any_table_is_read_back(name: str, table: list[tuple[str, str, str]]) -> None:
    assert rows_of(name, table) == table


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
@settings(max_examples=15, deadline=None)
@given(table=TABLES)
def test_any_table_is_read_back_by_another_process(
    name: str, table: list[tuple[str, str, str]]
) -> None:
    assert rows_of(name, table) == table


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house that computes the commitment of however small a table."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "COMMITMENT_ENTRIES_MINIMUM", 1)
        with house(tmp_path_factory.mktemp("any-table") / "data") as opened:
            yield opened


@pytest.mark.slow
@settings(max_examples=3, deadline=None)
@given(people=PEOPLE)
def test_any_table_gives_the_same_index(home: House, people: list[tuple[str, ...]]) -> None:
    """The commitment is over all inputs, so it is the same only if every one of them is.

    Slow, as each table is ingested and published once for each of the formats.
    """
    found = {}
    for name, write in WRITERS.items():
        source = write(COLUMNS, people).source()
        slug = f"d-{len(home.catalogue()[0].datasets)}"
        report = home.ingest(source, MAPPING, slug, max_rejects=RejectLimit.parse("100%"))
        schemes = home.catalogue()[0].dataset(slug).schemes
        found[name] = (report.entries, {s.scheme: s.commitment for s in schemes.values()})
    assert {name for name in found if found[name] != found["csv"]} == set()
    entries, commitments = found["csv"]
    assert entries["phone"] == len({phone for *_, phone in people})
    assert commitments["phone"]
