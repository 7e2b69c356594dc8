"""How many may ask: per block of addresses and route, and per dataset and day.

Three layers, all of them moving windows. A client, known by its credential, is counted by none of
them; `authentication` counts it by itself.

- `RequestGuard` counts every request, refused and malformed ones too, before the body is read. It
  counts in this process, so that it works whatever else is down.
- slowapi counts what each answering route gives out, in elements, per block and route;
- and, for all blocks together, per dataset.

Why these numbers: see `app.settings`.
"""

from __future__ import annotations

import inspect
import math
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request, Response
from limits import RateLimitItem, WindowStats, parse_many
from slowapi import Limiter
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import InvalidSettings, LimitExceeded
from app.exposure.addresses import BlockDigests
from app.exposure.catalogue import Catalogue
from app.settings import UNLIMITED, Settings
from app.web.problems import problem_of
from app.web.windows import WindowStorage

BLOCK = "concerne.block"
# Who asks, where a credential said so.
CLIENT = "concerne.client"
_DATASET_SCOPE = "dataset"
_REQUESTS_SCOPE = "requests"
_UNKNOWN_DATASET = "unknown"
_HEALTH = frozenset({"/healthz", "/readyz"})

_Endpoint = Callable[..., Any]
_Decorator = Callable[[_Endpoint], _Endpoint]
_Cost = int | Callable[[Request], int]


def limit_items(setting: str) -> list[RateLimitItem]:
    """Return the limits that a setting such as `300/hour;2000/day` names."""
    return [] if setting == UNLIMITED else parse_many(setting)


class Limits:
    """The answering routes' limits.

    Args:
        settings: which limits, and where they are counted.
        catalogue: which dataset names exist; all others share one budget.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue) -> None:
        self._dataset_limit = settings.limit_dataset
        self._catalogue = catalogue
        self._limiter = _make_limiter(settings.limit_storage)

    def per_block(self, setting: str, *, cost: _Cost = 1) -> _Decorator:
        """Limit an endpoint per block of addresses. Goes under the route's decorator.

        Args:
            setting: the limit, or `unlimited`.
            cost: how much one request counts, or how to tell.
        """
        if setting == UNLIMITED:
            return _leave
        return self._limiter.limit(setting, cost=cost)

    def per_dataset(self, *, cost: _Cost = 1) -> _Decorator:
        """Take from the dataset's budget. Goes above `per_block`, which is then asked first."""
        if self._dataset_limit == UNLIMITED:
            return _leave
        return self._limiter.shared_limit(
            self._dataset_limit,
            scope=_DATASET_SCOPE,
            key_func=_inspected(partial(_dataset_of, self._catalogue)),
            cost=cost,
        )

    def add_headers(self, request: Request, response: Response) -> None:
        """Tell a caller how much is left for its block (draft-ietf-httpapi-ratelimit-headers)."""
        counted: tuple[RateLimitItem, list[str]] | None
        counted = getattr(request.state, "view_rate_limit", None)
        # How much all others have used of a dataset's budget is nobody's business.
        if counted is not None and counted[1][-1] != _DATASET_SCOPE:
            item, names = counted
            stats = self._limiter.limiter.get_window_stats(item, *names)
            _add_fields(response, names[-1], item, stats)

    def refusal(self, request: Request) -> Response:
        """Return the problem document of a limit that slowapi found exceeded."""
        item, names = request.state.view_rate_limit
        stats = self._limiter.limiter.get_window_stats(item, *names)
        response = problem_of(_exceeded(stats))
        if names[-1] != _DATASET_SCOPE:
            _add_fields(response, names[-1], item, stats)
        return response


class Guard:
    """Counts in this process, so that it works whatever else is down.

    Args:
        setting: the limit, or `unlimited`.
        scope: what a refusal calls it.
    """

    def __init__(self, setting: str, scope: str) -> None:
        self._items = [(item, item.amount, item.get_expiry()) for item in limit_items(setting)]
        self._scope = scope
        self._windows = WindowStorage()

    def take(self, name: str) -> Response | None:
        """Count one; return the refusal when there is no room for it."""
        for item, amount, seconds in self._items:
            if not self._windows.acquire_entry(f"{name}/{seconds}", amount, seconds):
                return self._refusal(item, f"{name}/{seconds}")
        return None

    def check(self, name: str, *, pending: int = 0) -> Response | None:
        """Return the refusal when there is no room for another, without counting any.

        Args:
            name: whose window.
            pending: how many may yet come to be counted.
        """
        for item, amount, seconds in self._items:
            _, count = self._windows.get_moving_window(f"{name}/{seconds}", amount, seconds)
            if count + pending >= amount:
                return self._refusal(item, f"{name}/{seconds}")
        return None

    def _refusal(self, item: RateLimitItem, key: str) -> Response:
        seconds = item.get_expiry()
        start, count = self._windows.get_moving_window(key, item.amount, seconds)
        stats = WindowStats(start + seconds, item.amount - count)
        response = problem_of(_exceeded(stats))
        _add_fields(response, self._scope, item, stats)
        return response


class RequestGuard:
    """Counts every request of the public per block, before anything of it is read.

    Args:
        app: what comes after.
        setting: the limit, or `unlimited`.
        digests: what a block is called today.
    """

    def __init__(self, app: ASGIApp, *, setting: str, digests: BlockDigests) -> None:
        self._app = app
        self._guard = Guard(setting, _REQUESTS_SCOPE)
        self._digests = digests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"] in _HEALTH:
            await self._app(scope, receive, send)
            return
        block = scope[BLOCK] = block_of(scope, self._digests)
        refusal = None if CLIENT in scope else self._guard.take(block)
        await (refusal or self._app)(scope, receive, send)


def block_of(scope: Scope, digests: BlockDigests) -> str:
    """Return what the caller's block of addresses is called today."""
    client = scope.get("client")
    return digests.digest(client[0] if client else "")


def _make_limiter(storage: str) -> Limiter:
    """Make slowapi's limiter, configured by our settings and by nothing else.

    It would read RATELIMIT_… variables and a `.env` in the working folder too, and either can
    switch every limit off without a word.
    """
    for name in os.environ:
        if name.startswith("RATELIMIT_"):
            raise InvalidSettings(
                f"the variable {name} would change limits unseen",
                hint="unset it; limits are CONCERNE_LIMIT_… settings",
            )
    with warnings.catch_warnings():
        # "Config file not found" is what we want.
        warnings.simplefilter("ignore", UserWarning)
        return Limiter(
            key_func=_block_of,
            strategy="moving-window",
            storage_uri=storage,
            in_memory_fallback_enabled=True,
            # By endpoint: by URL, each range and each dataset would have a window of its own.
            key_style="endpoint",
            config_filename=os.devnull,
        )


def _leave(endpoint: _Endpoint) -> _Endpoint:
    return endpoint


def _inspected(key_func: Callable[[Request], str]) -> Callable[[Request], str]:
    """Keep a key function's signature, which slowapi would work out anew at each request."""
    setattr(key_func, "__signature__", inspect.signature(key_func))  # noqa: B010 not a declared attribute
    return key_func


@_inspected
def _block_of(request: Request) -> str:
    block: str = request.scope[BLOCK]
    return block


def _dataset_of(catalogue: Catalogue, request: Request) -> str:
    # In the path, or, of a form, in the body: whoever read that put it here.
    name: str = getattr(request.state, "dataset", None) or request.path_params.get("dataset", "")
    is_known = any(dataset.dataset == name for dataset in catalogue.datasets)
    return name if is_known else _UNKNOWN_DATASET


def _exceeded(stats: WindowStats) -> LimitExceeded:
    return LimitExceeded(
        "too many questions for now; nothing was computed",
        retry_after_seconds=_seconds_left(stats),
        hint="wait as long as Retry-After says",
    )


def _seconds_left(stats: WindowStats) -> int:
    return max(1, math.ceil(stats.reset_time - time.time()))


def _add_fields(response: Response, scope: str, item: RateLimitItem, stats: WindowStats) -> None:
    policy = scope.rpartition(".")[2]
    limit = f'"{policy}";q={item.amount};w={item.get_expiry()}'
    left = f'"{policy}";r={max(0, stats.remaining)};t={_seconds_left(stats)}'
    # Not through `response.headers`, which looks for each name among all that are there.
    response.raw_headers.append((b"ratelimit-policy", limit.encode()))
    response.raw_headers.append((b"ratelimit", left.encode()))
