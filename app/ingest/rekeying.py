"""The entries of one epoch under the keys of the next, on all cores, in bounded memory.

The ratio of two keys is as secret as the keys: it is in memory only, while this runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from app.crypto import oprf
from app.crypto.keys import EvaluationKey
from app.crypto.ristretto255 import Element, Scalar
from app.ingest.ports import CurrentEpoch, Draft, EpochStore, Observer

# Some milliseconds of group operations: the cores finish together, and handing over costs nothing.
CHUNK_ELEMENTS = 128


def rekey_all(
    store: EpochStore,
    draft: Draft,
    current: CurrentEpoch,
    old: Mapping[str, EvaluationKey],
    new: Mapping[str, EvaluationKey],
    workers: int,
    observer: Observer,
) -> None:
    """Add every entry of the current epoch to the draft, under its key.

    Args:
        store: where the current epoch is, of which nothing is changed.
        draft: of the next one.
        current: the epoch that answers.
        old: its keys, by scheme.
        new: the draft's.
        workers: threads.
        observer: is told how far it is.
    """
    total, done = sum(current.entries.values()), 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="rekey")
    try:
        for scheme, key in new.items():
            rekey = partial(_rekey, oprf.rekey_ratio(old[scheme], key))
            for page in store.elements_of(current.dataset, scheme, current.epoch):
                starts = range(0, len(page), CHUNK_ELEMENTS)
                chunks = pool.map(rekey, (page[at : at + CHUNK_ELEMENTS] for at in starts))
                draft.add({scheme: [element for chunk in chunks for element in chunk]})
                done += len(page)
                observer.rekeying(done=done, total=total)
    finally:
        pool.shutdown(cancel_futures=True)
    draft.rekeyed()


def _rekey(ratio: Scalar, elements: Sequence[Element]) -> list[Element]:
    return [oprf.rekey(ratio, element) for element in elements]
