"""Whoever asks for it is taken out, by all that identifies them, and never taken in there again."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text

from app.crypto.ristretto255 import Element
from app.crypto.stretch import INSECURE_TEST_ONLY, StretchProfile, stretch
from app.errors import (
    InvalidField,
    InvalidInput,
    InvalidKey,
    KeyMissing,
    StateRefused,
    Unavailable,
    UnknownDataset,
)
from app.lifecycle.forgetting import suppressed
from app.lifecycle.ports import Removal
from app.protocol.messages import Answer
from app.protocol.ranges import check_range
from app.protocol.server import encode_identifier
from app.reading.rejects import RejectLimit
from app.storage.forgetting import SqlForgettingStore
from tests.ingest.examples import PHONES_TOML, House, house, leak, phones
from tests.ingest.test_pipeline import questions
from tests.lifecycle.examples import answer, erasing, events, forgetting, found_in, secrets_of

THERE, ALSO_THERE, NOT_THERE = "0199000003", "0199000004", "0199009999"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def ranges(home: House, dataset: str = "demo") -> list[bytes]:
    catalogue, _ = home.catalogue()
    index = catalogue.index(dataset, "phone")
    return [index.read_range(p) for p in range(2**index.parameters.prefix_bits)]


def tokens(home: House) -> int:
    return len(list(SqlForgettingStore(home.engine).tokens()))


def test_who_is_taken_out_is_not_exposed_any_more_and_all_others_are(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    report = forgetting(home).forget("demo", {"phone": THERE}, by="Zoé")
    assert (report.asked, report.taken_out) == (("phone",), frozenset({"phone"}))
    for number in range(300):
        expected = Answer.NOT_EXPOSED if number == 3 else Answer.EXPOSED
        if number < 10:
            assert answer(home, f"019900{number:04d}") is expected
    assert home.rows_in()["Entry"] == 299
    last = events(home)[-1]
    assert (last.what, last.by) == ("forgotten", "Zoé")
    assert last.counts == {"schemes_asked": 1, "schemes_taken_out": 1}


def test_from_outside_one_value_of_one_range_changes_and_no_number(home: House) -> None:
    """An observer who compares sees that something among some hundred entries changed."""
    home.ingest(phones(2000), PHONES_TOML)
    before, dataset = ranges(home), home.catalogue()[0].dataset("demo")
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    after = ranges(home)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    ((old, new),) = changed
    check_range(new, len(old) // 8)
    values = [{packed[i : i + 8] for i in range(0, len(packed), 8)} for packed in (old, new)]
    assert (len(values[0] - values[1]), len(values[1] - values[0])) == (1, 1)
    assert home.catalogue()[0].dataset("demo") == dataset


def test_a_catalogue_that_was_there_before_notices(home: House) -> None:
    """Its ranges are in memory, and the epoch has not changed."""
    home.ingest(phones(300), PHONES_TOML)
    catalogue, _ = home.catalogue()
    old = catalogue.index("demo", "phone")
    forgetting(home).forget("demo", {"phone": NOT_THERE}, by="somebody")
    catalogue.renew()
    assert catalogue.index("demo", "phone").packed is old.packed
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    catalogue.renew()
    new = catalogue.index("demo", "phone")
    assert new.revision != old.revision
    assert new.packed != old.packed


def test_who_was_not_there_is_told_so_and_kept_out_of_what_comes(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    before = ranges(home)
    report = forgetting(home).forget(
        "demo", {"phone": NOT_THERE}, by="somebody", in_every_leak=True
    )
    assert (report.asked, report.taken_out) == (("phone",), frozenset())
    assert ranges(home) == before
    assert events(home)[-1].counts == {"schemes_asked": 1, "schemes_taken_out": 0}
    # A third of these are no numbers, 01990010000 and so on.
    all_of_them = RejectLimit.parse("100%")
    again = home.ingest(phones(300, 9800), PHONES_TOML, "later", max_rejects=all_of_them)
    assert again.source.forgotten == 1
    assert answer(home, NOT_THERE, "later") is Answer.NOT_EXPOSED
    assert answer(home, "0199009998", "later") is Answer.EXPOSED


def test_nothing_that_is_added_to_the_dataset_takes_them_in(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    for number in (THERE, NOT_THERE):
        forgetting(home).forget("demo", {"phone": number}, by="somebody")
    added = home.ingest(
        f"TEL\n{THERE}\n{NOT_THERE}\n0199001111\n".encode(), PHONES_TOML, is_added=True
    )
    assert added.source.forgotten == 2
    assert answer(home, THERE) is answer(home, NOT_THERE) is Answer.NOT_EXPOSED
    assert answer(home, "0199001111") is answer(home, ALSO_THERE) is Answer.EXPOSED


def test_another_leak_tells_that_it_holds_them(home: House) -> None:
    """They asked about one; a "no" about a leak that nobody had told them of would be a lie."""
    home.ingest(phones(300), PHONES_TOML, dataset="before")
    home.ingest(phones(300) + b"0199001111\n", PHONES_TOML)
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    after = home.ingest(phones(300) + b"0199002222\n", PHONES_TOML, dataset="after")
    assert after.source.forgotten == 0
    assert answer(home, THERE) is Answer.NOT_EXPOSED
    assert answer(home, THERE, "before") is answer(home, THERE, "after") is Answer.EXPOSED


def test_no_later_ingest_takes_in_who_objects_to_every_leak(home: House) -> None:
    """Not the same leak under another name, not another, and not after an erasure."""
    home.ingest(phones(300), PHONES_TOML)
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody", in_every_leak=True)
    erasing(home).erase("demo", by="somebody")
    report = home.ingest(phones(300) + b"0199000003\n" * 5, PHONES_TOML, dataset="again")
    assert report.entries == {"phone": 299}
    assert report.source.forgotten >= 1
    assert events(home)[-2].counts["forgotten"] == report.source.forgotten
    assert answer(home, THERE, "again") is Answer.NOT_EXPOSED
    assert answer(home, ALSO_THERE, "again") is Answer.EXPOSED


def test_every_scheme_that_the_fields_serve_is_taken_out(home: House) -> None:
    source, truth = leak(500)
    home.ingest(source)
    asked = questions(truth)
    person = next(f for f, known in asked["name-dob"] if known is Answer.EXPOSED)
    nir = next(f for f, known in asked["nir"] if known is Answer.EXPOSED)
    before = home.rows_in()["Entry"]
    report = forgetting(home).forget("demo", {**person, **nir}, by="somebody")
    assert report.asked == ("nir-dob", "nir", "name-dob")
    assert {"nir", "name-dob"} <= report.taken_out
    assert home.rows_in()["Entry"] == before - len(report.taken_out)
    assert tokens(home) == 3
    forgetting(home).forget("demo", {**person, **nir}, by="somebody")
    assert tokens(home) == 3
    assert home.rows_in()["Entry"] == before - len(report.taken_out)


def test_a_draft_and_what_is_retired_can_be_forgotten_from(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    assert forgetting(home).forget("demo", {"phone": THERE}, by="somebody").taken_out
    home.publishing.publish("demo", by="somebody")
    home.publishing.retire("demo", by="somebody")
    assert forgetting(home).forget("demo", {"phone": ALSO_THERE}, by="somebody").taken_out
    home.publishing.publish("demo", by="somebody")
    assert answer(home, THERE) is answer(home, ALSO_THERE) is Answer.NOT_EXPOSED


def test_nothing_of_the_entry_is_left_in_any_file(home: House) -> None:
    home.ingest(phones(3000), PHONES_TOML)
    before = secrets_of(home, "demo")
    for number in range(0, 3000, 100):
        forgetting(home).forget("demo", {"phone": f"019900{number:04d}"}, by="somebody")
    gone = before - secrets_of(home, "demo")
    assert len(gone) == 60
    assert found_in(home.folder, gone) == 0


def test_what_cannot_be_done_changes_nothing_and_says_no_value(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    before = (home.rows_in(), events(home), ranges(home))
    cases: list[tuple[str, dict[str, str], type[Exception]]] = [
        ("demo", {"phone": "019900"}, InvalidField),
        ("demo", {"email": "a@b.example"}, InvalidInput),
        ("demo", {}, InvalidInput),
        ("other", {"phone": THERE}, UnknownDataset),
    ]
    for dataset, fields, kind in cases:
        with pytest.raises(kind) as refusal:
            forgetting(home).forget(dataset, fields, by="somebody")
        told = "".join(traceback.format_exception(refusal.value)) + repr(vars(refusal.value))
        assert not any(value in told for value in fields.values())
    assert (home.rows_in(), events(home), ranges(home)) == before
    assert tokens(home) == 0


def test_an_erased_dataset_holds_nobody(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    erasing(home).erase("demo", by="somebody")
    with pytest.raises(StateRefused, match="holds nobody"):
        forgetting(home).forget("demo", {"phone": THERE}, by="somebody")


def test_a_key_that_is_not_the_right_one_is_never_read_as_was_not_there(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    home.ring.erase("demo/phone/1")
    with pytest.raises(KeyMissing):
        forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    home.ring.create("demo/phone/1")
    with pytest.raises(InvalidKey):
        forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    assert home.rows_in()["Entry"] == 300


def test_a_range_that_lacks_its_fingerprint_leaves_all_as_it_was(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what the same transaction did before it noticed."""
    source, truth = leak(500)
    home.ingest(source)
    person = next(f for f, known in questions(truth)["nir-dob"] if known is Answer.EXPOSED)
    before = (home.rows_in(), events(home))
    with home.engine.begin() as connection:
        connection.execute(
            text(
                'UPDATE "range" SET fingerprints = zeroblob(length(fingerprints))'
                " WHERE index_id = (SELECT id FROM scheme_index WHERE scheme = 'nir')"
            )
        )
    with pytest.raises(Unavailable, match="lacks the fingerprint"):
        forgetting(home).forget("demo", person, by="somebody")
    assert (home.rows_in(), events(home)) == before
    assert tokens(home) == 0


def test_an_ingest_without_the_suppression_key_is_refused(home: House) -> None:
    """It could not know whom to leave out; nor could it with another key."""
    home.ingest(phones(300), PHONES_TOML)
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    key = home.folder / "keys" / "suppression.key"
    kept = key.read_text()
    key.unlink()
    with pytest.raises(KeyMissing):
        home.ingest(phones(300), PHONES_TOML, dataset="again")
    with pytest.raises(KeyMissing):
        forgetting(home).forget("demo", {"phone": ALSO_THERE}, by="somebody")
    key.write_text(kept.replace(kept.split("\n")[1], "A" * 43))
    key.chmod(0o600)
    with pytest.raises(InvalidKey):
        home.ingest(phones(300), PHONES_TOML, dataset="again")
    assert {r.dataset for r in home.datasets.datasets()} == {"demo"}


def test_who_was_forgotten_under_one_profile_is_known_under_another(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    known = suppressed(SqlForgettingStore(home.engine), home.folder / "keys")
    assert known is not None
    salt = home.drafts.deployment().stretch_salt
    for profile in (INSECURE_TEST_ONLY, StretchProfile(16, 2, 1)):
        for number, expected in ((THERE, True), (ALSO_THERE, False)):
            encoded = encode_identifier("phone", {"phone": number})
            stretched = stretch(profile, salt, encoded)
            assert known.holds("demo", encoded, profile, stretched) is expected


def test_the_stored_tokens_say_nothing_without_the_key(home: House) -> None:
    """Not the stretched value, not the element, nor in which dataset; and not when."""
    home.ingest(phones(300), PHONES_TOML)
    removed: list[Element] = []
    forget = SqlForgettingStore.forget

    def watch(
        self: SqlForgettingStore, d: str, by: str, removals: Sequence[Removal], t: object
    ) -> frozenset[str]:
        removed.extend(removal.element for removal in removals)
        return forget(self, d, by, removals, t)  # type: ignore[arg-type]  # as it came

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlForgettingStore, "forget", watch)
        forgetting(home).forget("demo", {"phone": THERE}, by="somebody")
    (token,) = SqlForgettingStore(home.engine).tokens()
    assert token.token not in removed
    with home.engine.connect() as connection:
        columns = [row[1] for row in connection.exec_driver_sql("PRAGMA table_info(forgotten)")]
    assert columns == ["token", "key_id", "memory_kib", "iterations", "parallelism"]
