"""The way out for e-mails: SMTP, encrypted; implements `notify.ports.Mailer`.

What an answer means is told apart here: whether it is about one recipient, about us, or unknown.
A certificate that does not hold, and a server that offers no encryption, are refused before a name
is on the wire.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from app.errors import InvalidInput, Unavailable
from app.notify.messages import PLAIN, STARTTLS, TLS, MailSettings
from app.notify.ports import Delivery, Fate

TIMEOUT_SECONDS: Final = 60.0
RECONNECT_PAUSES_SECONDS: Final = (1.0, 10.0, 60.0)
_LOST = (SMTPServerDisconnected, SMTPTimeoutError, OSError)
_PERMANENT = 500
# One for the encryption, one for the connection under it, one for its socket.
_CLOSING_ROUNDS = 3


class SmtpMailer:
    """Keeps one connection, and makes it again when it is lost.

    Args:
        settings: which server, and how.
        password: for `settings.username`; not used without one.
        authorities: a file of certificates to trust in place of the system's, or None.
        pause: waits so many seconds before a connection is tried again.
    """

    def __init__(
        self,
        settings: MailSettings,
        password: str = "",
        authorities: Path | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._settings = settings
        self._password = password
        self._context = _tls_context(authorities)
        self._pause = pause
        self._smtp: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Delivery:
        """Send one message; a lost connection is made again first.

        Raises:
            Unavailable: the server cannot be reached, or refuses us altogether: this message was
                certainly not sent.
        """
        try:
            smtp, refusal = await self._addressed(message, sender, recipient)
        except _LOST:
            # A server may have closed an idle connection; that it closes a new one is its answer.
            await self._close()
            try:
                smtp, refusal = await self._addressed(message, sender, recipient)
            except _LOST:
                await self._close()
                return Delivery(Fate.DEFERRED)
        return refusal or await self._content(smtp, message)

    async def _addressed(
        self, message: EmailMessage, sender: str, recipient: str
    ) -> tuple[aiosmtplib.SMTP, Delivery | None]:
        """Name sender and recipient; nothing can have been delivered yet."""
        smtp = await self._connected()
        options, encoding = _mail_options(smtp, message, recipient)
        if encoding != "ascii" and not smtp.supports_extension("smtputf8"):
            return smtp, Delivery(Fate.REFUSED, "553")
        try:
            await smtp.mail(sender, options=options, encoding=encoding)
        except SMTPResponseException as exc:
            return smtp, await self._refused_sender(exc.code)
        try:
            await smtp.rcpt(recipient, encoding=encoding)
        except SMTPResponseException as exc:
            return smtp, await self._refused(exc.code)
        return smtp, None

    async def _content(self, smtp: aiosmtplib.SMTP, message: EmailMessage) -> Delivery:
        try:
            reply = await smtp.data(message.as_bytes())
        except SMTPResponseException as exc:
            return await self._refused(exc.code)
        except _LOST:
            # All of it may have arrived, and the answer been lost.
            await self._close()
            return Delivery(Fate.UNKNOWN)
        return Delivery(Fate.ACCEPTED, str(reply.code))

    async def _refused_sender(self, code: int) -> Delivery:
        if code >= _PERMANENT:
            raise Unavailable(
                f"the mail server does not take us as a sender ({code})",
                hint="look at from_address, bounces_to and username in [email] of the notice",
            )
        return await self._refused(code)

    async def _refused(self, code: int) -> Delivery:
        smtp = self._smtp
        if smtp is not None:
            try:
                await smtp.rset()
            except (SMTPException, OSError):
                await self._close()
        return Delivery(Fate.REFUSED if code >= _PERMANENT else Fate.DEFERRED, str(code))

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is not None and self._smtp.is_connected:
            return self._smtp
        failure = Unavailable("the mail server was not tried")
        for pause_seconds in (0.0, *RECONNECT_PAUSES_SECONDS):
            if pause_seconds:
                await self._pause(pause_seconds)
            try:
                self._smtp = await self._connect()
            except ssl.SSLError:
                raise Unavailable(
                    "the mail server's certificate does not hold, or it speaks no TLS",
                    hint="nothing was sent; look at server, port and security in the notice",
                ) from None
            except (SMTPException, OSError) as exc:
                failure = Unavailable(
                    f"the mail server cannot be reached: {type(exc).__name__}",
                    hint="the same command goes on with those who were not written to",
                )
            else:
                return self._smtp
        raise failure

    async def _connect(self) -> aiosmtplib.SMTP:
        settings = self._settings
        smtp = aiosmtplib.SMTP(
            hostname=settings.server,
            port=settings.port,
            use_tls=settings.security == TLS,
            start_tls=settings.security == STARTTLS,
            tls_context=None if settings.security == PLAIN else self._context,
            # Otherwise the name of this machine would be in every message.
            local_hostname=settings.from_address.rpartition("@")[2],
            timeout=TIMEOUT_SECONDS,
        )
        try:
            await smtp.connect()
            # What the server can do, asked again now that nobody can have changed its answer.
            await smtp.ehlo()
            if settings.username:
                await smtp.login(settings.username, self._password)
        except SMTPAuthenticationError as exc:
            await _drop(smtp, smtp.transport)
            raise Unavailable(
                f"the mail server refuses the username or the password ({exc.code})",
                hint="look at username in [email] of the notice, and at the password's file",
            ) from None
        except BaseException:
            await _drop(smtp, smtp.transport)
            raise
        return smtp

    async def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        # Saying goodbye forgets it, and leaves the encryption waiting for the other side's.
        transport = smtp.transport
        try:
            await smtp.quit()
        except (SMTPException, OSError):
            pass
        finally:
            await _drop(smtp, transport)


async def _drop(smtp: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Let go of a connection now, whatever the other side does."""
    smtp.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()
    # What was aborted is closed in the event loop's next rounds, and there may be none after us.
    for _ in range(_CLOSING_ROUNDS):
        await asyncio.sleep(0)


def _mail_options(
    smtp: aiosmtplib.SMTP, message: EmailMessage, recipient: str
) -> tuple[list[str], str]:
    """Return what goes with the sender's name: a notice of failure brings back no text of ours."""
    options = []
    if smtp.supports_extension("dsn"):
        token = str(message["Message-ID"]).strip("<>").partition("@")[0]
        options += ["RET=HDRS", f"ENVID={token}"]
    if recipient.isascii():
        return options, "ascii"
    return [*options, "SMTPUTF8"], "utf-8"


def _tls_context(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(authorities) if authorities else None)
    except (OSError, ssl.SSLError) as exc:
        raise InvalidInput("--ca-file cannot be read, or holds no certificate") from exc
