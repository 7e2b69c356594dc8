"""What was seen a while ago is skipped; nothing new ever is."""

from __future__ import annotations

import pytest

from app.ingest import distinct
from app.ingest.distinct import RecentInputs


def test_an_input_is_new_once() -> None:
    recent = RecentInputs()
    inputs = [b"%d" % n for n in range(5000)]
    assert all(map(recent.is_new, inputs))
    again = sum(map(recent.is_new, inputs))
    # Two of 5,000 in one of two million places happen six times.
    assert again < 50


def test_a_crowded_table_forgets_and_never_takes_one_input_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(distinct, "SLOTS", 4)
    recent = RecentInputs()
    assert all(recent.is_new(b"%d" % n) for n in range(5000))


def test_no_table_can_be_tested_without_its_own_key() -> None:
    first, second = RecentInputs(), RecentInputs()
    for recent in (first, second):
        recent.is_new(b"input")
    assert first._table != second._table
