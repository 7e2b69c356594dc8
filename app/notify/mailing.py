"""Writing e-mails, at most so many a minute, so that none is sent twice without saying so.

The ledger says "sending" before a message is handed over and "sent" after. What happens in between
leaves "sending": it may have been sent, and only somebody who asks for it sends it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.errors import Unavailable
from app.notify.folder import Template
from app.notify.ledger import Ledger, State
from app.notify.messages import MailSettings, mailbox, message_for, new_message_id
from app.notify.people import Person
from app.notify.ports import Fate, Mailer
from app.worklist.columns import Channel

# A mail server that says "later" often means minutes (greylisting: RFC 6647 §2.1).
RETRY_PAUSES_SECONDS: Final = (60.0, 300.0, 900.0)
# One refused address is that person's; as many in a row are something about us.
REFUSALS_IN_A_ROW_MAXIMUM: Final = 20

_STATES: Final = {
    Fate.ACCEPTED: State.SENT,
    Fate.REFUSED: State.FAILED,
    Fate.DEFERRED: State.DEFERRED,
    Fate.UNKNOWN: State.SENDING,
}


class Pace:
    """Lets something happen at most once in an interval.

    Args:
        interval_seconds: from one time to the next.
        now: a clock that only goes forward, in seconds.
        pause: waits so many seconds.
    """

    def __init__(
        self,
        interval_seconds: float,
        now: Callable[[], float],
        pause: Callable[[float], Awaitable[None]],
    ) -> None:
        self._interval_seconds = interval_seconds
        self._now = now
        self.pause = pause
        self._next_at = float("-inf")

    async def wait(self) -> None:
        """Wait for the next time."""
        left_seconds = self._next_at - self._now()
        if left_seconds > 0:
            await self.pause(left_seconds)
        self._next_at = max(self._next_at, self._now()) + self._interval_seconds


@dataclass(slots=True)
class Mailing:
    """Sends e-mails and records them.

    Args:
        template: what they say.
        settings: who sends them.
        ledger: of who was told.
        mailer: the way out.
        pace: how fast.
        shown: called after each attempt, with how many there were of each state so far.
        fates: what became of each person's last attempt in this run.
    """

    template: Template
    settings: MailSettings
    ledger: Ledger
    mailer: Mailer
    pace: Pace
    shown: Callable[[int], None] = lambda _: None
    fates: dict[str, Fate] = field(default_factory=dict)
    _refusals_in_a_row: int = 0

    async def send(self, people: Sequence[Person]) -> Counter[State]:
        """Write to everybody, again after growing pauses to those whose server says "later".

        Returns:
            How many came to each state; `SENDING` is those of whom it is not known.

        Raises:
            Unavailable: the mail server cannot be reached any more, or refuses everybody; the
                ledger says who was written to.
        """
        waiting = list(people)
        for pause_seconds in (0.0, *RETRY_PAUSES_SECONDS):
            if pause_seconds:
                await self.pace.pause(pause_seconds)
            deferred = []
            for person in waiting:
                await self.pace.wait()
                if await self._send_one(person) is Fate.DEFERRED:
                    deferred.append(person)
            waiting = deferred
            if not waiting:
                break
        return Counter(_STATES[fate] for fate in self.fates.values())

    async def _send_one(self, person: Person) -> Fate:
        message_id = new_message_id(self.settings)
        message = message_for(self.template, self.settings, person, message_id)
        details = {"message_id": message_id}
        self.ledger.record([self.ledger.step_for(person, Channel.EMAIL, State.SENDING, **details)])
        try:
            delivery = await self.mailer.send(message, self.settings.bounces_to, mailbox(person))
        except Unavailable:
            # Certainly not sent.
            self.ledger.record(
                [self.ledger.step_for(person, Channel.EMAIL, State.DEFERRED, **details)]
            )
            raise
        if delivery.fate is not Fate.UNKNOWN:
            state = _STATES[delivery.fate]
            step = self.ledger.step_for(person, Channel.EMAIL, state, code=delivery.code, **details)
            self.ledger.record([step])
        self.fates[person.keys[0]] = delivery.fate
        self.shown(len(self.fates))
        self._check_refusals(delivery.fate)
        return delivery.fate

    def _check_refusals(self, fate: Fate) -> None:
        self._refusals_in_a_row = self._refusals_in_a_row + 1 if fate is Fate.REFUSED else 0
        if self._refusals_in_a_row >= REFUSALS_IN_A_ROW_MAXIMUM:
            raise Unavailable(
                f"the mail server refused {REFUSALS_IN_A_ROW_MAXIMUM} addresses in a row",
                hint="it may refuse the sender or the text rather than them: ask who runs it",
            )
