"""What a run will cost is counted in a sample, measured, and told as the estimate that it is."""

from __future__ import annotations

import io

import pytest

from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import InvalidMapping, InvalidSource
from app.ingest.estimate import Estimate, count_inputs, estimate, stretches_per_second
from app.ingest.mapping import parse_mapping
from app.ingest.sample import PeekedSource
from app.ingest.sources.opening import LeakSource
from app.synthesis.mapping import MAPPING_TOML
from tests.ingest.examples import leak, read

NAMES = """\
[fields]
surname = "NOM"
given_name = "PRENOM"
birth_date = "NE"

[dataset]
title = "Made up"
breach_date = 2021-02-23
"""
PEOPLE = """\
NOM;PRENOM;NE
DUPONT EP MARTIN;MARIE ANNE;1985-02-01
DUPONT;MARIE;1985-02-01
LE GOFF-MARTIN;ZOE;1985-02-01
RIOU;ZOE;1985-02-01
"""


def estimated(
    raw: bytes | LeakSource, mapping: str = MAPPING_TOML, *, size_bytes: int | None = None
) -> Estimate:
    columns = parse_mapping(mapping)
    if isinstance(raw, bytes):
        # Without a size it is a stream.
        stream = io.BytesIO(raw)
        source = PeekedSource(stream).beginning() if size_bytes is None else stream
        raw = LeakSource(source, columns.source)
    with raw.open() as table:
        return estimate(
            table, columns, size_bytes=size_bytes, profile=INSECURE_TEST_ONLY, workers=2
        )


def test_inputs_are_counted_once_with_what_each_rule_adds() -> None:
    """The second row gives what the first gives by two rules together."""
    reader, rows = read(PEOPLE)
    counts = count_inputs(parse_mapping(NAMES), reader.header, rows)
    assert (counts.rows, counts.crowded) == (4, 0)
    assert (counts.inputs, counts.inputs_as_they_stand) == ({"name-dob": 10}, {"name-dob": 4})
    assert counts.saved == {
        "twice-decoded": 0,
        "titles": 0,
        # DUPONT MARIE is there without it; DUPONT MARIEANNE and two of MARTIN are not.
        "married-names": 3,
        "double-names": 2,
        "several-given-names": 3,
    }


def test_the_whole_of_a_small_source_is_no_estimate() -> None:
    raw = leak(300)[0]
    told = estimated(raw, size_bytes=len(raw))
    assert (told.rows, told.is_whole) == (300, True)
    assert told.per_second > 0


def test_an_estimate_of_a_whole_source_is_what_its_run_stretches() -> None:
    raw = leak(300)[0]
    mapping = parse_mapping(MAPPING_TOML)
    reader, rows = read(raw.decode("cp1252"))
    inputs = dict(estimated(raw).sample.inputs)
    assert inputs == dict(count_inputs(mapping, reader.header, rows).inputs)
    assert list(inputs) == list(mapping.schemes)


def test_a_larger_source_is_estimated_by_its_size() -> None:
    raw = leak(6_000)[0]
    told = estimated(raw, size_bytes=len(raw))
    assert not told.is_whole
    assert told.rows is not None
    assert abs(told.rows - 6_000) < 60
    whole = estimated(leak(2_000)[0]).sample.inputs
    for scheme, count in told.sample.inputs.items():
        assert abs(told.scaled(count, 2_000) - whole[scheme]) < 0.2 * whole[scheme]


def test_of_a_stream_nobody_knows_the_rows() -> None:
    raw = leak(6_000)[0]
    told = estimated(raw, size_bytes=None)
    assert (told.rows, told.sample.rows) == (None, 2_000)
    assert told.scaled(1_000, 1_000_000) == 500_000


def test_what_is_wrong_with_mapping_or_source_is_told_before_anything_is_measured() -> None:
    with pytest.raises(InvalidMapping, match="'NUM_SECU'"):
        estimated(b"A;B\n1;2\n")
    with pytest.raises(InvalidSource):
        estimated(b"")


def test_threads_are_measured_together() -> None:
    assert stretches_per_second(INSECURE_TEST_ONLY, 1) > 0
