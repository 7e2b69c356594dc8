"""What the routes are given: made once by whoever wires the program."""

from __future__ import annotations

from dataclasses import dataclass

from app.clients.registry import Registry
from app.clients.sessions import Sessions
from app.clients.spending import Spending
from app.exposure.addresses import BlockDigests
from app.exposure.answering import Answering
from app.exposure.stretching import BoundedPool
from app.lifecycle.erasure import Sweeping
from app.lifecycle.history import History
from app.scope.reporting import Reporting
from app.settings import Settings
from app.web.limits import Limits


@dataclass(frozen=True, slots=True)
class Services:
    """The use cases, the limits in front of them, and the settings of both.

    Args:
        batches: where clients' batches are evaluated, so that they cannot take every thread.
        history: what was published, corrected and erased.
    """

    settings: Settings
    answering: Answering
    sweeping: Sweeping
    limits: Limits
    digests: BlockDigests
    registry: Registry
    spending: Spending
    sessions: Sessions
    batches: BoundedPool
    history: History
    reporting: Reporting
