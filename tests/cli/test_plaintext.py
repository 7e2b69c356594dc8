"""The source is erased when it is asked for and published, and what stays is said each time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.cli import plaintext
from app.cli.ingestion import describe
from app.cli.main import main
from app.errors import ErasureFailed
from app.plaintext.erasure import ErasableFile
from app.plaintext.filesystems import OUT_OF_REACH, RECOMMENDED
from app.plaintext.swap import Swap, look_for_swap
from tests.cli.commands import concerne
from tests.ingest.examples import PHONES_TOML, phones

SOURCE = phones(20)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    (tmp_path / "mapping.toml").write_text(PHONES_TOML, encoding="utf-8")
    (tmp_path / "leak.csv").write_bytes(SOURCE)
    return tmp_path


def ingest(folder: Path, *options: str, source: str = "leak.csv", dataset: str = "d") -> int:
    arguments = ["--dataset", dataset, "--mapping", str(folder / "mapping.toml"), *options]
    return main(["ingest", source if source == "-" else str(folder / source), *arguments])


def test_a_source_is_left_as_it_is_unless_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(folder) == 0
    assert (folder / "leak.csv").read_bytes() == SOURCE
    assert "written over" not in capsys.readouterr().out


def test_a_source_is_erased_once_it_is_published(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(folder, "--erase-source") == 0
    assert not (folder / "leak.csv").exists()
    told = capsys.readouterr().out
    assert "20 rows: 20 used" in told
    lines = told[told.index("the source was written over") :].splitlines()
    assert lines[1].startswith("  - the file system")
    assert lines[-2:] == [f"  - {OUT_OF_REACH}", f"  - {RECOMMENDED}"]


def test_a_source_that_is_not_published_is_left(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is there already, a draft, a mapping that does not fit, too many rejects."""
    assert ingest(folder) == 0
    assert ingest(folder, "--erase-source") == 4
    assert "the source was left as it is" in capsys.readouterr().err
    assert ingest(folder, "--erase-source", "--draft", dataset="f") == 2
    (folder / "leak.csv").write_bytes(SOURCE + b"temoin\n")
    assert ingest(folder, "--erase-source", dataset="e") == 2
    (folder / "mapping.toml").write_text(PHONES_TOML.replace("TEL", "X"), encoding="utf-8")
    assert ingest(folder, "--erase-source", dataset="e") == 2
    assert (folder / "leak.csv").read_bytes() == SOURCE + b"temoin\n"
    assert "written over" not in capsys.readouterr().out


@pytest.mark.parametrize("source", ["-", "link.csv", "named.csv", "none.csv", "."])
def test_what_cannot_be_erased_is_refused_before_it_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    (folder / "other.csv").write_bytes(SOURCE)
    (folder / "link.csv").symlink_to(folder / "other.csv")
    (folder / "named.csv").hardlink_to(folder / "other.csv")
    assert ingest(folder, "--erase-source", source=source) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("error: ")
    assert not (folder / "data").exists()
    assert (folder / "other.csv").read_bytes() == SOURCE


def test_an_erasure_that_fails_has_an_exit_code_of_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dataset is published by then, and what it holds was told."""

    def fail(_file: ErasableFile, _sha256: bytes) -> None:
        raise ErasureFailed("the source was not erased", hint="do it")

    monkeypatch.setattr(ErasableFile, "erase", fail)
    assert ingest(folder, "--erase-source") == 4
    told = capsys.readouterr()
    assert "20 rows: 20 used" in told.out
    assert told.err.endswith("error: the source was not erased\nhint: do it\n")
    assert (folder / "leak.csv").read_bytes() == SOURCE
    assert ingest(folder) == 0
    assert "nothing was added" in capsys.readouterr().out


def test_a_source_that_was_changed_while_it_was_read_is_left(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(report: object) -> str:
        with (folder / "leak.csv").open("ab") as stream:
            stream.write(b"0199000099\n")
        return describe(report)  # type: ignore[arg-type]  # what it is given is passed on

    monkeypatch.setattr("app.cli.commands.ingest.describe", changed)
    assert ingest(folder, "--erase-source") == 4
    assert "it is not what was read any more" in capsys.readouterr().err
    assert (folder / "leak.csv").read_bytes() == SOURCE + b"0199000099\n"


@pytest.mark.parametrize("is_confined", [True, False])
@pytest.mark.parametrize("unencrypted", [(), ("/dev/sda2",)])
def test_whoever_may_see_the_memory_is_warned_of(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    is_confined: bool,
    unencrypted: tuple[str, ...],
) -> None:
    """One line each, with what to do, and nothing on standard output."""
    monkeypatch.setattr(plaintext, "is_confined", lambda: is_confined)
    swap = Swap(is_known=True, unencrypted=unencrypted)
    monkeypatch.setattr(plaintext, "look_for_swap", lambda: swap)
    plaintext.warn_of_memory()
    told = capsys.readouterr()
    warnings, hints = told.err.splitlines()[::2], told.err.splitlines()[1::2]
    assert told.out == ""
    assert [line.partition(" ")[0] for line in warnings] == ["warning:"] * len(hints)
    assert all(line.startswith("hint: ") for line in hints)
    assert ("other processes of this user" in told.err) is not is_confined
    assert ("swap on /dev/sda2" in told.err) is bool(unencrypted)


def test_the_command_is_confined_and_warns_as_this_machine_makes_it(folder: Path) -> None:
    ended = concerne(
        "ingest", folder / "leak.csv", "--dataset", "d", "--mapping", folder / "mapping.toml",
        data=folder / "data",
    )  # fmt: skip
    assert ended.returncode == 0
    told = ended.stderr.decode()
    warning = look_for_swap().warning
    assert ("swap on" in told) is ("swap on" in warning)
    assert warning in told
    assert ("other processes of this user" in told) is (sys.platform != "linux")
