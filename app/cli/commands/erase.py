"""`concerne dataset erase`, `sweep`, `certificate`, `verify-certificate`: the end of a dataset."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.files import read_text, write_or_print
from app.cli.lifecycle import ByOption, Lifecycle, SlugArgument, person
from app.cli.options import ConfigOption, DataOption, OutOption
from app.cli.prompts import typed
from app.errors import InvalidInput, Unavailable
from app.settings import load_settings

KeyOption = Annotated[
    Path,
    typer.Option("--key", help="The public key (JWK), as concerne dataset signing-key gives it."),
]


def erase(
    dataset: SlugArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Erase a dataset for ever, and leave a signed certificate.

    Its keys are overwritten, its entries and ranges deleted and overwritten; its name stays taken.
    The dataset's name is asked for as confirmation. It prints the certificate. What was interrupted
    goes on with the same command.
    """
    from app.lifecycle.states import DatasetState
    from app.storage.lock import dataset_lock

    who, life = person(by), Lifecycle(load_settings(config, data=data))
    record = life.store.dataset(dataset)
    if not yes and record.state is not DatasetState.ERASED:
        print(f"{record.title}, {record.rows:,} rows: this cannot be undone.", file=sys.stderr)
        if typed("dataset's name, once more") != dataset:
            raise InvalidInput("that is not the dataset's name; nothing was erased")
    with dataset_lock(life.settings.data, dataset):
        print(life.erasing().erase(dataset, by=who))


def sweep(config: ConfigOption = None, data: DataOption = None) -> None:
    """Erase every dataset whose end has come.

    A server does it by itself; this is for a timer where none runs. Erasures that were interrupted
    are taken to their end, also those of what a newer epoch of a dataset replaced.
    """
    from app.lifecycle.ending import today

    sweeping = Lifecycle(load_settings(config, data=data)).sweeping()
    ended, replaced = sweeping.sweep(today()), sweeping.sweep_left_over()
    for dataset, failure in (*ended.items(), *replaced.items()):
        if failure is not None:
            print(f"{dataset}: {failure.message}", file=sys.stderr)
        else:
            print(f"{dataset}: erased" + (" what was replaced" if dataset in replaced else ""))
    failed = [sum(each is not None for each in outcomes.values()) for outcomes in (ended, replaced)]
    if any(failed):
        raise Unavailable(
            f"{failed[0]} of {len(ended)} datasets could not be erased, and answer nobody;"
            f" of {failed[1]} the older epoch could not, and the newer one answers",
            hint="run the same command again",
        )


def certificate(
    dataset: SlugArgument,
    out: OutOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give the signed certificate of an erasure (a JWS)."""
    write_or_print(Lifecycle(load_settings(config, data=data)).store.certificate(dataset), out)


def verify_certificate(
    file: Annotated[Path, typer.Argument(help="The certificate.")], key: KeyOption
) -> None:
    """Check a certificate of erasure, without network or database, and show what it says."""
    from app.crypto.signing import verify_signed
    from app.lifecycle.certificate import CERTIFICATE_KIND

    signed, public = read_text(file, "certificate"), read_text(key, "public key")
    document = verify_signed(CERTIFICATE_KIND, signed, public)
    print(json.dumps(document, ensure_ascii=False, indent=2))


def add_commands(app: typer.Typer) -> None:
    """Add the commands of a dataset's end."""
    app.command("erase")(erase)
    app.command("sweep")(sweep)
    app.command("certificate")(certificate)
    app.command("verify-certificate")(verify_certificate)
