"""What a run will cost is counted in a sample, measured, and told as the estimate that it is."""

from __future__ import annotations

import gzip
import io
import lzma
import random
from collections.abc import Callable

import pyarrow
import pyarrow.parquet
import pytest

from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import InvalidMapping, InvalidSource
from app.ingest.estimate import Estimate, count_inputs, estimate, stretches_per_second
from app.reading.mapping import parse_mapping
from app.reading.sample import SAMPLE_BYTES, PeekedSource
from app.reading.sources.opening import LeakSource
from app.reading.sources.settings import SourceSettings
from app.synthesis.mapping import MAPPING_TOML
from tests.ingest.examples import PHONES_TOML, leak, read
from tests.reading.sources.writers import IDENTITY, aged, zipped

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


def packed_by_xz(content: bytes) -> bytes:
    return lzma.compress(content, preset=0)


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


PACKS = [gzip.compress, packed_by_xz, zipped, aged]


def packed(rows: int, pack: Callable[[bytes], bytes]) -> tuple[bytes, LeakSource]:
    """Return a source whose rows are as hard to pack as a leak's, and what it was packed into."""
    draw = random.Random(1)
    lines = (f"019900{n % 10_000:04d};{draw.randbytes(30).hex()}\n" for n in range(rows))
    content = pack(b"TEL;COMMENTAIRE\n" + "".join(lines).encode())
    return content, LeakSource(io.BytesIO(content), SourceSettings(), [IDENTITY])


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.__name__)
def test_a_small_compressed_source_is_counted(pack: Callable[[bytes], bytes]) -> None:
    """What was read ahead would tell that there are no other rows than the first ones."""
    content, source = packed(6_000, pack)
    told = estimated(source, PHONES_TOML, size_bytes=len(content))
    assert (told.rows, told.is_counted, told.is_whole) == (6_000, True, False)
    assert told.sample.rows == 2_000


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.__name__)
def test_a_large_compressed_source_is_estimated_by_its_size(pack: Callable[[bytes], bytes]) -> None:
    content, source = packed(120_000, pack)
    told = estimated(source, PHONES_TOML, size_bytes=len(content))
    assert not told.is_counted
    assert told.rows is not None
    assert abs(told.rows - 120_000) < 12_000


def test_a_source_that_is_packed_very_well_is_counted_too() -> None:
    """Its bytes have been read to their end long before its rows."""
    content = gzip.compress(b"TEL\n" + b"0199000001\n" * 130_000)
    source = LeakSource(io.BytesIO(content), SourceSettings())
    told = estimated(source, PHONES_TOML, size_bytes=len(content))
    assert (told.rows, told.is_counted) == (130_000, True)


def test_a_table_that_says_how_many_rows_it_has_is_believed() -> None:
    numbers = pyarrow.array([f"019900{n % 10_000:04d}" for n in range(80_000)])
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays([numbers], names=["TEL"]), out)
    content = out.getvalue()
    source = LeakSource(io.BytesIO(content), SourceSettings())
    told = estimated(source, PHONES_TOML, size_bytes=len(content))
    assert told.rows is not None
    assert abs(told.rows - 80_000) < 100


def test_the_beginning_of_a_packed_stream_is_enough() -> None:
    content, _ = packed(60_000, gzip.compress)
    assert len(content) > SAMPLE_BYTES
    source = LeakSource(PeekedSource(io.BytesIO(content)).beginning(), SourceSettings())
    told = estimated(source, PHONES_TOML)
    assert (told.rows, told.sample.rows) == (None, 2_000)


def test_what_is_wrong_with_mapping_or_source_is_told_before_anything_is_measured() -> None:
    with pytest.raises(InvalidMapping, match="'NUM_SECU'"):
        estimated(b"A;B\n1;2\n")
    with pytest.raises(InvalidSource):
        estimated(b"")


def test_threads_are_measured_together() -> None:
    assert stretches_per_second(INSECURE_TEST_ONLY, 1) > 0
