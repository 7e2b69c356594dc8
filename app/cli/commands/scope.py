"""`concerne scope`: how large a leak is, told so that anybody can check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.comparing import VerifyCode, compare_source
from app.cli.files import read_text
from app.cli.lifecycle import Lifecycle, SlugArgument
from app.cli.options import ConfigOption, DataOption
from app.cli.progress import meter
from app.cli.sources import IdentityOption, open_source, read_identities
from app.errors import InvalidInput
from app.settings import load_settings
from app.version import program_version

if TYPE_CHECKING:
    from app.scope.report import ScopeReport
    from app.scope.reporting import Reporting, VerifiedReport

app = typer.Typer(name="scope", help="How large a leak is, told so that anybody can check it.")

ReportArgument = Annotated[Path, typer.Argument(help="The signed report (JWS).", metavar="REPORT")]

KeyOption = Annotated[
    Path, typer.Option("--key", help="The publisher's public key (JWK), or keys (jwks.json).")
]


@app.command("export")
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


@app.command("verify")
def verify(
    report: ReportArgument,
    key: KeyOption,
) -> None:
    """Check a signed scope report offline, and say in one line what was checked, by which key.

    Exit code 2 for one that expired or cannot be read, 3 for one that another key signed or that
    was changed.
    """
    from app.scope.reporting import verify_report

    today = datetime.now(UTC).date()
    verified = verify_report(read_text(report, "report"), read_text(key, "public key"), today=today)
    print(_told(verified))


@app.command("compare")
def compare(
    source: Annotated[Path, typer.Argument(help="The file that you hold.", metavar="FILE")],
    report: ReportArgument,
    key: KeyOption,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
    ] = None,
    server: Annotated[
        str | None, typer.Option("--server", help="Where the dataset is, for how much of it.")
    ] = None,
    credential_file: Annotated[
        Path | None, typer.Option("--credential-file", help="The file your credential is in.")
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option("--scheme", help="By which identifiers; otherwise those of a health card."),
    ] = None,
    sample: Annotated[int, typer.Option("--sample", help="How many, drawn at random.")] = 2000,
    identity: IdentityOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> int:
    """Tell whether a file is the leak that a scope report tells of, or how much of it is in there.

    The first is found out offline: by the bytes, by the numbers, and by the commitments, as
    concerne dataset verify does. Where it is another file, --server and --credential-file ask how
    many of a random sample of at least 1,000 of its identifiers are in the dataset. The server
    learns how many were asked; you learn a count and a share, and neither a few nor nearly all
    exactly. Nothing is kept. Each identifier of a sample counts towards your quota. Exit code 0
    means the same leak, 1 another one or a part, 3 that it cannot be told.
    """
    from app.scope.comparison import check_sample_size, manifest_of, strongest_scheme
    from app.scope.reporting import verify_report

    check_sample_size(sample)
    settings, today = load_settings(config, data=data), datetime.now(UTC).date()
    verified = verify_report(read_text(report, "report"), read_text(key, "public key"), today=today)
    known = manifest_of(verified.report)
    identities = read_identities(identity)
    finding = compare_source(settings, known, source, mapping, identities)
    print("; ".join([finding.verdict.value, *finding.reasons]))
    if server is not None and finding.verdict.name in ("DIFFERS", "UNKNOWN"):
        chosen = scheme or strongest_scheme(verified.report)
        asked = _Asked(server, credential_file, chosen, sample, settings.threads)
        print(_share(asked, known.dataset.dataset, source, mapping, identities))
    return VerifyCode[finding.verdict.name]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked about which identifiers, and how many."""

    server: str
    credential_file: Path | None
    scheme: str
    size: int
    threads: int


def _share(
    asked: _Asked, dataset: str, source: Path, mapping: Path | None, identities: Sequence[Any]
) -> str:
    from app.cli.sampling import CredentialedServer, read_credential
    from app.scope.comparison import share_of

    if asked.credential_file is None or mapping is None:
        raise InvalidInput(
            "how much of a file is in a dataset is told to who has a credential and a mapping",
            hint="give --credential-file FILE and --mapping FILE",
        )
    credential = read_credential(asked.credential_file)
    sample = _sample(asked, source, mapping, identities)
    with meter("Stretching") as shown:

        def told(done: int) -> None:
            shown.update(done, len(sample), f"{done:,} identifiers")

        with CredentialedServer(
            asked.server, credential, workers=asked.threads, told=told
        ) as remote:
            share = share_of(remote, dataset, asked.scheme, sample)
    return f"{asked.scheme}, {share.told()}"


def _sample(
    asked: _Asked, source: Path, mapping: Path, identities: Sequence[Any]
) -> Sequence[bytes]:
    from app.reading.mapping import parse_unpublished_mapping
    from app.reading.records import RecordReader
    from app.reading.sources.opening import LeakSource
    from app.scope.comparison import Sample

    columns = parse_unpublished_mapping(read_text(mapping, "mapping"))
    drawn = Sample(asked.size)
    with open_source(source) as named:
        leak = LeakSource(named.stream, columns.source, identities, columns.column_names)
        with leak.open() as table:
            table.check_whole()
            records = RecordReader(columns, table.header)
            for row in table.rows():
                for scheme, encoded in records.inputs(row):
                    if scheme == asked.scheme:
                        drawn.add(encoded)
    return drawn.taken(asked.scheme)


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


def _told(verified: VerifiedReport) -> str:
    from app.scope.showing.content import fingerprint_of

    report = verified.report
    tables = sum(len(source.tables) for source in report.sources)
    people = " and ".join(
        "too few people to tell" if source.people is None else f"{source.people:,} people"
        for source in report.sources
    )
    return (
        f"verified: {report.dataset}, epoch {report.epoch} of {report.published_at:%Y-%m-%d},"
        f" {people} in {len(report.sources)} source(s), {tables} tables, valid until"
        f" {report.expires_on}; SHA-256 {fingerprint_of(report)};"
        f" signed by the key {verified.thumbprint}"
    )
