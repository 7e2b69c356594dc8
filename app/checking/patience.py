"""A server that is asked again after a fault, with growing pauses, until patience ends."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.checking.ports import Allowance, Observer, Server
from app.crypto.ristretto255 import Element
from app.errors import InvalidMessage, ServerRefused, ServerUnreachable, Unavailable
from app.protocol.messages import EvaluationAnswer
from app.protocol.parameters import DatasetParameters, DeploymentParameters, SchemeParameters

_T = TypeVar("_T")

PAUSE_SECONDS_FIRST = 1.0
PAUSE_SECONDS_MAXIMUM = 60.0
# What a proxy or a server that restarts says, and what passes.
_PASSING = (408, 429, 500, 502, 503, 504)

Wait = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may be out of reach before a run gives up, which loses nothing.

    Args:
        seconds: of pauses, since something was last answered.
        wait: waits so many seconds, and tells whether the run was ended meanwhile.
        jitter: gives a factor from 0.5 to 1: many clients that lost the same server must not all
            come back at the same moment.
    """

    seconds: float
    wait: Wait
    jitter: Callable[[], float] = field(default=lambda: random.uniform(0.5, 1.0))  # noqa: S311 no secret


class PatientServer:
    """Implements `ports.Server` on another one, one question at a time.

    Questions of several threads stand in line, also behind one that pauses: a server that asks
    for a pause means all of them, and one connection serves them.

    Args:
        server: is asked.
        patience: how long.
        observer: is told of each pause.
    """

    def __init__(self, server: Server, patience: Patience, observer: Observer) -> None:
        self._server = server
        self._patience = patience
        self._observer = observer
        self._line = threading.Lock()
        self._given_up: ServerUnreachable | ServerRefused | None = None

    def deployment(self) -> DeploymentParameters:
        """As the other, and again."""
        return self._ask(self._server.deployment)

    def dataset(self, dataset: str) -> DatasetParameters:
        """As the other, and again."""
        return self._ask(lambda: self._server.dataset(dataset))

    def allowances(self) -> Mapping[str, Allowance]:
        """As the other, and again."""
        return self._ask(self._server.allowances)

    def evaluate(
        self, dataset: str, parameters: SchemeParameters, blinded: Sequence[Element]
    ) -> EvaluationAnswer:
        """As the other, and again: the same blinded elements are never counted twice."""
        return self._ask(lambda: self._server.evaluate(dataset, parameters, blinded))

    def ranges(self, dataset: str, parameters: SchemeParameters) -> bytes | bytearray:
        """As the other, and again from the beginning."""
        return self._ask(lambda: self._server.ranges(dataset, parameters))

    def _ask(self, question: Callable[[], _T]) -> _T:
        with self._line:
            # Whoever stood in line behind the one whose patience ended does not begin anew.
            if self._given_up is not None:
                raise self._given_up
            paused, growing = 0.0, PAUSE_SECONDS_FIRST
            while True:
                try:
                    return question()
                except InvalidMessage as lie:
                    raise unusable(lie) from lie
                except (ServerUnreachable, ServerRefused) as fault:
                    seconds = _pause_of(fault, growing * self._patience.jitter())
                    if seconds is None:
                        raise
                    if paused + seconds > self._patience.seconds:
                        self._given_up = fault
                        raise
                    self._observer.waiting(seconds=seconds, reason=fault.message)
                    if self._patience.wait(seconds):
                        raise Unavailable("the run was ended while it waited") from fault
                    paused += seconds
                    growing = min(2 * growing, PAUSE_SECONDS_MAXIMUM)


def unusable(lie: InvalidMessage) -> Unavailable:
    """Return what is said of an answer that is none: it is the server's fault, and no usage."""
    return Unavailable(
        f"the server's answer cannot be used: {lie.message}",
        hint="nothing of it was used; ask whoever runs the server",
    )


def _pause_of(fault: ServerUnreachable | ServerRefused, seconds: float) -> float | None:
    """Return how long to pause; None where asking again is of no use."""
    if isinstance(fault, ServerUnreachable):
        return seconds
    if fault.status not in _PASSING:
        return None
    return max(seconds, float(fault.retry_after_seconds or 0))
