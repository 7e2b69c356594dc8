"""`concerne scope export --html --pdf`: the figures beside the signed report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands.scope import app
from app.scope.report import ScopeReport
from app.scope.showing.files import csv_files, html_files, pdf_files
from tests.conftest import DATASET, Leak

SIGNED = {"scope.jws", "scope.json", "signing-key.jwk"}


def export(leak: Leak, out: Path, *options: str) -> dict[str, bytes]:
    arguments = ["export", DATASET, "--out", str(out), "--data", str(leak.data), *options]
    done = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    return {file.name: file.read_bytes() for file in out.iterdir()}


@pytest.mark.parametrize(
    ("options", "endings"),
    [
        ((), set()),
        (("--html",), {".html"}),
        (("--pdf",), {".pdf"}),
        (("--html", "--pdf"), {".html", ".pdf"}),
    ],
)
def test_what_is_asked_for_is_written_beside_the_signed_report(
    leak: Leak, tmp_path: Path, options: tuple[str, ...], endings: set[str]
) -> None:
    written = export(leak, tmp_path / "out", *options)
    report = ScopeReport.from_json(json.loads(written["scope.json"]))
    files = [*csv_files(report), *html_files(report), *pdf_files(report)]
    wanted = {f.name: f.content for f in files if Path(f.name).suffix in endings | {".csv"}}
    assert set(written) == SIGNED | set(wanted)
    assert {name: written[name] for name in wanted} == wanted
    assert len(wanted) > 5
