"""Moving windows, held to the library's own storage and to their definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from app.web.windows import SWEEP_SECONDS, WindowStorage

steps = st.lists(st.tuples(st.floats(0, 40), st.integers(1, 4)), max_size=40)


class Clock:
    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@given(steps)
def test_a_window_never_holds_more_than_its_limit_and_refuses_only_when_it_would(
    asked: list[tuple[float, int]],
) -> None:
    clock = Clock()
    storage = WindowStorage(clock=clock)
    accepted: list[float] = []
    for pause, amount in asked:
        clock.now += pause
        within = [moment for moment in accepted if moment > clock.now - 60]
        fits = len(within) + amount <= 5
        assert storage.acquire_entry("k", 5, 60, amount) is fits
        accepted += [clock.now] * (amount if fits else 0)
        start, count = storage.get_moving_window("k", 5, 60)
        within = [moment for moment in accepted if moment > clock.now - 60]
        assert (start, count) == (within[0] if within else clock.now, len(within))


def test_the_library_finds_it_and_its_strategy_works_on_it() -> None:
    storage = storage_from_string("process://")
    assert isinstance(storage, WindowStorage)
    limiter = MovingWindowRateLimiter(storage)
    item = RateLimitItemPerMinute(3)
    assert [limiter.hit(item, "a", cost=2), limiter.hit(item, "a"), limiter.hit(item, "a")] == [
        True,
        True,
        False,
    ]
    assert limiter.hit(item, "b")
    stats = limiter.get_window_stats(item, "a")
    assert stats.remaining == 0


def test_windows_of_who_came_once_are_forgotten() -> None:
    """Thousands of address blocks a day must not stay in memory for ever."""
    clock = Clock()
    storage = WindowStorage(clock=clock)
    for number in range(1000):
        storage.acquire_entry(f"k{number}", 5, 60)
    clock.now += 61 + SWEEP_SECONDS
    storage.acquire_entry("other", 5, 60)
    assert storage.names() == ["other"]


def test_clearing_frees_a_window_and_resetting_all() -> None:
    storage = WindowStorage()
    for key in ("a", "b"):
        assert storage.acquire_entry(key, 1, 60)
    storage.clear("a")
    assert storage.acquire_entry("a", 1, 60)
    assert storage.reset() == 2
    assert storage.acquire_entry("b", 1, 60)
    assert storage.check()


def test_counters_are_refused_rather_than_wrong() -> None:
    storage = WindowStorage()
    with pytest.raises(NotImplementedError):
        storage.incr("a", 1)
    with pytest.raises(NotImplementedError):
        storage.get("a")
    with pytest.raises(NotImplementedError):
        storage.get_expiry("a")
