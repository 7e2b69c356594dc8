"""An erasure takes everything but the name, and its certificate says so truly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from app.errors import (
    ConcerneError,
    DatasetExists,
    KeyRingUnsafe,
    StateRefused,
    Unavailable,
    UnknownDataset,
)
from app.lifecycle.erasure import Erasing
from app.lifecycle.states import DatasetState
from app.protocol.messages import Answer
from app.storage import contents
from app.storage.erasing import SqlErasureStore
from app.storage.lock import dataset_lock
from tests.ingest.examples import ENDS_ON, PHONES_TOML, House, house, leak, phones
from tests.lifecycle.examples import (
    answer,
    certified,
    erasing,
    events,
    found_in,
    secrets_of,
    steps,
    sweeping,
)

THERE = "0199000003"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path / "data") as opened:
        yield opened


def test_nothing_of_it_is_left_in_any_file(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """No element, fingerprint or key: in the database, its journal, the key ring; others stay."""
    monkeypatch.setattr(contents, "ENTRIES_AT_ONCE", 700)
    home.ingest(phones(900, 3000), PHONES_TOML, dataset="before")
    home.ingest(leak(1500)[0])
    home.ingest(phones(900), PHONES_TOML, dataset="after")
    mine, others = secrets_of(home, "demo"), secrets_of(home, "after") | secrets_of(home, "before")
    assert len(mine) > 5000
    assert found_in(home.folder, mine) > len(mine) * 0.98, "the search must find what is there"
    there = found_in(home.folder, others)
    erasing(home).erase("demo", by="somebody")
    assert found_in(home.folder, mine - others) == 0
    assert found_in(home.folder, others) == there
    home.engine.dispose()
    assert found_in(home.folder, mine - others) == 0
    assert answer(home, THERE, "after") is Answer.EXPOSED


def test_the_certificate_counts_what_there_was(home: House) -> None:
    report = home.ingest(leak(500)[0])
    rows = home.rows_in()
    said = certified(home, erasing(home).erase("demo", by="Zoé"))
    erased = said["erased"]
    assert isinstance(erased, dict)
    assert erased["entries"] == report.entries
    assert sum(erased["ranges"].values()) == rows["Range"]
    assert erased["keys"] == dict.fromkeys(report.entries, 1)
    assert (said["dataset"], said["by"], said["reason"]) == ("demo", "Zoé", "on request")
    assert said["sources_sha256"] == [report.source.sha256.hex()]
    assert str(said["began_at"]) <= str(said["erased_at"])
    assert home.datasets.certificate("demo")


def test_only_the_name_the_certificate_and_the_trail_stay(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    certificate = erasing(home).erase("demo", by="somebody")
    assert home.rows_in() == {"Dataset": 1, "SchemeIndex": 0, "Entry": 0, "Range": 0}
    with home.engine.connect() as connection:
        for table in ("manifest", "ingest_run"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
    record = home.datasets.dataset("demo")
    assert (record.state, record.epoch, record.rows, record.entries) == (
        DatasetState.ERASED,
        None,
        0,
        {},
    )
    assert home.datasets.certificate("demo") == certificate
    assert home.ring.names() == []
    assert steps(home)[-2:] == [("erasure started", "demo"), ("erased", "demo")]
    assert events(home)[-1].counts == {"entries": 300, "ranges": 1, "keys": 1}


def test_an_erased_name_is_never_used_again(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    erasing(home).erase("demo", by="somebody")
    with pytest.raises(DatasetExists, match="was erased"):
        home.ingest(phones(300), PHONES_TOML)
    with pytest.raises(StateRefused, match="erased already"):
        erasing(home).erase("demo", by="somebody")
    with pytest.raises(UnknownDataset):
        erasing(home).erase("other", by="somebody")


@pytest.mark.parametrize("step", ["draft", "retired"])
def test_what_does_not_answer_can_be_erased_too(home: House, step: str) -> None:
    home.ingest(phones(300), PHONES_TOML, is_draft=True)
    if step == "retired":
        home.publishing.publish("demo", by="somebody")
        home.publishing.retire("demo", by="somebody")
    said = certified(home, erasing(home).erase("demo", by="somebody"))
    assert said["erased"] == {
        "entries": {"phone": 300},
        "ranges": {"phone": 1},
        "keys": {"phone": 1},
    }


def test_a_signing_key_that_cannot_sign_is_noticed_before_anything_is_gone(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    (home.folder / "keys" / "signing.jwk").chmod(0o644)
    with pytest.raises(KeyRingUnsafe):
        erasing(home).erase("demo", by="somebody")
    assert answer(home, THERE) is Answer.EXPOSED


def test_there_is_no_certificate_while_a_journal_keeps_what_was_deleted(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers nobody all the same, and the next run takes it to its end."""
    home.ingest(phones(300), PHONES_TOML)

    def fail(_store: SqlErasureStore) -> None:
        raise Unavailable("somebody reads")

    with monkeypatch.context() as patch:
        patch.setattr(SqlErasureStore, "scrub", fail)
        with pytest.raises(Unavailable):
            erasing(home).erase("demo", by="somebody")
    assert answer(home, THERE) is None
    assert home.datasets.dataset("demo").is_erasing
    with pytest.raises(StateRefused, match="no certificate"):
        home.datasets.certificate("demo")
    said = certified(home, erasing(home).erase("demo", by="somebody else"))
    assert said["by"] == "somebody"
    assert said["erased"] == {
        "entries": {"phone": 300},
        "ranges": {"phone": 1},
        "keys": {"phone": 1},
    }


def test_a_sweep_erases_what_has_ended_and_nothing_else(home: House) -> None:
    home.ingest(phones(300), PHONES_TOML)
    home.ingest(phones(300), PHONES_TOML, dataset="later")
    with home.engine.begin() as connection:
        connection.execute(text("UPDATE dataset SET ends_on = '2027-01-02' WHERE slug = 'demo'"))
    assert sweeping(home).sweep(date(2027, 1, 1)) == {}
    assert sweeping(home).sweep(date(2027, 1, 2)) == {"demo": None}
    assert sweeping(home).sweep(date(2027, 1, 3)) == {}
    said = certified(home, home.datasets.certificate("demo"))
    assert (said["by"], said["reason"]) == ("concerne", "end date")
    assert answer(home, THERE, "later") is Answer.EXPOSED
    assert sweeping(home).sweep(ENDS_ON) == {"later": None}


def test_one_that_cannot_be_erased_does_not_keep_the_others(
    home: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for dataset in ("a", "b", "c"):
        home.ingest(phones(30), PHONES_TOML, dataset=dataset)
    erase = Erasing.erase

    def fail(self: Erasing, dataset: str, *, by: str, reason: str) -> str:
        if dataset == "b":
            raise Unavailable("the database failed")
        return erase(self, dataset, by=by, reason=reason)

    with monkeypatch.context() as patch:
        patch.setattr(Erasing, "erase", fail)
        outcomes = sweeping(home).sweep(ENDS_ON)
    assert (outcomes["a"], type(outcomes["b"]), outcomes["c"]) == (None, Unavailable, None)
    assert sweeping(home).sweep(ENDS_ON) == {"b": None}


def test_what_another_process_is_busy_with_is_left_to_it(home: House) -> None:
    home.ingest(phones(30), PHONES_TOML)
    with dataset_lock(home.folder, "demo"):
        assert sweeping(home).sweep(ENDS_ON) == {}
    assert sweeping(home).sweep(ENDS_ON) == {"demo": None}


def test_several_that_sweep_at_once_erase_once(home: House) -> None:
    """One certificate, one pair of events, whoever was first."""
    for dataset in ("a", "b", "c"):
        home.ingest(phones(300), PHONES_TOML, dataset=dataset)
    outcomes: list[tuple[str, ConcerneError | None]] = []
    start = threading.Barrier(4)

    def sweep() -> None:
        start.wait()
        outcomes.extend(sweeping(home).sweep(ENDS_ON).items())

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sweeping(home).sweep(ENDS_ON)
    assert [failure for _, failure in outcomes if failure is not None] == []
    assert len(outcomes) == len({dataset for dataset, _ in outcomes})
    assert {r.dataset for r in home.datasets.datasets() if not r.is_erasing} == {"a", "b", "c"}
    ended = [dataset for what, dataset in steps(home) if what == "erased"]
    assert sorted(ended) == ["a", "b", "c"]
