"""What an operator gives `concerne ingest`: any format, a key, a limit, a report."""

from __future__ import annotations

import json
from pathlib import Path

import pyrage
import pytest

from app.cli.main import main
from tests.cli.commands import concerne
from tests.ingest.examples import PHONES_TOML, phones

IDENTITY = pyrage.x25519.Identity.generate()
REJECTS = phones(20) + b"temoin\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    (tmp_path / "mapping.toml").write_text(PHONES_TOML, encoding="utf-8")
    (tmp_path / "key.txt").write_text(f"# a key for tests\n{IDENTITY}\n", encoding="utf-8")
    return tmp_path


def ingest(folder: Path, source: str, *options: str) -> int:
    arguments = ["--dataset", "d", "--mapping", str(folder / "mapping.toml")]
    return main(["ingest", str(folder / source), *arguments, *options])


def test_an_encrypted_source_is_read_with_its_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And digested as it was given."""
    content = pyrage.encrypt(phones(20), [IDENTITY.to_public()])
    (folder / "leak.age").write_bytes(content)
    assert ingest(folder, "leak.age") == 2
    assert "error: leak.age: the source is encrypted with age" in capsys.readouterr().err
    assert ingest(folder, "leak.age", "--identity", str(folder / "none")) == 2
    assert ingest(folder, "leak.age", "--identity", str(folder / "mapping.toml")) == 2
    assert not (folder / "data" / "keys").exists()
    assert ingest(folder, "leak.age", "--identity", str(folder / "key.txt")) == 0
    told = capsys.readouterr()
    assert f"{len(content):,} bytes" in told.out
    assert "20 rows: 20 used" in told.out


def test_an_encrypted_source_can_come_from_standard_input(folder: Path) -> None:
    ended = concerne(
        "ingest", "-", "--dataset", "d", "--mapping", folder / "mapping.toml",
        "--identity", folder / "key.txt", data=folder / "data",
        stdin=pyrage.encrypt(phones(9_000), [IDENTITY.to_public()]),
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert b"9,000 rows: 9,000 used" in ended.stdout


def test_a_damaged_source_is_told_by_name_and_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leak.sql").write_bytes(b"INSERT INTO `t` (TEL) VALUES ('0199000001'), ('01990")
    assert ingest(folder, "leak.sql") == 2
    told = capsys.readouterr().err
    assert "error: leak.sql: line 1, column 47: a row is damaged" in told
    assert "0199" not in told


def test_rejects_stop_the_command_until_they_are_accepted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leak.csv").write_bytes(REJECTS)
    report = folder / "rejects.jsonl"
    assert ingest(folder, "leak.csv", "--report", str(report)) == 2
    told = capsys.readouterr().err
    assert "1 of 21 rows cannot be used, more than --max-rejects 1%" in told
    assert "nothing usable, 1 (line 22)" in told
    assert "temoin" not in told
    for accepted in ("a few", "101%"):
        assert ingest(folder, "leak.csv", "--max-rejects", accepted) == 2
    assert ingest(folder, "leak.csv", "--max-rejects", "1", "--report", str(report)) == 0


def test_the_report_lists_lines_and_reasons_for_its_owner_alone(folder: Path) -> None:
    """Whatever stood there before, and whoever could read that."""
    report = folder / "rejects.jsonl"
    report.write_text("of an earlier run\n", encoding="utf-8")
    report.chmod(0o644)
    (folder / "leak.csv").write_bytes(REJECTS + b"a;b\n")
    assert ingest(folder, "leak.csv", "--max-rejects", "10%", "--report", str(report)) == 0
    assert [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()] == [
        {"line": 22, "reason": "nothing usable"},
        {"line": 23, "reason": "columns"},
    ]
    assert report.stat().st_mode & 0o777 == 0o600


def test_the_report_never_replaces_the_source(folder: Path) -> None:
    (folder / "leak.csv").write_bytes(REJECTS)
    assert ingest(folder, "leak.csv", "--report", str(folder / "leak.csv")) == 2
    assert ingest(folder, "leak.csv", "--report", str(folder / "none" / "report")) == 2
    assert (folder / "leak.csv").read_bytes() == REJECTS
