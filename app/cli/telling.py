"""What `concerne notify` does with a work list: look, make specimens, or tell people."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from app.cli.files import read_text
from app.cli.plans import ReadList, described, not_told, unprintable_told
from app.cli.progress import meter
from app.cli.smtp import SmtpMailer
from app.errors import InvalidInput, InvalidNotice, InvalidSource
from app.notify.discretion import telling_word
from app.notify.folder import Template
from app.notify.ledger import Ledger, Run, State
from app.notify.letters import Letter, Printer, numbered
from app.notify.mailing import Mailing, Pace
from app.notify.messages import (
    MailSettings,
    message_for,
    new_message_id,
    parse_mail_settings,
)
from app.notify.people import Person, people_of
from app.notify.plan import Plan, plan_for
from app.notify.ports import NoJournal
from app.notify.posting import Posting, letter_for
from app.notify.printing import MANIFEST_NAME, print_manifest
from app.storage.disk import write_synced
from app.storage.journal import LEDGER_NAME, open_journal
from app.storage.outbox import FolderOutbox
from app.worklist.columns import Channel, Outcome
from app.worklist.reading import open_work_list
from app.worklist.recipients import Recipient

LETTERS_FOLDER: Final = "letters"
SAMPLE_FOLDER: Final = "sample"
NOT_TOLD_FILE: Final = "not-told.csv"
PASSWORD_VARIABLE: Final = "CONCERNE_SMTP_PASSWORD"  # noqa: S105 the name, not the word
_KEY_BYTES = 32
_RATE: Final = re.compile(r"([1-9][0-9]{0,5})/(second|minute|hour)")
_SECONDS: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0}
_REMAINS = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What the command was given."""

    result: Path
    out: Path
    ways: Sequence[Channel]
    is_print_file: bool
    sheet: str | None
    resend_unknown: bool
    rate: str
    password_file: Path | None
    ca_file: Path | None
    today: date


class Telling:
    """One run of the command.

    Args:
        template: what is sent.
        options: what the command was given.

    Raises:
        InvalidNotice: the template cannot be typeset, or has not what e-mails need.
        InvalidInput: an option cannot be used.
    """

    def __init__(self, template: Template, options: Options) -> None:
        self._template = template
        self._options = options
        self._printer = Printer(template.letter)
        self._interval_seconds = _interval_seconds(options.rate)
        self._mail: MailSettings | None = None
        if Channel.EMAIL in options.ways:
            self._mail = parse_mail_settings(template.notice.email)
            _warn_of_sender(self._mail)
        self._check_template()

    def rehearse(self) -> int:
        """Say what would be done, setting every letter, and do nothing."""
        with self._ledger(is_kept=False) as (ledger, key):
            read = self._read(key)
            plan = self._plan(read, ledger)
        for line in described(read, plan, self._options.ways):
            print(line)
        posted = plan.by[Channel.POST]
        letters = (letter_for(self._template, p, 1, self._options.today) for p in posted)
        unprintable = [
            person
            for person, letter in zip(posted, letters, strict=True)
            if not self._printer.can_set(letter)
        ]
        for line in unprintable_told(unprintable):
            print(line)
        print("nothing was written, sent or recorded")
        return 0

    def sample(self, number: int) -> int:
        """Make specimens of the first letters and e-mails, and record nothing."""
        with self._ledger(is_kept=False) as (ledger, key):
            plan = self._plan(self._read(key), ledger)
        folder = self._options.out / SAMPLE_FOLDER
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place, person in enumerate(plan.by[Channel.POST][:number], start=1):
            letter = letter_for(
                self._template, person, place, self._options.today, is_specimen=True
            )
            write_synced(folder / f"letter-{numbered(place)}.pdf", self._printer.render([letter]))
        for place, person in enumerate(plan.by[Channel.EMAIL][:number], start=1):
            assert self._mail is not None  # noqa: S101 nobody is planned for a way not chosen
            message = message_for(self._template, self._mail, person, new_message_id(self._mail))
            write_synced(folder / f"message-{numbered(place)}.eml", message.as_bytes())
        print(f"specimens are in {folder}; nothing was sent or recorded")
        return 0

    def tell(self) -> int:
        """Write to everybody who was not told before."""
        with self._ledger(is_kept=True) as (ledger, key):
            read = self._read(key)
            plan = self._plan(read, ledger)
            for line in described(read, plan, self._options.ways):
                print(line)
            ledger.begin(self._run(read, plan))
            unprintable = self._post(plan.by[Channel.POST], ledger)
            self._list_print_files()
            write_synced(
                self._options.out / NOT_TOLD_FILE, not_told(plan, unprintable).encode("ascii")
            )
            states = self._send(plan.by[Channel.EMAIL], ledger)
        remains = states[State.DEFERRED] + states[State.SENDING] + len(plan.unknown)
        return _REMAINS if remains else 0

    @contextmanager
    def _ledger(self, *, is_kept: bool) -> Iterator[tuple[Ledger, bytes]]:
        """Open the ledger; one that is not there is only begun where it is kept."""
        if not is_kept and not (self._options.out / LEDGER_NAME).exists():
            yield Ledger(NoJournal()), secrets.token_bytes(_KEY_BYTES)
            return
        with open_journal(self._options.out) as (journal, key):
            yield Ledger(journal), key

    def _read(self, key: bytes) -> ReadList:
        outcomes: Counter[Outcome] = Counter()
        exposed: list[tuple[int, Recipient]] = []
        try:
            stream = self._options.result.open("rb")
        except OSError as exc:
            what = f"{self._options.result.name}: the work list cannot be opened"
            raise InvalidSource(f"{what}: {exc.strerror}") from exc
        with stream, open_work_list(stream, self._options.sheet) as work_list:
            recipients = self._template.notice.recipients.bound(work_list.header)
            for row in work_list.rows():
                outcomes[row.outcome] += 1
                if row.outcome is Outcome.EXPOSED:
                    exposed.append((row.line, recipients.of(row.cells)))
            sha256 = work_list.sha256
        return ReadList(people_of(exposed, key), outcomes, sha256)

    def _plan(self, read: ReadList, ledger: Ledger) -> Plan:
        options = self._options
        return plan_for(read.people, ledger, options.ways, resend_unknown=options.resend_unknown)

    def _run(self, read: ReadList, plan: Plan) -> Run:
        return Run(
            at=datetime.now(UTC),
            work_list_sha256=read.sha256.hex(),
            template_sha256=self._template.sha256.hex(),
            rows=read.outcomes.total(),
            exposed=read.outcomes[Outcome.EXPOSED],
            people=len(read.people),
            unreachable=len(plan.unreachable),
        )

    def _post(self, people: Sequence[Person], ledger: Ledger) -> Sequence[Person]:
        """Write letters, and return those whose letter cannot be set."""
        if not people:
            return ()
        outbox = FolderOutbox(self._options.out / LETTERS_FOLDER)
        posting = Posting(
            self._template, self._printer, ledger, outbox, self._options.today,
            self._options.is_print_file,
        )  # fmt: skip
        done = 0
        with meter("letters") as shown:
            for number in posting.write(people):
                done += number
                shown.update(done, len(people), f"{done:,} of {len(people):,}")
        print(f"{done:,} letters are in {outbox.folder}: to be posted")
        for line in unprintable_told(posting.unprintable):
            print(line)
        return posting.unprintable

    def _list_print_files(self) -> None:
        """Say which print files there are, those of earlier runs too."""
        outbox = FolderOutbox(self._options.out / LETTERS_FOLDER)
        if self._options.is_print_file and outbox.folder.is_dir():
            manifest = print_manifest(outbox.print_files())
            write_synced(outbox.folder / MANIFEST_NAME, manifest.encode("ascii"))
            print(f"what a print house needs to know of its files is in {MANIFEST_NAME} there")

    def _send(self, people: Sequence[Person], ledger: Ledger) -> Counter[State]:
        if not people or self._mail is None:
            return Counter()
        mail = self._mail
        password = _password(self._options.password_file) if mail.username else ""

        async def send() -> Counter[State]:
            pace = Pace(self._interval_seconds, time.monotonic, asyncio.sleep)
            async with SmtpMailer(mail, password, self._options.ca_file) as mailer:
                mailing = Mailing(self._template, mail, ledger, mailer, pace)
                mailing.shown = lambda done: shown.update(
                    done, len(people), f"{done:,} of {len(people):,}"
                )
                return await mailing.send(people)

        with meter("e-mails") as shown:
            states = asyncio.run(send())
        for state in (State.SENT, State.FAILED, State.DEFERRED):
            print(f"e-mail {state.value}: {states[state]:,}")
        if states[State.SENDING]:
            print(f"e-mail that may or may not have been sent: {states[State.SENDING]:,}")
        return states

    def _check_template(self) -> None:
        """Set a letter in each language in which nothing can be wrong but the template."""
        for language in self._template.notice.facts:
            nobody = Person((), (), Recipient(name="Anne Exemple", language=language))
            letter: Letter = letter_for(self._template, nobody, 1, self._options.today)
            if not self._printer.can_set(letter):
                raise InvalidNotice(
                    f"letter.typ, or a text in {language!r}, cannot be typeset",
                    hint="compare it with what concerne notify --new-template writes",
                )


def _interval_seconds(rate: str) -> float:
    found = _RATE.fullmatch(rate)
    if found is None:
        raise InvalidInput("--rate is no rate", hint="for example 60/minute, 1/second, 500/hour")
    return _SECONDS[found[2]] / int(found[1])


def _warn_of_sender(mail: MailSettings) -> None:
    """Say that an address tells of health; it may be the only one there is, so it is taken."""
    if found := telling_word(mail.from_address):
        print(
            f"warning: from_address has {found!r} in it, which others can see before a message is"
            " opened\nhint: send from a neutral domain, if there is one",
            file=sys.stderr,
        )


def _password(path: Path | None) -> str:
    """Return the password; never an argument, which other users of the machine can read."""
    password = read_text(path, "password file") if path else os.environ.get(PASSWORD_VARIABLE, "")
    if not password.strip("\r\n"):
        raise InvalidInput(
            "the mail server needs a password",
            hint=f"--password-file FILE, or {PASSWORD_VARIABLE} in the environment",
        )
    return password.strip("\r\n")
