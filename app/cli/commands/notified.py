"""What `concerne notify` does after people were told: what came back, and the evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.errors import InvalidInput

LedgerOption = Annotated[
    Path, typer.Option("--ledger", help="The folder that notify was given as --out.")
]


def add_commands(app: typer.Typer) -> None:
    """Give a group these commands."""
    app.command("bounces")(bounces)
    app.command("returned")(returned)
    app.command("evidence")(evidence)


def bounces(
    mailbox: Annotated[Path, typer.Argument(help="Notices of non-delivery, an mbox file.")],
    ledger: LedgerOption,
) -> None:
    """Record the e-mails that came back.

    The next notify tells their people in another way, if one of --by is open to them.
    """
    import mailbox as mailboxes

    from app.notify.bounces import bounces_in, record_bounces
    from app.notify.ledger import Ledger
    from app.storage.journal import open_journal

    if not mailbox.is_file():
        raise InvalidInput("the mailbox is no file", hint="export it as mbox")
    box = mailboxes.mbox(mailbox, create=False)
    try:
        with open_journal(ledger, is_new_allowed=False) as (journal, _):
            recorded, unknown = record_bounces(Ledger(journal), bounces_in(box))
    finally:
        box.close()
    print(f"{recorded:,} e-mails came back")
    if unknown:
        print(f"{unknown:,} notices are of no message in the ledger")


def returned(
    letters: Annotated[
        list[str], typer.Argument(help="Numbers printed on letters, or your own references.")
    ],
    ledger: LedgerOption,
) -> None:
    """Record the letters that came back by post.

    The next notify tells their people in another way, if one of --by is open to them.
    """
    from app.notify.bounces import record_returned
    from app.notify.ledger import Ledger
    from app.storage.journal import open_journal

    with open_journal(ledger, is_new_allowed=False) as (journal, _):
        recorded, unknown = record_returned(Ledger(journal), letters)
    print(f"{recorded:,} letters came back")
    if unknown:
        raise InvalidInput(
            f"{len(unknown)} of {len(letters)} are of no letter in the ledger",
            hint="give the number at the foot of the letter; the others were recorded",
        )


def evidence(
    ledger: LedgerOption,
    out: Annotated[Path, typer.Option("--out", help="Folder for the evidence.")],
) -> None:
    """Write for the regulator who was told, how and when, without names.

    A summary in Markdown, and the list as CSV and JSON.
    """
    from app.notify.evidence import as_csv, as_json, as_markdown
    from app.notify.ledger import Ledger
    from app.storage.disk import write_synced
    from app.storage.journal import open_journal

    with open_journal(ledger, is_new_allowed=False) as (journal, _):
        told = Ledger(journal)
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as exc:
        raise InvalidInput(f"{out} cannot be made: {exc.strerror}") from exc
    for name, text in (
        ("evidence.md", as_markdown(told)),
        ("evidence.csv", as_csv(told)),
        ("evidence.json", as_json(told)),
    ):
        write_synced(out / name, text.encode())
    print(f"{len(told.last_steps()):,} lines of evidence are in {out}")
