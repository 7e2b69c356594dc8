"""Real mail servers on the loopback, with certificates of a made-up authority."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.cli.commands import free_port

USERNAME, PASSWORD = "laboratoire", "made-up-password"


@dataclass
class Inbox:
    """Keeps what arrives, and refuses or fails where it is told to.

    Args:
        messages: those that were accepted.
        recipients: as the envelope named them, accepted or not.
        senders: as the envelope named them.
        refuse_every: of so many recipients, the last is refused; 0 for none.
        refusal: with which words.
        defer_first: so many recipients are told to come later.
        die_at: after this message has arrived whole, the connection is cut; 0 for never.
        is_encrypted: for each message, whether it came by TLS.
        on_arrival: called with the number of each message that arrived whole, before the answer.
        offers_dsn: whether it takes what RFC 3461 adds to a sender; else that is refused.
        options: what stood behind each sender, as it was written.
    """

    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    refuse_every: int = 0
    refusal: str = "550 5.1.1 no such person"
    sender_refusal: str = ""
    defer_first: int = 0
    die_at: int = 0
    is_encrypted: list[bool] = field(default_factory=list)
    on_arrival: Callable[[int], None] = lambda _: None
    offers_dsn: bool = False
    options: list[str] = field(default_factory=list)
    _arrived: int = 0

    async def handle_EHLO(  # noqa: N802 the library's name
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], *(["250-DSN"] if self.offers_dsn else []), responses[-1]]

    async def handle_MAIL(  # noqa: N802 the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_refusal:
            return self.sender_refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.recipients.append(address)
        if self.defer_first:
            self.defer_first -= 1
            return "450 4.2.0 come back later"
        if self.refuse_every and len(self.recipients) % self.refuse_every == 0:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 the library's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self._arrived += 1
        self.on_arrival(self._arrived)
        if self._arrived == self.die_at:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return "451 too late"
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.senders.append(str(envelope.mail_from))
        self.is_encrypted.append(session.ssl is not None or server.tls_context is None)
        return "250 OK"


class _DsnSmtp(SMTP):
    """Takes RET and ENVID (RFC 3461 §4.3, §4.4), as the library's own does not."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 the library's name
        # As it is written: the library would put the envelope's id in capitals.
        self.event_handler.options.append((arg or "").partition("> ")[2])
        await super().smtp_MAIL(arg)

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        found = super()._getparams(params)
        return found and {n: v for n, v in found.items() if n not in ("RET", "ENVID")}


def _authenticated(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
) -> AuthResult:
    expected = LoginPassword(USERNAME.encode(), PASSWORD.encode())
    # What is not handled here, the library refuses itself.
    return AuthResult(success=given == expected, handled=given == expected)


@dataclass(frozen=True)
class Authority:
    """A made-up certificate authority."""

    folder: Path
    ca: trustme.CA

    @property
    def file(self) -> Path:
        path = self.folder / "authority.pem"
        self.ca.cert_pem.write_to_path(str(path))
        return path

    def context(self, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*names).configure_cert(context)
        return context


class _Controller(Controller):
    """Lets its connections end before it stops, so that none is left open in its loop."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._protocols: list[SMTP] = []
        super().__init__(*arguments, **options)

    def factory(self) -> SMTP:
        if self.handler.offers_dsn:
            protocol: SMTP = _DsnSmtp(self.handler, **self.SMTP_kwargs)
        else:
            protocol = super().factory()  # type: ignore[no-untyped-call]  # the library declares no types
        self._protocols.append(protocol)
        return protocol

    def stop(self, no_assert: bool = False) -> None:
        deadline = time.monotonic() + 30
        while self._is_busy() and time.monotonic() < deadline:
            time.sleep(0.005)
        super().stop(no_assert)

    def _is_busy(self) -> bool:
        # A connection that was dropped before its encryption stood is known to the loop alone.
        connections = getattr(self.server, "_active_count", 0)
        return connections > 0 or any(each.transport is not None for each in self._protocols)


@contextmanager
def mail_server(
    inbox: Inbox,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    needs_login: bool = False,
) -> Iterator[int]:
    """Run a server, and yield its port."""
    port = free_port()
    server = _Controller(
        inbox, hostname="127.0.0.1", port=port, ssl_context=tls, tls_context=starttls,
        require_starttls=starttls is not None, authenticator=_authenticated,
        auth_required=needs_login, auth_require_tls=starttls is not None, ready_timeout=60,
    )  # fmt: skip
    server.start()
    try:
        yield port
    finally:
        server.stop()
