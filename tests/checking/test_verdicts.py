"""What is said of a row: a no only where the strongest thing in the row was asked."""

from __future__ import annotations

import pytest

from app.checking.questions import CROWDED, Faults
from app.checking.verdicts import RANKS, judge
from app.identity.schemes import SCHEMES
from app.worklist.columns import Outcome

ALL = tuple(SCHEMES)
IN, OUT, BAD = Outcome.EXPOSED, Outcome.NOT_EXPOSED, Outcome.UNCHECKED
NO_FAULT = Faults()
WRONG_KEY = Faults((("nir", "key"),))
NO_DATE = Faults((("birth_date", "calendar"),))
NO_PHONE = Faults((("phone", "format"),))
NO_EMAIL = Faults((("email", "format"),))


def test_every_scheme_has_a_rank() -> None:
    assert set(RANKS) == set(SCHEMES)


@pytest.mark.parametrize(
    ("answers", "faults", "outcome"),
    [
        ([], NO_FAULT, BAD),
        ([("email", False)], NO_FAULT, OUT),
        ([("email", False), ("phone", True)], NO_FAULT, IN),
        ([("email", None)], NO_FAULT, BAD),
        ([("nir", False), ("email", None)], NO_FAULT, BAD),
        ([("nir", True), ("email", None)], NO_FAULT, IN),
        # A yes is one whatever else cannot be read.
        ([("name-dob", True)], WRONG_KEY, IN),
        # The number that was meant may be in the leak.
        ([("name-dob", False)], WRONG_KEY, BAD),
        ([("email", False), ("phone", False)], WRONG_KEY, BAD),
        # A no by the number covers it with any birth date, and the name's.
        ([("nir", False)], NO_DATE, OUT),
        # Nothing stronger than the telephone was asked.
        ([("phone", False)], NO_DATE, BAD),
        ([("nir-dob", False), ("nir", False)], NO_PHONE, OUT),
        ([("nir-dob", False), ("name-dob", False)], NO_PHONE, OUT),
        ([("name-dob", False)], NO_PHONE, OUT),
        # One of two numbers, or the address beside one.
        ([("phone", False)], NO_PHONE, BAD),
        ([("phone", False)], NO_EMAIL, BAD),
        ([("email", False)], NO_PHONE, BAD),
        # One of two surnames.
        ([("name-dob", False)], Faults((("surname", "characters"),)), BAD),
        ([("nir-dob", False), ("name-dob", False)], Faults((("surname", "characters"),)), OUT),
        ([], Faults(row="columns"), BAD),
        # Only some of what may be meant was asked.
        ([("nir", False)], Faults((CROWDED,)), BAD),
        ([("nir", True)], Faults((CROWDED,)), IN),
    ],
)
def test_outcomes(answers: list[tuple[str, bool | None]], faults: Faults, outcome: Outcome) -> None:
    assert judge(answers, faults, ALL, stopped="it ended").outcome is outcome


def test_a_fault_counts_only_for_what_is_asked() -> None:
    assert judge([("phone", False)], WRONG_KEY, ("phone",)).outcome is OUT
    assert judge([("phone", False)], WRONG_KEY, ("phone", "nir-dob")).outcome is BAD


@pytest.mark.parametrize(
    ("answers", "faults", "reason"),
    [
        ([], NO_FAULT, "no usable identifier"),
        ([], Faults(is_unasked=True), "only identifiers that are not asked"),
        ([], WRONG_KEY, "NIR: key digits wrong"),
        ([], Faults((("nir", "key"), ("phone", "format"))),
         "NIR: key digits wrong; phone: not readable"),
        ([("nir", None)], NO_FAULT, "not asked: the quota is spent"),
        ([("nir", None)], NO_PHONE, "not asked: the quota is spent; phone: not readable"),
        ([], Faults(row="columns"),
         "the row cannot be read: as many cells as columns are expected"),
        ([("nir", False)], NO_PHONE, "phone: not readable"),
        ([("nir", False)], NO_FAULT, ""),
    ],
)  # fmt: skip
def test_reasons(answers: list[tuple[str, bool | None]], faults: Faults, reason: str) -> None:
    assert judge(answers, faults, ALL, stopped="the quota is spent").reason == reason


def test_schemes_that_matched_are_named_once_and_no_other() -> None:
    answers = [("nir", True), ("phone", False), ("phone", True), ("phone", True)]
    assert judge(answers, NO_FAULT, ALL).schemes == ("nir", "phone")
