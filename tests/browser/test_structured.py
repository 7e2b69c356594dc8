"""The block of data in a leak's page, in a real browser under the page's own policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from app.web.pages.languages import LANGUAGES, Language
from app.web.pages.languages import Page as SitePage
from tests.browser.browsers import opening
from tests.conftest import DATASET


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_policy_of_the_page_does_not_take_data_for_a_script(
    browser: Browser, site: str, language: Language
) -> None:
    """`opening` fails with whatever the browser says of the policy."""
    with opening(browser, site + language.path(SitePage.LEAK, dataset=DATASET)) as page:
        block = "JSON.parse(document.querySelector('script[type$=json]').textContent)['@type']"
        assert page.evaluate(block) == "Dataset"


def test_the_browser_would_have_said_so_of_a_script(browser: Browser, site: str) -> None:
    path = LANGUAGES[0].path(SitePage.LEAK, dataset=DATASET)
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.goto(site + path)
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.head.append(script);
        }"""
    )
    assert page.evaluate("window.ran === undefined")
    page.close()
    assert [message for message in said if "Content Security" in message]
