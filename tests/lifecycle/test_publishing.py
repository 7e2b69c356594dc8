"""A draft answers nobody until it is published, and what is retired answers nobody again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.crypto.signing import verify_signed
from app.errors import DatasetExists, InvalidKey, KeyMissing, StateRefused, UnknownDataset
from app.lifecycle.states import DatasetState
from app.protocol.manifest import MANIFEST_KIND, Manifest
from app.protocol.messages import Answer
from app.storage.published import SqlPublishedStore
from tests.ingest.examples import ENDS_ON, PHONES_TOML, House, Watch, house, leak, phones
from tests.lifecycle.examples import answer, erasing, events, steps

THERE, NOT_THERE = "0199000003", "0199009999"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def test_a_draft_answers_nobody_until_somebody_publishes_it(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    record = home.datasets.dataset("demo")
    assert (record.state, record.is_filled, record.epoch) == (DatasetState.DRAFT, True, None)
    assert (record.rows, record.entries) == (300, {"phone": 300})
    assert answer(home, THERE) is None
    home.publishing.publish("demo", by="the second pair of eyes")
    assert answer(home, THERE) is Answer.EXPOSED
    assert answer(home, NOT_THERE) is Answer.NOT_EXPOSED
    record = home.datasets.dataset("demo")
    assert (record.state, record.is_filled, record.epoch) == (DatasetState.PUBLISHED, False, 1)
    assert record.ends_on == ENDS_ON
    assert [event.by for event in events(home)] == [
        "concerne",
        "concerne",
        "the second pair of eyes",
    ]
    assert steps(home) == [
        ("ingest started", "demo"),
        ("ingest finished", "demo"),
        ("published", "demo"),
    ]
    assert events(home)[1].counts == {"rows": 300, "rows_used": 300, "entries": 300, "forgotten": 0}


def test_a_filled_draft_is_not_swept_away_by_the_next_ingest(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    with pytest.raises(DatasetExists, match="waits to be published"):
        home.ingest(phones(300), PHONES_TOML)
    home.publishing.publish("demo", by="somebody")
    assert answer(home, THERE) is Answer.EXPOSED


def test_what_an_interrupted_run_left_cannot_be_published(home: House) -> None:
    def look(dataset: str = "demo") -> None:
        with pytest.raises(StateRefused, match="never filled"):
            home.publishing.publish(dataset, by="somebody")

    home.ingest(phones(300), PHONES_TOML, observer=Watch(on_publishing=look))
    assert answer(home, THERE) is Answer.EXPOSED


def test_what_ended_early_is_in_the_trail(home: House) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        home.ingest(phones(300), PHONES_TOML, observer=Watch(on_reading=stop))
    assert steps(home) == [("ingest started", "demo"), ("ingest aborted", "demo")]


def test_what_is_retired_answers_nobody_and_can_come_back(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    manifest = home.datasets.manifest("demo")
    published_at = home.datasets.dataset("demo").published_at
    home.publishing.retire("demo", by="somebody")
    assert answer(home, THERE) is None
    assert SqlPublishedStore(home.engine).load().datasets == ()
    with pytest.raises(DatasetExists, match="is retired"):
        home.ingest(phones(1), PHONES_TOML)
    with pytest.raises(StateRefused):
        home.publishing.retire("demo", by="somebody")
    home.publishing.publish("demo", by="somebody")
    assert answer(home, THERE) is Answer.EXPOSED
    assert home.datasets.manifest("demo") == manifest
    assert home.datasets.dataset("demo").published_at == published_at
    assert [what for what, _ in steps(home)][2:] == ["published", "retired", "published"]


def test_what_is_published_or_erased_cannot_be_published(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    before = events(home)
    with pytest.raises(StateRefused, match="is published"):
        home.publishing.publish("demo", by="somebody")
    assert events(home) == before
    erasing(home).erase("demo", by="somebody")
    for refused in (home.publishing.publish, home.publishing.retire):
        with pytest.raises(StateRefused, match="is erased"):
            refused("demo", by="somebody")
    for unknown in (home.publishing.publish, home.publishing.retire):
        with pytest.raises(UnknownDataset):
            unknown("other", by="somebody")


def test_what_has_ended_is_not_published(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    with home.engine.begin() as connection:
        connection.execute(text("UPDATE dataset SET ends_on = date('now')"))
    with pytest.raises(StateRefused, match="ended on"):
        home.publishing.publish("demo", by="somebody")


def test_a_draft_whose_keys_are_gone_or_others_is_not_published(home: House) -> None:
    """It would answer "unknown" to everybody, or "not exposed" to those who are."""
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    home.ring.erase("demo/phone/1")
    with pytest.raises(KeyMissing):
        home.publishing.publish("demo", by="somebody")
    home.ring.create("demo/phone/1")
    with pytest.raises(InvalidKey, match="demo/phone/1"):
        home.publishing.publish("demo", by="somebody")
    assert home.datasets.dataset("demo").state is DatasetState.DRAFT


def test_the_manifest_says_what_was_read_and_is_signed(home: House) -> None:
    source = leak(1500)[0]
    report = home.ingest(source)
    public = home.signing_key().public_jwk()
    signed = home.datasets.manifest("demo")
    manifest = Manifest.from_json(verify_signed(MANIFEST_KIND, signed, public))
    assert manifest.source_sha256 == report.source.sha256
    assert manifest.source_bytes == len(source)
    assert (manifest.program, manifest.forgotten) == ("0", 0)
    catalogue, _ = home.catalogue()
    assert manifest.dataset == catalogue.dataset("demo")
    assert manifest.deployment == catalogue.deployment
    assert any(scheme.commitment for scheme in manifest.dataset.schemes.values())
