"""What is kept of a run: read back by meaning, and refused where it is another run's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.checking.journal import Journal
from app.checking.state import Beginning, State
from app.crypto.stretch import Stretched
from app.errors import RunDiffers
from tests.protocol.examples import publish

SECRET = bytes(32)
BEGINNING = Beginning(
    list_sha256="aa",
    mapping_sha256="bb",
    dataset="demo",
    server="https://leaks.example",
    chosen=(),
    stretch=json.dumps({"salt": "00", "phone": [8, 1, 1]}),
    schemes=("phone", "email"),
    today="2026-11-26",
)
VALUES = [Stretched(hashlib.sha256(bytes([n])).digest()) for n in range(100)]
INDEX = publish(["0199000001"]).parameters


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    with Journal(path, SECRET) as journal:
        yield State(journal)


def test_what_was_kept_is_there_for_the_next_run(path: Path) -> None:
    with Journal(path, SECRET) as journal:
        state = State(journal)
        state.begin(BEGINNING)
        state.add_stretched(0, VALUES[:30])
        state.add_stretched(1, VALUES[30:33])
        state.add_answers(0, "demo", INDEX, [True, False])
        state.add_stretched(0, VALUES[40:])
        state.add_answers(0, "demo", INDEX, [False])
    with Journal(path, SECRET) as journal:
        state = State(journal)
        assert state.begin(BEGINNING) == BEGINNING
        assert [state.stretched_count(scheme) for scheme in range(3)] == [90, 3, 0]
        expected = VALUES[:30] + VALUES[40:]
        for first in (0, 1, 29, 30, 31, 89, 90):
            assert list(state.stretched(0, first)) == expected[first:]
        assert list(state.stretched(1, 0)) == VALUES[30:33]
        assert state.answers(0, "demo", INDEX) == b"\x01\x00\x00"
        assert state.answers(1, "demo", INDEX) == b""


@pytest.mark.parametrize(
    "change",
    [{"epoch": 2}, {"public_key": VALUES[0]}, {"prefix_bits": 1}, {"range_length": 77}],
)
def test_answers_are_of_one_index_alone(state: State, change: dict[str, object]) -> None:
    state.begin(BEGINNING)
    state.add_answers(0, "demo", INDEX, [True])
    other = replace(INDEX, **change)  # type: ignore[arg-type]  # each is of its field's kind
    assert state.answers(0, "demo", other) == b""
    assert state.answers(0, "other", INDEX) == b""


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"list_sha256": "x"}, "the list"),
        ({"mapping_sha256": "x"}, "the mapping"),
        ({"dataset": "x"}, "the dataset"),
        ({"server": "x"}, "the server's address"),
        ({"chosen": ("phone",)}, "the schemes that were chosen"),
        ({"stretch": json.dumps({"salt": "01", "phone": [8, 1, 1]})}, "stretches"),
        ({"stretch": json.dumps({"salt": "00", "phone": [9, 1, 1]})}, "stretches"),
    ],
)
def test_another_run_is_refused_with_what_differs(
    state: State, change: dict[str, str], what: str
) -> None:
    state.begin(BEGINNING)
    with pytest.raises(RunDiffers, match=what):
        state.begin(replace(BEGINNING, **change))  # type: ignore[arg-type]  # as above


def test_the_day_and_the_schemes_of_the_first_run_are_kept(state: State) -> None:
    state.begin(BEGINNING)
    later = replace(BEGINNING, today="2026-11-27", schemes=("phone", "email", "nir"))
    assert state.begin(later) == BEGINNING


def test_a_scheme_that_is_offered_since_makes_no_difference(state: State) -> None:
    state.begin(BEGINNING)
    costs = json.dumps({"salt": "00", "phone": [8, 1, 1], "nir": [8, 1, 1]})
    state.begin(replace(BEGINNING, stretch=costs))
