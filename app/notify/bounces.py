"""What came back: notices of non-delivery (RFC 3464) in a mailbox, and letters in a hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_string
from email.message import Message

from app.notify.ledger import Ledger, State, Step
from app.worklist.columns import Channel

_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_ID = re.compile(r"<?([0-9a-f]{32})(?:@[^<>\s]*>?)?")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One message that was not delivered.

    Args:
        token: of its Message-ID or envelope id; empty where the notice has neither.
        status: RFC 3463, as 5.1.1; or empty.
    """

    token: str
    status: str


def bounces_in(messages: Iterable[Message]) -> Iterator[Bounce]:
    """Yield the failures that a mailbox tells of.

    A notice that a message is late, or was delivered, is none; nor is a message of another kind.
    """
    for message in messages:
        if message.get_content_type() != "multipart/report":
            continue
        for part in message.walk():
            if part.get_content_type() == "message/delivery-status":
                yield from _failures(part, message)


def _failures(part: Message, notice: Message) -> Iterator[Bounce]:
    payload = part.get_payload()
    blocks = [block for block in payload if isinstance(block, Message)] if payload else []
    for block in blocks:
        if str(block.get("Action", "")).strip().lower() == "failed":
            status = _STATUS.search(str(block.get("Status", "")))
            token = _token(notice, blocks)
            yield Bounce(token, status[0] if status else "")


def _token(notice: Message, blocks: Sequence[Message]) -> str:
    """Return by which id the message is known: its own in what is sent back, or the envelope's."""
    told = [str(block.get("Original-Envelope-Id", "")) for block in blocks]
    for part in notice.walk():
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_string(str(part.get_payload()))
            told.append(str(headers.get("Message-ID", "")))
        elif part is not notice and part.get("Message-ID"):
            told.append(str(part["Message-ID"]))
    # Some servers give it back in capitals.
    found = (_ID.fullmatch(text.strip().lower()) for text in told)
    return next((match[1] for match in found if match), "")


def record_bounces(ledger: Ledger, bounces: Iterable[Bounce]) -> tuple[int, int]:
    """Record what came back by e-mail; what is recorded already is left alone.

    Returns:
        How many were recorded, and how many are of no message in the ledger.
    """
    last = {step.message_id: step for step in ledger.last_steps() if step.message_id}
    by_token = {found[1]: step for id_, step in last.items() if (found := _ID.fullmatch(id_))}
    steps: dict[str, Step] = {}
    unknown = 0
    for bounce in bounces:
        step = by_token.get(bounce.token)
        if step is None:
            unknown += 1
        elif step.state is not State.RETURNED:
            steps[bounce.token] = _returned(step, bounce.status)
    ledger.record(steps.values())
    return len(steps), unknown


def record_returned(ledger: Ledger, named: Sequence[str]) -> tuple[int, Sequence[str]]:
    """Record letters that came back by post.

    Args:
        ledger: of who was told.
        named: each the number that is printed on the letter, or the laboratory's own reference.

    Returns:
        How many were recorded, and which of `named` are of no letter.
    """
    letters = [step for step in ledger.last_steps() if step.channel is Channel.POST]
    steps: dict[int, Step] = {}
    unknown = []
    for name in named:
        found = [step for step in letters if step.reference == name]
        if name.isascii() and name.isdigit():
            found += [step for step in letters if step.number == int(name)]
        if not found:
            unknown.append(name)
        steps |= {s.number: _returned(s) for s in found if s.state is State.WRITTEN}
    ledger.record(steps.values())
    return len(steps), unknown


def _returned(step: Step, code: str = "") -> Step:
    return replace(step, at=datetime.now(UTC), state=State.RETURNED, code=code)
