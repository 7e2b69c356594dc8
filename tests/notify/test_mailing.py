"""Nobody is written to twice unless somebody asks for it, and nobody too fast."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest

from app.errors import Unavailable
from app.notify.folder import Template
from app.notify.ledger import Ledger, State
from app.notify.mailing import (
    REFUSALS_IN_A_ROW_MAXIMUM,
    RETRY_PAUSES_SECONDS,
    Mailing,
    Pace,
)
from app.notify.messages import parse_mail_settings
from app.notify.people import Person, people_of
from app.notify.plan import Plan, plan_for
from app.notify.ports import Delivery, Fate
from app.storage.journal import open_journal
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient
from tests.notify.examples import filled_template
from tests.notify.test_messages import SECTION

SETTINGS = parse_mail_settings(SECTION)


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.at = 0.0
        self.pauses: list[float] = []

    def now(self) -> float:
        return self.at

    async def pause(self, seconds: float) -> None:
        self.at += seconds
        self.pauses.append(seconds)


class Server:
    """Says of each message what it was told to, and then that it takes it.

    Args:
        clock: notes when each message came.
        fates: of the first messages; an exception is raised.
    """

    def __init__(self, clock: Clock, fates: Sequence[Delivery | BaseException] = ()) -> None:
        self.clock = clock
        self.fates = list(fates)
        self.recipients: list[str] = []
        self.came_at: list[float] = []

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> Delivery:
        self.recipients.append(recipient)
        self.came_at.append(self.clock.now())
        fate = self.fates.pop(0) if self.fates else Delivery(Fate.ACCEPTED, "250")
        if isinstance(fate, BaseException):
            raise fate
        return fate


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return filled_template(tmp_path_factory.mktemp("mailing") / "template")


class Office:
    """One folder over several runs."""

    def __init__(self, folder: Path, template: Template) -> None:
        self.folder = folder
        self.template = template
        self.clock = Clock()

    def run(
        self,
        number: int,
        fates: Sequence[Delivery | BaseException] = (),
        *,
        resend_unknown: bool = False,
    ) -> tuple[Server, Counter[State]]:
        """Write to so many people, except to those who were told."""
        server = Server(self.clock, fates)
        with open_journal(self.folder) as (journal, key):
            ledger = Ledger(journal)
            plan = plan_for(
                _people(number, key), ledger, (Channel.EMAIL,), resend_unknown=resend_unknown
            )
            pace = Pace(1.0, self.clock.now, self.clock.pause)
            mailing = Mailing(self.template, SETTINGS, ledger, server, pace)
            return server, asyncio.run(mailing.send(plan.by[Channel.EMAIL]))

    def plan(self, number: int) -> Plan:
        with open_journal(self.folder) as (journal, key):
            return plan_for(_people(number, key), Ledger(journal), (Channel.EMAIL,))


def _people(number: int, key: bytes) -> Sequence[Person]:
    recipients = (Recipient(name=f"P{n}", email=f"p{n}@b.example") for n in range(number))
    return people_of(enumerate(recipients, start=2), key)


@pytest.fixture
def office(tmp_path: Path, template: Template) -> Office:
    return Office(tmp_path, template)


def test_a_second_run_writes_only_to_those_who_were_not_told(office: Office) -> None:
    _, states = office.run(3)
    assert states == {State.SENT: 3}
    second, _ = office.run(5)
    assert second.recipients == ["p3@b.example", "p4@b.example"]
    assert office.run(5)[0].recipients == []


def test_messages_leave_no_faster_than_they_may(office: Office) -> None:
    server, _ = office.run(4)
    assert server.came_at == [0.0, 1.0, 2.0, 3.0]


def test_later_is_tried_again_with_growing_pauses_and_then_in_the_next_run(
    office: Office,
) -> None:
    later = Delivery(Fate.DEFERRED, "450")
    server, states = office.run(1, [later] * (1 + len(RETRY_PAUSES_SECONDS)))
    assert states == {State.DEFERRED: 1}
    assert office.clock.pauses == list(RETRY_PAUSES_SECONDS) == sorted(RETRY_PAUSES_SECONDS)
    assert len(server.recipients) == 1 + len(RETRY_PAUSES_SECONDS)
    assert office.run(1)[1] == {State.SENT: 1}


def test_later_for_one_keeps_nobody_else_waiting(office: Office) -> None:
    server, states = office.run(3, [Delivery(Fate.DEFERRED, "450")])
    assert server.recipients == [f"p{n}@b.example" for n in (0, 1, 2, 0)]
    assert server.came_at[2] == 2.0
    assert states == {State.SENT: 3}


def test_a_refusal_is_recorded_and_not_tried_again(office: Office) -> None:
    _, states = office.run(2, [Delivery(Fate.REFUSED, "550")])
    assert states == {State.FAILED: 1, State.SENT: 1}
    assert office.run(2)[0].recipients == []
    assert [person.lines for person in office.plan(2).unreachable] == [(2,)]


def test_refusals_of_everybody_are_about_us(office: Office) -> None:
    refusals = [Delivery(Fate.REFUSED, "554")] * 100
    with pytest.raises(Unavailable, match="in a row"):
        office.run(100, refusals)
    assert len(office.plan(100).unreachable) == REFUSALS_IN_A_ROW_MAXIMUM


def test_an_unknown_one_is_sent_again_only_when_asked(office: Office) -> None:
    _, states = office.run(3, [Delivery(Fate.ACCEPTED, "250"), Delivery(Fate.UNKNOWN)])
    assert states == {State.SENT: 2, State.SENDING: 1}
    assert [person.lines for person in office.plan(3).unknown] == [(3,)]
    assert office.run(3)[0].recipients == []
    assert office.run(3, resend_unknown=True)[0].recipients == ["p1@b.example"]
    assert office.run(3, resend_unknown=True)[0].recipients == []


def test_killed_while_sending_the_one_in_between_is_unknown(office: Office) -> None:
    """And the next run goes on with the others by itself."""
    with pytest.raises(KeyboardInterrupt):
        office.run(4, [Delivery(Fate.ACCEPTED, "250"), KeyboardInterrupt()])
    plan = office.plan(4)
    assert [person.lines for person in plan.told] == [(2,)]
    assert [person.lines for person in plan.unknown] == [(3,)]
    assert office.run(4)[0].recipients == ["p2@b.example", "p3@b.example"]


def test_a_server_that_is_gone_leaves_nobody_unknown(office: Office) -> None:
    with pytest.raises(Unavailable):
        office.run(4, [Delivery(Fate.ACCEPTED, "250"), Unavailable("gone")])
    assert office.plan(4).unknown == []
    assert office.run(4)[0].recipients == [f"p{n}@b.example" for n in (1, 2, 3)]
