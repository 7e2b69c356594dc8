"""Who was told, in which way, when, and what came back: a journal that is only ever added to.

It names nobody: a person is a keyed digest, and the laboratory's own number where its list has
one. It says of nobody that they were a patient of anything, nor what was in a leak.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from app.errors import LedgerRefused
from app.notify.people import Person
from app.notify.ports import Journal
from app.worklist.columns import Channel

VERSION = 1


class State(StrEnum):
    """How far telling one person in one way has come.

    Attributes:
        WRITTEN: the letter is there to be posted.
        SENDING: the e-mail was about to be sent, and nothing later is known.
        SENT: a mail server took it.
        DEFERRED: it did not for now, and was not sent.
        FAILED: it refused for good.
        RETURNED: a letter or an e-mail came back.
    """

    WRITTEN = "written"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "failed for now"
    FAILED = "failed"
    RETURNED = "returned"


_TOLD = (State.WRITTEN, State.SENT)
_CLOSED = (State.FAILED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to one person's letter or e-mail.

    Args:
        at: when, UTC.
        person: their digest.
        aliases: other digests by which the same person may come again.
        reference: the laboratory's own number; or empty.
        number: of the letter; 0 for an e-mail.
        message_id: of the e-mail; or empty.
        code: what a mail server or a notice said, digits and points; or empty.
    """

    at: datetime
    person: str
    channel: Channel
    state: State
    aliases: tuple[str, ...] = ()
    reference: str = ""
    number: int = 0
    message_id: str = ""
    code: str = ""

    def as_entry(self) -> Mapping[str, Any]:
        """Return it as a line of the journal; what is empty is left out."""
        entry = {
            "step": self.state.value,
            "at": self.at.isoformat(timespec="seconds"),
            "channel": self.channel.value,
            "person": self.person,
            "aliases": list(self.aliases),
            "reference": self.reference,
            "number": self.number,
            "message_id": self.message_id,
            "code": self.code,
        }
        return {key: value for key, value in entry.items() if value}

    @classmethod
    def of_entry(cls, entry: Mapping[str, Any]) -> Step:
        """Return what `as_entry` was called on."""
        return cls(
            at=datetime.fromisoformat(entry["at"]),
            person=entry["person"],
            channel=Channel(entry["channel"]),
            state=State(entry["step"]),
            aliases=tuple(entry.get("aliases", ())),
            reference=entry.get("reference", ""),
            number=entry.get("number", 0),
            message_id=entry.get("message_id", ""),
            code=entry.get("code", ""),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the program, for the evidence.

    Args:
        at: when it began, UTC.
        work_list_sha256: of the list that it read.
        template_sha256: of the texts and facts that it sent.
        rows: of the list; exposed: those that are.
        people: who must be told.
        unreachable: those among them whom no channel reaches.
    """

    at: datetime
    work_list_sha256: str
    template_sha256: str
    rows: int
    exposed: int
    people: int
    unreachable: int

    def as_entry(self) -> Mapping[str, Any]:
        """Return it as a line of the journal."""
        return {
            "run": VERSION,
            "at": self.at.isoformat(timespec="seconds"),
            "work_list_sha256": self.work_list_sha256,
            "template_sha256": self.template_sha256,
            "rows": self.rows,
            "exposed": self.exposed,
            "people": self.people,
            "unreachable": self.unreachable,
        }

    @classmethod
    def of_entry(cls, entry: Mapping[str, Any]) -> Run:
        """Return what `as_entry` was called on."""
        given = {key: value for key, value in entry.items() if key not in ("run", "at")}
        return cls(at=datetime.fromisoformat(entry["at"]), **given)


class Ledger:
    """What a journal comes to, kept up to date while it is added to.

    Args:
        journal: where it is.

    Raises:
        LedgerRefused: the journal is damaged, or of a later version.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.steps: list[Step] = []
        self.runs: list[Run] = []
        self._last: dict[str, dict[Channel, Step]] = {}
        self._number = 0
        for entry in journal.entries():
            self._take(entry)

    def standing(self, person: Person) -> Mapping[Channel, Step]:
        """Return the last step in each channel in which there was one."""
        found: dict[Channel, Step] = {}
        for key in person.keys:
            for channel, step in self._last.get(key, {}).items():
                if channel not in found or found[channel].at <= step.at:
                    found[channel] = step
        return found

    def last_steps(self) -> Sequence[Step]:
        """Return the last step of each person in each channel, in the order of the first ones."""
        last: dict[tuple[str, Channel], Step] = {}
        for step in self.steps:
            last[step.person, step.channel] = step
        return list(last.values())

    @property
    def next_number(self) -> int:
        """The number of the next letter."""
        return self._number + 1

    def record(self, steps: Iterable[Step]) -> None:
        """Add steps, on the disk when this returns.

        Raises:
            Unavailable: they cannot be written.
        """
        taken = list(steps)
        self._journal.append([step.as_entry() for step in taken])
        for step in taken:
            self._index(step)

    def step_for(self, person: Person, channel: Channel, state: State, **details: Any) -> Step:
        """Return a step of now, to be recorded.

        Somebody whom the ledger knows by another of their digests keeps the one it wrote first.
        """
        known = (step for key in person.keys for step in self._last.get(key, {}).values())
        first = next((step.person for step in known), person.keys[0])
        return Step(
            at=datetime.now(UTC),
            person=first,
            aliases=tuple(key for key in person.keys if key != first),
            channel=channel,
            state=state,
            reference=person.recipient.reference,
            **details,
        )

    def begin(self, run: Run) -> None:
        """Add that a run begins."""
        self._journal.append([run.as_entry()])
        self.runs.append(run)

    def _take(self, entry: Mapping[str, Any]) -> None:
        try:
            if "run" in entry:
                self._check_version(entry["run"])
                self.runs.append(Run.of_entry(entry))
            else:
                self._index(Step.of_entry(entry))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise LedgerRefused(
                f"the ledger has an entry after {len(self.steps):,} steps that it cannot have",
                hint="take it back from a copy: nobody is told while it is not known who was",
            ) from None

    @staticmethod
    def _check_version(version: object) -> None:
        if version != VERSION:
            raise LedgerRefused("a later version of this program wrote the ledger")

    def _index(self, step: Step) -> None:
        self.steps.append(step)
        self._number = max(self._number, step.number)
        for key in (step.person, *step.aliases):
            self._last.setdefault(key, {})[step.channel] = step


def is_told(standing: Mapping[Channel, Step]) -> bool:
    """Tell whether somebody was written to, and nothing came back."""
    return any(step.state in _TOLD for step in standing.values())


def is_unknown(standing: Mapping[Channel, Step]) -> bool:
    """Tell whether an e-mail may or may not have been sent to somebody."""
    return any(step.state is State.SENDING for step in standing.values())


def is_closed(step: Step | None) -> bool:
    """Tell whether a channel does not reach its person any more."""
    return step is not None and step.state in _CLOSED
