"""Before an ingest: a mapping is suggested, its cost is told, and neither shows anybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.cli.estimate import describe_estimate
from app.cli.main import main
from app.ingest.estimate import Estimate, SampleCounts
from app.reading.mapping import parse_unpublished_mapping
from app.synthesis.mapping import MAPPING_TOML
from tests.cli.commands import concerne
from tests.ingest.examples import leak, titled

ROWS = 300


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    (tmp_path / "mapping.toml").write_text(MAPPING_TOML, encoding="utf-8")
    (tmp_path / "leak.csv").write_bytes(leak(ROWS)[0])
    return tmp_path


def values() -> set[str]:
    """Return every number and every long word of the leak's rows."""
    rows = leak(ROWS)[0].decode("cp1252").split("\r\n", 1)[1]
    return {word for word in re.findall(r"[\w@.]{7,}", rows) if re.search("[0-9@]", word)}


def check_shows_nobody(text: str) -> None:
    assert len(values()) > 500
    assert not [value for value in values() if value in text]


def test_a_mapping_is_suggested_on_standard_output(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "--suggest", str(folder / "leak.csv")]) == 0
    printed = capsys.readouterr()
    assert parse_unpublished_mapping(printed.out).positions(
        leak(ROWS)[0].decode("cp1252").split("\r\n")[0].split(";")
    )
    assert printed.err == ""
    check_shows_nobody(printed.out)
    assert not (folder / "data").exists()


def test_what_is_suggested_can_be_ingested_once_somebody_wrote_a_title_and_a_date(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", "--suggest", str(folder / "leak.csv")]) == 0
    suggested, mapping = capsys.readouterr().out, folder / "mapping.toml"
    mapping.write_text(suggested, encoding="utf-8")
    arguments = ["--mapping", str(mapping)]
    assert main(["ingest", "--estimate", str(folder / "leak.csv"), *arguments]) == 0
    capsys.readouterr()
    arguments += ["--dataset", "d"]
    assert main(["ingest", str(folder / "leak.csv"), *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: title in [dataset] is missing")
    mapping.write_text(suggested.replace('# title = "…"', 'title = "Made up"'), encoding="utf-8")
    assert main(["ingest", str(folder / "leak.csv"), *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: breach_date in [dataset] is missing")
    mapping.write_text(titled(suggested), encoding="utf-8")
    assert main(["ingest", str(folder / "leak.csv"), *arguments]) == 0
    assert f"{ROWS} rows: {ROWS} used, 0 rejected" in capsys.readouterr().out


def test_where_nothing_can_be_suggested_the_exit_code_is_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leak.csv").write_text("A;B\n1;2\n", encoding="utf-8")
    assert main(["ingest", "--suggest", str(folder / "leak.csv")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: leak.csv: nothing in the first")


def test_a_suggestion_can_come_from_standard_input(folder: Path) -> None:
    ended = concerne("ingest", "--suggest", "-", data=folder / "data", stdin=leak(ROWS)[0])
    assert ended.returncode == 0
    assert b'nir = "NUM_SECU"' in ended.stdout


def test_an_estimate_is_a_table_and_makes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--mapping", str(folder / "mapping.toml")]
    assert main(["ingest", "--estimate", str(folder / "leak.csv"), *arguments]) == 0
    printed = capsys.readouterr()
    title, *table = printed.out.splitlines()
    assert title == f"Estimate, from all {ROWS} rows:"
    assert table[0].split() == ["scheme", "inputs", "of", "which", "by", "variants"]
    assert [line.split()[0] for line in table[1:7]] == [
        "nir-dob", "nir", "name-dob", "email", "phone", "all",
    ]  # fmt: skip
    assert int(table[3].split()[2]) > 0
    assert "several-given-names" in table[7]
    assert "stretches a second, measured just now" in table[8]
    check_shows_nobody(printed.out)
    assert not (folder / "data").exists()


def test_the_estimate_of_a_stream_is_for_so_many_rows(folder: Path) -> None:
    ended = concerne(
        "ingest", "--estimate", "-", "--mapping", folder / "mapping.toml",
        data=folder / "data", stdin=leak(6_000)[0],
    )  # fmt: skip
    assert ended.returncode == 0
    assert b"first 2,000 rows, for each 1,000,000 rows" in ended.stdout


@pytest.mark.parametrize("is_stream", [True, False])
def test_a_run_tells_its_cost_first_and_then_reads_all(folder: Path, *, is_stream: bool) -> None:
    """Also of a stream, of which what was looked at is not lost."""
    ended = concerne(
        "ingest", "-" if is_stream else folder / "leak.csv", "--dataset", "d",
        "--mapping", folder / "mapping.toml",
        data=folder / "data", stdin=leak(ROWS)[0] if is_stream else b"",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    told = ended.stderr.decode()
    # Before it, a machine that swaps is warned of.
    assert told.index(f"Estimate, from all {ROWS} rows:") < told.index("Reading: ")
    assert f"{ROWS} rows: {ROWS} used".encode() in ended.stdout
    entries = re.findall(r"([\w-]+): ([\d,]+) entries", ended.stdout.decode())
    assert len(entries) == 5
    for scheme, count in entries:
        assert re.search(rf"^  {scheme} +{count} ", told, re.MULTILINE)
    check_shows_nobody(told + ended.stdout.decode())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ingest", "x"], "--mapping"),
        (["ingest", "x", "--dataset", "d"], "--mapping"),
        (["ingest", "x", "--mapping", "{tmp}/mapping.toml"], "--dataset"),
        (["ingest", "--estimate", "x"], "--mapping"),
        (["ingest", "--estimate", "x", "--mapping", "{tmp}/mapping.toml"], "cannot be opened"),
        (["ingest", "--suggest", "x"], "x: the source cannot be opened"),
    ],
    ids=" ".join,
)
def test_what_is_missing_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    assert main([each.replace("{tmp}", str(folder)) for each in arguments]) == 2
    assert told in capsys.readouterr().err


def test_rows_of_too_many_readings_are_told_with_their_lines(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = [" ".join(f"{n:02d}@{c}.example" for n in range(19)) for c in "wxyz"]
    (folder / "leak.csv").write_text(f"A;B;C;D;T\n{';'.join(cells)};0199000001\n")
    (folder / "mapping.toml").write_text(
        '[fields]\nemail = ["A", "B", "C", "D"]\nphone = "T"\n[dataset]\ntitle = "x"\n'
        "breach_date = 2021-02-23\n",
        encoding="utf-8",
    )
    arguments = ["--dataset", "d", "--mapping", str(folder / "mapping.toml")]
    assert main(["ingest", str(folder / "leak.csv"), *arguments]) == 0
    printed = capsys.readouterr()
    assert "with too many other readings: 1 rows, first at line 2" in printed.out
    assert "of the 1 rows looked at, 1 have too many readings" in printed.err
    assert "@" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("seconds", "told"), [(2, "2 seconds"), (600, "10 minutes"), (36_000, "10.0 hours")]
)
def test_a_duration_is_told_as_people_do(seconds: int, told: str) -> None:
    counts = SampleCounts(10, 2, {"nir": 10}, {"nir": 10}, {"titles": 0})
    text = describe_estimate(Estimate(counts, 10 * seconds, False, 10.0, 2))
    assert f"with 2 threads: {told}; without variants {told}" in text
    assert "titles" not in text
    assert "of the 10 rows looked at, 2 have too many readings" in text
