"""The system's own Chromium, with what keeps it from talking to anybody but the server here."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}


def chromium() -> str:
    """Return where Chromium is; `scripts/test` installs it where it can."""
    found = [path for name in NAMES if (path := shutil.which(name))]
    assert found, "there is no Chromium: apt-get install chromium, or run scripts/test as root"
    return found[0]


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start a browser, and end it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opening(browser: Browser, path: str, **options: object) -> Iterator[Page]:
    """Open an address in a context of its own, and fail if the page complains of anything."""
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]  # passed on
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda m: complaints.append(m.text) if "Content Security" in m.text else None
    )
    try:
        page.goto(path)
        yield page
        assert complaints == []
    finally:
        context.close()


def wait_until(page: Page, expression: str) -> None:
    """Wait until an expression is true.

    `Page.wait_for_function` has the page itself evaluate it again, which its policy forbids.
    """
    deadline = time.monotonic() + 30
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"never true: {expression}"
        page.wait_for_timeout(20)
