"""Stretches and evaluates inputs on all cores, a bounded number at a time.

Threads suffice: Argon2id and the group operations run outside the interpreter's lock, and nearly
all of an ingest's time is spent there. Reading and evaluating take turns rather than overlap: a
thread that reads holds that lock for milliseconds on end, and each of the many short calls of the
others would wait for it. Reading is so much cheaper that the cores' idle time does not show.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element
from app.crypto.stretch import Stretched, StretchProfile, stretch

# Small enough that the cores finish together, large enough that handing over costs nothing.
CHUNK_INPUTS = 8
# Some seconds of Argon2id for each core, after which the cores wait for the last chunk to end.
CHUNKS_PER_WORKER = 64

IsForgotten = Callable[[bytes, StretchProfile, Stretched], bool]

_Input = tuple[str, bytes]
# None where the input is to be left out.
_Output = tuple[str, Element | None]


@dataclass(frozen=True, slots=True)
class Evaluator:
    """What turns an encoded input into an element.

    Args:
        keys: by scheme.
        salt: the deployment's stretch salt.
        profile: the dataset's.
        workers: threads, as many as there are cores.
        is_forgotten: tells of an input, its profile and it stretched whether to leave it out; None
            when there is nobody to leave out.
    """

    keys: Mapping[str, EvaluationKey]
    salt: bytes
    profile: StretchProfile
    workers: int
    is_forgotten: IsForgotten | None = None

    def evaluate_all(self, inputs: Iterable[_Input]) -> Generator[list[_Output], None, None]:
        """Yield (scheme, element or None) in chunks, in the order of the inputs."""
        stream = iter(inputs)
        taken = CHUNK_INPUTS * CHUNKS_PER_WORKER * self.workers
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="stretch")
        try:
            while batch := list(islice(stream, taken)):
                starts = range(0, len(batch), CHUNK_INPUTS)
                chunks = (batch[start : start + CHUNK_INPUTS] for start in starts)
                yield from pool.map(self._evaluate, chunks)
        finally:
            pool.shutdown(cancel_futures=True)

    def _evaluate(self, chunk: list[_Input]) -> list[_Output]:
        return [(scheme, self._element(scheme, encoded)) for scheme, encoded in chunk]

    def _element(self, scheme: str, encoded: bytes) -> Element | None:
        stretched = stretch(self.profile, self.salt, encoded)
        if self.is_forgotten is not None and self.is_forgotten(encoded, self.profile, stretched):
            return None
        return oprf.evaluate(self.keys[scheme], stretched)
