"""What was published, corrected and erased, as an Atom feed (RFC 4287) in each language."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.lifecycle.history import News, NewsKind
from app.web.addresses import site_address, tag_uri
from app.web.pages.languages import LANGUAGES, Language, Page
from app.web.pages.rendering import Renderer, alternates_of
from app.web.services import Services

MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
# The latest; a reader that comes once a year misses none of a site with some leaks.
ENTRIES_MAXIMUM: Final = 100
_BEFORE_ALL: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed.

    Args:
        id: the same for ever, and in every language.
        updated: when it happened (RFC 3339).
        page: what it leads to.
    """

    id: str
    news: News
    updated: str
    page: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What the template fills in.

    Args:
        site: its address.
        address: the feed's own, and its name.
        updated: when the newest of it happened.
        entries: the newest first.
    """

    site: str
    address: str
    updated: str
    entries: Sequence[Entry]


class Feeds:
    """The feeds' endpoints.

    Args:
        services: what was published, and the settings.
        renderer: makes the feeds.
    """

    def __init__(self, services: Services, renderer: Renderer) -> None:
        self._services = services
        self._renderer = renderer

    def add_routes(self, routes: APIRouter) -> None:
        """Add the feed in every language."""
        for language in LANGUAGES:
            path = language.path(Page.FEED)
            endpoint = self._feed(language)
            routes.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)

    def _feed(self, language: Language) -> Callable[[Request], Awaitable[Response]]:
        async def feed(request: Request) -> Response:
            news = await run_in_threadpool(self._services.history.news)
            published = {each.dataset for each in self._services.answering.catalogue.datasets}
            site = site_address(request, self._services.settings)
            filled = feed_of(news, language, site, published)
            body = self._renderer.html(language, "feed.atom", alternates_of(Page.FEED), feed=filled)
            return _unless_known(request, body)

        return feed


def feed_of(
    news: Sequence[News], language: Language, site: str, published: frozenset[str] | set[str]
) -> Feed:
    """Return a feed.

    Args:
        news: everything, the first first.
        language: of the feed.
        site: the site's address.
        published: datasets that have a page now.
    """
    entries = [
        Entry(
            tag_uri(site, each.at.date(), "dataset", each.dataset, each.epoch, each.kind),
            each,
            _instant(each.at),
            language.path(Page.LEAK, dataset=each.dataset)
            if each.dataset in published and each.kind is not NewsKind.ERASURE
            else language.path(Page.QUESTION),
        )
        for each in reversed(news[-ENTRIES_MAXIMUM:])
    ]
    updated = entries[0].updated if entries else _instant(_BEFORE_ALL)
    return Feed(site, site + language.path(Page.FEED), updated, entries)


def _unless_known(request: Request, body: bytes) -> Response:
    """Return the feed, or that the reader has it already: it asks again and again."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=MEDIA_TYPE)


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
