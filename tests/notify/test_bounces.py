"""What comes back is recorded once, and by nothing that a stranger could make up."""

from __future__ import annotations

import mailbox
from collections.abc import Sequence
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest

from app.notify.bounces import Bounce, bounces_in, record_bounces, record_returned
from app.notify.ledger import Ledger, State
from app.notify.people import Person, people_of
from app.notify.ports import NoJournal
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient

TOKEN = "0123456789abcdef" * 2
ID = f"<{TOKEN}@remparts.example>"

# As Postfix writes one, with made-up names.
NOTICE = """\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: retours@remparts.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"
Message-Id: <20261126.1@mx.example>

--B1
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
{envelope}Arrival-Date: Thu, 26 Nov 2026 01:00:00 +0000

Final-Recipient: rfc822; p1@b.example
Original-Recipient: rfc822;p1@b.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such person

--B1
Content-Type: {kind}

{returned}
--B1--
"""


def notice(
    action: str = "failed",
    status: str = "5.1.1",
    kind: str = "text/rfc822-headers",
    returned: str = f"From: c@remparts.example\nMessage-ID: {ID}\nSubject: x\n",
    envelope: str = "",
) -> Message:
    return message_from_string(
        NOTICE.format(action=action, status=status, kind=kind, returned=returned, envelope=envelope)
    )


def ledger_with(*people: Person, channel: Channel = Channel.EMAIL) -> Ledger:
    """Return a ledger in which the first was sent the message with `ID`, or letter 1."""
    ledger = Ledger(NoJournal())
    for number, person in enumerate(people, start=1):
        if channel is Channel.POST:
            step = ledger.step_for(person, channel, State.WRITTEN, number=number)
        else:
            message_id = ID if number == 1 else f"<{number:032x}@remparts.example>"
            step = ledger.step_for(person, channel, State.SENT, message_id=message_id)
        ledger.record([step])
    return ledger


def somebody(number: int = 1, reference: str = "") -> Person:
    recipient = Recipient(name=f"P{number}", email=f"p{number}@b.example", reference=reference)
    return people_of([(number + 1, recipient)], b"k" * 32)[0]


@pytest.mark.parametrize(
    "kind", ["text/rfc822-headers", "message/rfc822"], ids=["headers", "whole message"]
)
def test_a_notice_tells_which_message_failed_and_how(kind: str) -> None:
    assert list(bounces_in([notice(kind=kind)])) == [Bounce(TOKEN, "5.1.1")]


@pytest.mark.parametrize("token", [TOKEN, TOKEN.upper()], ids=["as it was", "in capitals"])
def test_a_notice_with_the_envelope_id_alone_tells_it_too(token: str) -> None:
    told = notice(returned="Subject: x\n", envelope=f"Original-Envelope-Id: {token}\n")
    assert list(bounces_in([told])) == [Bounce(TOKEN, "5.1.1")]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_late_or_arrived_did_not_come_back(action: str) -> None:
    assert list(bounces_in([notice(action=action, status="4.4.1")])) == []


def test_an_answer_of_somebody_is_no_notice() -> None:
    answer = message_from_string(f"From: p1@b.example\nIn-Reply-To: {ID}\n\nMerci\n")
    assert list(bounces_in([answer])) == []


def test_what_came_back_is_recorded_once() -> None:
    ledger = ledger_with(somebody(1), somebody(2))
    bounces = [Bounce(TOKEN, "5.1.1"), Bounce(TOKEN, "5.1.1"), Bounce("f" * 32, ""), Bounce("", "")]
    assert record_bounces(ledger, bounces) == (1, 2)
    assert record_bounces(ledger, bounces) == (0, 2)
    standing = ledger.standing(somebody(1))[Channel.EMAIL]
    assert (standing.state, standing.code) == (State.RETURNED, "5.1.1")
    assert ledger.standing(somebody(2))[Channel.EMAIL].state is State.SENT


def test_a_message_of_which_nothing_was_known_came_back_as_well() -> None:
    """Its connection was cut after the content; the notice says that it had left."""
    ledger = Ledger(NoJournal())
    ledger.record([ledger.step_for(somebody(), Channel.EMAIL, State.SENDING, message_id=ID)])
    assert record_bounces(ledger, [Bounce(TOKEN, "5.1.1")]) == (1, 0)
    assert ledger.standing(somebody())[Channel.EMAIL].state is State.RETURNED


def test_notices_are_read_from_a_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    for message in (notice(), notice(action="delayed")):
        box.add(message)
    box.close()
    read = mailbox.mbox(tmp_path / "box.mbox", create=False)
    assert list(bounces_in(read)) == [Bounce(TOKEN, "5.1.1")]
    read.close()


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["000002"], [2]),
        (["2"], [2]),
        (["P-1", "000003"], [1, 3]),
        (["P-1", "000001"], [1]),
    ],
)
def test_a_letter_is_told_by_its_number_or_the_reference(
    named: Sequence[str], expected: list[int]
) -> None:
    people = [somebody(number, f"P-{number}") for number in (1, 2, 3)]
    ledger = ledger_with(*people, channel=Channel.POST)
    assert record_returned(ledger, named) == (len(expected), [])
    came_back = [step.number for step in ledger.steps if step.state is State.RETURNED]
    assert came_back == expected
    assert record_returned(ledger, named) == (0, [])


def test_a_letter_that_nobody_wrote_is_told_apart() -> None:
    ledger = ledger_with(somebody(), channel=Channel.POST)
    assert record_returned(ledger, ["000001", "000009", "nobody"]) == (1, ["000009", "nobody"])
