"""What is left in the browser after the answer, after going back, after leaving: nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.asking import ask, fill, press, ready, spellings
from tests.browser.browsers import opening
from tests.conftest import Leak

# Everything that a page holds: its markup, and what is typed into its fields.
HELD = """() => document.documentElement.outerHTML + [...document.querySelectorAll('input')]
    .map((input) => input.value + ' ' + input.defaultValue).join(' ')"""
LEFT = """async () => ({
    cookies: document.cookie,
    local: Object.keys(localStorage).length,
    session: Object.keys(sessionStorage).length,
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""


def assert_empty(page: Page, line: dict[str, Any]) -> None:
    held = page.evaluate(HELD)
    for text in spellings(line):
        assert text not in held
        assert text not in page.url
        assert text not in page.title()


@pytest.mark.promise("gone")
@pytest.mark.parametrize("exposed", [True, False])
def test_the_number_is_gone_with_the_answer_and_when_going_back(
    browser: Browser, site: str, leak: Leak, exposed: bool
) -> None:
    line = leak.lines("nir-dob", exposed=exposed)[0]
    with opening(browser, f"{site}/fr/fonctionnement") as page:
        page.goto(f"{site}/fr/")
        fill(page, line)
        assert all(text in page.evaluate(HELD) for text in (page.input_value("#nir"),))
        press(page)
        assert_empty(page, line)
        assert page.url == f"{site}/fr/"
        # Back to the question, which is empty, and not away from the site.
        page.go_back()
        page.wait_for_selector("#question", state="visible")
        assert page.url == f"{site}/fr/"
        assert page.locator("#result [data-answer]").count() == 0
        assert_empty(page, line)
        page.go_forward()
        assert_empty(page, line)
        assert page.locator("#question").is_visible()
        # And asked again, it answers.
        assert ask(page, line) == ("yes" if exposed else "no")


@pytest.mark.promise("gone")
@pytest.mark.parametrize("is_asked", [True, False])
def test_whoever_comes_back_to_the_page_finds_it_empty(
    browser: Browser, site: str, leak: Leak, is_asked: bool
) -> None:
    """Browsers keep whole pages to go back to, and fill fields in again after a reload."""
    line = leak.lines("nir-dob", exposed=True)[0]
    leave: list[Callable[[Page], Any]] = [
        lambda page: page.click("footer a >> nth=2"),
        lambda page: page.goto("about:blank"),
        lambda page: page.reload(),
    ]
    for leaving in leave:
        with opening(browser, f"{site}/fr/") as page:
            fill(page, line)
            if is_asked:
                press(page)
            leaving(page)
            if page.url != f"{site}/fr/":
                page.go_back()
            page.wait_for_selector("#question", state="visible")
            assert_empty(page, line)


@pytest.mark.promise("nothing-else")
@pytest.mark.parametrize("exposed", [True, False])
def test_nothing_is_kept_in_the_browser(
    browser: Browser, site: str, leak: Leak, exposed: bool
) -> None:
    with opening(browser, f"{site}/en/") as page:
        ask(page, leak.lines("nir-dob", exposed=exposed)[0])
        assert page.evaluate(LEFT) == {
            "cookies": "",
            "local": 0,
            "session": 0,
            "databases": 0,
            "caches": 0,
            "workers": 0,
        }
        assert page.context.cookies() == []
        assert page.evaluate("history.state") is None


def test_a_question_that_is_left_in_the_middle_is_given_up(
    browser: Browser, site: str, leak: Leak
) -> None:
    """The worker ends with the page; no answer turns up in what is shown next."""
    line = leak.lines("nir-dob", exposed=True)[0]
    with opening(browser, f"{site}/fr/") as page:
        page.route("**/ranges/**", lambda route: None)
        fill(page, line)
        page.click("#ask")
        page.wait_for_selector("#bar:visible")
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
        page.wait_for_selector("#bar", state="hidden")
        assert_empty(page, line)
        ready(page)
        assert page.get_attribute("#ask", "aria-disabled") is None
        page.unroute("**/ranges/**")
        assert ask(page, line) == "yes"
