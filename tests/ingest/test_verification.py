"""Two people find out whether they hold the same leak, and neither needs the key."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from app.crypto.signing import verify_signed
from app.crypto.stretch import StretchProfile
from app.errors import InvalidMapping, InvalidMessage, StretchRefused
from app.ingest.verification import Finding, Verdict, Verification
from app.protocol.manifest import MANIFEST_KIND, Manifest
from app.reading.mapping import parse_mapping
from app.synthesis.mapping import MAPPING_TOML
from tests.ingest.examples import PHONES_TOML, House, house, leak, phones
from tests.ingest.test_pipeline import rewritten
from tests.lifecycle.examples import forgetting

SOURCE_ROWS = 1500


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("verified") / "data") as opened:
        opened.ingest(leak(SOURCE_ROWS)[0])
        opened.ingest(phones(1200), PHONES_TOML, dataset="phones")
        opened.ingest(phones(300), PHONES_TOML, dataset="few")
        yield opened


def manifest(home: House, dataset: str) -> Manifest:
    public = home.signing_key().public_jwk()
    signed = home.datasets.manifest(dataset)
    return Manifest.from_json(verify_signed(MANIFEST_KIND, signed, public))


def compare(known: Manifest, source: bytes, mapping: str) -> Finding:
    """Compare as far as it is needed."""
    compared = Verification(known, lambda: nullcontext(io.BytesIO(source)), workers=2)
    columns = parse_mapping(mapping)
    survey = compared.survey(columns)
    return (
        compared.compare_bytes()
        or compared.compare_numbers(survey)
        or compared.compare_commitments(columns, survey, lambda _: None)
    )


def test_the_same_bytes_are_the_same_leak(home: House) -> None:
    found = compare(manifest(home, "demo"), leak(SOURCE_ROWS)[0], MAPPING_TOML)
    assert found == Finding(Verdict.SAME, ("the same bytes",))


def test_the_same_rows_in_another_guise_are_the_same_leak(home: House) -> None:
    """Another order, encoding and quoting; schemes of few entries are compared by number alone."""
    source = rewritten(leak(SOURCE_ROWS)[0], "utf-8")
    found = compare(manifest(home, "demo"), source, MAPPING_TOML.replace('"cp1252"', '"utf-8"'))
    assert found.verdict is Verdict.SAME
    assert found.reasons == (
        "other bytes, the same entries",
        "email: equal numbers, too few for a commitment",
    )


def test_one_row_less_differs_and_says_where(home: House) -> None:
    source = b"\r\n".join(leak(SOURCE_ROWS)[0].split(b"\r\n")[:-2])
    found = compare(manifest(home, "demo"), source, MAPPING_TOML)
    assert found.verdict is Verdict.DIFFERS
    assert found.reasons[0] == "rows: 1,500 there, 1,499 here"


def test_one_person_for_another_differs_though_all_numbers_agree(home: House) -> None:
    source = phones(1199) + b"0199009999\n"
    found = compare(manifest(home, "phones"), source, PHONES_TOML)
    assert found == Finding(Verdict.DIFFERS, ("phone: as many entries, but not the same",))


def test_a_repeated_row_counts_once_in_the_sum(home: House, tmp_path: Path) -> None:
    """Far apart, so that nothing short of remembering all of them will do."""
    with house(tmp_path / "data") as other:
        rows = phones(1100).removeprefix(b"TEL\n")
        other.ingest(b"TEL\n" + rows + rows[:11], PHONES_TOML)
        found = compare(manifest(other, "demo"), b"TEL\n" + rows[:11] + rows, PHONES_TOML)
    assert found.verdict is Verdict.SAME


def test_too_few_entries_prove_nothing_unless_the_bytes_are_the_same(home: House) -> None:
    few = manifest(home, "few")
    assert compare(few, phones(300), PHONES_TOML).verdict is Verdict.SAME
    shuffled = b"TEL\n" + b"".join(reversed(phones(300).splitlines(keepends=True)[1:]))
    assert compare(few, shuffled, PHONES_TOML).verdict is Verdict.UNKNOWN
    others = b"TEL\n" + phones(300, 5000).removeprefix(b"TEL\n")
    assert compare(few, others, PHONES_TOML).verdict is Verdict.UNKNOWN
    assert compare(few, phones(299), PHONES_TOML).verdict is Verdict.DIFFERS


def test_what_was_left_out_makes_a_difference_unknown(tmp_path: Path) -> None:
    """The manifest is without those who had asked to be forgotten; the other's file is not."""
    with house(tmp_path / "data") as home:
        home.ingest(phones(5), PHONES_TOML, dataset="first")
        forgetting(home).forget("first", {"phone": "0199000003"}, by="somebody", in_every_leak=True)
        home.ingest(phones(1200), PHONES_TOML)
        known = manifest(home, "demo")
    assert known.forgotten == 1
    shuffled = b"TEL\n" + b"".join(reversed(phones(1200).splitlines(keepends=True)[1:]))
    found = compare(known, shuffled, PHONES_TOML)
    assert found.verdict is Verdict.UNKNOWN
    assert "1 inputs of the source were left out" in found.reasons[-1]
    assert compare(known, phones(1200), PHONES_TOML).verdict is Verdict.SAME


def test_a_mapping_that_does_not_fit_is_refused(home: House) -> None:
    with pytest.raises(InvalidMapping):
        compare(manifest(home, "demo"), phones(20), MAPPING_TOML)


def test_a_manifest_that_asks_for_too_much_is_refused(home: House) -> None:
    """Whoever made it must not be able to stall whoever checks."""
    known = manifest(home, "demo")
    for profile, kind in (
        (StretchProfile(2**21, 1, 1), StretchRefused),
        (StretchProfile(8, 11, 1), StretchRefused),
        (StretchProfile(16, 1, 1), InvalidMessage),
    ):
        schemes = dict(known.dataset.schemes)
        name = next(iter(schemes))
        changed = {name: replace(schemes[name], stretch=profile)}
        every = {n: replace(s, stretch=profile) for n, s in schemes.items()}
        schemes = schemes | changed if kind is InvalidMessage else every
        asking = replace(known, dataset=replace(known.dataset, schemes=schemes))
        with pytest.raises(kind):
            Verification(asking, lambda: nullcontext(io.BytesIO(b"")), workers=1)
