"""E-mails: plain text and HTML with the same words, and nothing that calls home.

No image, no link, no style from elsewhere: a page's address stands there as text, to be typed.
What shows before a message is opened, its subject and who sends it, tells nothing of health.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import formatdate
from typing import Any, Final

from app.errors import InvalidField, InvalidNotice
from app.identity.contact import normalise_email
from app.notify.discretion import check_tells_nothing
from app.notify.folder import Template
from app.notify.people import Person
from app.notify.wording import Block, Content
from app.worklist.recipients import FRENCH

STARTTLS, TLS, PLAIN = "starttls", "tls", "plain"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_PORTS: Final = 65_535
_TOKEN_BYTES = 16
_ENCODING = "quoted-printable"
_NEEDED: Final = ("server", "port", "security", "from_name", "from_address", "bounces_to")
_HOST: Final = re.compile(r"[A-Za-z0-9.:\-]{1,253}")


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How a laboratory sends e-mail.

    Args:
        server: its name, as in its certificate.
        port: 587 with `STARTTLS`, 465 with `TLS`, usually.
        security: `STARTTLS` or `TLS`; `PLAIN` only to this machine itself.
        from_name: shown before a message is opened.
        from_address: the same.
        bounces_to: the envelope's sender, which gets the notices of non-delivery.
        username: or empty.
    """

    server: str
    port: int
    security: str
    from_name: str
    from_address: str
    bounces_to: str
    username: str = ""


def parse_mail_settings(section: Mapping[str, Any] | None) -> MailSettings:
    """Read [email] of a notice.

    Raises:
        InvalidNotice: it is not there, lacks something, or would send in clear.
    """
    given = section or {}
    if missing := [key for key in _NEEDED if not given.get(key)]:
        raise InvalidNotice(
            f"[email] of the notice is not filled in: {', '.join(missing)} missing",
            hint="nobody is written to by e-mail without it; --by post needs no [email]",
        )
    for key, value in given.items():
        if key not in (*_NEEDED, "username"):
            hint = "it can have " + ", ".join((*_NEEDED, "username"))
            raise InvalidNotice(f"[email] of the notice has no {key!r}", hint=hint)
        # What cannot be printed would be another header, or one that no server takes.
        if not isinstance(value, int if key == "port" else str) or not str(value).isprintable():
            raise InvalidNotice(f"{key} in [email] of the notice is of the wrong kind")
    settings = MailSettings(**given)
    _check_way(settings)
    check_tells_nothing("from_name in [email] of the notice", settings.from_name)
    for key in ("from_address", "bounces_to"):
        _check_address(key, getattr(settings, key))
    return settings


def _check_way(settings: MailSettings) -> None:
    if settings.security not in (STARTTLS, TLS, PLAIN):
        raise InvalidNotice(
            "security in [email] of the notice is not one that there is",
            hint=f'"{STARTTLS}" or "{TLS}"',
        )
    if settings.security == PLAIN and settings.server not in _LOOPBACK:
        raise InvalidNotice(
            f'security = "{PLAIN}" in [email] of the notice would send names in clear',
            hint=f'write "{STARTTLS}" or "{TLS}"; "{PLAIN}" reaches this machine itself only',
        )
    if not 0 < settings.port <= _PORTS or not _HOST.fullmatch(settings.server):
        raise InvalidNotice("server and port in [email] of the notice are no mail server's")


def _check_address(key: str, address: str) -> None:
    try:
        is_ascii = normalise_email(address).isascii()
    except InvalidField:
        is_ascii = False
    if not is_ascii:
        raise InvalidNotice(f"{key} in [email] of the notice is no e-mail address")


def new_message_id(settings: MailSettings) -> str:
    """Return an id that tells nobody anything, and by which a notice of non-delivery is known."""
    domain = settings.from_address.rpartition("@")[2]
    return f"<{secrets.token_hex(_TOKEN_BYTES)}@{domain}>"


def mailbox(person: Person) -> str:
    """Return the address of somebody who has one: as it was given, its domain in ASCII."""
    given = person.recipient.email.strip()
    return f"{given.rpartition('@')[0]}@{normalise_email(given).rpartition('@')[2]}"


def message_for(
    template: Template, settings: MailSettings, person: Person, message_id: str
) -> EmailMessage:
    """Return the e-mail of somebody who has an address.

    Args:
        template: what it says.
        settings: who sends it.
        person: whom to.
        message_id: its own.
    """
    recipient, notice = person.recipient, template.notice
    language = recipient.language if recipient.language in notice.facts else FRENCH
    facts = notice.facts[language]
    content = template.wordings[language].filled(facts, recipient.name)
    signature = (str(facts["signatory"]), str(facts["laboratory"]))
    to = mailbox(person)
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"] = Address(settings.from_name, addr_spec=settings.from_address)
    message["To"] = to
    message["Reply-To"] = str(facts["officer_email"])
    message["Subject"] = content.subject
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = message_id
    # Somebody's automatic reply would tell nothing, and reach the data-protection officer.
    message["Auto-Submitted"] = "auto-generated"
    # A line of any length in any alphabet passes through any server so.
    message.set_content(as_text(content, signature), cte=_ENCODING)
    html_text = as_html(content, signature, language)
    message.add_alternative(html_text, subtype="html", cte=_ENCODING)
    # Only now: what was there before would go with the first part alone.
    message["Content-Language"] = language
    return message


def as_text(content: Content, signature: tuple[str, ...]) -> str:
    """Return the words as plain text."""
    lines = [content.greeting]
    for part in content.parts:
        lines += [part.title.upper()] if part.title else []
        lines += [_block_text(block) for block in part.blocks]
    return "\n\n".join([*lines, content.closing, "\n".join(signature)]) + "\n"


def _block_text(block: Block) -> str:
    return "\n".join(f"- {line}" for line in block.lines) if block.is_list else block.lines[0]


def as_html(content: Content, signature: tuple[str, ...], language: str) -> str:
    """Return the words as HTML that loads nothing and links to nothing."""
    body = "\n".join(
        [_tag("p", content.greeting), *_parts_html(content), _tag("p", content.closing)]
    )
    signed = "<br>\n".join(map(html.escape, signature))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8">'
        f"<title>{html.escape(content.subject)}</title></head>\n"
        '<body style="font-family: sans-serif; line-height: 1.5; max-width: 40em">\n'
        f"{body}\n<p>{signed}</p>\n</body>\n</html>\n"
    )


def _parts_html(content: Content) -> Iterator[str]:
    for part in content.parts:
        if part.title:
            yield _tag("h2", part.title)
        for block in part.blocks:
            if block.is_list:
                yield "<ul>" + "".join(_tag("li", line) for line in block.lines) + "</ul>"
            else:
                yield _tag("p", block.lines[0])


def _tag(name: str, text: str) -> str:
    return f"<{name}>{html.escape(text)}</{name}>"
