"""Yes, no, could not check: in the page, by its script, with nothing told to the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from app.crypto.keys import EvaluationKey
from app.encoding import to_base64url
from app.settings import Settings
from app.web.pages.languages import LANGUAGES as SITE_LANGUAGES
from app.web.pages.languages import Page as SitePage
from tests.browser.asking import ANSWER, LANGUAGES, answer, ask, fill, press, ready
from tests.browser.browsers import DESKTOP, PHONE, opening
from tests.conftest import Leak
from tests.serving import serving_settings

DATASET = "**/v1/datasets/demo"
EVALUATION = "**/evaluations"
RANGE = "**/ranges/**"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_answer_is_the_true_one(
    browser: Browser, site: str, leak: Leak, language: str, viewport: dict[str, int]
) -> None:
    for exposed in (True, False):
        for line in leak.lines("nir-dob", exposed=exposed)[:4]:
            with opening(browser, f"{site}/{language}/", viewport=viewport) as page:
                assert ask(page, line) == ("yes" if exposed else "no")


def test_a_yes_and_a_no_say_what_the_servers_own_pages_say(
    browser: Browser, site: str, leak: Leak
) -> None:
    """One set of words: the page without script and the page with it cannot disagree."""
    for exposed in (True, False):
        line = leak.lines("nir-dob", exposed=exposed)[0]
        texts = []
        for path, scripted in (("/fr/", True), ("/fr/sans-script", False)):
            with opening(browser, site + path, java_script_enabled=scripted) as page:
                if scripted:
                    ask(page, line)
                    texts.append(page.inner_text("#result"))
                else:
                    post(page, line)
                    texts.append(page.inner_text("main"))
        assert " ".join(texts[0].split()) == " ".join(texts[1].split())


def post(page: Page, line: dict[str, Any]) -> None:
    year, month, day = line["birth_date"].split("-")
    for name, value in (("nir", line["nir"]), ("day", day), ("month", month), ("year", year)):
        page.fill(f'[name="{name}"]', value)
    # The whole page, of which a part may be there before the rest.
    with page.expect_navigation():
        page.click('button[type="submit"]')
    page.wait_for_selector("[data-answer]")


def test_several_leaks_are_asked_each_by_its_own_schemes(
    browser: Browser, leak: Leak, several: Settings
) -> None:
    exposed = leak.lines("nir-dob", exposed=True)[0]
    strangers_date = exposed | {"birth_date": "1901-02-03"}
    other = leak.lines("nir", exposed=False)[0] | {"birth_date": "1901-02-03"}
    with serving_settings(several) as client, opening(browser, f"{client.base_url}/fr/") as page:
        ready(page)
        page.click("#ask")
        assert "Choisissez la fuite" in page.inner_text("#dataset")
        assert page.evaluate("document.activeElement.name") == "dataset"
        for name, line, expected in (
            ("first", exposed, "yes"),
            ("first", strangers_date, "no"),
            ("second", strangers_date, "yes"),
            ("second", other, "no"),
            # Asked by number and birth date, and by number alone.
            ("both", strangers_date, "yes"),
            ("both", other, "no"),
        ):
            page.goto(f"{client.base_url}/fr/")
            page.check(f"#dataset-{name}")
            assert page.locator("#birth-date").is_visible() is (name != "second")
            assert ask(page, line) == expected


def assert_unknown(page: Page, *words: str) -> None:
    """Check that the page says that it could not check, and why, and has no word of an answer."""
    assert answer(page) == "unknown"
    text = page.inner_text("main")
    for each in words:
        assert each in text
    assert "figure" not in text


@pytest.mark.promise("unknown")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_server_that_stopped_is_no_answer(browser: Browser, leak: Leak, language: str) -> None:
    words = {"fr": "n’a pas pu joindre le site", "en": "could not reach the site"}[language]
    with serving_settings(leak.settings()) as client:
        address = f"{client.base_url}/{language}/"
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        fill(page, leak.lines("nir-dob", exposed=False)[0])
        page.wait_for_load_state("networkidle")
    page.click("#ask")
    assert_unknown(page, words)
    context.close()


@pytest.mark.promise("unknown")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_limit_that_is_reached_is_no_answer_and_says_how_long(
    browser: Browser, leak: Leak, language: str
) -> None:
    words = {
        "fr": ("trop de questions", "Réessayez dans", "minutes"),
        "en": ("too many questions", "Try again in", "minutes"),
    }[language]
    line = leak.lines("nir-dob", exposed=False)[0]
    with serving_settings(leak.settings(limit_evaluations="1/hour")) as client:
        for expected in ("no", "unknown"):
            with opening(browser, f"{client.base_url}/{language}/") as page:
                assert ask(page, line) == expected
                if expected == "unknown":
                    assert_unknown(page, *words)
                    assert page.locator("#result [data-unit]:visible").count() == 1


def other_key(document: dict[str, Any]) -> None:
    document["schemes"]["nir-dob"]["public_key"] = to_base64url(EvaluationKey.generate().public_key)


def zero_proof(document: dict[str, Any]) -> None:
    document["proof"] = to_base64url(bytes(64))


def other_proof(document: dict[str, Any]) -> None:
    document["proof"] = to_base64url(bytes([1, *bytes(31)]) * 2)


def swapped(document: dict[str, Any]) -> None:
    document["evaluated"] = document["evaluated"] * 2


def old_epoch(document: dict[str, Any]) -> None:
    document["epoch"] = 7


def longer(document: dict[str, Any]) -> None:
    document["schemes"]["nir-dob"]["range_length"] += 1


def empty(document: dict[str, Any]) -> None:
    document["schemes"]["nir-dob"]["range_length"] = 0


def heavy(document: dict[str, Any]) -> None:
    document["schemes"]["nir-dob"]["stretch"]["memory_kib"] = 2**21


def another(document: dict[str, Any]) -> None:
    document["dataset"] = "other"


@pytest.mark.promise("proof")
@pytest.mark.promise("unknown")
@pytest.mark.parametrize(
    ("where", "lie", "words"),
    [
        (DATASET, other_key, "n’a pas pu contrôler"),
        (DATASET, longer, "n’a pas pu contrôler"),
        (DATASET, empty, "n’a pas pu contrôler"),
        (DATASET, heavy, "n’a pas pu contrôler"),
        (DATASET, another, "n’a pas pu contrôler"),
        (EVALUATION, zero_proof, "n’a pas pu contrôler"),
        (EVALUATION, other_proof, "n’a pas pu contrôler"),
        (EVALUATION, swapped, "n’a pas pu contrôler"),
        (EVALUATION, old_epoch, "ne répond pas comme il faut"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_server_that_lies_is_no_answer(
    browser: Browser,
    site: str,
    leak: Leak,
    where: str,
    lie: Callable[[dict[str, Any]], None],
    words: str,
) -> None:
    def change(route: Route) -> None:
        response = route.fetch()
        document = response.json()
        lie(document)
        route.fulfill(response=response, body=json.dumps(document))

    for exposed in (True, False):
        with opening(browser, f"{site}/fr/") as page:
            page.route(where, change)
            fill(page, leak.lines("nir-dob", exposed=exposed)[0])
            page.click("#ask")
            assert_unknown(page, words)


@pytest.mark.promise("proof")
@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:-8],
        lambda body: body + body[-8:],
        lambda body: body[8:] + body[:8],
        lambda body: b"",
        lambda body: b"<html></html>",
    ],
    ids=["shorter", "longer", "out of order", "empty", "not a range"],
)
def test_a_range_that_was_changed_is_no_answer(
    browser: Browser, site: str, leak: Leak, change: Callable[[bytes], bytes]
) -> None:
    def send(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=change(response.body()))

    with opening(browser, f"{site}/fr/") as page:
        page.route(RANGE, send)
        fill(page, leak.lines("nir-dob", exposed=False)[0])
        page.click("#ask")
        assert_unknown(page, "n’a pas pu contrôler")


@pytest.mark.promise("unknown")
@pytest.mark.parametrize("where", [DATASET, EVALUATION, RANGE, "**/v1/parameters"])
@pytest.mark.parametrize("status", [204, 404, 410, 500, 503])
def test_no_status_but_200_is_an_answer(
    browser: Browser, site: str, leak: Leak, where: str, status: int
) -> None:
    with opening(browser, f"{site}/fr/") as page:
        page.route(where, lambda route: route.fulfill(status=status, body=""))
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.click("#ask")
        assert_unknown(page, "ne répond pas comme il faut")


@pytest.mark.promise("unknown")
def test_a_device_that_cannot_compute_is_no_answer_and_is_told_of_other_ways(
    browser: Browser, site: str, leak: Leak
) -> None:
    """The worker's program never arrives: as good as a worker that runs out of memory."""
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        page.route("**/page.js", lambda route: route.abort())
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.click("#ask")
        assert_unknown(page, "Votre appareil n’a pas pu faire le calcul")
        page.click("text=laissez le serveur faire le calcul")
        assert page.url.endswith("/fr/sans-script")


def test_an_epoch_that_ends_in_the_middle_is_asked_again(
    browser: Browser, site: str, leak: Leak
) -> None:
    times = []

    def gone_once(route: Route) -> None:
        times.append(1)
        if len(times) == 1:
            route.fulfill(status=410, body="{}")
        else:
            route.continue_()

    with opening(browser, f"{site}/fr/") as page:
        page.route(RANGE, gone_once)
        assert ask(page, leak.lines("nir-dob", exposed=True)[0]) == "yes"
    assert len(times) == 2


def test_a_second_question_has_its_own_answer(browser: Browser, site: str, leak: Leak) -> None:
    with opening(browser, f"{site}/en/") as page:
        for exposed in (True, False, True):
            line = leak.lines("nir-dob", exposed=exposed)[1]
            assert ask(page, line) == ("yes" if exposed else "no")
            page.click("text=Ask another question")
            page.wait_for_selector(ANSWER, state="detached")


def test_the_button_pressed_twice_asks_once(browser: Browser, site: str, leak: Leak) -> None:
    asked = []
    with opening(browser, f"{site}/fr/") as page:
        page.on("request", lambda r: asked.append(r.url) if "evaluations" in r.url else None)
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.evaluate("const b = document.getElementById('ask'); b.click(); b.click(); b.click()")
        assert answer(page) == "yes"
    assert len(asked) == 1


def test_nothing_can_be_asked_where_nothing_is_published(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = Settings(data=tmp_path_factory.mktemp("nothing"), stretch_profile="owasp-19-mib")
    with serving_settings(settings) as client:
        for language in SITE_LANGUAGES:
            path = language.path(SitePage.QUESTION)
            with opening(browser, f"{str(client.base_url).rstrip('/')}{path}") as page:
                assert page.locator("form").count() == 0


def test_press_is_what_the_enter_key_does(browser: Browser, site: str, leak: Leak) -> None:
    with opening(browser, f"{site}/fr/") as page:
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.press("#birth-year", "Enter")
        assert answer(page) == "yes"
    with opening(browser, f"{site}/fr/") as page:
        fill(page, leak.lines("nir-dob", exposed=False)[0])
        assert press(page) == "no"
