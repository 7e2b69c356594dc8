"""For everyone: axe-core on every page and state; narrow screens, zoom, print, what is heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.web.pages.languages import LANGUAGES
from app.web.pages.languages import Page as SitePage
from tests.browser.asking import ask, fill, ready
from tests.browser.browsers import DESKTOP, NARROW, PHONE, opening, wait_until
from tests.browser.tools import axe
from tests.conftest import DATASET, Leak

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Violations, and what axe could not decide: colours over a picture or a gradient, say. It cannot
# tell those of a text in a drawing, which tests/scope/showing/test_style.py computes.
RUN_AXE = """async (rules) => {
    const looked = { include: ['html'], exclude: ['svg text'] };
    const options = { runOnly: rules, resultTypes: ['violations', 'incomplete'] };
    const found = await axe.run(looked, options);
    const told = (each) => each.id + ': ' + each.nodes.map((node) => node.target).join(' ');
    return { violations: found.violations.map(told), incomplete: found.incomplete.map(told) };
}"""


def see_question(page: Page, leak: Leak) -> None:
    ready(page)


def see_faults(page: Page, leak: Leak) -> None:
    ready(page)
    page.fill("#nir", "1 85 05 56 950 048 47")
    page.click("#ask")


def see_yes(page: Page, leak: Leak) -> None:
    ask(page, leak.lines("nir-dob", exposed=True)[0])


def see_no(page: Page, leak: Leak) -> None:
    ask(page, leak.lines("nir-dob", exposed=False)[0])


def see_unknown(page: Page, leak: Leak) -> None:
    page.route("**/evaluations", lambda route: route.abort())
    ask(page, leak.lines("nir-dob", exposed=False)[0])


def see_progress(page: Page, leak: Leak) -> None:
    page.route("**/evaluations", lambda route: None)
    fill(page, leak.lines("nir-dob", exposed=False)[0])
    page.click("#ask")
    page.wait_for_selector("#bar:visible")


STATES: tuple[Callable[[Page, Leak], None], ...] = (
    see_question,
    see_faults,
    see_progress,
    see_yes,
    see_no,
    see_unknown,
)


def pages() -> Iterator[tuple[str, Callable[[Page, Leak], None] | None]]:
    """Yield every address with, for the question's, each state that it can be in."""
    for language in LANGUAGES:
        for state in STATES:
            yield language.path(SitePage.QUESTION), state
        for page in (SitePage.PLAIN, SitePage.HOW, SitePage.LEAK, SitePage.SCOPE, SitePage.LEGAL):
            yield language.path(page, dataset=DATASET), None
        yield f"{language.prefix}nothing", None


NAMED = [
    pytest.param(path, see, id=f"{path} {see.__name__ if see else ''}".strip())
    for path, see in pages()
]


@pytest.mark.parametrize(("path", "see"), NAMED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    browser: Browser,
    site: str,
    leak: Leak,
    path: str,
    see: Callable[[Page, Leak], None] | None,
    scheme: str,
) -> None:
    options: dict[str, Any] = {"color_scheme": scheme, "viewport": PHONE, "bypass_csp": True}
    with opening(browser, site + path, **options) as page:
        if see:
            see(page, leak)
        page.add_script_tag(content=axe())
        found = page.evaluate(RUN_AXE, RULES)
        assert found["violations"] == []
        if page.locator(".scrolls").count():
            # Of what is scrolled out of sight axe cannot tell the colours: it has room here.
            page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
            found = page.evaluate(RUN_AXE, RULES)
    assert found["violations"] == []
    assert found["incomplete"] == []


@pytest.mark.parametrize(("path", "see"), NAMED)
def test_it_fits_320_pixels_and_200_percent(
    browser: Browser,
    site: str,
    leak: Leak,
    path: str,
    see: Callable[[Page, Leak], None] | None,
) -> None:
    """A desktop at 200 % has half the pixels; text alone at 200 % is the harder one."""
    half = {side: length // 2 for side, length in DESKTOP.items()}
    for viewport, size in ((NARROW, "100%"), (half, "100%"), (PHONE, "200%")):
        with opening(browser, site + path, viewport=viewport) as page:
            if see:
                see(page, leak)
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= viewport["width"], (viewport, size)


@pytest.mark.parametrize(("path", "see"), NAMED)
def test_what_is_pressed_is_large_enough(
    browser: Browser,
    site: str,
    leak: Leak,
    path: str,
    see: Callable[[Page, Leak], None] | None,
) -> None:
    """WCAG 2.2, 2.5.8: 24 pixels each way, but for links in a sentence."""
    with opening(browser, site + path, viewport=PHONE, is_mobile=True, has_touch=True) as page:
        if see:
            see(page, leak)
        for target in page.locator("button:visible, input:visible, nav a:visible").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 24, target.evaluate("(e) => e.outerHTML")


def test_a_whole_number_is_seen_whole_on_the_narrowest_screen(browser: Browser, site: str) -> None:
    with opening(browser, f"{site}/fr/", viewport=NARROW) as page:
        see_faults(page, None)  # type: ignore[arg-type]  # nobody is looked for
        width = "(e) => e.scrollWidth <= e.clientWidth"
        assert page.locator("#nir").evaluate(width)


def test_progress_and_answer_are_announced(browser: Browser, site: str, leak: Leak) -> None:
    """Each phase in a live region, in its order; then the focus on the answer."""
    with opening(browser, "about:blank") as page:
        # No time passes: after four seconds, which a busy machine may take, more is said.
        page.clock.install(time=0)
        page.goto(f"{site}/fr/")
        page.clock.pause_at(3600)
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.evaluate(
            """() => {
                window.heard = [];
                const line = document.getElementById('progress');
                new MutationObserver(() => window.heard.push(line.textContent))
                    .observe(line, { childList: true });
            }"""
        )
        assert page.get_attribute("#progress", "role") == "status"
        page.click("#ask")
        page.wait_for_selector("#result h1")
        assert page.evaluate("window.heard") == [
            "Calcul sur votre appareil. Quelques secondes…",
            "La question part, masquée…",
            "Comparaison sur votre appareil…",
            "",
        ]
        assert page.evaluate("document.activeElement.textContent") == (
            "Oui. Ce numéro figure dans cette fuite."
        )
        assert page.title() == "Oui\u00a0: ce numéro figure dans cette fuite – Concerné"


def test_a_slow_device_is_told_that_it_is_still_going_on(
    browser: Browser, site: str, leak: Leak
) -> None:
    with opening(browser, "about:blank") as page:
        page.clock.install(time=0)
        page.goto(f"{site}/en/")
        page.clock.pause_at(3600)
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        # The worker is given its question, and does not come back.
        page.evaluate("Worker.prototype.postMessage = () => {}")
        page.click("#ask")
        wait_until(page, "document.getElementById('progress').textContent !== ''")
        assert "A few seconds" in page.inner_text("#progress")
        # More than once: the worker may be asked only after what is said first.
        for _ in range(600):
            page.clock.fast_forward(5000)
            if "takes longer on a small device" in page.inner_text("#progress"):
                break
            page.wait_for_timeout(50)
        assert "takes longer on a small device" in page.inner_text("#progress")


def test_the_page_stays_alive_while_it_computes(browser: Browser, site: str, leak: Leak) -> None:
    """The stretch is in a worker: frames go on being drawn in the page."""
    with opening(browser, f"{site}/fr/") as page:
        page.route("**/v1/datasets/demo", costly)
        fill(page, leak.lines("nir-dob", exposed=True)[0])
        page.evaluate(
            """() => {
                window.drawn = 0;
                const draw = () => { window.drawn += 1; requestAnimationFrame(draw); };
                requestAnimationFrame(draw);
            }"""
        )
        page.click("#ask")
        page.wait_for_selector("#result [data-answer]", timeout=60_000)
        assert page.evaluate("window.drawn") > 20


def costly(route: Any) -> None:
    """Ask for a stretch of a second or so, whose answer is then the one for somebody else."""
    response = route.fetch()
    document = response.json()
    document["schemes"]["nir-dob"]["stretch"] |= {"memory_kib": 65536, "iterations": 10}
    route.fulfill(response=response, json=document)


def test_movement_can_be_switched_off(browser: Browser, site: str, leak: Leak) -> None:
    for motion, moving in (("reduce", "none"), ("no-preference", "pass")):
        with opening(browser, f"{site}/fr/", reduced_motion=motion) as page:
            see_progress(page, leak)
            name = "getComputedStyle(document.getElementById('bar')).animationName"
            assert page.evaluate(name) == moving


@pytest.mark.parametrize("see", [see_yes, see_no])
def test_an_answer_prints_in_black_without_what_is_only_for_the_screen(
    browser: Browser, site: str, leak: Leak, see: Callable[[Page, Leak], None]
) -> None:
    with opening(browser, f"{site}/fr/", color_scheme="dark") as page:
        see(page, leak)
        page.emulate_media(media="print")
        assert page.locator("#result h1").is_visible()
        colour = "getComputedStyle(document.querySelector('#result h1')).color"
        assert page.evaluate(colour) == "rgb(0, 0, 0)"
        assert page.locator(".facts:visible").count() == 1
        for hidden in (".languages", ".skip", ".bottom nav", ".again", "#question"):
            assert page.locator(f"{hidden}:visible").count() == 0, hidden
        assert page.pdf().startswith(b"%PDF")
