"""What a newer epoch took the place of is erased: at once, or by whoever comes next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import EpochGone, Unavailable
from app.lifecycle.audit import Step
from app.protocol.messages import Answer
from app.storage import contents
from app.storage.clearing import SqlClearingStore
from app.storage.lock import dataset_lock
from app.storage.published import SqlPublishedStore
from tests.ingest.examples import PHONES_TOML, House, Watch, house, leak, phones
from tests.lifecycle.examples import (
    answer,
    events,
    forgetting,
    found_in,
    secrets_of,
    steps,
    sweeping,
)

THERE, ADDED = "0199000003", "0199000899"
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def add(home: House, source: bytes) -> None:
    home.ingest(source, PHONES_TOML, is_added=True)


def replaced_and_left(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish a second epoch over a first, as if it had been killed right after."""
    home.ingest(phones(800), PHONES_TOML)
    with monkeypatch.context() as patch:
        patch.setattr("app.lifecycle.clearing.Clearing.clear", lambda *_, **__: None)
        add(home, phones(200, 700))
    assert home.ring.names() == ["demo/phone/1", "demo/phone/2"]


def is_cleared(home: House) -> bool:
    rows = home.rows_in()
    return home.ring.names() == ["demo/phone/2"] and (rows["SchemeIndex"], rows["Entry"]) == (
        1,
        900,
    )


def test_nothing_of_the_older_epoch_is_left_in_any_file(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No element, fingerprint or key: in the database, its journal, the key ring; others stay."""
    monkeypatch.setattr(contents, "ENTRIES_AT_ONCE", 700)
    home.ingest(leak(1500)[0])
    home.ingest(phones(900), PHONES_TOML, dataset="other")
    older, others = secrets_of(home, "demo"), secrets_of(home, "other")
    assert len(older) > 5000
    assert found_in(home.folder, older) > len(older) * 0.98, "the search must find what is there"
    home.ingest(leak(100, seed=2)[0], is_added=True)
    newer = secrets_of(home, "demo")
    assert older.isdisjoint(newer)
    assert found_in(home.folder, older) == 0
    assert found_in(home.folder, newer | others) > len(newer | others) * 0.98
    home.engine.dispose()
    assert found_in(home.folder, older) == 0


def test_what_was_left_is_erased_by_the_next_sweep_and_once(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced_and_left(home, monkeypatch)
    assert sweeping(home).sweep(LONG_AGO) == {}
    assert not is_cleared(home)
    assert answer(home, ADDED) is Answer.EXPOSED
    assert sweeping(home).sweep_left_over() == {"demo": None}
    assert is_cleared(home)
    assert sweeping(home).sweep_left_over() == {}
    assert steps(home)[-1] == (Step.EPOCH_ERASED, "demo")
    assert events(home)[-1].counts == {"epoch": 1}
    assert answer(home, THERE) is answer(home, ADDED) is Answer.EXPOSED


def test_what_was_left_is_erased_by_the_next_publication(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced_and_left(home, monkeypatch)
    home.publishing.retire("demo", by="somebody")
    home.publishing.publish("demo", by="somebody")
    assert is_cleared(home)
    assert answer(home, ADDED) is Answer.EXPOSED


def test_a_failure_says_that_it_is_published_and_the_next_goes_on(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.ingest(phones(800), PHONES_TOML)

    def fail(_store: SqlClearingStore) -> None:
        raise Unavailable("somebody reads")

    with monkeypatch.context() as patch:
        patch.setattr(SqlClearingStore, "scrub", fail)
        with pytest.raises(Unavailable, match=r"demo is published; .* somebody reads"):
            add(home, phones(200, 700))
        assert answer(home, ADDED) is Answer.EXPOSED
        (failure,) = sweeping(home).sweep_left_over().values()
        assert type(failure) is Unavailable
    assert sweeping(home).sweep_left_over() == {"demo": None}
    assert is_cleared(home)


def test_what_another_process_is_busy_with_is_left_to_it(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced_and_left(home, monkeypatch)
    with dataset_lock(home.folder, "demo"):
        assert sweeping(home).sweep_left_over() == {}
    assert sweeping(home).sweep_left_over() == {"demo": None}


def test_an_older_epoch_that_is_half_erased_is_gone_and_not_broken(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who works with it begins again; a range that is missing in the current one is a fault."""
    replaced_and_left(home, monkeypatch)
    store = SqlPublishedStore(home.engine)
    assert store.read_range("demo", "phone", 1, 0)
    for epoch, kind in ((1, EpochGone), (2, Unavailable)):
        with home.engine.begin() as connection:
            connection.execute(
                text(
                    'DELETE FROM "range" WHERE index_id ='
                    " (SELECT id FROM scheme_index WHERE epoch = :epoch)"
                ),
                {"epoch": epoch},
            )
        with pytest.raises(kind):
            store.read_range("demo", "phone", epoch, 0)
        with pytest.raises(kind):
            store.read_ranges("demo", "phone", epoch)


def test_what_can_be_gone_on_with_is_not_cleared_and_what_got_nowhere_is(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.ingest(phones(800), PHONES_TOML)

    def stop() -> None:
        raise KeyboardInterrupt

    def interrupt(**when: object) -> None:
        watch = Watch(**when)  # type: ignore[arg-type]  # the one callback
        with pytest.raises(KeyboardInterrupt):
            home.ingest(phones(200, 700), PHONES_TOML, is_added=True, observer=watch)

    with monkeypatch.context() as patch:
        patch.setattr("app.ingest.adding.Adding.give_up", lambda *_, **__: None)
        interrupt(on_rekeying=stop)
    assert home.rows_in()["Entry"] == 1600
    home.clearing.clear("demo", by="somebody")
    assert home.rows_in()["Entry"] == 800
    assert home.ring.names() == ["demo/phone/1"]
    assert steps(home)[-1] == (Step.INGEST_ABORTED, "demo")
    interrupt(on_reading=stop)
    before = home.rows_in()
    home.clearing.clear("demo", by="somebody")
    assert home.rows_in() == before
    assert home.ring.names() == ["demo/phone/1", "demo/phone/2", "demo/scope/2"]


def test_who_is_forgotten_is_not_kept_by_what_is_left_over(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The older epoch has lost its keys, so that they could not be taken out of it."""
    replaced_and_left(home, monkeypatch)
    home.ring.erase("demo/phone/1")
    assert forgetting(home).forget("demo", {"phone": THERE}, by="somebody").taken_out
    home.clearing.clear("demo", by="somebody")
    assert home.rows_in()["Entry"] == 899
    assert answer(home, THERE) is Answer.NOT_EXPOSED


def test_an_erasure_takes_what_is_left_over_along(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced_and_left(home, monkeypatch)
    assert sweeping(home).sweep(date(2999, 1, 1)) == {"demo": None}
    assert home.rows_in()["Entry"] == 0
    assert home.ring.names() == []
    assert sweeping(home).sweep_left_over() == {}
