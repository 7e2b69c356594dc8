"""One writer at a time; what two processes do is in the tests of the pipeline."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from app.errors import IngestRunning, InvalidInput, Unavailable
from app.storage.lock import dataset_lock, folder_lock, forgetting_lock, ingest_lock


def test_the_lock_is_held_once_for_each_dataset(tmp_path: Path) -> None:
    with ingest_lock(tmp_path, "demo"), ingest_lock(tmp_path, "other"):
        with pytest.raises(IngestRunning) as caught, ingest_lock(tmp_path, "demo"):
            pass
        assert "wait" in caught.value.hint
    with ingest_lock(tmp_path, "demo"):
        pass


def test_a_failure_lets_go_of_the_lock(tmp_path: Path) -> None:
    with pytest.raises(KeyError), ingest_lock(tmp_path, "demo"):
        raise KeyError
    with ingest_lock(tmp_path, "demo"):
        pass


def test_the_locks_file_is_the_owners_alone(tmp_path: Path) -> None:
    with ingest_lock(tmp_path, "demo"):
        assert (tmp_path / "demo.lock").stat().st_mode & 0o777 == 0o600


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput), ingest_lock(tmp_path / "data", "../demo"):
        pass
    assert not (tmp_path / "demo.lock").exists()


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable), ingest_lock(tmp_path / "none", "demo"):
        pass
    with pytest.raises(Unavailable), folder_lock(tmp_path / "none"):
        pass


def test_nobody_is_forgotten_while_anything_is_ingested(tmp_path: Path) -> None:
    """Whom an ingest leaves out is read when it begins; others would be taken in."""
    stack = ExitStack()
    with stack:
        for dataset in ("a", "b"):
            stack.enter_context(ingest_lock(tmp_path, dataset))
        with pytest.raises(IngestRunning), forgetting_lock(tmp_path):
            pass
    with forgetting_lock(tmp_path):
        with pytest.raises(IngestRunning), ingest_lock(tmp_path, "a"):
            pass
        with pytest.raises(IngestRunning), forgetting_lock(tmp_path):
            pass
        with dataset_lock(tmp_path, "a"):
            pass


def test_an_ingest_and_a_change_of_its_dataset_exclude_each_other(tmp_path: Path) -> None:
    for first, second in ((ingest_lock, dataset_lock), (dataset_lock, ingest_lock)):
        refused = second(tmp_path, "demo")
        with first(tmp_path, "demo"), pytest.raises(IngestRunning, match="changing"), refused:
            pass
