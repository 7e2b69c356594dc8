"""The command `concerne`: its commands, and how every failure ends.

Exit codes: 0 done, or nothing exposed; 1 something exposed; 2 refused, nothing changed; 3 unknown;
4 published, but the source that was to be erased is still there.
A failure is one `error:` line, and a `hint:` where there is something to do. No value that was
read or typed is ever in them.
"""

from __future__ import annotations

import os
import re
import sys
from enum import IntEnum

import typer

from app.cli.commands import (
    ask,
    audit,
    check,
    client,
    dataset,
    demo,
    ingest,
    notify,
    scope,
    serve,
    synthesise,
)
from app.errors import (
    ConcerneError,
    CryptographyError,
    ErasureFailed,
    KeyExists,
    KeyRingError,
    Unavailable,
)
from app.logs import places_of
from app.plaintext.process import confine


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    EXPOSED = 1
    REFUSED = 2
    UNKNOWN = 3
    SOURCE_LEFT = 4


_NO_SUCH_COMMAND = "No such command"
# What the library turns Ctrl-C into.
_INTERRUPTED = 130

app = typer.Typer(
    name="concerne",
    help="Was I in this leak? A yes or a no, without the site learning who asked.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("synthesise")(synthesise.synthesise)
app.command("ingest")(ingest.ingest)
app.command("serve")(serve.serve)
app.command("ask")(ask.ask)
app.command("check")(check.check)
app.command("demo")(demo.demo)
app.add_typer(dataset.app)
app.add_typer(client.app)
app.add_typer(scope.app)
app.add_typer(audit.app)
app.add_typer(notify.app)


def run() -> None:
    """Run the command line, and end the process with its exit code."""
    confine()
    # Keys, database and made-up leaks are for their owner alone.
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command.

    Returns:
        The exit code.
    """
    try:
        code = app(arguments or ["--help"], standalone_mode=False, prog_name="concerne")
    except ConcerneError as error:
        return _refuse(error.message, error.hint, _code_of(error))
    except typer.TyperException as error:
        return _refuse(_without_typed(error.format_message()), "see --help", ExitCode.REFUSED)
    except typer.Abort:
        code = _INTERRUPTED
    except Exception as error:  # noqa: BLE001 an exception's own text may quote a value
        where = ", ".join(places_of(error))
        what = f"a fault of the program: {type(error).__name__} at {where}"
        return _refuse(what, "please report this line", ExitCode.UNKNOWN)
    if code == _INTERRUPTED:
        return _refuse(
            "interrupted; nothing half-done answers anybody",
            "an ingest or a check goes on when the same command is given again",
            ExitCode.UNKNOWN,
        )
    return code if isinstance(code, int) else ExitCode.DONE


def _without_typed(message: str) -> str:
    """Return a usage error without what was typed: somebody may have typed an identifier.

    The library puts it behind a colon, in brackets, or between quotes; names of options and of
    arguments, which are in quotes too, begin with a hyphen or are in capitals. What was typed where
    a command's name belongs can be in capitals, or between quotes of another kind.
    """
    if message.startswith(_NO_SUCH_COMMAND):
        message = _NO_SUCH_COMMAND
    head = message.partition(": ")[0].partition(" (")[0]
    told = re.sub(r" '(?!-)[^'A-Z]*'", "", head).rstrip(".")
    return told[:1].lower() + told[1:]


def _code_of(error: ConcerneError) -> ExitCode:
    if isinstance(error, ErasureFailed):
        return ExitCode.SOURCE_LEFT
    if isinstance(error, KeyExists):
        return ExitCode.REFUSED
    is_unknown = isinstance(error, Unavailable | CryptographyError | KeyRingError)
    return ExitCode.UNKNOWN if is_unknown else ExitCode.REFUSED


def _refuse(message: str, hint: str, code: ExitCode) -> int:
    print(f"error: {message}", file=sys.stderr)
    if hint:
        print(f"hint: {hint}", file=sys.stderr)
    return code
