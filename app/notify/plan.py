"""Whom to tell in which way, after those who were told before are left out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from app.notify.address import address_block
from app.notify.ledger import Ledger, Step, is_closed, is_told, is_unknown
from app.notify.people import Person
from app.worklist.columns import Channel

# The ways that this program can go itself.
WAYS = (Channel.POST, Channel.EMAIL)


@dataclass(slots=True)
class Plan:
    """What is to be done about everybody on a list: each person is in one of these.

    Args:
        by: those to write to, by channel.
        told: those who were told before.
        unknown: those of whom it is not known whether their e-mail was sent.
        unreachable: those whom none of the chosen channels reaches.
        oversized: of these, those whose address does not fit into a window.
    """

    by: dict[Channel, list[Person]] = field(default_factory=lambda: {way: [] for way in WAYS})
    told: list[Person] = field(default_factory=list)
    unknown: list[Person] = field(default_factory=list)
    unreachable: list[Person] = field(default_factory=list)
    oversized: list[Person] = field(default_factory=list)


def plan_for(
    people: Sequence[Person],
    ledger: Ledger,
    ways: Sequence[Channel],
    *,
    resend_unknown: bool = False,
) -> Plan:
    """Decide about everybody.

    A channel in which somebody's message failed for good or came back is not tried again: the
    next one is.

    Args:
        people: of the work list.
        ledger: who was told.
        ways: the channels to use, the first that is open to a person first.
        resend_unknown: write again where an e-mail may have been sent.
    """
    plan = Plan()
    for person in people:
        standing = ledger.standing(person)
        if is_told(standing):
            plan.told.append(person)
        elif is_unknown(standing) and not resend_unknown:
            plan.unknown.append(person)
        elif way := _way(person, standing, ways):
            plan.by[way].append(person)
        else:
            plan.unreachable.append(person)
            if Channel.POST in ways and _is_oversized(person):
                plan.oversized.append(person)
    return plan


def _way(
    person: Person, standing: Mapping[Channel, Step], ways: Collection[Channel]
) -> Channel | None:
    for way in ways:
        is_open = way in person.channels and not is_closed(standing.get(way))
        if is_open and not (way is Channel.POST and _is_oversized(person)):
            return way
    return None


def _is_oversized(person: Person) -> bool:
    is_postal = Channel.POST in person.channels
    return is_postal and address_block(person.recipient) is None
