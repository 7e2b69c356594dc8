"""What the command line names to be read: a leak's file, the keys to decrypt it, a mapping."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from app.errors import InvalidIdentity, InvalidMapping, InvalidSource

STANDARD_INPUT = Path("-")
IdentityOption = Annotated[
    Path | None, typer.Option("--identity", help="Keys of an age file, as age-keygen's.")
]


@contextmanager
def open_source(source: Path) -> Iterator[tuple[BinaryIO, int | None]]:
    """Open a file, or standard input, and tell how many bytes it has, if that is known.

    Raises:
        InvalidSource: it cannot be opened; or what is read of it is refused, which its name is
            then put before.
    """
    if source == STANDARD_INPUT:
        with _named("standard input"):
            yield sys.stdin.buffer, None
        return
    try:
        stream = source.open("rb")
    except OSError as exc:
        raise InvalidSource(f"the source cannot be opened: {exc.strerror}") from exc
    with stream:
        is_file = source.is_file()
        with _named(source.name):
            yield stream, source.stat().st_size if is_file else None


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Say of what source it is that something is wrong."""
    try:
        yield
    except InvalidSource as exc:
        raise type(exc)(f"{name}: {exc.message}", hint=exc.hint) from exc


def read_identities(identity: Path | None) -> Sequence[Any]:
    """Return the keys in a file, or none.

    Raises:
        InvalidIdentity: it cannot be read, or holds no key.
    """
    if identity is None:
        return ()
    from app.ingest.sources.encrypted import parse_identities

    try:
        return parse_identities(identity.read_bytes())
    except OSError as exc:
        raise InvalidIdentity(f"the identity file cannot be read: {exc.strerror}") from exc


def read_mapping(mapping: Path) -> str:
    """Return a mapping's text.

    Raises:
        InvalidMapping: it cannot be read, or is not UTF-8.
    """
    try:
        return mapping.read_text(encoding="utf-8")
    except OSError as exc:
        raise InvalidMapping(f"the mapping cannot be opened: {exc.strerror}") from exc
    except UnicodeDecodeError:
        raise InvalidMapping("the mapping is not UTF-8") from None
