"""A second source is added to what is published: the same as if both had been one file."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, select

from app.crypto import ristretto255 as group
from app.crypto.keyring import KeyRing
from app.crypto.stretch import INSECURE_TEST_ONLY
from app.errors import (
    ConcerneError,
    DatasetExists,
    InvalidKey,
    InvalidMapping,
    InvalidSource,
    KeyExists,
    KeyMissing,
    RunDiffers,
    SourceDiffers,
    SourceRepeated,
    StateRefused,
    TooManyRejects,
    UnknownDataset,
)
from app.ingest import commits, evaluation, rekeying
from app.ingest.verification import Finding, Verdict
from app.protocol.messages import Answer
from app.reading.rejects import RejectLimit
from app.storage import epochs
from app.storage.tables import Entry, SchemeIndex
from app.synthesis.mapping import MAPPING_TOML
from tests.ingest.examples import PHONES_TOML, FailsAfter, House, ShortReads, Watch, leak, phones
from tests.ingest.test_resuming import ANY, salted
from tests.ingest.test_verification import compare, manifest
from tests.lifecycle.examples import answer, certified, erasing, events, forgetting, steps

ONLY_A, IN_BOTH, ONLY_B, NOWHERE = "0199000003", "0199000250", "0199000450", "0199009999"
# With rejects, repetitions, and some numbers that are in both.
A = phones(300) + b"x\n;\n" * 5 + phones(20)[4:]
B = phones(300, 200) + b"y\n" * 3 + phones(30, 400)[4:]
BOTH = A + B.removeprefix(b"TEL\n")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with salted(tmp_path / "data") as opened:
        yield opened


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pages, a commit after every chunk, and little read ahead."""
    monkeypatch.setattr(epochs, "ELEMENTS_AT_ONCE", 70)
    monkeypatch.setattr(rekeying, "CHUNK_ELEMENTS", 9)
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 1)
    monkeypatch.setattr(evaluation, "CHUNKS_PER_WORKER", 8)
    monkeypatch.setattr("app.ingest.progress._TOLD_EVERY_SECONDS", 0)


def add(home: House, source: bytes, mapping: str = PHONES_TOML, **options: Any) -> None:
    home.ingest(source, mapping, max_rejects=ANY, is_added=True, **options)


def first(home: House, source: bytes = A, mapping: str = PHONES_TOML) -> None:
    home.ingest(source, mapping, max_rejects=ANY)


def points(home: House, epoch: int) -> dict[str, set[bytes]]:
    """Return, by scheme, the entries of an epoch without the key."""
    found = {}
    with Session(home.engine) as session:
        for index in session.exec(select(SchemeIndex).where(SchemeIndex.epoch == epoch)):
            key = home.ring.load(f"demo/{index.scheme}/{epoch}")
            inverse = group.invert(group.decode_scalar(key.secret))
            elements = session.exec(select(Entry.element).where(Entry.index_id == index.id)).all()
            found[index.scheme] = {
                bytes(group.multiply(inverse, group.Element(each))) for each in elements
            }
    return found


def left(home: House, epoch: int) -> dict[str, object]:
    """Return all that does not depend on a key, the time, or in how many pieces it came."""
    dataset = home.catalogue()[0].dataset("demo")
    assert dataset.epoch == epoch
    told: dict[str, object] = {
        "points": points(home, epoch),
        "rows": (dataset.rows, dataset.rows_rejected),
        "schemes": [
            (s.scheme, s.public, s.entries, s.rows, s.prefix_bits, s.commitment)
            for s in dataset.schemes.values()
        ],
        "about": (dataset.title, dataset.breach_date, dataset.ends_on),
        "keys": [name.rpartition("/")[0] for name in home.ring.names()],
    }
    return told


def everything(home: House) -> dict[str, object]:
    """Return all of a folder but for the trail, to be compared."""
    with home.engine.connect() as connection:
        tables = {
            name: connection.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()
            for name in ("dataset", "scheme_index", "entry", "range", "ingest_run", "manifest")
        }
    keys = {name: (home.folder / "keys" / name).read_bytes() for name in home.ring.names()}
    return tables | {"keys": keys}


def interrupted(home: House, after: int, during: str = "reading") -> None:
    """Add B until so many were told of a stage, and no further."""
    left_over = [after]

    def count() -> None:
        left_over[0] -= 1
        if left_over[0] < 0:
            raise KeyboardInterrupt

    watch = Watch()
    setattr(watch, f"on_{during}", count)
    with pytest.raises(KeyboardInterrupt):
        add(home, B, observer=watch)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    with salted(tmp_path_factory.mktemp("whole") / "data") as home:
        first(home, BOTH)
        return left(home, 1)


def test_it_is_as_if_both_had_been_one_file(home: House, whole: dict[str, object]) -> None:
    first(home)
    secret = home.ring.load("demo/phone/1").secret
    watch = Watch()
    add(home, B, observer=watch)
    assert left(home, 2) == whole
    assert home.ring.load("demo/phone/2").secret != secret
    assert watch.rekeyed == [(n, 300) for n in (70, 140, 210, 280, 300)]
    for number, expected in (
        (ONLY_A, Answer.EXPOSED),
        (IN_BOTH, Answer.EXPOSED),
        (ONLY_B, Answer.EXPOSED),
        (NOWHERE, Answer.NOT_EXPOSED),
    ):
        assert answer(home, number) is expected


def test_every_scheme_comes_along_in_the_datasets_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order in which the second mapping names them; with commitments."""
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 50_000)
    a, b = leak(1500)[0], leak(300, seed=2)[0]
    rest = b.partition(b"\r\n")[2]
    other = MAPPING_TOML.replace(
        'schemes = ["nir-dob", "nir", "name-dob", "email", "phone"]',
        'schemes = ["phone", "email", "nir", "name-dob", "nir-dob"]',
    )
    assert other != MAPPING_TOML
    with salted(tmp_path / "one") as one, salted(tmp_path / "two") as two:
        first(one, a + rest, MAPPING_TOML)
        first(two, a, MAPPING_TOML)
        add(two, b, other)
        assert left(two, 2) == left(one, 1)
        assert any(s.commitment for s in two.catalogue()[0].dataset("demo").schemes.values())


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=25), min_size=2, max_size=4))
def test_any_sources_one_after_the_other_are_as_one(
    tmp_path_factory: pytest.TempPathFactory, parts: list[list[int]]
) -> None:
    """A law: whatever is in which, and in however many pieces it comes."""
    # The last line tells the sources apart, so that none is taken for one that came before.
    sources = [
        b"TEL\n" + b"".join(b"019900%04d\n" % n for n in part) + b"x\n" * (number + 1)
        for number, part in enumerate(parts)
    ]
    folder = tmp_path_factory.mktemp("law")
    with salted(folder / "one") as one, salted(folder / "many") as many:
        first(one, sources[0] + b"".join(s.removeprefix(b"TEL\n") for s in sources[1:]))
        first(many, sources[0])
        for source in sources[1:]:
            add(many, source)
        assert left(many, len(parts)) == left(one, 1)


@pytest.mark.parametrize("chunks", [0, 1, 7, 20, 36])
def test_interrupted_while_reading_it_goes_on(
    home: House, whole: dict[str, object], chunks: int
) -> None:
    first(home)
    before = everything(home)
    interrupted(home, chunks)
    assert left(home, 1)["points"] == points(home, 1)
    assert answer(home, ONLY_B) is Answer.NOT_EXPOSED
    watch = Watch()
    add(home, B, observer=watch)
    assert watch.rekeyed == [], "what was re-keyed is not done again"
    assert left(home, 2) == whole
    assert before["keys"] != everything(home)["keys"]


def test_interrupted_while_rekeying_it_begins_anew(home: House, whole: dict[str, object]) -> None:
    first(home)
    before = everything(home)
    interrupted(home, 2, during="rekeying")
    assert everything(home) == before
    assert [what for what, _ in steps(home)][-2:] == ["ingest started", "ingest aborted"]
    add(home, B)
    assert left(home, 2) == whole


def test_interrupted_while_publishing_it_goes_on(home: House, whole: dict[str, object]) -> None:
    first(home)
    interrupted(home, 0, during="publishing")
    assert answer(home, ONLY_A) is Answer.EXPOSED
    add(home, B)
    assert left(home, 2) == whole


def test_it_can_be_given_up_with_restart(home: House, tmp_path: Path) -> None:
    first(home)
    interrupted(home, 20)
    secret = home.ring.load("demo/phone/2").secret
    add(home, phones(40, 7000), is_anew=True)
    assert home.ring.load("demo/phone/2").secret != secret
    assert answer(home, ONLY_B) is Answer.NOT_EXPOSED
    assert answer(home, "0199007001") is Answer.EXPOSED
    assert home.rows_in()["Entry"] == 340


def test_what_waits_to_be_published_is_not_added_to_but_can_be_given_up(
    home: House, whole: dict[str, object]
) -> None:
    first(home)
    add(home, phones(40, 7000), is_draft=True)
    record = home.datasets.dataset("demo")
    assert (record.is_filled, record.epoch, record.rows) == (True, 1, 370)
    assert answer(home, "0199007001") is Answer.NOT_EXPOSED
    with pytest.raises(DatasetExists, match="waits to be published") as refusal:
        add(home, B)
    assert "discard" in refusal.value.hint
    add(home, B, is_anew=True)
    assert left(home, 2) == whole


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (b"TEL\n" + b"x\n" * 9, InvalidSource),
        (b"", InvalidSource),
        (b"PHONE\n0199007001\n", InvalidMapping),
    ],
    ids=["gives nothing", "empty", "another header"],
)
def test_a_bad_source_leaves_everything_as_it_was(
    home: House, source: bytes, kind: type[ConcerneError]
) -> None:
    first(home)
    before = everything(home)
    with pytest.raises(kind):
        add(home, source)
    assert everything(home) == before
    assert answer(home, ONLY_A) is Answer.EXPOSED


def test_a_source_that_breaks_far_inside_leaves_everything_as_it_was(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when there was a checkpoint."""
    monkeypatch.setattr(commits, "COMMIT_ENTRIES", 500)
    first(home)
    before = everything(home)
    watch = Watch()
    long = phones(400) + phones(400)[4:] * 250
    with pytest.raises(InvalidSource, match="cannot be read"):
        home.ingest(FailsAfter(long, 900_000), PHONES_TOML, is_added=True, observer=watch)
    assert watch.rekeyed
    assert watch.seen
    assert everything(home) == before
    assert answer(home, ONLY_A) is Answer.EXPOSED


def test_too_many_rejects_are_kept_for_a_run_that_accepts_them(
    home: House, whole: dict[str, object]
) -> None:
    """The limit is about the source, not about what was there before."""
    first(home)
    with pytest.raises(TooManyRejects, match="3 of 333 rows"):
        home.ingest(B, PHONES_TOML, max_rejects=RejectLimit.parse("2"), is_added=True)
    assert home.catalogue()[0].dataset("demo").epoch == 1
    watch = Watch()
    add(home, B, observer=watch)
    assert watch.rekeyed == []
    assert left(home, 2) == whole


def test_only_what_is_published_is_added_to(home: House) -> None:
    with pytest.raises(UnknownDataset):
        add(home, B)
    home.ingest(phones(5), PHONES_TOML, is_draft=True)
    with pytest.raises(StateRefused, match="is draft"):
        add(home, B)
    home.publishing.publish("demo", by="somebody")
    home.publishing.retire("demo", by="somebody")
    with pytest.raises(StateRefused, match="is retired") as refusal:
        add(home, B)
    assert "publish" in refusal.value.hint
    home.publishing.publish("demo", by="somebody")
    with home.engine.begin() as connection:
        connection.execute(text("UPDATE dataset SET ends_on = date('now')"))
    with pytest.raises(StateRefused, match="ended on"):
        add(home, B)
    erasing(home).erase("demo", by="somebody")
    with pytest.raises(StateRefused, match="is erased"):
        add(home, B)


def test_without_being_asked_to_nothing_is_added(home: House) -> None:
    first(home)
    with pytest.raises(DatasetExists, match="already published") as refusal:
        home.ingest(B, PHONES_TOML)
    assert "--add" in refusal.value.hint


def test_other_schemes_are_refused_by_name(home: House) -> None:
    first(home, leak(60)[0], MAPPING_TOML)
    before = everything(home)
    with pytest.raises(InvalidMapping) as refusal:
        add(home, B)
    assert "nir-dob is missing, nir is missing, name-dob is missing" in refusal.value.message
    home.ingest(phones(5), PHONES_TOML, dataset="few")
    with pytest.raises(InvalidMapping, match="email is not one of them"):
        home.ingest(leak(60)[0], dataset="few", is_added=True)
    assert home.catalogue()[0].dataset("demo").epoch == 1
    assert before["keys"].items() <= everything(home)["keys"].items()  # type: ignore[attr-defined]  # a dict


def test_what_the_dataset_is_stays_and_what_was_said_otherwise_is_told(home: House) -> None:
    first(home)
    other = (
        PHONES_TOML.replace("Made up", "Another").replace("2021-02-23", "2022-01-01")
        + 'public_schemes = ["phone"]\n'
    )
    dearer = replace(INSECURE_TEST_ONLY, memory_kib=INSECURE_TEST_ONLY.memory_kib * 2)
    before = home.catalogue()[0].dataset("demo")
    told = home.ingest(B, other, max_rejects=ANY, is_added=True, profile=dearer)
    assert told.not_followed == ("title", "breach date", "public schemes", "stretch profile")
    after = home.catalogue()[0].dataset("demo")
    for name in ("title", "breach_date", "ends_on"):
        assert getattr(after, name) == getattr(before, name)
    assert after.schemes["phone"].public is before.schemes["phone"].public
    assert after.schemes["phone"].stretch == INSECURE_TEST_ONLY
    assert answer(home, ONLY_B) is Answer.EXPOSED
    assert home.ingest(phones(3), PHONES_TOML, is_added=True).not_followed == ()


def test_an_interrupted_one_goes_on_with_the_same_mapping_only(
    home: House, whole: dict[str, object]
) -> None:
    first(home)
    interrupted(home, 20)
    with pytest.raises(RunDiffers, match="another mapping"):
        add(home, B, PHONES_TOML.replace("Made up", "Another"))
    with pytest.raises(SourceDiffers, match="not the source"):
        add(home, A + b"\n")
    add(home, B)
    assert left(home, 2) == whole


def test_the_same_bytes_add_nothing_also_among_several(home: House) -> None:
    first(home)
    add(home, B)
    for source in (A, B):
        assert home.an_ingest().repeats(io.BytesIO(source), "demo")
        before = everything(home)
        with pytest.raises(SourceRepeated):
            # Through a pipe it is known when it has been read.
            home.ingest(ShortReads(source, 999), PHONES_TOML, max_rejects=ANY, is_added=True)
        assert everything(home) == before


def test_keys_that_are_gone_or_another_are_refused_before_anything_is_begun(home: House) -> None:
    first(home)
    (home.folder / "keys" / "demo" / "phone" / "2").write_text("somebody's")
    with pytest.raises(KeyExists, match="later epoch"):
        add(home, B)
    assert home.ring.names() == ["demo/phone/1", "demo/phone/2"]
    home.ring.erase("demo/phone/2")
    home.ring.erase("demo/phone/1")
    before = everything(home)
    with pytest.raises(KeyMissing):
        add(home, B)
    home.ring.create("demo/phone/1")
    with pytest.raises(InvalidKey):
        add(home, B)
    home.ring.erase("demo/phone/1")
    assert everything(home) == before


def test_a_key_that_cannot_be_made_leaves_no_other(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first(home, leak(60)[0], MAPPING_TOML)
    before = everything(home)
    create, made = KeyRing.create, itertools.count()

    def fail(ring: KeyRing, name: str) -> object:
        if next(made) == 2:
            raise OSError(28, "No space left on device")
        return create(ring, name)

    with monkeypatch.context() as patch:
        patch.setattr(KeyRing, "create", fail)
        with pytest.raises(OSError, match="No space"):
            add(home, leak(50, seed=2)[0], MAPPING_TOML)
    assert everything(home) == before
    add(home, leak(50, seed=2)[0], MAPPING_TOML)


def test_keys_made_by_a_run_that_was_killed_are_known_to_be_its(
    home: House, whole: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the making of the keys and of the indexes, and not cleaned up."""
    first(home)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(epochs.SqlEpochStore, "begin", die)
        patch.setattr("app.ingest.adding.Adding.give_up", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            add(home, B)
    assert home.ring.names() == ["demo/phone/1", "demo/phone/2"]
    add(home, B)
    assert left(home, 2) == whole


def test_the_manifest_tells_of_every_source_in_order(home: House) -> None:
    first(home)
    add(home, B)
    add(home, phones(900, 1000))
    said = manifest(home, "demo")
    assert [(s.size_bytes, s.rows) for s in said.sources] == [
        (len(A), 330), (len(B), 333), (9904, 900)
    ]  # fmt: skip
    assert said.dataset == home.catalogue()[0].dataset("demo")
    assert (said.dataset.epoch, said.dataset.rows, said.dataset.rows_rejected) == (3, 1563, 13)
    assert compare(said, B, PHONES_TOML) == Finding(
        Verdict.PART, ("the same bytes as source 2 of 3", "333 of 1,563 rows")
    )
    shuffled = phones(900, 1000) + BOTH.removeprefix(b"TEL\n")
    assert compare(said, shuffled, PHONES_TOML) == Finding(
        Verdict.SAME, ("other bytes, the same entries",)
    )
    found = compare(said, BOTH, PHONES_TOML)
    assert found.verdict is Verdict.DIFFERS
    assert found.reasons[0] == "rows: 1,563 there, 663 here"
    assert found.reasons[-1] == "it came in 3 sources, of 330, 333, 900 rows"


def test_the_trail_and_the_certificate_tell_of_it(home: House) -> None:
    first(home)
    add(home, B)
    told = [(event.what.value, event.counts) for event in events(home)][3:]
    assert told == [
        ("ingest started", {"epoch": 2}),
        ("ingest finished", {"epoch": 2, "rows": 333, "rows_used": 330, "entries": 500,
                             "forgotten": 0}),
        ("published", {"epoch": 2, "rows": 663}),
        ("epoch erased", {"epoch": 1}),
    ]  # fmt: skip
    said = certified(home, erasing(home).erase("demo", by="somebody"))
    assert len(said["sources_sha256"]) == 2  # type: ignore[arg-type]  # a list
    assert said["erased"]["entries"] == {"phone": 500}  # type: ignore[index]  # an object


def test_who_was_forgotten_stays_forgotten_and_no_number_tells(home: House) -> None:
    """Neither the old entries nor the new source bring them back; the count does not go down."""
    first(home)
    forgetting(home).forget("demo", {"phone": IN_BOTH}, by="somebody")
    add(home, B)
    assert answer(home, IN_BOTH) is Answer.NOT_EXPOSED
    assert answer(home, ONLY_A) is answer(home, ONLY_B) is Answer.EXPOSED
    assert home.rows_in()["Entry"] == 499
    assert home.catalogue()[0].dataset("demo").schemes["phone"].entries == 500
    assert manifest(home, "demo").forgotten == 2
    add(home, phones(10, 8000))
    assert home.catalogue()[0].dataset("demo").schemes["phone"].entries == 510
    assert manifest(home, "demo").forgotten == 2
    assert answer(home, IN_BOTH) is Answer.NOT_EXPOSED


def test_what_was_taken_out_makes_a_comparison_unknown_and_not_another_leak(home: House) -> None:
    first(home, phones(1100))
    forgetting(home).forget("demo", {"phone": ONLY_A}, by="somebody")
    add(home, phones(200, 2000))
    shuffled = phones(200, 2000) + phones(1100).removeprefix(b"TEL\n")
    assert compare(manifest(home, "demo"), shuffled, PHONES_TOML).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("who", [ONLY_A, IN_BOTH, ONLY_B])
@pytest.mark.parametrize("chunks", [0, 20, 38])
def test_who_is_forgotten_while_it_is_interrupted_is_in_neither_epoch(
    home: House, who: str, chunks: int
) -> None:
    first(home)
    interrupted(home, chunks)
    report = forgetting(home).forget("demo", {"phone": who}, by="somebody")
    if who != ONLY_B:
        assert report.taken_out
    add(home, B)
    assert home.catalogue()[0].dataset("demo").epoch == 2
    for number in (ONLY_A, IN_BOTH, ONLY_B):
        assert (answer(home, number) is Answer.NOT_EXPOSED) is (number == who)
    assert home.rows_in()["Entry"] == 499


def test_who_is_forgotten_when_its_ranges_are_there_is_in_neither_epoch(home: House) -> None:
    """It was interrupted between the last of the filling and its end, and not cleaned up."""
    first(home)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.storage.draft._fill_in", die)
        with pytest.raises(KeyboardInterrupt):
            add(home, B)
    assert home.rows_in()["Range"] == 2 + 1 - 1
    forgetting(home).forget("demo", {"phone": IN_BOTH}, by="somebody")
    add(home, B)
    assert answer(home, IN_BOTH) is Answer.NOT_EXPOSED
    assert home.rows_in()["Entry"] == 499


def test_who_is_forgotten_elsewhere_meanwhile_is_not_brought_in(home: House) -> None:
    home.ingest(phones(300, 400), PHONES_TOML, dataset="other")
    first(home)
    interrupted(home, 20)
    forgetting(home).forget("other", {"phone": ONLY_B}, by="somebody", in_every_leak=True)
    with pytest.raises(RunDiffers, match="somebody was forgotten"):
        add(home, B)
    add(home, B, is_anew=True)
    assert answer(home, ONLY_B) is Answer.NOT_EXPOSED


def test_an_erasure_takes_an_unfinished_epoch_along(home: House) -> None:
    first(home)
    interrupted(home, 20)
    there = home.rows_in()["Entry"]
    assert there > 600
    said = certified(home, erasing(home).erase("demo", by="somebody"))
    assert said["erased"] == {
        "entries": {"phone": there},
        "ranges": {"phone": 1},
        # The interrupted run had one for what it counts, too.
        "keys": {"phone": 2, "scope": 1},
    }
    assert home.ring.names() == []
    assert home.rows_in() == {"Dataset": 1, "SchemeIndex": 0, "Entry": 0, "Range": 0}


def test_what_is_retired_meanwhile_waits_until_it_is_published_again(
    home: House, whole: dict[str, object]
) -> None:
    first(home)
    interrupted(home, 20)
    home.publishing.retire("demo", by="somebody")
    with pytest.raises(StateRefused, match="is retired"):
        add(home, B)
    home.publishing.publish("demo", by="somebody")
    assert home.catalogue()[0].dataset("demo").epoch == 1
    add(home, B)
    assert left(home, 2) == whole
