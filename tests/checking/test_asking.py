"""Batches under way at once: how many are computed on, and in which order answers come."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from app.checking import asking
from app.checking.asking import Asker
from app.crypto.stretch import INSECURE_TEST_ONLY, Stretched, stretch
from app.protocol.blinding import BlindingKey
from app.protocol.client import Batch
from app.protocol.ranges import AllRanges
from app.protocol.server import encode_identifier
from tests.checking.examples import LEAKED, SECRET, LocalServer
from tests.protocol.examples import DEPLOYMENT

BATCH = 8
ASKED = [phone for n, leaked in enumerate(LEAKED[:60]) for phone in (leaked, f"0261{n:06}")]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BATCH_INPUTS", BATCH)


def stretched(phones: Sequence[str]) -> list[Stretched]:
    encoded = (encode_identifier("phone", {"phone": phone}) for phone in phones)
    return [stretch(INSECURE_TEST_ONLY, DEPLOYMENT.stretch_salt, each) for each in encoded]


def asker(server: LocalServer, workers: int) -> Asker:
    index = server.published.parameters
    packed = server.ranges("demo", index)
    ranges = AllRanges(packed, prefix_bits=index.prefix_bits, range_length=index.range_length)
    return Asker(server, "demo", index, BlindingKey(SECRET), ranges, workers)


class Computing:
    """Counts how many batches are blinded or verified at the same time."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


@pytest.mark.parametrize("workers", [1, 2])
def test_no_more_are_computed_on_than_there_are_cores_while_others_wait_for_the_server(
    monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    computing, prepare, receive = Computing(), Batch.prepare, Batch.receive

    def prepared(*arguments: Any) -> Batch:
        with computing.one():
            return prepare(*arguments)

    def received(batch: Batch, answer: Any) -> Any:
        with computing.one():
            return receive(batch, answer)

    monkeypatch.setattr(Batch, "prepare", prepared)
    monkeypatch.setattr(Batch, "receive", received)
    server = LocalServer()
    # The first ones pass only when as many as there are cores and one more are at the server.
    together, arrived = threading.Barrier(workers + 1), itertools.count()

    def before(call: str) -> None:
        if call == "evaluate" and next(arrived) <= workers:
            together.wait(30)

    server.before = before
    batches = 4 * (workers + 1)
    found = list(asker(server, workers).ask(stretched(ASKED[: batches * BATCH])))
    assert [answer for answers in found for answer in answers] == [True, False] * (
        batches * BATCH // 2
    )
    assert 1 <= computing.most <= workers


def test_answers_come_in_order_although_batches_do_not() -> None:
    server = LocalServer()
    first, later = threading.Event(), threading.Event()

    def before(call: str) -> None:
        if call != "evaluate":
            return
        if not first.is_set():
            first.set()
            assert later.wait(30)
        else:
            later.set()

    server.before = before
    found = list(asker(server, 2).ask(stretched(ASKED[: 6 * BATCH])))
    assert [len(answers) for answers in found] == [BATCH] * 6
    assert [answer for answers in found for answer in answers] == [True, False] * (3 * BATCH)
