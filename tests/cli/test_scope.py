"""`concerne scope`: exported, verified and compared, as a newsroom does it."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.ingestion import run_ingest
from app.cli.main import main
from app.clients.ports import Role
from app.scope.report import ScopeReport
from tests.clients.examples import issued, new_client
from tests.conftest import Leak, cheap_settings
from tests.scope.microdata import MAPPING, Shape, make_up, to_csv
from tests.serving import serving_settings

ROWS = make_up(Shape(seed=51, people=1500, visits=1))
OTHERS = make_up(Shape(seed=52, people=1500, visits=1, first=5000))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published dataset, its exported report, and files to compare with it."""
    made = tmp_path_factory.mktemp("newsroom")
    (made / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    files = {
        "leak.csv": ROWS,
        "turned.csv": ROWS[::-1],
        "half.csv": [*ROWS[:750], *OTHERS[:750]],
        "few.csv": ROWS[:500],
    }
    for name, rows in files.items():
        (made / name).write_bytes(to_csv(rows))
    run_ingest(cheap_settings(made / "data"), made / "leak.csv", "demo", made / "mapping.toml")
    return made


@pytest.fixture
def home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONCERNE_DATA", str(folder / "data"))
    monkeypatch.setenv("CONCERNE_STRETCH_PROFILE", "insecure-test-only")
    assert main(["scope", "export", "demo", "--out", str(folder / "out")]) == 0
    return folder


@pytest.fixture
def url(home: Path, leak: Leak) -> Iterator[str]:
    with serving_settings(leak.settings(data=home / "data")) as http:
        yield str(http.base_url)


def verify(home: Path, report: Path) -> int:
    return main(["scope", "verify", str(report), "--key", str(home / "out/signing-key.jwk")])


def compare(home: Path, name: str, *options: str) -> int:
    given = [str(home / name), str(home / "out/scope.jws"), *options]
    key, mapping = str(home / "out/signing-key.jwk"), str(home / "mapping.toml")
    return main(["scope", "compare", *given, "--key", key, "--mapping", mapping])


def test_what_is_exported_is_verified_in_one_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert verify(home, home / "out/scope.jws") == 0
    told = capsys.readouterr().out
    assert told.count("\n") == 1
    assert told.startswith("verified: demo, epoch 1 of ")
    assert "1,500 people" in told
    # By which the page and the files cite it.
    signed = (home / "out/scope.json").read_bytes()
    assert f"; SHA-256 {hashlib.sha256(signed).hexdigest()}; " in told
    key = json.loads((home / "out/signing-key.jwk").read_text(encoding="utf-8"))
    assert told.rstrip().endswith(f"signed by the key {key['kid']}")


def test_each_table_is_a_csv_with_its_rule_beneath(home: Path) -> None:
    report = ScopeReport.from_json(json.loads((home / "out/scope.json").read_bytes()))
    tables = report.sources[0].tables
    assert len(list((home / "out").glob("*.csv"))) == len(tables) > 8
    for table in tables:
        with (home / f"out/source-1-{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines, french, english = csv.reader(file)
        assert header == [*(dimension.name for dimension in table.dimensions), "people"]
        assert [line[-1] for line in lines] == ["s" if c is None else str(c) for c in table.cells]
        assert "au moins 11 personnes" in french[0]
        assert "at least 11 people" in english[0]


def test_an_altered_report_is_refused_with_what_failed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, payload, signature = (home / "out/scope.jws").read_text(encoding="utf-8").split(".")
    altered = tmp_path / "altered.jws"
    altered.write_text(f"{header}.{payload[:-8]}AAAAAAAA.{signature}", encoding="utf-8")
    assert verify(home, altered) == 3
    assert "is not signed by this key" in capsys.readouterr().err


def test_other_bytes_of_the_same_rows_are_the_same_leak(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(home, "leak.csv") == 0
    assert "same leak; the same bytes" in capsys.readouterr().out
    assert compare(home, "turned.csv") == 0
    assert "same leak; other bytes, the same entries" in capsys.readouterr().out


def test_how_much_of_another_file_is_in_the_dataset_is_a_share(
    home: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    new = new_client(role=Role.JOURNALIST, schemes=("nir-dob",), declared=3000)
    credential = home / "credential"
    credential.write_text(issued(home / "data", new).credential.text, encoding="utf-8")
    capsys.readouterr()
    asked = ["--server", url, "--credential-file", str(credential)]
    assert compare(home, "half.csv", *asked) == 1
    told = capsys.readouterr().out
    assert "nir-dob, 750 of 1,500 sampled: 50.0% of the file, between 47.5% and 52.5%" in told


def test_a_sample_too_small_tells_the_threshold(
    home: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    credential = home / "unused"
    new = new_client(role=Role.JOURNALIST, declared=2000)
    credential.write_text(issued(home / "data", new).credential.text, encoding="utf-8")
    asked = ["--server", url, "--credential-file", str(credential)]
    assert compare(home, "few.csv", *asked) == 2
    assert "a share is told of 1,000 at least" in capsys.readouterr().err
    assert compare(home, "half.csv", *asked, "--sample", "10") == 2
    assert "1,000 identifiers at least" in capsys.readouterr().err


def test_a_credential_is_not_sent_in_clear(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credential = home / "clear"
    credential.write_text(issued(home / "data").credential.text, encoding="utf-8")
    asked = ["--server", "http://192.0.2.1", "--credential-file", str(credential)]
    assert compare(home, "half.csv", *asked) == 2
    assert "over https only" in capsys.readouterr().err
