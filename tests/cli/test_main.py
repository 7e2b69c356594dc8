"""Every failure of the command line is one `error:` line, a hint, and an exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.main import main
from app.errors import Busy
from app.ingest import pipeline
from app.synthesis.mapping import MAPPING_TOML
from tests.cli.commands import concerne

CANARY = "1850556950048"
# The sources here have no columns behind those.
MAPPING = MAPPING_TOML.partition("postcode")[0]
HEADER = "NUM_SECU;DATE_NAISS;NOM;NOM_JF;PRENOM;EMAIL;TEL_FIXE;TEL_MOBILE;LABO;DEPT;DATE_EXAM\n"
ROW = f"{CANARY};12/05/1985;MARTIN;;ZOE;;;;L;56;01/02/2019\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    # So that what `serve` puts there is taken away again.
    monkeypatch.setenv("CONCERNE_CONFIG", "")
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "leak.csv").write_text(HEADER + ROW, encoding="utf-8")
    return tmp_path


def ingest(folder: Path, *, dataset: str = "d", mapping: str | None = None) -> int:
    if mapping is not None:
        (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    source, columns = str(folder / "leak.csv"), str(folder / "mapping.toml")
    return main(["ingest", source, "--dataset", dataset, "--mapping", columns])


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was printed: an error line, perhaps a hint, and no value.

    Before it there may be the estimate of a run that had begun.
    """
    printed = capsys.readouterr()
    assert printed.out == ""
    lines = printed.err.splitlines()
    error, *rest = [each for each in lines if not each.startswith(("Estimate, ", "  "))]
    assert error.startswith("error: ")
    assert all(line.startswith("hint: ") for line in rest)
    assert len(rest) <= 1
    assert CANARY not in printed.err
    return printed.err


def test_an_ingest_says_in_numbers_what_it_did(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(folder) == 0
    told = capsys.readouterr()
    assert "1 rows: 1 used, 0 rejected" in told.out
    assert "nir-dob: 1 entries from 1 rows" in told.out
    assert CANARY not in told.out + told.err


def test_a_missing_column_is_named_with_those_that_are_there(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ingest(folder, mapping=MAPPING.replace("NUM_SECU", "NIR")) == 2
    printed = refused(capsys)
    assert "'NIR'" in printed
    assert "'NUM_SECU', 'DATE_NAISS'" in printed
    assert not (folder / "data" / "keys").exists()


def test_a_taken_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ingest(folder) == 0
    assert ingest(folder) == 0
    assert "nothing was added" in capsys.readouterr().out
    leak = folder / "leak.csv"
    leak.write_bytes(leak.read_bytes() + leak.read_bytes().splitlines(keepends=True)[-1])
    assert ingest(folder) == 2
    assert "already published" in refused(capsys)


@pytest.mark.parametrize("dataset", ["", "UPPER", "-x", "a b", "../x", "a" * 65])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_made(
    folder: Path, capsys: pytest.CaptureFixture[str], dataset: str
) -> None:
    assert main(["ingest", "x.csv", f"--dataset={dataset}", "--mapping", "x"]) == 2
    refused(capsys)
    assert not (folder / "data").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "none.csv", "--dataset", "d", "--mapping", "none.toml"],
        ["synthesise", "--rows", "0", "--out", "{tmp}/o", "--truth", "{tmp}/t"],
        ["synthesise", "--rows", "many", "--out", "o", "--truth", "t"],
        ["synthesise", "--rows", "1", "--out", "/proc/none", "--truth", "{tmp}/t"],
        ["serve", "--config", "none.toml"],
        ["serve", "--port", "x"],
        ["ask", "--server", "http://127.0.0.1:1", "--dataset", "d", "--scheme", "other"],
        ["ask", CANARY],
        ["nothing"],
        ["ingest"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_refused_with_exit_code_2(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert main([a.replace("{tmp}", str(folder)) for a in arguments]) == 2
    refused(capsys)


@pytest.mark.parametrize("typed", ["MARTIN", "Martin-Zoe", "1850556950048", "it's"])
@pytest.mark.parametrize("group", [[], ["dataset"], ["client"]])
def test_what_is_typed_in_the_place_of_a_command_is_not_shown(
    capsys: pytest.CaptureFixture[str], group: list[str], typed: str
) -> None:
    assert main([*group, typed]) == 2
    told = refused(capsys)
    assert typed not in told
    assert told.startswith("error: no such command")


def test_a_fault_of_the_program_shows_no_value(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text of an exception that nobody foresaw may quote what it choked on."""

    def choke(*_: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(pipeline, "check_slug", choke)
    assert ingest(folder) == 3
    assert "ValueError at app/" in refused(capsys)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Busy("busy", retry_after_seconds=1)])
def test_what_is_unknown_or_interrupted_ends_with_exit_code_3(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "check_slug", fail)
    assert ingest(folder) == 3
    refused(capsys)


def test_a_leak_can_come_from_standard_input(folder: Path) -> None:
    ended = concerne(
        "ingest", "-", "--dataset", "d", "--mapping", folder / "mapping.toml",
        data=folder / "data", stdin=(HEADER + ROW).encode(),
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert b"1 rows: 1 used" in ended.stdout
    assert CANARY.encode() not in ended.stdout + ended.stderr


def test_progress_is_plain_lines_where_there_is_no_terminal(folder: Path) -> None:
    ended = concerne(
        "synthesise", "--rows", "2000", "--out", folder / "o", "--truth", folder / "t",
        data=folder / "data",
    )  # fmt: skip
    assert ended.returncode == 0
    assert b"Making up: 100%" in ended.stderr
    assert b"\x1b" not in ended.stderr
    assert b"\r" not in ended.stderr


def test_what_is_made_up_is_for_its_owner_alone(folder: Path) -> None:
    concerne(
        "synthesise", "--rows", "5", "--out", folder / "o", "--truth", folder / "t",
        "--mapping", folder / "m", data=folder / "data",
    )  # fmt: skip
    assert {(folder / name).stat().st_mode & 0o777 for name in "otm"} == {0o600}
