"""How far a long command is: a bar on a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_PLAIN_EVERY_SECONDS = 10.0


class Meter(Protocol):
    """Something that shows how far a command is."""

    def update(self, done: int, total: int | None, text: str) -> None:
        """Show `done` of `total` (None when nobody knows), and a short text."""


@contextmanager
def meter(title: str) -> Iterator[Meter]:
    """Show a meter on standard error while the block runs."""
    if not sys.stderr.isatty():
        yield _PlainMeter(title)
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
        TextColumn("{task.fields[text]}"), TextColumn("left"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield _BarMeter(progress, title)


class _BarMeter:
    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._task = progress.add_task(title, total=None, text="")

    def update(self, done: int, total: int | None, text: str) -> None:
        self._progress.update(self._task, completed=done, total=total, text=text)


class _PlainMeter:
    """A line when something new begins or ends, and every ten seconds in between."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown_at = float("-inf")
        self._started_at = time.monotonic()

    def update(self, done: int, total: int | None, text: str) -> None:
        now = time.monotonic()
        is_whole = total is not None and done >= total
        if now - self._shown_at < _PLAIN_EVERY_SECONDS and not is_whole:
            return
        self._shown_at = now
        share = f"{done / total:.0%}" if total else f"{done:,}"
        left = _time_left(done, total, now - self._started_at)
        print(f"{self._title}: {share}, {text}{left}", file=sys.stderr)


def _time_left(done: int, total: int | None, elapsed_seconds: float) -> str:
    if not total or not done or done >= total:
        return ""
    seconds = round(elapsed_seconds * (total - done) / done)
    return f", {seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02} left"
