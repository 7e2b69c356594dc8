"""`concerne scope`: how large a leak is, told so that anybody can check it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.files import read_text
from app.cli.lifecycle import Lifecycle, SlugArgument
from app.cli.options import ConfigOption, DataOption
from app.errors import InvalidInput
from app.settings import load_settings
from app.version import program_version

if TYPE_CHECKING:
    from app.scope.report import ScopeReport
    from app.scope.reporting import Reporting

app = typer.Typer(name="scope", help="How large a leak is, told so that anybody can check it.")

ReportArgument = Annotated[Path, typer.Argument(help="The signed report (JWS).", metavar="REPORT")]


@app.command()
def export(
    dataset: SlugArgument,
    out: Annotated[Path, typer.Option("--out", help="A folder; it is made.")],
    html: Annotated[
        bool, typer.Option("--html", help="Also as a page that works from the disk, fr and en.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also as a PDF, in French and English.")
    ] = False,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Write the signed scope report of a published dataset, its JSON, and each table as CSV.

    The signed report (scope.jws) is what others check; the JSON is what is signed, to the byte.
    With --html and --pdf it is written with its figures, too.
    """
    reporting = _reporting(Lifecycle(load_settings(config, data=data)))
    report = reporting.report(dataset)
    files = {
        "scope.jws": reporting.signed(dataset).encode(),
        "scope.json": report.canonical(),
        "signing-key.jwk": reporting.public_jwk().encode(),
        **_shown(report, html=html, pdf=pdf),
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as exc:
        raise InvalidInput(f"the folder {out} cannot be written: {exc.strerror}") from exc
    print(f"{len(files)} files written: the signed report is {out / 'scope.jws'}")


@app.command()
def verify(
    report: ReportArgument,
    key: Annotated[
        Path,
        typer.Option("--key", help="The publisher's public key (JWK), or keys (jwks.json)."),
    ],
) -> None:
    """Check a signed scope report offline, and say in one line what was checked, by which key.

    Exit code 2 for one that expired or cannot be read, 3 for one that another key signed or that
    was changed.
    """
    from app.scope.reporting import verify_report

    today = datetime.now(UTC).date()
    verified = verify_report(read_text(report, "report"), read_text(key, "public key"), today=today)
    print(_told(verified.report, verified.thumbprint))


def _reporting(life: Lifecycle) -> Reporting:
    from app.scope.reporting import Reporting
    from app.storage.scopereports import SqlScopeStore

    return Reporting(SqlScopeStore(life.engine), life.signing_key, program=program_version())


def _shown(report: ScopeReport, *, html: bool, pdf: bool) -> dict[str, bytes]:
    from app.scope.showing.files import csv_files, html_files, pdf_files

    files = [*csv_files(report)]
    if html:
        files += html_files(report)
    if pdf:
        files += pdf_files(report)
    return {file.name: file.content for file in files}


def _told(report: ScopeReport, thumbprint: str) -> str:
    tables = sum(len(source.tables) for source in report.sources)
    people = " and ".join(
        "too few people to tell" if source.people is None else f"{source.people:,} people"
        for source in report.sources
    )
    return (
        f"verified: {report.dataset}, epoch {report.epoch} of {report.published_at:%Y-%m-%d},"
        f" {people} in {len(report.sources)} source(s), {tables} tables, valid until"
        f" {report.expires_on}; signed by the key {thumbprint}"
    )
