"""E-mails leave encrypted or not at all, and what a server says is told apart."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from email import message_from_string
from email.message import EmailMessage
from pathlib import Path

import pytest
import trustme

from app.cli.smtp import SmtpMailer
from app.errors import InvalidInput, Unavailable
from app.notify.bounces import Bounce, bounces_in
from app.notify.messages import PLAIN, STARTTLS, TLS, MailSettings, new_message_id
from app.notify.ports import Delivery, Fate
from tests.cli.mailserver import PASSWORD, USERNAME, Authority, Inbox, mail_server

SETTINGS = MailSettings(
    "localhost", 0, STARTTLS, "Service courrier", "c@remparts.example", "retours@remparts.example"
)


# The least that RFC 3464 asks of one, with made-up names: nothing of the message is in it.
NOTICE = """\
From: MAILER-DAEMON@mx.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain

It was not delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Original-Envelope-Id: {token}

Final-Recipient: rfc822; a@b.example
Action: failed
Status: 5.1.1

--B1--
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), trustme.CA())


@pytest.fixture(autouse=True)
def _nothing_is_left_open() -> Iterator[None]:
    """A connection that nobody closed is a warning, and so an error, here rather than later."""
    yield
    gc.collect()


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    return authority.context("localhost", "127.0.0.1")


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"] = "c@remparts.example", "a@b.example"
    made["Subject"] = "Vos données"
    made["Message-ID"] = new_message_id(SETTINGS)
    made.set_content("Bonjour é")
    return made


def sent(
    settings: MailSettings,
    authorities: Path | None,
    number: int = 1,
    recipient: str = "a@b.example",
    between: Callable[[], None] = lambda: None,
) -> tuple[list[Delivery], list[float]]:
    """Send messages over one mailer, and return what became of them, and the pauses."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def send() -> list[Delivery]:
        made = []
        async with SmtpMailer(settings, PASSWORD, authorities, pause) as mailer:
            for _ in range(number):
                made.append(await mailer.send(message(), SETTINGS.bounces_to, recipient))
                between()
        return made

    return asyncio.run(send()), pauses


def test_starttls_is_used_and_the_sender_is_where_bounces_go(
    authority: Authority, context: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        deliveries, _ = sent(replace(SETTINGS, port=port), authority.file, 2)
    assert deliveries == [Delivery(Fate.ACCEPTED, "250")] * 2
    assert inbox.is_encrypted == [True, True]
    assert inbox.senders == ["retours@remparts.example"] * 2
    assert inbox.messages[0].get_content().strip() == "Bonjour é"


def test_tls_from_the_first_byte_is_used(authority: Authority, context: ssl.SSLContext) -> None:
    inbox = Inbox()
    with mail_server(inbox, tls=context) as port:
        deliveries, _ = sent(replace(SETTINGS, port=port, security=TLS), authority.file)
    assert deliveries == [Delivery(Fate.ACCEPTED, "250")]
    assert len(inbox.messages) == 1


def test_a_server_without_encryption_gets_nothing(authority: Authority) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port, pytest.raises(Unavailable):
        sent(replace(SETTINGS, port=port), authority.file)
    assert inbox.recipients == []


def test_in_clear_only_to_this_machine() -> None:
    inbox = Inbox()
    with mail_server(inbox) as port:
        sent(replace(SETTINGS, port=port, security=PLAIN, server="127.0.0.1"), None)
    assert len(inbox.messages) == 1


@pytest.mark.parametrize("security", [STARTTLS, TLS])
def test_a_certificate_that_does_not_hold_gets_nothing(
    authority: Authority, context: ssl.SSLContext, security: str
) -> None:
    """Of an authority that is not trusted, or for another name."""
    for given, trusted in (
        (context, None),
        (authority.context("other.example"), authority.file),
    ):
        inbox = Inbox()
        starttls, tls = (given, None) if security == STARTTLS else (None, given)
        server = mail_server(inbox, starttls=starttls, tls=tls)
        with server as port, pytest.raises(Unavailable):
            sent(replace(SETTINGS, port=port, security=security), trusted)
        assert inbox.recipients == []


# The server's own, at every login.
@pytest.mark.filterwarnings("ignore:Session.login_data is deprecated")
def test_who_must_log_in_does(authority: Authority, context: ssl.SSLContext) -> None:
    inbox = Inbox()
    with mail_server(inbox, starttls=context, needs_login=True) as port:
        settings = replace(SETTINGS, port=port, username=USERNAME)
        assert sent(settings, authority.file)[0] == [Delivery(Fate.ACCEPTED, "250")]
        with pytest.raises(Unavailable, match="refuses the username or the password"):
            sent(replace(settings, username="another"), authority.file)
        with pytest.raises(Unavailable, match="does not take us as a sender"):
            sent(replace(settings, username=""), authority.file)
    assert len(inbox.messages) == 1


def test_what_is_about_one_recipient_is_told_by_its_code(
    authority: Authority, context: ssl.SSLContext
) -> None:
    """And leaves the connection to the next one."""
    inbox = Inbox(refuse_every=3, defer_first=1)
    with mail_server(inbox, starttls=context) as port:
        deliveries, _ = sent(replace(SETTINGS, port=port), authority.file, 4)
    assert deliveries == [
        Delivery(Fate.DEFERRED, "450"),
        Delivery(Fate.ACCEPTED, "250"),
        Delivery(Fate.REFUSED, "550"),
        Delivery(Fate.ACCEPTED, "250"),
    ]


def test_what_is_about_us_is_no_refusal_of_anybody(
    authority: Authority, context: ssl.SSLContext
) -> None:
    inbox = Inbox(sender_refusal="550 5.7.1 not from you")
    with mail_server(inbox, starttls=context) as port, pytest.raises(Unavailable, match="sender"):
        sent(replace(SETTINGS, port=port), authority.file)
    inbox.sender_refusal = "451 4.3.0 too many today"
    with mail_server(inbox, starttls=context) as port:
        assert sent(replace(SETTINGS, port=port), authority.file)[0] == [
            Delivery(Fate.DEFERRED, "451")
        ]


def test_a_connection_cut_after_the_content_leaves_it_unknown(
    authority: Authority, context: ssl.SSLContext
) -> None:
    """It arrived whole; only the answer did not. The next message goes over a new connection."""
    inbox = Inbox(die_at=2)
    with mail_server(inbox, starttls=context) as port:
        deliveries, pauses = sent(replace(SETTINGS, port=port), authority.file, 3)
    assert [each.fate for each in deliveries] == [Fate.ACCEPTED, Fate.UNKNOWN, Fate.ACCEPTED]
    assert len(inbox.recipients) == 3
    assert pauses == []


def test_a_server_that_is_gone_is_tried_again_with_growing_pauses(
    authority: Authority, context: ssl.SSLContext
) -> None:
    with mail_server(Inbox(), starttls=context) as port:
        pass
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def send() -> None:
        mailer = SmtpMailer(replace(SETTINGS, port=port), "", authority.file, pause)
        await mailer.send(message(), SETTINGS.bounces_to, "a@b.example")

    with pytest.raises(Unavailable, match="cannot be reached"):
        asyncio.run(send())
    assert pauses == sorted(pauses)
    assert len(pauses) == 3


def test_an_idle_connection_that_was_closed_is_made_again(
    authority: Authority, context: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        made = replace(SETTINGS, port=port)

        async def send() -> list[Delivery]:
            async with SmtpMailer(made, "", authority.file, _no_pause) as mailer:
                first = await mailer.send(message(), SETTINGS.bounces_to, "a@b.example")
                assert mailer._smtp is not None
                assert isinstance(mailer._smtp.transport, asyncio.WriteTransport)
                mailer._smtp.transport.abort()
                return [first, await mailer.send(message(), SETTINGS.bounces_to, "a@b.example")]

        assert asyncio.run(send()) == [Delivery(Fate.ACCEPTED, "250")] * 2
    assert len(inbox.messages) == 2


def test_an_address_beyond_ascii_is_written_as_it_is(
    authority: Authority, context: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        sent(replace(SETTINGS, port=port), authority.file, recipient="zoë@b.example")
    assert inbox.recipients == ["zoë@b.example"]


@pytest.mark.parametrize("recipient", ["a@b.example", "zoë@b.example"])
def test_a_server_that_can_is_asked_to_name_the_message_and_to_send_none_of_it_back(
    authority: Authority, context: ssl.SSLContext, recipient: str
) -> None:
    """RFC 3461: by the envelope's id a notice is known that has nothing of the message in it."""
    inbox = Inbox(offers_dsn=True)
    with mail_server(inbox, starttls=context) as port:
        deliveries, _ = sent(replace(SETTINGS, port=port), authority.file, 2, recipient)
    assert deliveries == [Delivery(Fate.ACCEPTED, "250")] * 2
    for options, arrived in zip(inbox.options, inbox.messages, strict=True):
        ret, envelope_id, *rest = options.split()
        assert (ret, rest) == ("RET=HDRS", [] if recipient.isascii() else ["SMTPUTF8"])
        token = envelope_id.removeprefix("ENVID=")
        assert arrived["Message-ID"] == f"<{token}@remparts.example>"
        notice = message_from_string(NOTICE.format(token=token))
        assert list(bounces_in([notice])) == [Bounce(token, "5.1.1")]


def test_a_server_that_offers_no_notices_is_asked_for_none(
    authority: Authority, context: ssl.SSLContext
) -> None:
    """What such a server does not know, it refuses, and with it the message."""
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        deliveries, _ = sent(replace(SETTINGS, port=port), authority.file)
    assert deliveries == [Delivery(Fate.ACCEPTED, "250")]


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for path in (tmp_path / "empty.pem", tmp_path / "none.pem"):
        with pytest.raises(InvalidInput, match="--ca-file"):
            SmtpMailer(SETTINGS, "", path)


def _no_pause(seconds: float) -> Awaitable[None]:
    return asyncio.sleep(0)
