"""Typing the question: grouped as on the card, told what is wrong beside it, by any keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from app.identity.nir import normalise_nir
from tests.browser.asking import answer, fill, ready
from tests.browser.browsers import PHONE, opening
from tests.conftest import Leak

GOOD = "185055695004846"
CORSICAN = "1 85 05 2A 950 048"


def typed(page: Page, text: str) -> str:
    page.fill("#nir", "")
    page.locator("#nir").press_sequentially(text)
    return page.input_value("#nir")


def cursor(page: Page) -> int:
    position: int = page.evaluate("document.getElementById('nir').selectionStart")
    return position


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1", "1"),
        ("18", "1 8"),
        ("1850556", "1 85 05 56"),
        (GOOD, "1 85 05 56 950 048 46"),
        ("1 85 05 56 950 048 46", "1 85 05 56 950 048 46"),
        ("1.85.05-56 950.048-46", "1 85 05 56 950 048 46"),
        ("18505562a", "1 85 05 56 2A"),
        ("1 85 05 2a 950", "1 85 05 2A 950"),
        (GOOD + "7", "1 85 05 56 950 048 46 7"),
        ("185O5", "1 85O5"),
        ("1 85 05 é", "1 85 05é"),
    ],
)
def test_the_number_is_grouped_as_it_is_printed(
    browser: Browser, site: str, text: str, shown: str
) -> None:
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        assert typed(page, text) == shown


def test_a_number_that_is_pasted_is_grouped_too(browser: Browser, site: str) -> None:
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        page.fill("#nir", f"\u00a0{GOOD[:5]}\u202f{GOOD[5:]}\t")
        assert page.input_value("#nir") == "1 85 05 56 950 048 46"


def test_correcting_in_the_middle_keeps_the_cursor_where_it_was(
    browser: Browser, site: str
) -> None:
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        typed(page, GOOD)
        # After "1 85 0": one digit wiped out and typed again.
        page.evaluate("document.getElementById('nir').setSelectionRange(6, 6)")
        page.keyboard.press("Backspace")
        assert (page.input_value("#nir"), cursor(page)) == ("1 85 55 69 500 484 6", 4)
        page.keyboard.type("0")
        assert (page.input_value("#nir"), cursor(page)) == ("1 85 05 56 950 048 46", 6)
        page.keyboard.press("End")
        for _ in range(21):
            page.keyboard.press("Backspace")
        assert page.input_value("#nir") == ""


def test_a_key_that_does_not_match_is_told_at_once(browser: Browser, site: str) -> None:
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        check = page.locator("#nir-check")
        typed(page, GOOD[:14])
        assert check.inner_text() == ""
        page.locator("#nir").press_sequentially("7")
        assert "La clé à deux chiffres ne correspond pas" in check.inner_text()
        assert page.get_attribute("#nir", "aria-invalid") == "true"
        page.keyboard.press("Backspace")
        assert (check.inner_text(), page.get_attribute("#nir", "aria-invalid")) == ("", None)
        page.keyboard.type("6")
        assert check.inner_text() == "Le numéro est complet, et sa clé est juste."
        assert check.get_attribute("role") == "status"
        assert "nir-check" in (page.get_attribute("#nir", "aria-describedby") or "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CORSICAN, "Sans la clé"),
        ("1 85 05", "n’a pas la bonne longueur"),
        ("9 85 05 56 950 048", "n’est pas à sa place"),
    ],
)
def test_what_only_shows_when_the_field_is_left_is_told_then(
    browser: Browser, site: str, text: str, words: str
) -> None:
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        typed(page, text)
        assert page.inner_text("#nir-check") == ""
        page.keyboard.press("Tab")
        assert words in page.inner_text("#nir-check")


def test_what_is_wrong_is_said_beside_each_field_and_the_first_has_the_focus(
    browser: Browser, site: str, leak: Leak
) -> None:
    asked: list[str] = []
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        page.on("request", lambda request: asked.append(request.url))
        page.click("#ask")
        assert "Écrivez votre numéro" in page.inner_text("#nir-fault")
        assert "Écrivez le jour" in page.inner_text("#birth-fault")
        assert page.evaluate("document.activeElement.id") == "nir"
        assert page.get_attribute("#birth-year", "aria-describedby") == "birth-fault"
        for parts, words in (
            (("31", "2", "1985"), "n’existe pas dans le calendrier"),
            (("1", "mai", "1985"), "en chiffres"),
            (("1", "5", "85"), "quatre chiffres"),
            (("1", "5", "2999"), "Cette année n’est pas possible"),
        ):
            typed(page, GOOD)
            for part, value in zip(("day", "month", "year"), parts, strict=True):
                page.evaluate(
                    "([id, value]) => { document.getElementById(id).value = value }",
                    [f"birth-{part}", value],
                )
            page.click("#ask")
            assert page.locator("#nir-fault").count() == 0
            assert words in page.inner_text("#birth-fault")
            assert page.evaluate("document.activeElement.id") == "birth-day"
        assert asked == []
        # What is put right loses its message, and is answered.
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.click("#ask")
        assert answer(page) == "yes"


def test_the_keyboard_alone_is_enough(browser: Browser, site: str, leak: Leak) -> None:
    line = leak.lines("nir-dob", exposed=False)[0]
    year, month, day = line["birth_date"].split("-")
    with opening(browser, f"{site}/en/") as page:
        ready(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        for _ in range(5):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "nir":
                break
        page.keyboard.type(line["nir"])
        for text in (day, month, year):
            page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "ask"
        page.keyboard.press("Space")
        assert answer(page) == "no"
        # The focus is on the answer, and the next stop is the first link below it.
        assert page.evaluate("document.activeElement.tagName") == "H1"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#result') !== null")


def test_the_link_to_the_content_keeps_the_answer(browser: Browser, site: str, leak: Leak) -> None:
    with opening(browser, f"{site}/fr/") as page:
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.click("#ask")
        assert answer(page) == "yes"
        page.focus(".skip")
        page.keyboard.press("Enter")
        page.wait_for_timeout(100)
        assert answer(page) == "yes"


def test_a_phone_gets_digits_and_a_corsican_number_its_letter(browser: Browser, site: str) -> None:
    key = 97 - int(CORSICAN.replace(" ", "").replace("2A", "19")) % 97
    whole = f"{CORSICAN} {key:02}"
    assert normalise_nir(whole)
    with opening(browser, f"{site}/fr/", viewport=PHONE, is_mobile=True, has_touch=True) as page:
        ready(page)
        assert page.get_attribute("#nir", "inputmode") == "numeric"
        letters = page.locator("#nir-letters")
        assert letters.is_visible()
        letters.tap()
        assert page.get_attribute("#nir", "inputmode") == "text"
        assert not letters.is_visible()
        assert page.evaluate("document.activeElement.id") == "nir"
        page.keyboard.type(whole)
        assert page.inner_text("#nir-check") == "Le numéro est complet, et sa clé est juste."


def test_a_keyboard_that_composes_is_not_disturbed(browser: Browser, site: str) -> None:
    """Some keyboards of phones hold what is typed back until a word is done."""
    with opening(browser, f"{site}/fr/") as page:
        ready(page)
        page.focus("#nir")
        session = page.context.new_cdp_session(page)
        for end in range(1, 8):
            session.send(
                "Input.imeSetComposition",
                {"text": GOOD[:end], "selectionStart": end, "selectionEnd": end},
            )
            assert page.input_value("#nir") == GOOD[:end]
        session.send("Input.insertText", {"text": GOOD[:7]})
        assert page.input_value("#nir") == "1 85 05 56"
