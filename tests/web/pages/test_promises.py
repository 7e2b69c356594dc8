"""What the page promises is what tests are marked to keep, promise by promise."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import httpx
import pytest

from tests.web.pages.reading import read

TESTS = Path(__file__).parents[2]


def promised(pages: httpx.Client, path: str) -> list[str]:
    page = read(pages.get(path).text)
    return [name for e in page.all("div") if (name := e.attributes.get("data-promise"))]


def kept() -> dict[str, set[str]]:
    """Return the tests that are marked to keep each promise, from their decorators."""
    found = defaultdict(set)
    for file in TESTS.rglob("test_*.py"):
        if "node_modules" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for call in getattr(node, "decorator_list", ()):
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.promise":
                    (name,) = call.args
                    found[ast.literal_eval(name)].add(f"{file.name}::{node.name}")  # type: ignore[attr-defined]  # what is decorated has a name
    return found


@pytest.mark.parametrize("path", ["/fr/fonctionnement", "/en/how-it-works"])
def test_every_promise_of_the_page_is_kept_by_a_test_and_no_test_keeps_another(
    pages: httpx.Client, path: str
) -> None:
    names = promised(pages, path)
    assert len(names) == len(set(names)) >= 9
    assert set(names) == set(kept())


def test_each_promise_says_in_words_what_shows_it(pages: httpx.Client) -> None:
    for path in ("/fr/fonctionnement", "/en/how-it-works"):
        page = read(pages.get(path).text)
        terms, shown = page.all("dt"), page.all("dd")
        assert len(terms) == len(shown) == len(promised(pages, path))
        assert all(element.text.strip() for element in (*terms, *shown))
