"""What an operator gives `concerne ingest`: any format, a key, a limit, a report."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pyrage
import pytest
import xlsxwriter

from app.cli.main import main
from app.reading.sample import SAMPLE_BYTES
from app.synthesis.mapping import MAPPING_TOML
from tests.cli.commands import concerne
from tests.ingest.examples import PHONES_TOML, leak, phones, titled
from tests.reading.sources.writers import IDENTITY, WRITERS

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


@pytest.mark.parametrize("form", ["xlsx", "parquet", "csv.zip", "sql.xz.age", "ndjson.zst"])
@pytest.mark.parametrize("is_piped", [False, True], ids=["path", "pipe"])
def test_every_way_in_leaves_nothing_behind(folder: Path, form: str, is_piped: bool) -> None:
    """What is kept because it needs seeking is kept in memory, and in no temporary file."""
    numbers = [f"01990000{n:02}" for n in range(50)]
    written = WRITERS[form](("TEL",), [(number,) for number in numbers])
    source = folder / "leak"
    source.write_bytes(written.content)
    settings = f'[source]\nformat = "{written.settings.format}"\n'
    if written.settings.table:
        settings += f'table = "{written.settings.table}"\n'
    (folder / "mapping.toml").write_text(settings + PHONES_TOML, encoding="utf-8")
    temporary = folder / "tmp"
    temporary.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        ended = concerne(
            "ingest", "-" if is_piped else source, "--dataset", "d",
            "--mapping", folder / "mapping.toml", "--identity", folder / "key.txt",
            data=folder / "data", stdin=written.content if is_piped else b"",
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert b"50 rows: 50 used" in ended.stdout
    assert list(temporary.iterdir()) == []
    for path in (folder / "data").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not [number for number in numbers if number.encode() in content], path.name


def test_a_damaged_source_is_told_by_name_and_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leak.sql").write_bytes(b"INSERT INTO `t` (TEL) VALUES ('0199000001'), ('01990")
    assert ingest(folder, "leak.sql") == 2
    told = capsys.readouterr().err
    assert "error: leak.sql: line 1, column 47: a row is damaged" in told
    assert "0199" not in told


def printed_by(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> str:
    """Run a command that succeeds, and return what it printed."""
    assert main([str(each) for each in arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["csv.age", "xlsx.age", "parquet", "mysql", "sql.xz.age"])
def test_a_leak_of_any_form_is_suggested_estimated_and_ingested(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """And nobody in it is shown."""
    header, *rows = csv.reader(io.StringIO(leak(60)[0].decode("cp1252")), delimiter=";")
    (folder / "leak").write_bytes(WRITERS[name](header, rows).content)
    source = (folder / "leak", "--identity", folder / "key.txt")
    known = '[source]\ntable = "patients"' if "sql" in name else ""
    (folder / "source.toml").write_text(known, encoding="utf-8")
    form = ("--mapping", folder / "source.toml")
    suggested = printed_by(capsys, "ingest", "--suggest", *source, *form)
    (folder / "mapping.toml").write_text(titled(suggested), encoding="utf-8")
    mapping = ("--mapping", folder / "mapping.toml")
    estimated = printed_by(capsys, "ingest", "--estimate", *source, *mapping)
    assert estimated.startswith("Estimate, from all 60 rows:")
    done = printed_by(capsys, "ingest", *source, *mapping, "--dataset", "d")
    assert "60 rows: 60 used, 0 rejected" in done
    numbers = {row[header.index("NUM_SECU")] for row in rows if len(row[1]) > 6}
    assert len(numbers) > 40
    assert not [number for number in numbers if number in suggested + estimated + done]


def test_a_member_is_named_before_a_suggestion_in_a_mapping_that_says_no_more(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with zipfile.ZipFile(folder / "leak.zip", "w") as archive:
        archive.writestr("a.csv", leak(60)[0])
        archive.writestr("b.csv", phones(3))
    assert main(["ingest", "--suggest", str(folder / "leak.zip")]) == 2
    assert "error: the zip archive has 2 members" in capsys.readouterr().err
    (folder / "source.toml").write_text('[source]\nmember = "a.csv"\n', encoding="utf-8")
    known = ("--mapping", folder / "source.toml")
    text = printed_by(capsys, "ingest", "--suggest", folder / "leak.zip", *known)
    assert 'member = "a.csv"' in text
    assert 'nir = "NUM_SECU"' in text


def test_a_workbook_of_several_sheets_is_not_read_until_one_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever stands in another sheet would be told that they are in no leak."""
    header, *rows = csv.reader(io.StringIO(leak(60)[0].decode("cp1252")), delimiter=";")
    with xlsxwriter.Workbook(str(folder / "leak.xlsx")) as book:
        for name in ("2020", "2021"):
            sheet = book.add_worksheet(name)
            for number, row in enumerate([header, *rows]):
                sheet.write_row(number, 0, row)
    source, mapping = str(folder / "leak.xlsx"), folder / "mapping.toml"
    columns = "[fields]" + MAPPING_TOML.partition("[fields]")[2]
    mapping.write_text(columns, encoding="utf-8")
    told = "1 more sheet with something in them, and only one is read"
    for options in ([], ["--estimate"], ["--suggest"]):
        arguments = [] if options == ["--suggest"] else ["--mapping", str(mapping)]
        arguments += [] if options else ["--dataset", "d"]
        assert main(["ingest", source, *options, *arguments]) == 2
        assert told in capsys.readouterr().err
    assert printed_by(capsys, "dataset", "list").splitlines()[1:] == []
    mapping.write_text('[source]\nsheet = "2021"\n\n' + columns, encoding="utf-8")
    done = printed_by(capsys, "ingest", source, "--mapping", mapping, "--dataset", "d")
    assert "60 rows: 60 used, 0 rejected" in done
    assert "sheets of the workbook that were not read: 1" in done


def test_a_stream_that_shows_no_row_before_its_end_is_read_without_an_estimate(
    folder: Path,
) -> None:
    """As an archive, whose table of contents stands at its end, and is longer than is peeked."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("leak.csv", phones(9_000).replace(b"\n", b";%s\n" % (b"x" * 120)))
    content = stream.getvalue()
    assert len(content) > SAMPLE_BYTES
    mapping, data = ("--mapping", folder / "mapping.toml"), folder / "data"
    told = b"standard input: its first 1,048,576 bytes do not tell which rows it has"
    for look in (("--suggest",), ("--estimate", *mapping)):
        ended = concerne("ingest", "-", *look, data=data, stdin=content)
        assert (ended.returncode, ended.stdout) == (2, b"")
        assert b"error: " + told + b"\nhint: give it by its path" in ended.stderr
    toml = PHONES_TOML.replace('"TEL"', "1")
    (folder / "mapping.toml").write_text(toml, encoding="utf-8")
    ended = concerne("ingest", "-", *mapping, "--dataset", "d", data=data, stdin=content)
    assert ended.returncode == 0, ended.stderr
    none = b"Estimate, none: its first 1,048,576 bytes do not tell which rows it has"
    assert none in ended.stderr.splitlines()
    assert b"9,000 rows: 9,000 used" in ended.stdout


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
