"""An e-mail says the same as a letter, calls nobody, and tells nothing before it is opened."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from app.errors import InvalidNotice
from app.notify.folder import Template
from app.notify.messages import mailbox, message_for, new_message_id, parse_mail_settings
from app.notify.people import Person
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient
from tests.notify.examples import filled_template

SECTION: dict[str, Any] = {
    "server": "smtp.remparts.example",
    "port": 587,
    "security": "starttls",
    "from_name": "Service courrier",
    "from_address": "courrier@remparts.example",
    "bounces_to": "retours@remparts.example",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return filled_template(tmp_path_factory.mktemp("messages") / "template")


def person(**fields: Any) -> Person:
    given: dict[str, Any] = {"name": "Anaïs <b>LE GOFF", "email": " Anais@B.example"}
    return Person(("k",), (2,), Recipient(**(given | fields)))


def received(template: Template, **fields: Any) -> EmailMessage:
    """Return a message as the other side reads it."""
    settings = parse_mail_settings(SECTION)
    made = message_for(template, settings, person(**fields), new_message_id(settings))
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    text: str = part.get_content()
    return text


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def test_what_shows_before_it_is_opened_tells_nothing(template: Template) -> None:
    message = received(template)
    assert message["From"] == "Service courrier <courrier@remparts.example>"
    assert message["Subject"] == "Information importante sur vos données personnelles"
    assert message["To"] == "Anais@b.example"
    shown = " ".join(str(value) for _, value in message.items())
    assert "laboratoire" not in shown.lower()
    assert "GOFF" not in shown


def test_text_and_html_say_the_same(template: Template) -> None:
    for language in ("fr", "en"):
        message = received(template, language=language)
        inner = re.sub(r"<[^>]*>", " ", body(message, "html").partition("<body")[2])
        html_words = words(unescape(inner.partition(">")[2]))
        assert html_words == words(body(message, "plain"))
        assert len(html_words) > 300


def test_html_loads_nothing_and_links_to_nothing(template: Template) -> None:
    text = body(received(template), "html")
    for loading in ("<a ", "href", "src", "<img", "url(", "http", "<script", "@import", "<link"):
        assert loading not in text
    assert "Anaïs &lt;b&gt;LE GOFF" in text
    assert '<html lang="fr">' in text


def test_the_page_is_an_address_to_type_with_a_warning(template: Template) -> None:
    text = " ".join(body(received(template), "plain").split())
    assert "Tapez vous-même son adresse\u00a0: fuite.remparts.example." in text.replace(
        " :", "\u00a0:"
    )
    assert "Personne ne vous demandera votre numéro de sécurité sociale par un lien." in text


def test_without_a_page_nothing_is_said_of_one(tmp_path: Path) -> None:
    from tests.notify.examples import NOTICE_TOML

    bare = NOTICE_TOML.replace('address = "fuite.remparts.example"', "")
    text = body(received(filled_template(tmp_path / "template", bare)), "plain")
    assert "adresse :" not in text
    assert "Tapez" not in text


def test_answers_go_to_the_data_protection_officer(template: Template) -> None:
    message = received(template)
    assert message["Reply-To"] == "dpo@remparts.example"
    assert message["Auto-Submitted"] == "auto-generated"


def test_every_id_is_another_and_says_nothing() -> None:
    settings = parse_mail_settings(SECTION)
    ids = {new_message_id(settings) for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"<[0-9a-f]{32}@remparts\.example>", each) for each in ids)


def test_an_address_keeps_its_own_case_before_the_at() -> None:
    assert mailbox(person(email="Anne.B@MÉTÉO.example ")) == "Anne.B@xn--mto-bmab.example"


@pytest.mark.parametrize(
    "email",
    [
        "a,b@c.example",
        "a@c.example,b@d.example",
        "a>,<b@d.example",
        "group:a@c.example",
        "a(b)@c.example",
        '"a b"@c.example',
        "a@c.example SIZE=1",
        "a@c.example\r\nBcc: b@d.example",
        "a\x00b@c.example",
        "a\u2028b@c.example",
        "a@[127.0.0.1]",
        "a@b@c.example",
        "=?utf-8?q?a=2Cb=40d.example?=@c.example",
        "=?utf-8?b?YQ==?=@c.example",
    ],
)
def test_what_could_be_more_than_one_address_or_line_is_nobodys(email: str) -> None:
    assert Channel.EMAIL not in Recipient(name="A", email=email).channels


@pytest.mark.parametrize("local", ["-oX", "a'b", "{person}", "zoé"])
def test_an_address_is_written_as_it_is_and_to_nobody_else(template: Template, local: str) -> None:
    settings = parse_mail_settings(SECTION)
    written = message_for(template, settings, person(email=f"{local}@c.example"), "<x@y.example>")
    head = written.as_bytes().partition(b"\r\n\r\n")[0].split(b"\r\n")
    told = [line for line in head if line.lower().startswith((b"to:", b"cc:", b"bcc:"))]
    assert told == [f"To: {local}@c.example".encode()]
    assert mailbox(person(email=f"{local}@c.example")) == f"{local}@c.example"


@pytest.mark.parametrize("name", ["A\r\nBcc: b@d.example", "{laboratory}", "=?utf-8?q?B?=", "</p>"])
def test_a_name_is_text_in_the_message_and_stands_in_no_header(
    template: Template, name: str
) -> None:
    recipient = Recipient(name=" ".join(name.split()), email="a@c.example")
    settings = parse_mail_settings(SECTION)
    made = message_for(template, settings, Person(("k",), (2,), recipient), "<x@y.example>")
    read = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert read["Bcc"] is None
    assert recipient.name in body(read, "plain")
    assert recipient.name in unescape(body(read, "html"))
    assert "</p></p>" not in body(read, "html")


@pytest.mark.parametrize("key", ["server", "port", "security", "from_name", "bounces_to"])
def test_what_is_missing_is_named(key: str) -> None:
    with pytest.raises(InvalidNotice, match=f"{key} missing"):
        parse_mail_settings({**SECTION, key: ""})


def test_without_a_section_all_is_missing() -> None:
    with pytest.raises(InvalidNotice, match="server, port"):
        parse_mail_settings(None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"security": "plain"}, "would send names in clear"),
        ({"security": "none"}, "security in .* is not one that there is"),
        ({"port": "587"}, "port in .* is of the wrong kind"),
        ({"port": 70_000}, "no mail server"),
        ({"password": "secret"}, "has no 'password'"),
        ({"from_name": "Laboratoire X"}, "tells of health"),
        ({"from_name": "A\nBcc: b@c.example"}, "from_name in .* is of the wrong kind"),
        ({"from_name": "A\rBcc: b@c.example"}, "from_name in .* is of the wrong kind"),
        ({"from_name": "A\x00B"}, "from_name in .* is of the wrong kind"),
        ({"from_name": "A\u2028B"}, "from_name in .* is of the wrong kind"),
        ({"from_address": "a@b.example>,<c@d.example"}, "from_address in .* is no e-mail address"),
        ({"from_address": "nobody"}, "from_address in .* is no e-mail address"),
        ({"bounces_to": "a b@c.example"}, "bounces_to in .* is no e-mail address"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_key(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidNotice, match=said):
        parse_mail_settings(SECTION | changes)


def test_in_clear_to_this_machine_is_taken_when_it_is_asked_for() -> None:
    local = SECTION | {"security": "plain", "server": "127.0.0.1"}
    assert parse_mail_settings(local).security == "plain"
