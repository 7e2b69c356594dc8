"""Without a script: the same form after plain words, or no form; never a plain one in silence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.asking import HEADINGS, LANGUAGES, fill, ready, spellings
from tests.browser.browsers import PHONE, opening
from tests.browser.test_traffic import Traffic
from tests.conftest import Leak
from tests.serving import serving_settings

PLAIN = {"fr": "Le serveur de ce site verra ce numéro.", "en": "server will see this number."}
PRIVATE = {"fr": "Votre numéro ne quitte pas cet appareil.", "en": "does not leave this device."}
SENT = 'button[type="submit"]:visible'


def type_plainly(page: Page, line: dict[str, str]) -> None:
    year, month, day = line["birth_date"].split("-")
    for name, value in (("nir", line["nir"]), ("day", day), ("month", month), ("year", year)):
        page.fill(f'[name="{name}"]', value)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("exposed", [True, False])
def test_the_form_posts_after_saying_that_the_server_sees_the_number(
    browser: Browser, site: str, leak: Leak, language: str, exposed: bool
) -> None:
    line = leak.lines("nir-dob", exposed=exposed)[0]
    with opening(browser, f"{site}/{language}/", java_script_enabled=False) as page:
        text = page.inner_text("main")
        assert PLAIN[language] in text
        assert PRIVATE[language] not in text
        assert page.locator("button:visible").count() == 1
        notice, button = page.locator("#plain-notice"), page.locator(SENT)
        above, below = notice.bounding_box(), button.bounding_box()
        assert above is not None
        assert below is not None
        assert above["y"] + above["height"] <= below["y"]
        type_plainly(page, line)
        with page.expect_navigation():
            button.click()
        kind = page.locator("[data-answer]").get_attribute("data-answer") or ""
        assert kind == ("yes" if exposed else "no")
        assert page.inner_text("h1") == HEADINGS[language, kind]
        for text in spellings(line):
            assert text not in page.content()
            assert text not in page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_a_script_only_the_private_way_is_shown(
    browser: Browser, site: str, language: str
) -> None:
    with opening(browser, f"{site}/{language}/") as page:
        ready(page)
        text = page.inner_text("main")
        assert PRIVATE[language] in text
        assert PLAIN[language] not in text
        assert page.locator(SENT).count() == 1


def test_a_script_that_does_not_come_sends_nothing_and_says_so(
    browser: Browser, site: str, leak: Leak
) -> None:
    """The button stays dead, and so does the enter key; after a while the page says why."""
    line = leak.lines("nir-dob", exposed=True)[0]
    with opening(browser, "about:blank", viewport=PHONE) as page:
        page.route("**/page.js", lambda route: route.abort())
        page.goto(f"{site}/fr/")
        # The while stands still until it is over: ten seconds may pass on a busy machine.
        page.evaluate("document.getAnimations().forEach((animation) => animation.pause())")
        type_plainly(page, line)
        traffic = Traffic.of(page)
        page.press("#nir", "Enter")
        page.press("#birth-year", "Enter")
        page.click("#ask", force=True)
        page.wait_for_timeout(300)
        assert traffic.requests == []
        assert page.url == f"{site}/fr/"
        late = page.locator("#late")
        assert not late.is_visible()
        page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
        assert late.is_visible()
        assert "n’est pas arrivée entière" in late.inner_text()
        with page.expect_navigation():
            page.click("#late a")
        assert page.url == f"{site}/fr/sans-script"
        assert PLAIN["fr"] in page.inner_text("main")


def test_a_form_with_a_script_has_nothing_that_a_browser_would_send(
    browser: Browser, site: str, leak: Leak
) -> None:
    """Should it ever be sent as forms are, by an extension or a fault of ours."""
    with opening(browser, f"{site}/fr/") as page:
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        sent = page.evaluate("[...new FormData(document.getElementById('question-form')).keys()]")
        assert sent == ["dataset"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_operator_who_forbids_it_has_a_page_that_says_how_else_to_ask(
    browser: Browser, leak: Leak, language: str
) -> None:
    with serving_settings(leak.settings(plain_lookup_page=False)) as client:
        address = f"{client.base_url}/{language}/"
        with opening(browser, address, java_script_enabled=False) as page:
            assert "concerne ask --server URL --dataset demo" in page.inner_text("main")
            assert page.locator("input:visible").count() == 0
            assert page.locator("button:visible").count() == 0
        with opening(browser, address) as page:
            ready(page)
            assert PRIVATE[language] in page.inner_text("main")
            assert page.get_attribute("#question-form", "action") is None
            assert "concerne ask" not in page.inner_text("main")
        plain = {"fr": "sans-script", "en": "without-script"}[language]
        assert client.get(f"/{language}/{plain}").status_code == 404
