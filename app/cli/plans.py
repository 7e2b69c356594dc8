"""What a plan comes to, for whoever reads it: counts and line numbers, and nobody's name."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.notify.people import Person
from app.notify.plan import Plan
from app.worklist.columns import Channel, Outcome

# More line numbers than this are no help to anybody who reads them on a screen; the file has all.
_LINES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ReadList:
    """A work list, read to its end.

    Args:
        people: who must be told.
        outcomes: how many rows have which.
        sha256: of the file.
    """

    people: Sequence[Person]
    outcomes: Counter[Outcome]
    sha256: bytes


def described(read: ReadList, plan: Plan, ways: Sequence[Channel]) -> Iterator[str]:
    """Yield what is to be done, line by line.

    Args:
        read: the list.
        plan: for its people.
        ways: the channels that were chosen.
    """
    counts = ", ".join(f"{read.outcomes[outcome]:,} {outcome}" for outcome in Outcome)
    yield f"{read.outcomes.total():,} rows: {counts}"
    yield f"{len(read.people):,} people are exposed; {len(plan.told):,} were told before"
    yield from (f"to tell by {way}: {len(plan.by[way]):,}" for way in ways)
    if plan.unknown:
        yield (
            f"unknown whether sent: {_counted(plan.unknown)}; --resend-unknown writes to them again"
        )
    if plan.unreachable:
        yield f"not reached by {' or '.join(ways)}: {_counted(plan.unreachable)}"
    if plan.oversized:
        yield f"of these, address too long for a window: {_counted(plan.oversized)}"
    if callable_ := [p for p in plan.unreachable if Channel.PHONE in p.channels]:
        yield f"of these, with a telephone number: {_counted(callable_)}"


def unprintable_told(people: Sequence[Person]) -> Iterator[str]:
    """Yield a line about those whose letter cannot be set, if there are any."""
    if people:
        yield f"no glyph for a sign in the name or address: {_counted(people)}"


def not_told(plan: Plan, unprintable: Sequence[Person]) -> str:
    """Return as CSV which lines of the list somebody has to look at, and why."""
    oversized = {person.lines for person in plan.oversized}
    reasons = [
        *((p, "address too long") for p in plan.oversized),
        *((p, "no channel") for p in plan.unreachable if p.lines not in oversized),
        *((p, "unknown whether sent") for p in plan.unknown),
        *((p, "no glyph for a sign") for p in unprintable),
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("line", "why"))
    writer.writerows(sorted((line, why) for person, why in reasons for line in person.lines))
    return out.getvalue()


def _counted(people: Sequence[Person]) -> str:
    """Return how many people, and where they stand in the list."""
    numbers = sorted(line for person in people for line in person.lines)
    shown = ", ".join(str(line) for line in numbers[:_LINES_SHOWN])
    more = ", …" if len(numbers) > _LINES_SHOWN else ""
    return f"{len(people):,} (lines {shown}{more})"
