"""What can honestly be said of a row, from the answers to its questions and from its faults.

*Exposed* is a row of which any question was answered yes. *Not exposed* is said only where

1. at least one question was asked, and every one that the row asks was answered no; and
2. nothing that stands in the row and could not be read would have been asked with more force than
   the strongest question that was.

The second is the case of a number whose key digits are wrong beside a name that is in order. The
name says no; but a name is written in many ways, and the number that was meant may well be in the
leak. To tell this patient "no" would be to answer a question that was not asked. So the row could
not be checked, and says why: whoever corrects the number and checks again has an answer. Where the
number itself could be asked, a telephone that reads "NC" takes nothing from its no: what is in a
leak about a person has that number, but for the few rows that lack one. Such a fault is told
beside the no, and changes nothing.

A row of which a cell has so many readings that it was read only as it stands could not be checked
either, unless it was found.

An empty cell is no fault: what is not there cannot be asked, and is no identifier of the row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.checking.questions import CROWDED, Faults, schemes_with
from app.worklist.columns import Outcome

# From the strongest. A no by the number alone covers the number with any birth date; an address
# says nothing of a telephone, and so they stand side by side.
RANKS: Mapping[str, int] = {"nir": 0, "nir-dob": 1, "name-dob": 2, "email": 3, "phone": 3}

NOTHING_USABLE = "no usable identifier"
NOT_ASKED = "not asked"
UNASKED = "only identifiers that are not asked"
UNREADABLE_ROW = "the row cannot be read"
_FIELDS = {"nir": "NIR", "birth_date": "birth date", "given_name": "given name", "email": "e-mail"}
_REASONS = {
    "key": "key digits wrong",
    "length": "wrong length",
    "calendar": "no such day",
    "range": "out of range",
    "format": "not readable",
    "characters": "unexpected characters",
    "empty": "nothing in it",
    "columns": "as many cells as columns are expected",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one row.

    Args:
        outcome: the answer, or that there is none.
        reason: why it could not be checked; beside an answer, what was not readable. Never a value.
        schemes: by which it was found, if it was.
    """

    outcome: Outcome
    reason: str = ""
    schemes: tuple[str, ...] = ()


def judge(
    answers: Sequence[tuple[str, bool | None]],
    faults: Faults,
    schemes: Sequence[str],
    *,
    stopped: str = "",
) -> Verdict:
    """Return what is said of one row.

    Args:
        answers: of each of its questions, the scheme and whether it is in the leak; None where
            that is not known.
        faults: what of it could not be read.
        schemes: all that are asked.
        stopped: why the run ended before all was asked.
    """
    told = _told(faults)
    if found := tuple(dict.fromkeys(scheme for scheme, answer in answers if answer)):
        return Verdict(Outcome.EXPOSED, told, found)
    if any(answer is None for _, answer in answers):
        return Verdict(Outcome.UNCHECKED, _joined(f"{NOT_ASKED}: {stopped}", told))
    if not answers:
        nothing = UNASKED if faults.is_unasked else NOTHING_USABLE
        return Verdict(Outcome.UNCHECKED, told or nothing)
    strongest = min(RANKS[scheme] for scheme, _ in answers)
    missed = {RANKS[s] for field, _ in faults.values for s in schemes_with(field, schemes)}
    # Of a row with too many readings, only some of what may be meant was asked.
    if CROWDED in faults.values or any(rank <= strongest for rank in missed):
        return Verdict(Outcome.UNCHECKED, told)
    return Verdict(Outcome.NOT_EXPOSED, told)


def _told(faults: Faults) -> str:
    if faults.row:
        return f"{UNREADABLE_ROW}: {_REASONS.get(faults.row, faults.row)}"
    values = (f"{_FIELDS.get(f, f)}: {_REASONS.get(r, r)}" for f, r in faults.values)
    return _joined(*dict.fromkeys(values))


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
