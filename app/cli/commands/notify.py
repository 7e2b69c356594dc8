"""`concerne notify`: those who are in a leak are told, each once, and it can be shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli.commands import notified
from app.errors import InvalidInput
from app.worklist.columns import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

_DEFAULT = "tell"


class _TellsByDefault(TyperGroup):
    """`concerne notify LIST …` is `concerne notify tell LIST …`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="notify", cls=_TellsByDefault, help="Letters and e-mails to those who are in a leak."
)


@app.command(_DEFAULT)
def tell(
    result: Annotated[
        Path | None, typer.Argument(help="The work list that concerne check wrote: CSV or XLSX.")
    ] = None,
    template: Annotated[
        Path | None, typer.Option("--template", help="Folder of facts and texts, filled in.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder of letters and of the ledger.")
    ] = None,
    by: Annotated[
        list[Channel] | None,
        typer.Option("--by", help="post or e-mail; of several, the first that reaches somebody."),
    ] = None,
    print_file: Annotated[
        bool,
        typer.Option(
            "--print-file",
            help="Letters in files of up to 250 and a list of these, for a print house.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="Make so many specimens, and nothing else.")
    ] = 0,
    resend_unknown: Annotated[
        bool,
        typer.Option("--resend-unknown", help="Write again where an e-mail may have been sent."),
    ] = False,
    rate: Annotated[
        str, typer.Option("--rate", help="E-mails at most: 60/minute, 1/second, 500/hour.")
    ] = "60/minute",
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", help="SMTP password; else CONCERNE_SMTP_PASSWORD."),
    ] = None,
    ca_file: Annotated[
        Path | None, typer.Option("--ca-file", help="Certificates to trust, not the system's.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option("--sheet", help="Of a workbook, if it is not the first.")
    ] = None,
    dated: Annotated[
        datetime | None,
        typer.Option("--dated", formats=["%Y-%m-%d"], help="Day on the letters, if not today."),
    ] = None,
    new_template: Annotated[
        Path | None, typer.Option("--new-template", help="Write a folder to fill in, and stop.")
    ] = None,
) -> int:
    """Write to each exposed person of a work list who was not told before.

    Begin with --new-template, then --dry-run and --sample 5. What was written or sent is in the
    ledger, in the folder --out: the same command again goes on with those who were not told.
    Exit code 3 means that somebody was not told for now, or may not have been.
    """
    from app.cli.telling import Options, Telling
    from app.notify.folder import read_template, write_new_template

    if new_template is not None:
        write_new_template(new_template)
        print(f"{new_template / 'notice.toml'} is to be filled in")
        return 0
    if result is None or template is None or out is None:
        raise InvalidInput(
            "a work list, --template and --out are needed",
            hint="concerne notify --new-template DIR writes a template to fill in",
        )
    options = Options(
        result=result, out=out, ways=_ways(by), is_print_file=print_file, sheet=sheet,
        resend_unknown=resend_unknown, rate=rate, password_file=password_file, ca_file=ca_file,
        today=(dated or datetime.now().astimezone()).date(),
    )  # fmt: skip
    telling = Telling(read_template(template), options)
    if dry_run:
        return telling.rehearse()
    return telling.sample(sample) if sample else telling.tell()


def _ways(by: Sequence[Channel] | None) -> Sequence[Channel]:
    """Return the channels in the order in which they are tried; a letter where nothing is said."""
    ways = tuple(dict.fromkeys(by or (Channel.POST,)))
    if Channel.PHONE in ways:
        raise InvalidInput(
            "nobody is called by this program", hint="--by post, --by e-mail, or both"
        )
    return ways


notified.add_commands(app)
