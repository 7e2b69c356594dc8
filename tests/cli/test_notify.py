"""What a laboratory types: look, make specimens, tell people, show it; no value leaves the list."""

from __future__ import annotations

import csv
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

import app.cli.smtp as smtp
from app.cli.main import main
from app.notify import mailing
from app.worklist.columns import ADDED
from tests.cli.commands import concerne
from tests.cli.mailserver import Authority, Inbox, mail_server
from tests.notify.examples import CANARY_NIR, NOTICE_TOML, filled_template
from tests.notify.pdf import pages
from tests.notify.test_bounces import notice

COLUMNS = (
    "NUM_SECU", "NOM", "PRENOM", "ADR1", "ADR2", "CP", "VILLE", "PAYS", "MAIL", "TEL", "LANGUE",
    "EXAMEN", *ADDED,
)  # fmt: skip
# What the list also says of people, and nothing that is written may.
CANARY_EXAM = "sérologie-canari"
PEOPLE = 9


def write_list(folder: Path, number: int = PEOPLE) -> Path:
    """Write a list: of so many, each by post; odd ones by e-mail as well; then others."""
    path = folder / "result.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(COLUMNS)
        for n in range(number):
            mail = f"p{n}@b.example" if n % 2 else ""
            row = [
                CANARY_NIR, f"NOM{n}", "Zoë", "", f"{n} rue de l’Église", "56000", "Vannes", "",
                mail, "'+33639987766", "en" if n == 3 else "", CANARY_EXAM,
            ]  # fmt: skip
            writer.writerow([*row, "exposed", "", "nir-dob, nir", "post"])
        nobody = [CANARY_NIR, "SANSCANAL", "Zoë", *[""] * 8, CANARY_EXAM]
        writer.writerow([*nobody, "exposed", "", "nir", ""])
        writer.writerow([*nobody, "not exposed", "", "", ""])
        writer.writerow([*nobody, "could not be checked", "nir: key", "", ""])
    return path


class Office:
    """A laboratory's folder, and what it types there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out"
        self.list = write_list(folder)

    def notify(self, *options: str) -> int:
        template = ("--template", str(self.folder / "template"), "--out", str(self.out))
        return main(["notify", str(self.list), *template, *options])

    def mails(self, authority: Authority, *options: str) -> int:
        return self.notify("--by", "e-mail", "--ca-file", str(authority.file), *options)

    def serve_at(self, port: int) -> None:
        """Say in the notice where the mail server is."""
        section = (
            f'[email]\nserver = "localhost"\nport = {port}\nsecurity = "starttls"\n'
            'from_name = "Service courrier"\nfrom_address = "c@remparts.example"\n'
            'bounces_to = "retours@remparts.example"\n'
        )
        notice_file = self.folder / "template" / "notice.toml"
        notice_file.write_text(NOTICE_TOML + section, encoding="utf-8")

    @property
    def letters(self) -> list[str]:
        return [
            " ".join(pages(path.read_bytes())) for path in sorted(self.out.glob("letters/*.pdf"))
        ]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    filled_template(tmp_path / "template")
    return Office(tmp_path)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), trustme.CA())


@pytest.fixture
def context(authority: Authority) -> ssl.SSLContext:
    return authority.context("localhost", "127.0.0.1")


@pytest.fixture(autouse=True)
def _in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "RECONNECT_PAUSES_SECONDS", (0.0, 0.0))
    monkeypatch.setattr(mailing, "RETRY_PAUSES_SECONDS", (0.0,))


FAST = ("--rate", "1000/second")


def test_the_first_step_writes_a_template_that_is_refused_until_it_is_filled_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notify", "--new-template", str(tmp_path / "new")]) == 0
    listed = write_list(tmp_path)
    arguments = ["--template", str(tmp_path / "new"), "--out", str(tmp_path / "out")]
    assert main(["notify", str(listed), *arguments]) == 2
    assert "protection_officer.phone" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_rehearsal_counts_and_does_nothing(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.notify("--dry-run") == 0
    told = capsys.readouterr().out
    assert "12 rows: 10 exposed, 1 not exposed, 1 could not be checked" in told
    assert "10 people are exposed; 0 were told before" in told
    assert "to tell by post: 9" in told
    assert "not reached by post: 1 (lines 11)" in told
    assert "of these, with a telephone number" not in told
    assert not office.out.exists()


def test_who_is_not_told_is_listed_by_line_and_reason(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with office.list.open("a", encoding="utf-8", newline="") as out:
        added = csv.writer(out, delimiter=";")
        outcome = ["exposed", "", "nir", ""]
        added.writerow(["", "王", "", "1 rue X", "", "56000", "Vannes", *[""] * 5, *outcome])
        added.writerow(["", "B", "", "x" * 200, "", "56000", "Vannes", *[""] * 5, *outcome])
        added.writerow(["", "C", *[""] * 7, "01 99 00 12 34", "", "", *outcome])
    assert office.notify() == 0
    told = capsys.readouterr().out
    assert "no glyph for a sign in the name or address: 1 (lines 14)" in told
    assert "not reached by post: 3 (lines 11, 15, 16)" in told
    assert "of these, with a telephone number: 1 (lines 16)" in told
    listed = (office.out / "not-told.csv").read_text(encoding="ascii").splitlines()
    assert listed == [
        "line;why", "11;no channel", "14;no glyph for a sign", "15;address too long",
        "16;no channel",
    ]  # fmt: skip


def test_specimens_say_so_and_record_nothing(office: Office) -> None:
    assert office.notify("--sample", "5") == 0
    made = sorted((office.out / "sample").iterdir())
    assert [path.name for path in made] == [f"letter-00000{n}.pdf" for n in range(1, 6)]
    for path in made:
        assert all("SPÉCIMEN" in page or "SPECIMEN" in page for page in pages(path.read_bytes()))
    assert [path.name for path in office.out.iterdir()] == ["sample"]


def test_each_gets_one_letter_and_a_second_run_none(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.notify() == 0
    assert "9 letters are in" in capsys.readouterr().out
    assert len(office.letters) == PEOPLE
    assert office.notify() == 0
    assert "9 were told before" in capsys.readouterr().out
    write_list(office.folder, PEOPLE + 2)
    assert office.notify("--print-file") == 0
    assert len(office.letters) == PEOPLE + 1
    listed = (office.out / "letters" / "manifest.csv").read_text(encoding="ascii").splitlines()
    assert [line.split(";")[:4] for line in listed[1:]] == [
        ["letters-000010-000011.pdf", "000010", "000011", "2"]
    ]
    text = " ".join(office.letters)
    for number in range(PEOPLE + 2):
        assert text.count(f"Zoë NOM{number} {number} rue") == 1


def test_english_is_for_who_asks(office: Office) -> None:
    assert office.notify() == 0
    assert [number for number, text in enumerate(office.letters) if "Dear Sir" in text] == [3]


def test_a_run_as_a_process_leaves_files_for_their_owner_alone(office: Office) -> None:
    template = office.folder / "template"
    ended = concerne(
        "notify", office.list, "--template", template, "--out", office.out,
        data=office.folder / "data",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert len(office.letters) == PEOPLE
    for path in office.out.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("address", "is_told"), [("c@remparts", False), ("c@labo-x", True)])
def test_a_senders_address_that_tells_of_health_is_pointed_out(
    office: Office, capsys: pytest.CaptureFixture[str], address: str, is_told: bool
) -> None:
    """And taken: a laboratory may have no other, and people must be told."""
    office.serve_at(25)
    notice_file = office.folder / "template" / "notice.toml"
    text = notice_file.read_text(encoding="utf-8")
    notice_file.write_text(text.replace("c@remparts", address), encoding="utf-8")
    assert office.notify("--by", "e-mail", "--dry-run") == 0
    assert ("from_address has 'labo'" in capsys.readouterr().err) is is_told


def test_emails_are_received_encrypted_and_only_once(
    office: Office, authority: Authority, context: ssl.SSLContext
) -> None:
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        assert office.mails(authority, *FAST) == 0
        assert inbox.recipients == [f"p{n}@b.example" for n in (1, 3, 5, 7)]
        assert all(inbox.is_encrypted)
        assert office.mails(authority, "--by", "post", *FAST) == 0
    assert len(inbox.messages) == 4
    assert len(office.letters) == PEOPLE - 4
    assert inbox.messages[1]["Content-Language"] == "en"


def test_who_is_refused_is_written_to_by_post_the_next_time(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    inbox = Inbox(refuse_every=3)
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        assert office.mails(authority, *FAST) == 0
        assert "e-mail failed: 1" in capsys.readouterr().out
        assert office.mails(authority, "--by", "post", *FAST) == 0
    assert len(inbox.recipients) == 4
    assert sum("NOM5" in text for text in office.letters) == 1


def test_a_server_that_dies_in_the_middle_leaves_one_unknown(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    inbox = Inbox(die_at=2)
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        assert office.mails(authority, *FAST) == 3
        assert "may or may not have been sent: 1" in capsys.readouterr().out
        assert office.mails(authority, *FAST) == 3
        assert "unknown whether sent: 1 (lines 5)" in capsys.readouterr().out
        assert len(inbox.recipients) == 4
        assert office.mails(authority, "--resend-unknown", *FAST) == 0
    assert inbox.recipients[4:] == ["p3@b.example"]


def test_a_run_that_is_killed_while_it_sends_is_gone_on_with(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Nobody gets two messages; the one that was on its way is told to be unknown."""
    running: list[subprocess.Popen[bytes]] = []
    inbox = Inbox(on_arrival=lambda number: running[0].kill() if number == 2 else None)
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        arguments = ["--template", office.folder / "template", "--out", office.out]
        more = ["--by", "e-mail", "--ca-file", authority.file, "--rate", "5/second"]
        command = ["-m", "app.cli", "notify", office.list, *arguments, *more]
        running.append(subprocess.Popen([sys.executable, *map(str, command)]))
        assert running[0].wait(timeout=60) == -signal.SIGKILL
        assert office.mails(authority, *FAST) == 3
    assert "unknown whether sent: 1 (lines 5)" in capsys.readouterr().out
    assert inbox.recipients == [f"p{n}@b.example" for n in (1, 3, 5, 7)]


def test_a_server_that_is_gone_is_exit_code_3_and_the_next_run_goes_on(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    with mail_server(Inbox(), starttls=context) as port:
        office.serve_at(port)
    assert office.mails(authority, *FAST) == 3
    assert "cannot be reached" in capsys.readouterr().err
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        assert office.mails(authority, *FAST) == 0
    assert len(inbox.messages) == 4


def test_what_came_back_is_recorded_and_told_otherwise(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        assert office.mails(authority, *FAST) == 0
    returned = notice(returned=f"Message-ID: {inbox.messages[0]['Message-ID']}\n")
    box = office.folder / "box.mbox"
    box.write_text(f"From MAILER-DAEMON Thu Nov 26 01:00:00 2026\n{returned}\n", encoding="ascii")
    assert main(["notify", "bounces", str(box), "--ledger", str(office.out)]) == 0
    assert "1 e-mails came back" in capsys.readouterr().out
    assert office.mails(authority, "--by", "post", *FAST) == 0
    assert sum("NOM1" in text for text in office.letters) == 1
    assert main(["notify", "returned", "000001", "--ledger", str(office.out)]) == 0
    assert main(["notify", "returned", "000099", "--ledger", str(office.out)]) == 2


def test_the_evidence_counts_everybody_and_names_nobody(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.notify() == 0
    evidence = office.folder / "evidence"
    arguments = ["--ledger", str(office.out), "--out", str(evidence)]
    assert main(["notify", "evidence", *arguments]) == 0
    told = json.loads((evidence / "evidence.json").read_text(encoding="utf-8"))
    assert told["counts"] == [{"channel": "post", "state": "written", "people": PEOPLE}]
    assert told["runs"][0]["unreachable"] == 1
    for path in evidence.iterdir():
        assert "NOM" not in path.read_text(encoding="utf-8")


def test_no_value_of_the_list_is_in_anything_that_is_written(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Not in letters, messages, names of files, the ledger, the evidence, nor on the screen."""
    inbox = Inbox()
    with mail_server(inbox, starttls=context) as port:
        office.serve_at(port)
        office.mails(authority, "--by", "post", "--dry-run")
        office.mails(authority, "--by", "post", "--sample", "9")
        assert office.mails(authority, "--by", "post", *FAST) == 0
    evidence = office.folder / "evidence"
    main(["notify", "evidence", "--ledger", str(office.out), "--out", str(evidence)])
    written = "".join(_everything(office.out)) + "".join(_everything(evidence))
    sent = "".join(message.as_string() for message in inbox.messages)
    bodies = "".join(
        part.get_content() for message in inbox.messages for part in message.iter_parts()
    )
    screen = "".join(capsys.readouterr())
    for text in (written, sent, bodies, screen):
        assert len(text) > 500
        for canary in (CANARY_NIR, CANARY_NIR[:13], CANARY_EXAM, "39987766"):
            assert canary not in text.replace(" ", "")
    names = " ".join(path.name for path in office.out.rglob("*"))
    assert "NOM" not in names
    ledger = (office.out / "ledger.jsonl").read_text(encoding="utf-8")
    for personal in ("NOM", "b.example", "Vannes", "nir"):
        assert personal not in ledger


def _everything(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.suffix == ".pdf":
            yield " ".join(pages(path.read_bytes()))
        elif path.is_file() and path.name != "ledger.key":
            yield path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--by", "phone"), "nobody is called"),
        (("--by", "e-mail"), "[email] of the notice is not filled in"),
        (("--rate", "fast"), "--rate is no rate"),
        (("--sheet", "x", "--dated", "2026-13-01"), "'--dated'"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    office: Office, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    assert office.notify(*options) == 2
    assert said in capsys.readouterr().err
    assert not office.out.exists()


def test_a_password_is_taken_from_a_file_or_the_environment_only(
    office: Office, authority: Authority, context: ssl.SSLContext,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("CONCERNE_SMTP_PASSWORD", raising=False)
    office.serve_at(1)
    notice_file = office.folder / "template" / "notice.toml"
    text = notice_file.read_text(encoding="utf-8")
    notice_file.write_text(text + 'username = "laboratoire"\n', encoding="utf-8")
    assert office.mails(authority, *FAST) == 2
    assert "needs a password" in capsys.readouterr().err
