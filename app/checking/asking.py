"""Has a scheme's stretched inputs evaluated, batch by batch, and looks each up in the ranges.

Some batches are under way at once: while the server works on one, the client blinds the next and
verifies the one before. Answers come out in order, so that what is kept of them is always the
answers to the first so many questions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Semaphore

from app.checking.ports import Server
from app.crypto.stretch import Stretched
from app.protocol.blinding import BlindingKey
from app.protocol.client import Batch
from app.protocol.parameters import LAB_BATCH_MAXIMUM, SchemeParameters
from app.protocol.ranges import AllRanges

# Less than is allowed: what a fault costs is then no large part of anything. Many all the same: the
# proof of a larger batch costs less for each of its questions (`crypto.multiscalar`).
BATCH_INPUTS = LAB_BATCH_MAXIMUM * 3 // 4
# Batches that wait for the server, beside those that are computed on.
_WAITING = 2


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks by one scheme in one epoch.

    Args:
        server: is asked.
        dataset: its slug.
        parameters: of the scheme, in the epoch.
        blinding: makes the blinds.
        ranges: of the epoch.
        workers: cores for the group operations.
    """

    server: Server
    dataset: str
    parameters: SchemeParameters
    blinding: BlindingKey
    ranges: AllRanges
    workers: int

    def ask(self, stretched: Iterable[Stretched]) -> Iterator[list[bool]]:
        """Yield whether each input is in the leak, in order, some at a time.

        Raises:
            EpochGone: the server has another key by now.
            ServerRefused, ServerUnreachable: a batch was not answered; what was yielded holds.
            CryptographyError, InvalidMessage: an answer was none.
        """
        stream = iter(stretched)
        under_way: deque[Future[list[bool]]] = deque()
        threads = self.workers + _WAITING
        pool = ThreadPoolExecutor(threads, thread_name_prefix="evaluate")
        core = Semaphore(self.workers)
        try:
            while True:
                while len(under_way) <= threads and (batch := list(islice(stream, BATCH_INPUTS))):
                    under_way.append(pool.submit(self._answers, batch, core))
                if not under_way:
                    return
                yield under_way.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _answers(self, stretched: list[Stretched], core: Semaphore) -> list[bool]:
        with core:
            batch = Batch.prepare(self.dataset, self.parameters, stretched, self.blinding)
        answer = self.server.evaluate(self.dataset, self.parameters, batch.blinded)
        with core:
            return [self.ranges.holds(location) for location in batch.receive(answer)]
