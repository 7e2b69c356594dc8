"""The life of a dataset from the command line, one command a step."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.main import main
from app.crypto.signing import SigningKey
from app.lifecycle.certificate import CERTIFICATE_KIND
from app.synthesis.mapping import MAPPING_TOML
from tests.cli.commands import concerne
from tests.ingest.examples import PHONES_TOML, leak, phones

THERE, NOT_THERE = "0199000003", "0199009999"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    (tmp_path / "phones.toml").write_text(PHONES_TOML, encoding="utf-8")
    (tmp_path / "leak.csv").write_bytes(phones(1200))
    return tmp_path


class Cli:
    """Runs commands in this process, and gives what they print."""

    def __init__(
        self, folder: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch
    ) -> None:
        self.folder = folder
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *arguments: str | Path, code: int = 0, typed: str = "") -> str:
        self._patch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        ended = main([str(argument) for argument in arguments])
        printed = self._capsys.readouterr()
        assert ended == code, printed.err
        if code and not printed.out:
            assert printed.err.splitlines()[-1].startswith(("error: ", "hint: "))
        assert not any(
            value in printed.out + printed.err for value in typed.split() if value != "demo"
        )
        return printed.out or printed.err if code else printed.out

    def ingest(self, *more: str, code: int = 0, dataset: str = "demo") -> str:
        source, mapping = self.folder / "leak.csv", self.folder / "phones.toml"
        return self("ingest", source, "--dataset", dataset, "--mapping", mapping, *more, code=code)


@pytest.fixture
def cli(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(folder, capsys, monkeypatch)


def test_an_ingest_publishes_and_ends_in_a_year(cli: Cli) -> None:
    cli.ingest()
    shown = cli("dataset", "show", "demo")
    assert "state: published\n" in shown
    assert "rows: 1,200, of which 0 rejected" in shown
    assert "phone: 1,200 entries" in shown
    today = datetime.now(UTC).date()
    assert f"ends on: {today.year + 1}-" in shown


def test_a_draft_takes_a_second_person(cli: Cli) -> None:
    told = cli.ingest("--draft", "--by", "Zoé Un")
    assert "answers nobody until: concerne dataset publish demo" in told
    assert "draft (filled)" in cli("dataset", "list")
    assert "demo is published" in cli("dataset", "publish", "demo", "--by", "Zoé Deux")
    lines = cli("audit", "list").splitlines()
    assert [line.split("  ")[2:4] for line in lines] == [
        ["Zoé Un", "ingest started"],
        ["Zoé Un", "ingest finished"],
        ["Zoé Deux", "published"],
    ]


def test_an_end_is_given_shown_and_refused_when_it_cannot_be(cli: Cli) -> None:
    today = datetime.now(UTC).date()
    for bad in (today, today - timedelta(days=1), today + timedelta(days=5 * 366)):
        assert "cannot end on" in cli.ingest("--ends", str(bad), code=2)
    assert not (cli.folder / "data").exists()
    cli.ingest("--ends", "someday", code=2)
    good = today + timedelta(days=40)
    cli.ingest("--ends", str(good))
    assert f"ends on: {good}" in cli("dataset", "show", "demo")
    assert str(good) in cli("dataset", "list")


def test_a_dataset_retires_comes_back_and_is_erased(cli: Cli) -> None:
    cli.ingest()
    assert "is retired" in cli("dataset", "retire", "demo")
    assert "  retired" in cli("dataset", "list")
    cli("dataset", "publish", "demo")
    assert "not the dataset's name" in cli("dataset", "erase", "demo", typed="dema\n", code=2)
    assert "state: published" in cli("dataset", "show", "demo")
    certificate = cli("dataset", "erase", "demo", typed="demo\n")
    assert cli("dataset", "certificate", "demo") == certificate
    assert "erased already" in cli("dataset", "erase", "demo", code=2)
    assert "  erased" in cli("dataset", "list")
    assert "was erased" in cli.ingest(code=2)


def test_a_certificate_is_checked_without_the_database(cli: Cli) -> None:
    cli.ingest()
    key, file = cli.folder / "key.json", cli.folder / "certificate.jws"
    cli("dataset", "signing-key", "--out", key)
    cli("dataset", "erase", "demo", "--yes", "--by", "Zoé")
    cli("dataset", "certificate", "demo", "--out", file)
    (cli.folder / "data").rename(cli.folder / "gone")
    said = json.loads(cli("dataset", "verify-certificate", file, "--key", key))
    assert (said["dataset"], said["by"]) == ("demo", "Zoé")
    assert said["erased"]["entries"] == {"phone": 1200}
    assert not (cli.folder / "data").exists()
    other = SigningKey.of(cli.folder / "other")
    file.write_text(other.sign(CERTIFICATE_KIND, said))
    assert "not signed by this key" in cli(
        "dataset", "verify-certificate", file, "--key", key, code=3
    )
    assert "cannot be read" in cli("dataset", "verify-certificate", "none", "--key", key, code=2)


def test_a_sweep_erases_what_has_ended(cli: Cli) -> None:
    cli.ingest()
    assert cli("dataset", "sweep") == ""
    with sqlite3.connect(cli.folder / "data" / "concerne.sqlite3") as database:
        database.execute("UPDATE dataset SET ends_on = date('now')")
    database.close()
    (cli.folder / "data" / "keys" / "signing.jwk").chmod(0o644)
    assert "1 of 1 datasets could not be erased" in cli("dataset", "sweep", code=3)
    (cli.folder / "data" / "keys" / "signing.jwk").chmod(0o600)
    assert cli("dataset", "sweep") == "demo: erased\n"
    assert cli("dataset", "sweep") == ""


def test_one_person_is_forgotten_at_a_prompt(cli: Cli) -> None:
    cli.ingest()
    told = cli("dataset", "forget", "demo", typed=f"{THERE}\n")
    assert told.startswith("taken out of 1 of 1 schemes asked\n")
    assert told.endswith("remembered, so that nothing added to it takes them in\n")
    assert "forgotten" not in cli.ingest(dataset="another")
    told = cli(
        "dataset",
        "forget",
        "demo",
        "--every-leak",
        typed=f"{NOT_THERE}\n",
    )
    assert told.startswith("was not there, under any of 1 schemes asked\n")
    assert told.endswith("remembered, so that no later ingest takes them in\n")
    told = cli("dataset", "forget", "demo", "--every-leak", typed=f"{THERE}\n")
    assert told.startswith("was not there, under any of 1 schemes asked\n")
    assert "forgotten: 1 inputs left out" in cli.ingest(dataset="again")
    lines = cli("audit", "list").splitlines()
    taken_out = [line[-1] for line in lines if "schemes_asked 1" in line]
    assert taken_out == ["1", "0", "0"]


def test_a_terminal_does_not_show_what_is_typed(cli: Cli) -> None:
    cli.ingest()
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "app.cli", "dataset", "forget", "demo"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"phone: "):
            shown += os.read(ours, 1000)
        os.write(ours, f"{THERE}\n".encode())
        with contextlib.suppress(OSError):
            while chunk := os.read(ours, 1000):
                shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"taken out of 1 of 1" in shown
    assert THERE.encode() not in shown


@pytest.mark.parametrize("typed", ["", "\n", "0199\n", "1850556950048\n"])
def test_what_cannot_be_forgotten_is_refused_without_its_value(cli: Cli, typed: str) -> None:
    cli.ingest()
    before = cli("audit", "list")
    cli("dataset", "forget", "demo", typed=typed, code=2)
    assert cli("audit", "list") == before


def test_an_identifier_as_an_argument_is_refused_without_its_value(cli: Cli) -> None:
    cli.ingest()
    told = cli("dataset", "forget", "demo", THERE, code=2)
    assert THERE not in told


def test_nobody_is_forgotten_in_a_dataset_that_is_not_there(cli: Cli) -> None:
    for command in ("forget", "show", "publish", "retire", "erase", "certificate", "manifest"):
        told = cli("dataset", command, "other", code=2)
        assert "no dataset of that name" in told


def test_two_people_compare_what_they_hold(cli: Cli) -> None:
    cli.ingest()
    key, file = cli.folder / "key.json", cli.folder / "manifest.jws"
    cli("dataset", "signing-key", "--out", key)
    cli("dataset", "manifest", "demo", "--out", file)
    (cli.folder / "data").rename(cli.folder / "gone")
    source, other = cli.folder / "leak.csv", cli.folder / "other.csv"
    same = ("dataset", "verify", file, source, "--key", key)
    assert cli(*same) == "same leak; the same bytes\n"
    rows = phones(1200).splitlines(keepends=True)
    other.write_bytes(rows[0] + b"".join(reversed(rows[1:])))
    compared = ("dataset", "verify", file, other, "--key", key)
    assert "without a mapping" in cli(*compared, code=2)
    mapping = ("--mapping", cli.folder / "phones.toml")
    assert cli(*compared, *mapping) == "same leak; other bytes, the same entries\n"
    other.write_bytes(phones(1199))
    assert cli(*compared, *mapping, code=1).startswith("differs; rows: 1,200 there, 1,199 here")
    assert "public key" in cli("dataset", "verify", file, source, code=2)
    assert "cannot be opened" in cli("dataset", "verify", file, "none", "--key", key, code=2)
    file.write_text(file.read_text()[:-5])
    assert "not signed by this key" in cli(*same, code=3)
    assert not (cli.folder / "data" / "concerne.sqlite3").exists()


def test_a_dataset_here_is_compared_by_its_name(cli: Cli) -> None:
    cli.ingest()
    assert (
        cli("dataset", "verify", "demo", cli.folder / "leak.csv") == "same leak; the same bytes\n"
    )


def test_how_long_a_comparison_takes_is_told_before_it_begins(cli: Cli) -> None:
    cli.ingest()
    rows = phones(1200).splitlines(keepends=True)
    (cli.folder / "leak.csv").write_bytes(rows[0] + b"".join(reversed(rows[1:])))
    ended = concerne(
        "dataset", "verify", "demo", cli.folder / "leak.csv", "--mapping",
        cli.folder / "phones.toml", data=cli.folder / "data",
    )  # fmt: skip
    assert ended.returncode == 0
    # How long is from one stretch, in the middle of which the machine may have done other things.
    assert re.search(rb"1,200 inputs are to be stretched: some \d+:\d\d:\d\d on ", ended.stderr)
    assert b"Stretching: 100%, 1,200 inputs" in ended.stderr


def test_too_few_entries_to_tell_end_with_exit_code_3(cli: Cli) -> None:
    (cli.folder / "leak.csv").write_bytes(phones(30))
    cli.ingest()
    rows = phones(30).splitlines(keepends=True)
    (cli.folder / "leak.csv").write_bytes(rows[0] + b"".join(reversed(rows[1:])))
    mapping = ("--mapping", cli.folder / "phones.toml")
    ended = cli("dataset", "verify", "demo", cli.folder / "leak.csv", *mapping, code=3)
    assert ended.startswith("unknown; equal numbers, but of too few entries")


def test_a_manifest_counts_every_scheme(cli: Cli) -> None:
    (cli.folder / "leak.csv").write_bytes(leak(400)[0])
    (cli.folder / "phones.toml").write_text(MAPPING_TOML, encoding="utf-8")
    cli.ingest()
    assert cli("dataset", "manifest", "demo").count(".") == 2


@pytest.mark.parametrize("by", ["", "  ", "a\nb", "x" * 101])
def test_a_name_that_cannot_be_one_is_refused(cli: Cli, by: str) -> None:
    assert "--by" in cli.ingest("--by", by, code=2)
    assert not (cli.folder / "data").exists()
