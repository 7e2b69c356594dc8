"""Who was told is left alone, and who could not be is told in the next way that is open."""

from __future__ import annotations

from typing import Any

import pytest

from app.notify.ledger import Ledger, State
from app.notify.people import Person, people_of
from app.notify.plan import Plan, plan_for
from app.notify.ports import NoJournal
from app.worklist.columns import Channel
from app.worklist.recipients import Recipient

ANNE = Recipient(
    name="Anne", address=("3 rue X",), postcode="56000", town="Vannes", email="a@b.example"
)
BOTH = (Channel.EMAIL, Channel.POST)


def anne(**changes: Any) -> Person:
    given = {name: getattr(ANNE, name) for name in Recipient.__dataclass_fields__} | changes
    return people_of([(2, Recipient(**given))], b"k" * 32)[0]


def after(*steps: tuple[Channel, State], person: Person | None = None) -> Ledger:
    ledger = Ledger(NoJournal())
    for channel, state in steps:
        ledger.record([ledger.step_for(person or anne(), channel, state)])
    return ledger


def where(plan: Plan) -> str:
    """Return in which part of a plan the one person is."""
    found = {str(channel): people for channel, people in plan.by.items()}
    found |= {"told": plan.told, "unknown": plan.unknown, "unreachable": plan.unreachable}
    (name,) = (name for name, people in found.items() if people)
    return name


def test_the_first_open_way_is_taken() -> None:
    empty = after()
    assert where(plan_for([anne()], empty, BOTH)) == "e-mail"
    assert where(plan_for([anne()], empty, tuple(reversed(BOTH)))) == "post"
    assert where(plan_for([anne(email="")], empty, BOTH)) == "post"
    assert where(plan_for([anne(address=())], empty, (Channel.POST,))) == "unreachable"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(Channel.POST, State.WRITTEN)], "told"),
        ([(Channel.EMAIL, State.SENDING), (Channel.EMAIL, State.SENT)], "told"),
        ([(Channel.EMAIL, State.SENDING)], "unknown"),
        ([(Channel.EMAIL, State.SENDING), (Channel.EMAIL, State.DEFERRED)], "e-mail"),
        ([(Channel.EMAIL, State.FAILED)], "post"),
        ([(Channel.EMAIL, State.SENT), (Channel.EMAIL, State.RETURNED)], "post"),
        ([(Channel.EMAIL, State.FAILED), (Channel.POST, State.WRITTEN)], "told"),
        ([(Channel.POST, State.RETURNED)], "e-mail"),
        ([(Channel.POST, State.RETURNED), (Channel.EMAIL, State.FAILED)], "unreachable"),
    ],
)
def test_what_the_ledger_says_decides(steps: list[tuple[Channel, State]], expected: str) -> None:
    assert where(plan_for([anne()], after(*steps), BOTH)) == expected


def test_who_may_have_been_told_is_written_to_again_only_when_asked() -> None:
    ledger = after((Channel.EMAIL, State.SENDING))
    assert where(plan_for([anne()], ledger, BOTH, resend_unknown=True)) == "e-mail"
    assert where(plan_for([anne()], ledger, (Channel.POST,))) == "unknown"


def test_somebody_is_known_by_any_of_their_digests() -> None:
    """A list of later may lack the address, or the e-mail."""
    ledger = after((Channel.POST, State.WRITTEN))
    assert where(plan_for([anne(email="")], ledger, BOTH)) == "told"
    assert where(plan_for([anne(address=())], ledger, BOTH)) == "told"
    step = ledger.step_for(anne(address=()), Channel.POST, State.RETURNED)
    assert step.person == ledger.steps[0].person


def test_an_address_too_long_for_a_window_is_never_cut() -> None:
    long = anne(address=tuple(f"{n} étage, porte de gauche" for n in range(6)))
    plan = plan_for([long], after(), (Channel.POST,))
    assert plan.oversized == plan.unreachable == [long]
    assert where(plan_for([long], after(), (Channel.POST, Channel.EMAIL))) == "e-mail"
