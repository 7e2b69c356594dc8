"""The file of a scope report from a disk, as large as a real one: its style, room and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from app.scope.csvtables import table_csv
from app.scope.showing.html import report_html
from tests.browser.browsers import DESKTOP, NARROW, PHONE, opening, wait_until
from tests.browser.test_accessibility import RULES, RUN_AXE
from tests.browser.tools import axe
from tests.scope.showing.examples import large_report, large_tables

IN_EACH = pytest.mark.parametrize("language", ["fr", "en"])


@pytest.fixture
def address(tmp_path: Path, language: str) -> str:
    file = tmp_path / "scope.html"
    file.write_bytes(report_html(large_report(), language))
    return file.as_uri()


@IN_EACH
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_it(browser: Browser, address: str, scheme: str) -> None:
    options: dict[str, Any] = {"color_scheme": scheme, "viewport": DESKTOP, "bypass_csp": True}
    with opening(browser, address, **options) as page:
        page.add_script_tag(content=axe())
        assert page.evaluate(RUN_AXE, RULES) == {"violations": [], "incomplete": []}
        page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        assert page.evaluate(RUN_AXE, RULES)["violations"] == []


@IN_EACH
def test_its_own_policy_lets_its_style_through_and_it_fits(browser: Browser, address: str) -> None:
    """`opening` fails with whatever the browser says of the policy."""
    for viewport, size in ((NARROW, "100%"), (PHONE, "200%"), (DESKTOP, "100%")):
        with opening(browser, address, viewport=viewport) as page:
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], (viewport, size)
            bar = "getComputedStyle(document.querySelector('.length rect')).fill"
            assert page.evaluate(bar) == "rgb(11, 85, 99)"


@pytest.mark.parametrize("language", ["fr"])
def test_a_table_is_taken_out_of_it(browser: Browser, address: str) -> None:
    with opening(browser, address) as page:
        with page.expect_download() as started:
            page.click("a[download$='-laboratory-year.csv']")
        assert started.value.suggested_filename == "megabus-2021-source-1-laboratory-year.csv"
        table = next(each for each in large_tables() if each.name == "laboratory-year")
        assert Path(started.value.path()).read_bytes().decode() == table_csv(table)


@pytest.mark.parametrize("language", ["en"])
def test_wide_tables_are_scrolled_with_the_keyboard(browser: Browser, address: str) -> None:
    with opening(browser, address, viewport=PHONE) as page:
        region = page.locator(".scrolls").first
        region.focus()
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        wait_until(page, "document.activeElement.scrollLeft > 0")
