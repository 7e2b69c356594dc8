"""The evidence is what the ledger says, adds up, and names nobody."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

from app.notify.evidence import as_csv, as_json, as_markdown, evidence_of
from app.notify.ledger import Ledger, Run, State
from app.notify.people import people_of
from app.notify.ports import NoJournal
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient

NAME = "Zéphyrine LE GOFF"


def ledger() -> Ledger:
    """Return a ledger of three people, one by each way that there is."""
    made = Ledger(NoJournal())
    run = Run(datetime(2026, 3, 1, 10, tzinfo=UTC), "aa" * 32, "bb" * 32, 10, 4, 3, 1)
    made.begin(run)
    recipients = [
        Recipient(name=NAME, email="a@b.example", reference="=P-1"),
        Recipient(name=f"{NAME} B", address=("1 rue X",), postcode="56000", town="Vannes"),
        Recipient(name=f"{NAME} C", email="c@b.example"),
    ]
    first, second, third = people_of(enumerate(recipients, start=2), b"k" * 32)
    for person, channel, state in (
        (first, Channel.EMAIL, State.SENDING),
        (first, Channel.EMAIL, State.SENT),
        (second, Channel.POST, State.WRITTEN),
        (third, Channel.EMAIL, State.FAILED),
        (third, Channel.POST, State.WRITTEN),
    ):
        made.record([made.step_for(person, channel, state)])
    return made


def test_each_person_has_a_line_for_each_way_that_was_tried() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(ledger()).removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["reference", "channel", "state", "date", "letter", "code"]
    assert [row[1:3] for row in rows[1:]] == [
        ["e-mail", "sent"], ["post", "written"], ["e-mail", "failed"], ["post", "written"],
    ]  # fmt: skip


def test_a_reference_is_no_formula() -> None:
    assert "'=P-1;e-mail" in as_csv(ledger())


def test_the_counts_add_up_to_the_list() -> None:
    told = evidence_of(ledger())
    assert sum(each["people"] for each in told["counts"]) == len(told["list"]) == 4
    assert told["people"] == 3
    assert {"channel": "post", "state": "written", "people": 2} in told["counts"]
    assert json.loads(as_json(ledger()))["people"] == 3


def test_the_summary_has_dates_counts_and_digests() -> None:
    text = as_markdown(ledger())
    assert "| courrier | lettre faite | 2 |" in text
    assert "| e-mail | refusé | 1 |" in text
    assert f"`{'aa' * 32}` | `{'bb' * 32}`" in text
    assert f"au {datetime.now(UTC).date().isoformat()}" in text


def test_nobody_is_named() -> None:
    made = ledger()
    for text in (as_csv(made), as_json(made), as_markdown(made)):
        for name in ("GOFF", "b.example", "rue X", "Vannes"):
            assert name not in text


def test_a_ledger_of_nobody_is_evidence_of_nothing() -> None:
    assert evidence_of(Ledger(NoJournal()))["people"] == 0
    assert "Du — au —" in as_markdown(Ledger(NoJournal()))
