"""A letter is there before the ledger says so, and a run that was killed repeats none."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.errors import InvalidNotice, Unavailable
from app.notify.folder import Template
from app.notify.ledger import Ledger, State
from app.notify.letters import Printer
from app.notify.people import Person, people_of
from app.notify.plan import plan_for
from app.notify.posting import Posting
from app.notify.printing import COLUMNS, print_manifest
from app.storage.journal import FileJournal, open_journal
from app.storage.outbox import FolderOutbox
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient
from tests.notify.examples import filled_template
from tests.notify.pdf import pages

DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return filled_template(tmp_path_factory.mktemp("posting") / "template")


def names(number: int) -> list[Recipient]:
    return [
        Recipient(name=f"Personne{n}", address=("1 rue X",), postcode="56000", town="Vannes")
        for n in range(number)
    ]


class Desk:
    """A ledger, letters, and people to write to."""

    def __init__(self, folder: Path, template: Template, journal: FileJournal, key: bytes) -> None:
        self.ledger = Ledger(journal)
        self.key = key
        self.outbox = FolderOutbox(folder / "letters")
        self.template = template
        self.printer = Printer(template.letter)

    def people(self, recipients: Sequence[Recipient]) -> list[Person]:
        found = people_of(enumerate(recipients, start=2), self.key)
        return plan_for(found, self.ledger, (Channel.POST,)).by[Channel.POST]

    def posting(self, *, is_print_file: bool = False) -> Posting:
        return Posting(self.template, self.printer, self.ledger, self.outbox, DAY, is_print_file)


@pytest.fixture
def desk(tmp_path: Path, template: Template) -> Any:
    with ExitStack() as stack:
        journal, key = stack.enter_context(open_journal(tmp_path))
        yield Desk(tmp_path, template, journal, key)


def letters_in(folder: Path) -> dict[str, str]:
    """Return the text of each file of letters."""
    return {path.name: " ".join(pages(path.read_bytes())) for path in sorted(folder.iterdir())}


def test_one_file_for_each_without_a_name_in_its_name(desk: Desk, tmp_path: Path) -> None:
    assert sum(desk.posting().write(desk.people(names(3)))) == 3
    told = letters_in(tmp_path / "letters")
    assert list(told) == [f"letter-00000{n}.pdf" for n in (1, 2, 3)]
    assert "Personne2" in told["letter-000003.pdf"]
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "letters").iterdir()}
    assert modes == {0o600}


def test_a_second_run_writes_only_to_those_who_were_not_told(desk: Desk, tmp_path: Path) -> None:
    list(desk.posting().write(desk.people(names(2))))
    assert sum(desk.posting().write(desk.people(names(5)))) == 3
    assert sum(desk.posting().write(desk.people(names(5)))) == 0
    told = letters_in(tmp_path / "letters")
    assert len(told) == 5
    for number in range(5):
        assert sum(f"Personne{number} 1 rue" in text for text in told.values()) == 1


def test_a_print_file_holds_all_in_one(desk: Desk, tmp_path: Path) -> None:
    assert list(desk.posting(is_print_file=True).write(desk.people(names(3)))) == [3]
    (path,) = (tmp_path / "letters").iterdir()
    assert path.name == "letters-000001-000003.pdf"
    assert len(pages(path.read_bytes())) == 6


def test_what_there_is_to_print_is_listed_with_what_it_is_checked_by(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of two runs; a letter by itself is no print file."""
    monkeypatch.setattr("app.notify.posting.PRINT_FILE_LETTERS", 2)
    list(desk.posting().write(desk.people(names(1))))
    list(desk.posting(is_print_file=True).write(desk.people(names(4))))
    list(desk.posting(is_print_file=True).write(desk.people(names(6))))
    listed = list(
        csv.DictReader(print_manifest(desk.outbox.print_files()).splitlines(), delimiter=";")
    )
    assert tuple(listed[0]) == COLUMNS
    spans = [(line["first"], line["last"], line["letters"]) for line in listed]
    assert spans == [
        ("000002", "000003", "2"),
        ("000004", "000004", "1"),
        ("000005", "000006", "2"),
    ]
    for line in listed:
        content = (tmp_path / "letters" / line["file"]).read_bytes()
        assert int(line["pages"]) == len(pages(content))
        assert int(line["sheets"]) == -(-len(pages(content)) // 2)
        assert line["bytes"] == str(len(content))
        assert line["sha256"] == hashlib.sha256(content).hexdigest()


def test_what_has_no_page_is_no_print_file() -> None:
    with pytest.raises(InvalidNotice):
        print_manifest([("letters-000001-000002.pdf", b"%PDF-1.7 /Type /Pages")])


@pytest.mark.parametrize("is_print_file", [False, True])
def test_killed_between_the_file_and_the_ledger_nothing_is_posted_twice(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_print_file: bool
) -> None:
    """The files that nobody recorded go before the same people are written to again."""

    def fail(self: object, entries: Sequence[Mapping[str, Any]]) -> None:
        raise Unavailable("the disk is full")

    list(desk.posting(is_print_file=is_print_file).write(desk.people(names(2))))
    with monkeypatch.context() as patch:
        patch.setattr(FileJournal, "append", fail)
        with pytest.raises(Unavailable):
            list(desk.posting(is_print_file=is_print_file).write(desk.people(names(6))))
    # Another list, so that the letters that were left would be of other people and other files.
    list(desk.posting(is_print_file=is_print_file).write(desk.people(names(4))))
    told = " ".join(letters_in(tmp_path / "letters").values())
    assert [told.count(f"Personne{n} 1 rue") for n in range(6)] == [1, 1, 1, 1, 0, 0]


def test_who_cannot_be_printed_is_told_apart_and_takes_no_number(
    desk: Desk, tmp_path: Path
) -> None:
    recipients = names(3)
    unprintable = Recipient(name="王小明", address=("1",), postcode="56000", town="Vannes")
    posting = desk.posting(is_print_file=True)
    assert sum(posting.write(desk.people([recipients[0], unprintable, *recipients[1:]]))) == 3
    assert [person.lines for person in posting.unprintable] == [(3,)]
    assert [step.number for step in desk.ledger.steps] == [1, 2, 3]
    assert {step.state for step in desk.ledger.steps} == {State.WRITTEN}
