"""The laboratory's page for everyone: axe-core in every state, narrow screens, keyboard alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.clients.registry import Issued
from tests.browser.browsers import DESKTOP, NARROW, PHONE, opening
from tests.browser.laboratory import (
    PATHS,
    begin,
    choose,
    finish,
    laboratory,
    people,
    save,
    sign_in,
    write_list,
)
from tests.browser.test_accessibility import RULES, RUN_AXE
from tests.browser.tools import axe
from tests.conftest import Leak
from tests.serving import serving_settings
from tests.web.client.test_list import LIBREOFFICE


@dataclass(frozen=True)
class Visit:
    """A laboratory in front of the page."""

    site: str
    lab: Issued
    listed: Path


@pytest.fixture(scope="module")
def visit(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    folder = tmp_path_factory.mktemp("access")
    shutil.copytree(leak.data, folder / "data")
    settings = leak.settings(
        data=folder / "data", limit_client="unlimited", limit_refused="unlimited"
    )
    lab = laboratory(settings.data, schemes=("nir-dob", "nir"), declared=1000)
    lines = [t for t in leak.truth if t["scheme"] == "nir-dob"][:8]
    listed = write_list(folder / "patients.csv", people(lines))
    with serving_settings(settings) as client:
        yield Visit(str(client.base_url).rstrip("/"), lab, listed)


def see_signin(page: Page, visit: Visit) -> None:
    page.wait_for_selector("#signin-form:visible")


def see_typing_error(page: Page, visit: Visit) -> None:
    see_signin(page, visit)
    page.fill("#credential", "concerne_x")
    page.keyboard.press("Enter")
    page.wait_for_selector("#signin-fault:visible")


def see_file(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)


def see_bad_file(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    page.set_input_files(
        "#file", {"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    )
    page.locator("#file-fault", has_text="CSV").wait_for()


def see_columns(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    choose(page, visit.listed)
    page.wait_for_selector("#step-columns:visible")


def see_sheets(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    choose(page, LIBREOFFICE)
    page.wait_for_selector("#sheet-field:visible")


def see_no_column(page: Page, visit: Visit) -> None:
    see_columns(page, visit)
    page.select_option("#column-1", "none")
    page.click("#begin")
    page.wait_for_selector("#columns-fault:visible")


def see_running(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    page.route("**/evaluations", lambda route: None)
    begin(page, visit.listed)
    page.wait_for_selector("#run-numbers:visible")


def see_paused(page: Page, visit: Visit) -> None:
    see_running(page, visit)
    page.click("#pause")


def see_ended_session(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    page.route("**/evaluations", lambda route: route.fulfill(status=401, body="{}"))
    begin(page, visit.listed)
    page.wait_for_selector("#signin-again #credential:visible")


def see_stopped(page: Page, visit: Visit) -> None:
    see_ended_session(page, visit)
    page.click("#finish-early")
    finish(page)
    page.wait_for_selector("#stopped:visible")


def see_unfinished(page: Page, visit: Visit) -> None:
    see_running(page, visit)
    page.reload()
    page.wait_for_selector("#unfinished:visible")


def see_result(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    begin(page, visit.listed)
    finish(page)
    save(page, "csv")
    page.wait_for_selector("#kept:visible")


def see_failure(page: Page, visit: Visit) -> None:
    sign_in(page, visit.lab)
    page.route("**/evaluations", lambda route: route.fulfill(status=200, body="{}"))
    begin(page, visit.listed)
    page.wait_for_selector("#step-failed:visible")


STATES: tuple[Callable[[Page, Visit], None], ...] = (
    see_signin,
    see_typing_error,
    see_file,
    see_bad_file,
    see_columns,
    see_sheets,
    see_no_column,
    see_running,
    see_paused,
    see_ended_session,
    see_stopped,
    see_unfinished,
    see_result,
    see_failure,
)


@pytest.mark.parametrize("see", STATES)
@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("en", "dark")])
def test_axe_finds_nothing(
    browser: Browser,
    visit: Visit,
    see: Callable[[Page, Visit], None],
    language: str,
    scheme: str,
) -> None:
    options: dict[str, Any] = {"color_scheme": scheme, "viewport": PHONE, "bypass_csp": True}
    with opening(browser, visit.site + PATHS[language], **options) as page:
        see(page, visit)
        page.add_script_tag(content=axe())
        found = page.evaluate(RUN_AXE, RULES)
    assert found["violations"] == []
    assert found["incomplete"] == []


@pytest.mark.parametrize("see", STATES)
def test_it_fits_320_pixels_and_200_percent(
    browser: Browser, visit: Visit, see: Callable[[Page, Visit], None]
) -> None:
    half = {side: length // 2 for side, length in DESKTOP.items()}
    for viewport, size in ((NARROW, "100%"), (half, "100%"), (PHONE, "200%")):
        with opening(browser, visit.site + PATHS["fr"], viewport=viewport) as page:
            see(page, visit)
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], (viewport, size)


@pytest.mark.parametrize("see", STATES)
def test_one_heading_is_shown_and_what_is_pressed_is_large_enough(
    browser: Browser, visit: Visit, see: Callable[[Page, Visit], None]
) -> None:
    address = visit.site + PATHS["fr"]
    with opening(browser, address, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        see(page, visit)
        (heading,) = [each for each in page.locator("h1").all() if each.is_visible()]
        assert page.title() == f"{heading.inner_text()} – Concerné"
        for target in page.locator("button:visible, input:visible, select:visible").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24, target.evaluate("(e) => e.outerHTML")


def test_it_is_used_by_keyboard_alone(browser: Browser, visit: Visit) -> None:
    """From one step to the next, the focus is on the new heading; tabs lead to the button."""
    with opening(browser, visit.site + PATHS["fr"]) as page:
        # From the start: whoever listens later may come too late for the first key.
        page.on("filechooser", lambda chooser: chooser.set_files(visit.listed))
        page.wait_for_selector("#signin-form:visible")
        tab_to(page, "credential")
        page.keyboard.type(visit.lab.credential.text)
        page.keyboard.press("Enter")
        page.wait_for_selector("#step-file:visible")
        assert focused_heading(page) == "Choisissez votre fichier"
        tab_to(page, "file")
        page.keyboard.press("Enter")
        page.wait_for_selector("#step-columns:visible")
        assert focused_heading(page) == "Que contient chaque colonne ?"
        tab_to(page, "begin")
        page.keyboard.press("Enter")
        finish(page)
        assert focused_heading(page) == "La vérification est finie"
        tab_to(page, "save-csv")
        with page.expect_download():
            page.keyboard.press("Enter")
        tab_to(page, "finish")
        page.keyboard.press("Space")
        page.wait_for_selector("#step-file:visible")


def test_progress_is_told_seldom_to_who_listens(browser: Browser, visit: Visit) -> None:
    with opening(browser, visit.site + PATHS["fr"]) as page:
        sign_in(page, visit.lab)
        page.evaluate(
            """() => {
                window.heard = [];
                const line = document.getElementById('run-status');
                new MutationObserver(() => window.heard.push(line.textContent))
                    .observe(line, { childList: true });
            }"""
        )
        begin(page, visit.listed)
        finish(page)
        heard = page.evaluate("window.heard")
        assert heard[0] == "Le calcul avance."
        assert len(heard) <= 12
        assert page.get_attribute("#run-status", "role") == "status"
        assert page.get_attribute("#run-numbers", "aria-live") is None


def tab_to(page: Page, name: str) -> None:
    """Press the tabulator until something has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    pytest.fail(f"no tabulator leads to {name}")


def focused_heading(page: Page) -> str:
    assert page.evaluate("document.activeElement.tagName") == "H1"
    return str(page.evaluate("document.activeElement.textContent")).replace("\u202f", " ")
