"""Stretches a scheme's inputs on all cores, and keeps them as it goes.

Threads suffice: Argon2id runs outside the interpreter's lock.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from app.crypto.stretch import Stretched, StretchProfile, stretch

# Small enough that the cores finish together, large enough that handing over costs nothing.
CHUNK_INPUTS = 8
# Chunks that are under way for each core, so that none waits for what is kept on the disk.
_CHUNKS_AHEAD = 8
# What a kill costs: so long, or so many where they are cheap.
KEPT_SECONDS = 2.0
KEPT_INPUTS_MAXIMUM = 4096


def stretch_all(
    inputs: Iterable[bytes], profile: StretchProfile, salt: bytes, workers: int
) -> Iterator[list[Stretched]]:
    """Yield stretched inputs in order, so many at once as a run can afford to lose.

    Args:
        inputs: encoded.
        profile: the dataset's.
        salt: the deployment's.
        workers: threads, as many as there are cores.
    """

    def work(chunk: list[bytes]) -> list[Stretched]:
        return [stretch(profile, salt, encoded) for encoded in chunk]

    stream, kept, since = iter(inputs), list[Stretched](), time.monotonic()
    under_way: deque[Future[list[Stretched]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="stretch")
    try:
        while True:
            while len(under_way) < workers * _CHUNKS_AHEAD and (
                chunk := list(islice(stream, CHUNK_INPUTS))
            ):
                under_way.append(pool.submit(work, chunk))
            if not under_way:
                break
            kept += under_way.popleft().result()
            if len(kept) >= KEPT_INPUTS_MAXIMUM or time.monotonic() - since > KEPT_SECONDS:
                yield kept
                kept, since = [], time.monotonic()
        if kept:
            yield kept
    finally:
        pool.shutdown(cancel_futures=True)
