"""The pool of plain lookups is bounded, and says so at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from app.errors import Busy
from app.exposure.stretching import BoundedPool


@pytest.fixture
def pool() -> Iterator[BoundedPool]:
    pool = BoundedPool(workers=1, waiting=1)
    yield pool
    pool.close()


def test_what_is_beyond_the_places_is_refused_at_once(pool: BoundedPool) -> None:
    gate = threading.Event()
    running, waiting = pool.submit(gate.wait), pool.submit(gate.wait)
    with pytest.raises(Busy) as refusal:
        pool.submit(gate.wait)
    assert refusal.value.retry_after_seconds >= 1
    gate.set()
    assert running.result(60)
    assert waiting.result(60)


def test_a_place_is_free_again_after_success_failure_and_cancellation(pool: BoundedPool) -> None:
    for _ in range(5):
        assert pool.submit(lambda: 7).result(60) == 7
        with pytest.raises(ZeroDivisionError):
            pool.submit(lambda: 1 // 0).result(60)
        wait_for_places(pool)
        gate = threading.Event()
        running, waiting = pool.submit(gate.wait), pool.submit(gate.wait)
        assert waiting.cancel()
        gate.set()
        running.result(60)
        wait_for_places(pool)


def wait_for_places(pool: BoundedPool) -> None:
    """A future is done a moment before its callback has given the place back."""
    for _ in range(2):
        while not pool._places.acquire(timeout=60):
            pytest.fail("a place was lost")
    for _ in range(2):
        pool._places.release()


def test_a_closed_pool_takes_nothing_and_loses_no_place() -> None:
    pool = BoundedPool(workers=1, waiting=0)
    pool.close()
    for _ in range(3):
        with pytest.raises(RuntimeError):
            pool.submit(lambda: 1)
