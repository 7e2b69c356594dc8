"""Writing letters: first the file, then the ledger, so that what the ledger says is there.

A run that is killed in between leaves files that the ledger does not know; the next one takes
them away before it writes the same letters again, so that none is posted twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from app.notify.address import address_block
from app.notify.dates import written_date
from app.notify.folder import Template
from app.notify.ledger import Ledger, State
from app.notify.letters import Letter, Printer, dated, numbered
from app.notify.people import Person
from app.notify.ports import Outbox
from app.worklist.columns import Channel
from app.worklist.recipients import FRENCH

# Letters of one print file: 500 pages. Setting it takes 2 MiB of memory a letter, and setting each
# by itself before lets go of what the file before took.
PRINT_FILE_LETTERS = 250
# Files that are on the disk before the ledger is: one wait for the disk for all of them.
_RECORDED_TOGETHER = 50


def letter_for(
    template: Template, person: Person, number: int, today: date, *, is_specimen: bool = False
) -> Letter:
    """Return the letter of somebody who can be written to by post.

    Args:
        template: what it says.
        person: whom to.
        number: by which it is told when it comes back.
        today: the day that it is dated.
        is_specimen: whether it says on every page that it is one.
    """
    recipient, notice = person.recipient, template.notice
    # Where the laboratory offers no English, its French is better than nothing.
    language = recipient.language if recipient.language in notice.facts else FRENCH
    facts = notice.facts[language]
    return Letter(
        number=number,
        language=language,
        address=address_block(recipient) or (),
        dated=dated(str(facts["place"]), written_date(today, language), language),
        sender=notice.sender,
        signature=(str(facts["signatory"]), str(facts["laboratory"])),
        content=template.wordings[language].filled(facts, recipient.name),
        is_specimen=is_specimen,
    )


@dataclass(slots=True)
class Posting:
    """Writes letters and records them.

    Args:
        template: what they say.
        printer: sets them.
        ledger: of who was told.
        outbox: where they go.
        today: the day that they are dated.
        is_print_file: many in one file for a print house, or one file for each.
        unprintable: those whose letter cannot be set as their name is written.
    """

    template: Template
    printer: Printer
    ledger: Ledger
    outbox: Outbox
    today: date
    is_print_file: bool = False
    unprintable: list[Person] = field(default_factory=list)

    def write(self, people: Sequence[Person]) -> Iterator[int]:
        """Write everybody's letter, and yield how many were, each time some were recorded.

        Raises:
            Unavailable: the disk failed; what was yielded is written and recorded.
        """
        self.outbox.discard_from(self.ledger.next_number)
        together = PRINT_FILE_LETTERS if self.is_print_file else _RECORDED_TOGETHER
        for begin in range(0, len(people), together):
            found = self._printable(people[begin : begin + together])
            if not found:
                continue
            self._put([letter for _, letter in found])
            self.ledger.record(
                self.ledger.step_for(person, Channel.POST, State.WRITTEN, number=letter.number)
                for person, letter in found
            )
            yield len(found)

    def _printable(self, people: Sequence[Person]) -> Sequence[tuple[Person, Letter]]:
        """Return those whose letter can be set, with their letters, numbered without a gap."""
        found: list[tuple[Person, Letter]] = []
        for person in people:
            number = self.ledger.next_number + len(found)
            letter = letter_for(self.template, person, number, self.today)
            if self.printer.can_set(letter):
                found.append((person, letter))
            else:
                self.unprintable.append(person)
        return found

    def _put(self, letters: Sequence[Letter]) -> None:
        if self.is_print_file:
            first, last = numbered(letters[0].number), numbered(letters[-1].number)
            self.outbox.put(f"letters-{first}-{last}.pdf", self.printer.render(letters))
            return
        for letter in letters:
            name = f"letter-{numbered(letter.number)}.pdf"
            self.outbox.put(name, self.printer.render([letter]))
