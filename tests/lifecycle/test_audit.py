"""A chain of events in which nothing can be changed, taken out or put in without being noticed."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AuditBroken, InvalidMessage
from app.lifecycle.audit import (
    FIRST_PREVIOUS,
    NO_EVENTS,
    AuditEvent,
    AuditHead,
    Step,
    parse_event,
    verify_chain,
)

Stored = list[tuple[str, bytes]]


def chain(length: int, by: str = "Zoé") -> Stored:
    stored: Stored = []
    previous = FIRST_PREVIOUS
    for number in range(1, length + 1):
        event = AuditEvent(
            number=number,
            at=datetime(2026, 11, 25, tzinfo=UTC) + timedelta(seconds=number),
            by=by,
            what=Step.PUBLISHED,
            dataset="demo",
            counts={"rows": number},
            previous=previous,
        )
        previous = event.digest
        stored.append((event.text(), event.digest))
    return stored


def test_a_whole_chain_holds_and_has_a_head() -> None:
    stored = chain(5)
    assert verify_chain(stored) == AuditHead(5, stored[-1][1])
    assert verify_chain([]) == NO_EVENTS


def test_an_event_reads_back_as_it_was_written() -> None:
    for text, digest in chain(3):
        event = parse_event(text)
        assert (event.text(), event.digest) == (text, digest)


@given(st.integers(1, 8), st.data())
def test_the_first_event_that_was_changed_is_named(length: int, data: st.DataObject) -> None:
    """Whether its digest was left or made anew, in which case it is the next that breaks."""
    stored = chain(length)
    place = data.draw(st.integers(0, length - 1))
    changed = json.loads(stored[place][0]) | {"by": "somebody else"}
    text = json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    stored[place] = (text, stored[place][1])
    with pytest.raises(AuditBroken, match=f"event {place + 1} was changed"):
        verify_chain(stored)
    stored[place] = (text, parse_event(text).digest)
    if place + 1 < length:
        with pytest.raises(AuditBroken, match=f"event {place + 2} does not follow"):
            verify_chain(stored)


@given(st.integers(3, 8), st.data())
def test_an_event_taken_out_put_in_or_moved_is_noticed(length: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, length - 2))
    whole = chain(length)
    without = whole[:place] + whole[place + 1 :]
    doubled = whole[: place + 1] + whole[place:]
    moved = [*whole]
    moved[place], moved[place + 1] = moved[place + 1], moved[place]
    for stored in (without, doubled, moved):
        with pytest.raises(AuditBroken):
            verify_chain(stored)


def test_what_was_cut_off_or_written_anew_shows_against_a_head_kept_elsewhere() -> None:
    stored = chain(5)
    kept = AuditHead(4, stored[3][1])
    assert verify_chain(stored, expected=kept).number == 5
    with pytest.raises(AuditBroken, match="ends at event 3, before 4"):
        verify_chain(stored[:3], expected=kept)
    with pytest.raises(AuditBroken, match="event 4 is not the one"):
        verify_chain(chain(5, by="a forger"), expected=kept)


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"number": 1}'])
def test_what_is_no_event_breaks_the_chain(text: str) -> None:
    with pytest.raises(AuditBroken, match="event 1 cannot be read"):
        verify_chain([(text, hashlib.sha256(text.encode()).digest())])


def test_a_head_reads_back_and_nothing_else_is_one() -> None:
    head = AuditHead(3, bytes(range(32)))
    assert AuditHead.from_json(head.to_json()) == head
    for document in ({}, {"number": 3}, {"number": "3", "digest": ""}, {"number": 3, "digest": ""}):
        with pytest.raises(InvalidMessage):
            AuditHead.from_json(document)
