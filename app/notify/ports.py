"""What telling people needs from a disk and from a mail server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from enum import Enum, auto
from typing import Any, Protocol


class Journal(Protocol):
    """Lines that are only ever added, each of them on the disk before `append` returns."""

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """Yield what was appended, the first first.

        Raises:
            LedgerRefused: a line in the middle is damaged.
        """

    def append(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Add entries, and return when no power cut can take them away.

        Raises:
            Unavailable: they cannot be written.
        """


class NoJournal:
    """Holds nothing: for looking at what would be sent before anything is."""

    def entries(self) -> Iterator[Mapping[str, Any]]:
        """Yield nothing."""
        return iter(())

    def append(self, entries: Sequence[Mapping[str, Any]]) -> None:
        """Forget what is given."""


class Outbox(Protocol):
    """Where letters are put to be printed."""

    def put(self, name: str, content: bytes) -> None:
        """Write a file whole or not at all, and return when no power cut can take it away.

        Raises:
            Unavailable: it cannot be written.
        """

    def discard_from(self, number: int) -> None:
        """Take away letters with this number or a later one, which no ledger knows.

        Raises:
            Unavailable: they cannot be taken away.
        """


class Fate(Enum):
    """What became of a message that was handed to a mail server.

    Attributes:
        ACCEPTED: the server answers for it from now on.
        REFUSED: it will not take it, now or later (5xx).
        DEFERRED: it may take it later (4xx), and has not now.
        UNKNOWN: the connection ended before it said; it may have taken it.
    """

    ACCEPTED = auto()
    REFUSED = auto()
    DEFERRED = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a mail server said about one message.

    Args:
        fate: what it comes to.
        code: its code, three digits; empty where it said nothing.
    """

    fate: Fate
    code: str = ""


class Mailer(Protocol):
    """Hands messages to a mail server, one recipient each, encrypted on the way."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Delivery:
        """Send one message; a lost connection is made again first.

        Raises:
            Unavailable: the server cannot be reached, or refuses us altogether: this message was
                certainly not sent.
        """
