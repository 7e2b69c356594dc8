"""A second file is added to a dataset from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import concerne
from tests.cli.test_dataset import Cli, cli, folder  # noqa: F401 fixtures
from tests.ingest.examples import PHONES_TOML, phones

ADDED = "0199005005"


@pytest.fixture
def added(cli: Cli) -> Cli:  # noqa: F811 the fixture
    """A published leak of 1,200 numbers, and a second file of 100 others beside it."""
    cli.ingest()
    (cli.folder / "second.csv").write_bytes(phones(100, 5000))
    return cli


def add(cli: Cli, *more: str, code: int = 0, source: str = "second.csv") -> str:  # noqa: F811
    mapping = cli.folder / "phones.toml"
    command = ("ingest", cli.folder / source, "--dataset", "demo", "--mapping", mapping)
    return cli(*command, *more, code=code)


def test_it_is_added_as_the_next_epoch_and_keeps_the_end(added: Cli) -> None:
    ends = next(line for line in added("dataset", "show", "demo").splitlines() if "ends" in line)
    told = add(added, "--add")
    assert "100 rows: 100 used, 0 rejected" in told
    assert "phone: 1,300 entries from 100 rows" in told
    assert told.splitlines()[-1].startswith("demo is published in epoch 2, and ends on ")
    shown = added("dataset", "show", "demo")
    assert "epoch: 2, " in shown
    assert "rows: 1,300, of which 0 rejected" in shown
    assert ends in shown.splitlines()
    assert "epoch erased  demo  epoch 1" in added("audit", "list")
    assert "events hold" in added("audit", "verify")


def test_without_the_option_it_is_refused_and_the_option_is_named(added: Cli) -> None:
    told = add(added, code=2)
    assert "already published" in told
    assert "--add" in told


def test_what_the_mapping_says_otherwise_is_told(added: Cli) -> None:
    text = PHONES_TOML.replace("Made up", "Another")
    (added.folder / "phones.toml").write_text(text, encoding="utf-8")
    assert "not followed, as the dataset keeps its own: title\n" in add(added, "--add")
    assert "title: Made up\n" in added("dataset", "show", "demo")


def test_an_end_cannot_be_given_with_it(added: Cli) -> None:
    assert "--ends is of a new dataset" in add(added, "--add", "--ends", "2027-01-01", code=2)


def test_a_draft_waits_for_a_second_person_and_the_dataset_answers_without_it(added: Cli) -> None:
    told = add(added, "--add", "--draft")
    assert "the source is a draft, and demo answers without it until" in told
    shown = added("dataset", "show", "demo")
    assert "state: published (filled)" in shown
    assert "epoch: 1, " in shown
    assert "rows: 1,300" in shown
    assert "published" in added("dataset", "publish", "demo")
    assert "epoch: 2, " in added("dataset", "show", "demo")


def test_what_waits_can_be_discarded_and_leaves_nothing(added: Cli) -> None:
    add(added, "--add", "--draft")
    keys = [path for path in (added.folder / "data" / "keys").rglob("*") if path.is_file()]
    assert "gone, with its keys" in added("dataset", "discard", "demo", "--by", "Anne")
    shown = added("dataset", "show", "demo")
    assert "state: published\n" in shown
    assert "rows: 1,200" in shown
    left = [path for path in keys if path.exists()]
    assert [path.name for path in keys if path not in left] == ["2"]
    assert "Anne" in added("audit", "list").splitlines()[-1]
    assert "nothing was added" in added("dataset", "discard", "demo", code=2)
    assert "no dataset" in added("dataset", "discard", "unknown", code=2)
    assert "demo is published in epoch 2" in add(added, "--add")


def test_the_same_bytes_add_nothing_from_a_file_and_from_a_pipe(added: Cli) -> None:
    add(added, "--add")
    before = added("dataset", "show", "demo")
    nothing = "these bytes are in demo already: nothing was added\n"
    for source in ("leak.csv", "second.csv"):
        assert add(added, "--add", source=source) == nothing
        piped = concerne(
            "ingest", "-", "--dataset", "demo", "--mapping", added.folder / "phones.toml", "--add",
            data=added.folder / "data", stdin=(added.folder / source).read_bytes(),
        )  # fmt: skip
        assert (piped.returncode, piped.stdout.decode()) == (0, nothing), piped.stderr
    assert added("dataset", "show", "demo") == before


def test_what_comes_through_a_pipe_is_added(added: Cli) -> None:
    piped = concerne(
        "ingest", "-", "--dataset", "demo", "--mapping", added.folder / "phones.toml", "--add",
        data=added.folder / "data", stdin=phones(100, 5000),
    )  # fmt: skip
    assert piped.returncode == 0, piped.stderr
    assert "rows: 1,300" in added("dataset", "show", "demo")


def test_each_file_is_told_to_be_a_part_and_both_to_be_the_leak(added: Cli) -> None:
    add(added, "--add")
    assert added("dataset", "verify", "demo", added.folder / "second.csv", code=1) == (
        "part of the leak; the same bytes as source 2 of 2; 100 of 1,300 rows\n"
    )
    one = added.folder / "one.csv"
    one.write_bytes(phones(1200) + phones(100, 5000).removeprefix(b"TEL\n"))
    mapping = added.folder / "phones.toml"
    told = added("dataset", "verify", "demo", one, "--mapping", mapping)
    assert told == "same leak; other bytes, the same entries\n"


def test_a_sweep_erases_what_was_replaced(added: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("app.lifecycle.clearing.Clearing.clear", lambda *_, **__: None)
        add(added, "--add")
    keys = added.folder / "data" / "keys" / "demo" / "phone"
    assert sorted(key.name for key in keys.iterdir()) == ["1", "2"]
    assert added("dataset", "sweep") == "demo: erased what was replaced\n"
    assert [key.name for key in keys.iterdir()] == ["2"]
    assert added("dataset", "sweep") == ""


def test_the_same_command_again_erases_what_was_replaced(
    added: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a kill between the publication and the erasure."""
    with monkeypatch.context() as patch:
        patch.setattr("app.lifecycle.clearing.Clearing.clear", lambda *_, **__: None)
        add(added, "--add")
    assert "nothing was added" in add(added, "--add")
    keys: Path = added.folder / "data" / "keys" / "demo" / "phone"
    assert [key.name for key in keys.iterdir()] == ["2"]


def test_who_is_forgotten_after_a_run_that_was_killed_is_in_nothing_that_it_left(
    added: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It got nowhere, and is cleared away first."""

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.storage.draft.SqlDraft.rekeyed", die)
        patch.setattr("app.ingest.adding.Adding.give_up", lambda *_, **__: None)
        add(added, "--add", code=3)
    assert "taken out of 1 of 1" in added("dataset", "forget", "demo", typed="0199000003\n")
    assert "ingest aborted  demo  epoch 2" in added("audit", "list")
    assert "phone: 1,300 entries" in add(added, "--add")
    assert "forgotten" not in add(added, "--add")
