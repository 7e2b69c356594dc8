"""A person at the page: typing, pressing, reading the answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

ANSWER = "#result [data-answer]"
HEADINGS = {
    ("fr", "yes"): "Oui. Ce numéro figure dans cette fuite.",
    ("fr", "no"): "Non. Ce numéro ne figure pas dans ce fichier.",
    ("fr", "unknown"): "Nous n’avons pas pu vérifier.",
    ("en", "yes"): "Yes. This number is in this leak.",
    ("en", "no"): "No. This number is not in this file.",
    ("en", "unknown"): "We could not check.",
}
LANGUAGES = ("fr", "en")


def ready(page: Page) -> None:
    """Wait until the page can be asked."""
    page.wait_for_selector("#ask:enabled")


def fill(page: Page, line: Mapping[str, Any]) -> None:
    """Type a line of the truth, as a person does: key by key."""
    ready(page)
    year, month, day = line["birth_date"].split("-")
    page.fill("#nir", "")
    page.locator("#nir").press_sequentially(line["nir"])
    for part, value in (("day", day), ("month", month), ("year", year)):
        if page.locator(f"#birth-{part}").is_visible():
            page.fill(f"#birth-{part}", value)


def press(page: Page) -> str:
    """Press the button, and return which answer came."""
    page.click("#ask")
    return answer(page)


def answer(page: Page) -> str:
    """Wait for the answer, check that it is one and alone, and return which."""
    page.wait_for_selector(ANSWER)
    (shown,) = page.locator(ANSWER).all()
    kind = shown.get_attribute("data-answer") or ""
    language = page.locator("html").get_attribute("lang") or ""
    (heading,) = [h for h in page.locator("h1").all() if h.is_visible()]
    assert heading.inner_text() == HEADINGS[language, kind]
    assert not page.locator("#question").is_visible()
    assert page.title().endswith("Concerné")
    return kind


def ask(page: Page, line: Mapping[str, Any]) -> str:
    """Fill the form and press the button."""
    fill(page, line)
    return press(page)


def spellings(line: Mapping[str, Any]) -> set[str]:
    """Every way in which what was typed could stand somewhere."""
    compact = re.sub(r"[\W_]", "", line["nir"]).upper()
    year, month, day = line["birth_date"].split("-")
    return {
        line["nir"],
        compact,
        compact[:13],
        f"{year}-{month}-{day}",
        f"{day}/{month}/{year}",
        f"{year}{month}{day}",
        " ".join(re.findall(r"(.)(..)(..)(..)(...)(...)(..)?", compact)[0]).strip(),
    }
