"""`concerne dataset manifest`, `verify`, `signing-key`: whether two people hold the same leak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.comparing import VerifyCode, compare_source
from app.cli.files import read_text, write_or_print
from app.cli.lifecycle import Lifecycle, SlugArgument
from app.cli.options import ConfigOption, DataOption, OutOption
from app.cli.sources import IdentityOption, read_identities
from app.errors import InvalidInput
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.protocol.manifest import Manifest


def manifest(
    dataset: SlugArgument,
    out: OutOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give the signed manifest of a published dataset (a JWS)."""
    write_or_print(Lifecycle(load_settings(config, data=data)).store.manifest(dataset), out)


def signing_key(
    out: OutOption = None, config: ConfigOption = None, data: DataOption = None
) -> None:
    """Give the public key by which manifests and certificates are checked (a JWK)."""
    from app.crypto.signing import SigningKey

    write_or_print(SigningKey.of(load_settings(config, data=data).keys).public_jwk(), out)


def verify(
    told: Annotated[
        str,
        typer.Argument(help="A dataset here, or a manifest's file.", metavar="SLUG_OR_MANIFEST"),
    ],
    source: Annotated[Path, typer.Argument(help="The leaked file that you hold.")],
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Which column holds what (TOML).")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", help="The public key (JWK), for a manifest's file.")
    ] = None,
    identity: IdentityOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> int:
    """Tell whether a file is the leak that a manifest tells of, or what differs.

    The same bytes are the same leak. Otherwise the mapping is needed: rows and entries are
    compared, and if they agree, the commitments, which costs the stretch of every distinct input,
    as long as the ingest took. Neither the database's keys nor its entries are needed. Of a leak
    that came in several files, each is told to be a part, and all of them in one are the leak. Exit
    code 0 means the same leak, 1 that it differs or is a part, 3 that it cannot be told.
    """
    settings = load_settings(config, data=data)
    known = _manifest_of(settings, told, key)
    finding = compare_source(settings, known, source, mapping, read_identities(identity))
    print("; ".join([finding.verdict.value, *finding.reasons]))
    return VerifyCode[finding.verdict.name]


def _manifest_of(settings: Settings, told: str, key: Path | None) -> Manifest:
    """Return a manifest whose signature holds."""
    from app.crypto.signing import SigningKey, verify_signed
    from app.protocol.manifest import MANIFEST_KIND, Manifest

    file = Path(told)
    if file.is_file():
        if key is None:
            raise InvalidInput(
                "a manifest's file is worth nothing without the public key of who signed it",
                hint="give it with --key FILE; concerne dataset signing-key made it",
            )
        signed, public = read_text(file, "manifest"), read_text(key, "public key")
    else:
        signed = Lifecycle(settings).store.manifest(told)
        public = SigningKey.of(settings.keys).public_jwk()
    return Manifest.from_json(verify_signed(MANIFEST_KIND, signed, public))


def add_commands(app: typer.Typer) -> None:
    """Add the commands by which two people compare what they hold."""
    app.command("manifest")(manifest)
    app.command("signing-key")(signing_key)
    app.command("verify")(verify)
