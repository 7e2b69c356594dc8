"""Which state may follow which."""

from __future__ import annotations

import itertools

import pytest

from app.errors import StateRefused
from app.lifecycle.states import TRANSITIONS, DatasetState, check_transition

POSSIBLE = {
    ("draft", "published"),
    ("draft", "erased"),
    ("published", "retired"),
    ("published", "erased"),
    ("retired", "published"),
    ("retired", "erased"),
}


def test_every_state_has_its_followers() -> None:
    assert set(TRANSITIONS) == set(DatasetState)


@pytest.mark.parametrize(("now", "wanted"), list(itertools.product(DatasetState, repeat=2)))
def test_what_cannot_follow_is_refused_with_what_can(
    now: DatasetState, wanted: DatasetState
) -> None:
    if (now, wanted) in POSSIBLE:
        check_transition("demo", now, wanted)
        return
    with pytest.raises(StateRefused, match=f"demo is {now}") as refusal:
        check_transition("demo", now, wanted)
    for state in DatasetState:
        assert (state.value in refusal.value.hint) is ((now, state) in POSSIBLE)
