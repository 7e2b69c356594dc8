"""What a command asks for: never taken as an argument, which other users of a machine can read."""

from __future__ import annotations

import getpass
import sys

from app.errors import InvalidInput


def typed(label: str) -> str:
    """Ask on standard error, so that standard output holds the result alone.

    Raises:
        InvalidInput: the input ended; `label` is named.
    """
    print(f"{label}: ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        # A terminal shows the end of the line that was typed; a pipe does not.
        print(file=sys.stderr)
    if not line:
        raise InvalidInput(f"no {label} was typed")
    return line.rstrip("\n")


def hidden(label: str) -> str:
    """Ask likewise, without showing on a terminal what is typed."""
    if not sys.stdin.isatty():
        return typed(label)
    try:
        return getpass.getpass(f"{label}: ", stream=sys.stderr)
    except EOFError:
        raise InvalidInput(f"no {label} was typed") from None
