"""`concerne audit`: who did what, or asked how much, and whether that was tampered with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.files import read_text, write_or_print
from app.cli.lifecycle import Lifecycle
from app.cli.options import ConfigOption, DataOption
from app.settings import load_settings

if TYPE_CHECKING:
    from app.lifecycle.audit import AuditHead

app = typer.Typer(name="audit", help="Who did what, or asked how much, in a chain of events.")


@app.command("list")
def list_events(config: ConfigOption = None, data: DataOption = None) -> None:
    """List every event, the first first."""
    from app.lifecycle.audit import parse_event
    from app.storage.audit import SqlAuditTrail

    for text, _ in SqlAuditTrail(Lifecycle(load_settings(config, data=data)).engine).stored():
        event = parse_event(text)
        counts = ", ".join(f"{name} {count:,}" for name, count in event.counts.items())
        told = [str(event.number), event.at.isoformat(timespec="seconds"), event.by, event.what]
        print("  ".join([*told, *filter(None, (event.dataset, counts))]))


@app.command("verify")
def verify(
    against: Annotated[
        Path | None,
        typer.Option("--against", help="A head signed before, which must still be in the chain."),
    ] = None,
    sign: Annotated[
        Path | None, typer.Option("--sign", help="Where the signed head goes (a JWS).")
    ] = None,
    config: ConfigOption = None,
    data: DataOption = None,
) -> None:
    """Check the chain, and name the first event that does not hold.

    Whoever can write to the database can write the whole chain anew, or cut its end off. A signed
    head that is kept elsewhere shows it: sign one now and then, and check against it later.
    """
    from app.lifecycle.audit import AUDIT_HEAD_KIND, NO_EVENTS, verify_chain
    from app.storage.audit import SqlAuditTrail

    life = Lifecycle(load_settings(config, data=data))
    expected = NO_EVENTS if against is None else _signed_head(life, against)
    head = verify_chain(SqlAuditTrail(life.engine).stored(), expected=expected)
    if sign is not None:
        write_or_print(life.signing_key().sign(AUDIT_HEAD_KIND, head.to_json()), sign)
    print(f"{head.number:,} events hold; the head is {head.digest.hex()}")


def _signed_head(life: Lifecycle, file: Path) -> AuditHead:
    from app.crypto.signing import verify_signed
    from app.lifecycle.audit import AUDIT_HEAD_KIND, AuditHead

    public = life.signing_key().public_jwk()
    return AuditHead.from_json(verify_signed(AUDIT_HEAD_KIND, read_text(file, "head"), public))
