"""What a row holds is forgotten with the row: whether its column is mapped or not.

What can be proven is this: once the next row is in hand, no string that holds anything of an
earlier one can be reached from anything that lives in the process. The raw bytes of the block
that is being read are there until the next block is; the interpreter's freed memory is not wiped.
A workbook or a Parquet file is read by another process, a batch of some hundred rows at a time.
"""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.crypto.stretch import INSECURE_TEST_ONLY
from app.ingest.estimate import Estimate, estimate
from app.reading.mapping import parse_mapping
from app.reading.records import RecordReader
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from app.reading.suggestion.writing import suggest_mapping
from tests.ingest.examples import look_at

# With digits behind it on each row of the source, and nowhere else.
UNMAPPED, MAPPED, REFUSED = "TEMOINTU", "temoinlu", "TEMOINREFUSE"
CANARY = re.compile(f"(?:{UNMAPPED}|{MAPPED}|{REFUSED})([0-9]{{6}})", re.IGNORECASE)
ROWS = 300
# What refers to nothing and is no string: the most of what a search meets.
LEAVES = {bytes, int, float}

MAPPING = """\
[fields]
email = "EMAIL"
surname = "NOM"
given_name = "PRENOM"
birth_date = "NE"
phone = "TEL"

[dataset]
title = "Made up"
breach_date = 2021-02-23
"""


def source() -> bytes:
    """Return rows in bytes, so that no string of them is there before they are read."""
    row = (
        b"%(unmapped)s%(n)06d;%(mapped)s%(n)06d@x.example;MME DUPONT EP MARTIN;MARIE ANNE;"
        b'1985-02-01;%(refused)s%(n)06d;"%(unmapped)s%(n)06d\nof two ""lines"""\n'
    )
    named = {
        b"unmapped": UNMAPPED.encode(),
        b"mapped": MAPPED.encode(),
        b"refused": REFUSED.encode(),
    }
    header = b"ADRESSE;EMAIL;NOM;PRENOM;NE;TEL;COMMENTAIRE\n"
    return header + b"".join(row % (named | {b"n": n}) for n in range(ROWS))


def as_json_lines() -> bytes:
    """Return the same rows as an object each, but for the line end inside them."""
    names, *rows = source().replace(b'"', b"").replace(b"\nof", b" of").splitlines()
    keys = names.split(b";")
    pairs = (
        [b'"%b": "%b"' % pair for pair in zip(keys, row.split(b";"), strict=True)] for row in rows
    )
    return b"".join(b"{%b}\n" % b", ".join(each) for each in pairs)


def as_copied() -> bytes:
    """Return the same rows as a dump of PostgreSQL."""
    names, *rows = source().replace(b'"', b"").replace(b"\nof", b" of").splitlines()
    begun = b"COPY t (%b) FROM stdin;\n" % names.replace(b";", b", ")
    return begun + b"".join(row.replace(b";", b"\t") + b"\n" for row in rows) + b"\\.\n"


def as_inserted() -> bytes:
    """Return the same rows as a dump of MySQL."""
    names, *rows = source().replace(b'"', b"").replace(b"\nof", b" of").splitlines()
    values = b",\n".join(b"('%b')" % row.replace(b";", b"', '") for row in rows)
    return b"INSERT INTO `t` (%b) VALUES %b;\n" % (names.replace(b";", b", "), values)


SOURCES = [source, as_json_lines, as_copied, as_inserted]


def alive() -> set[int]:
    """Return the numbers of the rows of which some string can be reached."""
    waiting: list[Any] = gc.get_objects()
    seen = {id(waiting)}
    texts: list[str] = []
    while waiting:
        each = waiting.pop()
        if type(each) in LEAVES or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, str):
            texts.append(each)
        else:
            waiting.extend(gc.get_referents(each))
    # No match goes over a zero, so that none is made of two strings.
    return {int(number) for number in CANARY.findall("\0".join(texts))}


def rows_of(raw: bytes) -> Iterator[tuple[int, RecordReader]]:
    """Read all rows, and yield each one's number while it is in hand."""
    with LeakSource(io.BytesIO(raw), SourceSettings()).open() as table:
        records = RecordReader(parse_mapping(MAPPING), table.header)
        for number, row in enumerate(table.rows()):
            assert len(records.inputs(row)) > 1
            yield number, records


def suggested(raw: bytes) -> str:
    return suggest_mapping(look_at(raw), SourceSettings())


def estimated(raw: bytes) -> Estimate:
    mapping = parse_mapping(MAPPING)
    with look_at(raw)(mapping.source) as table:
        return estimate(table, mapping, size_bytes=len(raw), profile=INSECURE_TEST_ONLY, workers=1)


def test_the_search_finds_what_it_looks_for() -> None:
    """A search that cannot fail shows nothing."""
    kept = {"deep": [(f"x {UNMAPPED}{7:06d}",)]}
    assert alive() == {7}
    del kept
    assert alive() == set()


@pytest.mark.parametrize("write", SOURCES)
@pytest.mark.parametrize("moment", [0, 1, ROWS // 2, ROWS - 1])
def test_no_string_of_a_row_outlives_it(write: Callable[[], bytes], moment: int) -> None:
    """Also of what is refused, and of cells with several lines."""
    for number, _records in rows_of(write()):
        if number == moment:
            assert alive() == {number}


@pytest.mark.parametrize("write", SOURCES)
def test_nothing_is_left_when_all_rows_are_read(write: Callable[[], bytes]) -> None:
    *_, (last, records) = rows_of(write())
    assert (last, records.counts.refused_values["phone: format"]) == (ROWS - 1, ROWS)
    assert alive() == set()


@pytest.mark.parametrize("look", [suggested, estimated])
def test_nothing_is_left_of_what_was_only_looked_at(look: Callable[[bytes], object]) -> None:
    """A suggestion and an estimate hold counts, and no row."""
    kept = look(source())
    assert alive() == set()
    assert kept
