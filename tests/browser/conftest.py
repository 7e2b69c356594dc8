"""One browser, and the made-up leak behind a real server, for every test that looks at a page."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.browser.browsers import browsing
from tests.conftest import Leak
from tests.serving import serving_settings


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ended after this folder's tests: its loop would be in the way of others that run one."""
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(leak: Leak) -> Iterator[str]:
    """The address of a server with no limits."""
    with serving_settings(leak.settings()) as client:
        yield str(client.base_url).rstrip("/")


@pytest.fixture(scope="session")
def http(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site) as client:
        yield client
