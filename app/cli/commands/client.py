"""`concerne client`: people with personal credentials, never shared accounts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.files import new_private_file
from app.cli.lifecycle import ByOption, Lifecycle, person
from app.cli.options import ConfigOption, DataOption
from app.clients.ports import Client, NewClient, Role, Standing
from app.clients.quota import MARGIN_PERCENT, Quota
from app.settings import load_settings

if TYPE_CHECKING:
    from app.clients.registry import Issued, Registry

app = typer.Typer(name="client", help="People with personal credentials, and what they may ask.")

NumberArgument = Annotated[
    int,
    typer.Argument(
        help="The client's number (concerne client list).", metavar="NUMBER", min=1, max=10**9
    ),
]
ExpiresOption = Annotated[
    datetime | None,
    typer.Option(
        "--expires",
        formats=["%Y-%m-%d"],
        metavar="YYYY-MM-DD",
        help="The first day (UTC) on which it is refused; at most a year away.",
    ),
]
MarginOption = Annotated[
    int, typer.Option("--margin", help="How many more than declared, in percent.", min=0, max=100)
]
CredentialFileOption = Annotated[
    Path | None,
    typer.Option(
        "--credential-file",
        help="Where the credential goes, readable by you alone, instead of being printed.",
    ),
]


@app.command("add")
def add(
    holder: Annotated[str, typer.Option("--person", help="Whose it is; one person.")],
    organisation: Annotated[str, typer.Option("--organisation", help="For whom they ask.")],
    role: Annotated[Role, typer.Option("--role", help="What they are to the leak.")],
    schemes: Annotated[
        str, typer.Option("--schemes", help="By which they may ask, separated by commas.")
    ],
    quota: Annotated[
        int, typer.Option("--quota", help="How many their list has; for each scheme.", min=1)
    ],
    margin: MarginOption = MARGIN_PERCENT,
    expires: ExpiresOption = None,
    credential_file: CredentialFileOption = None,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give a person a credential, which is shown once.

    It expires in 90 days if nothing else is said, and in a year at the latest. What is stored is
    its digest: whoever loses it gets another one (`concerne client rotate`). The quota is what
    the list was declared to have and a margin, for each scheme; only elements that were not asked
    before are taken from it.
    """
    who, registry = person(by), _registry(config, data)
    new = NewClient(
        person=holder.strip(),
        organisation=organisation.strip(),
        role=role,
        schemes=tuple(name.strip() for name in schemes.split(",")),
        quota=Quota(quota, margin),
        expires_on=registry.default_expiry() if expires is None else expires.date(),
    )
    _give(lambda: registry.add(new, by=who), credential_file)


@app.command("list")
def list_clients(config: ConfigOption = None, data: DataOption = None) -> None:
    """List all clients: who they are, what they may ask, and how much of it they have."""
    registry = _registry(config, data)
    head = ("CLIENT", "PERSON", "ORGANISATION", "ROLE", "STATE", "EXPIRES", "SPENT OF QUOTA")
    lines = [head, *(_line(client, registry.standing(client)) for client in registry.clients())]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


@app.command("revoke")
def revoke(
    number: NumberArgument,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Refuse a client's credential for ever, from the next request on.

    Running servers need not be told.
    """
    _registry(config, data).revoke(number, by=person(by))
    print(f"client {number} is revoked")


@app.command("rotate")
def rotate(
    number: NumberArgument,
    quota: Annotated[
        int | None,
        typer.Option("--quota", help="How many a new list has; nothing of it is spent.", min=1),
    ] = None,
    margin: MarginOption = MARGIN_PERCENT,
    expires: ExpiresOption = None,
    credential_file: CredentialFileOption = None,
    by: ByOption = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Give a client another credential, and refuse the one before from the next request on.

    What was spent stays spent and the day of expiry stays, unless --quota or --expires says
    otherwise; --margin is of --quota.
    """
    who, registry = person(by), _registry(config, data)
    given = None if quota is None else Quota(quota, margin)
    expires_on = None if expires is None else expires.date()
    _give(
        lambda: registry.rotate(number, by=who, quota=given, expires_on=expires_on),
        credential_file,
    )


def _registry(config: Path | None, data: Path | None) -> Registry:
    return Lifecycle(load_settings(config, data=data)).registry()


def _give(issue: Callable[[], Issued], credential_file: Path | None) -> None:
    """Issue a credential, and show it: alone on standard output, or in a file."""
    # The file comes first: a credential that could not be written down would be lost.
    with (
        nullcontext(sys.stdout)
        if credential_file is None
        else new_private_file(credential_file, "credential") as out
    ):
        issued = issue()
        print(issued.credential.text, file=out)
    client = issued.client
    told = [
        f"client {client.number}: {client.name} ({client.role})",
        *(f"{scheme}: {_amount(client, scheme)}" for scheme in client.grants),
        f"refused from {client.expires_on} on (UTC)",
        "The credential is shown this once; it is for one person, and is never to be shared.",
    ]
    print("\n".join(told), file=sys.stderr)


def _amount(client: Client, scheme: str) -> str:
    quota, spent = client.grants[scheme].quota, client.grants[scheme].spent
    return (
        f"{quota.elements:,} ({quota.declared:,} and {quota.margin_percent} %), "
        f"of which {spent:,} are spent"
    )


def _line(client: Client, standing: Standing) -> tuple[str, ...]:
    grants = (f"{s} {g.spent:,}/{g.quota.elements:,}" for s, g in client.grants.items())
    return (
        str(client.number),
        client.person,
        client.organisation,
        client.role,
        standing,
        str(client.expires_on),
        ", ".join(grants),
    )
