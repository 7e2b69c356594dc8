"""What a leak's page says to programs: schema.org's Dataset, in a block that nothing can end."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.web.pages.languages import LANGUAGES, Language, Page
from app.web.pages.structured import data_block
from tests.conftest import ROWS, Leak
from tests.serving import serving_settings
from tests.web.pages.reading import read

SITE = "https://fuites.example"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_the_page_of_a_leak_describes_it(leak: Leak, language: Language) -> None:
    with serving_settings(leak.settings(public_address=SITE)) as http:
        path = language.path(Page.LEAK, dataset="demo")
        page = read(http.get(path).text)
        published = http.get("/v1/datasets/demo").json()
    said = json.loads(page.one("script", type="application/ld+json").text)
    assert (said["@context"], said["@type"]) == ("https://schema.org", "Dataset")
    assert said["url"] == said["@id"] == SITE + path
    assert said["name"] == published["title"] == page.one("h1").text
    assert said["description"] in page.text
    # What programs that look for datasets ask for.
    assert 50 <= len(said["description"]) <= 5000
    assert said["dateModified"] == published["published_at"][:10]
    assert said["expires"] == published["ends_on"]
    assert said["version"] == str(published["epoch"])
    numbers = {each["name"]: each["value"] for each in said["variableMeasured"]}
    schemes = {name: each["entries"] for name, each in published["schemes"].items()}
    assert numbers == {"rows": ROWS} | schemes
    assert said["publisher"] == {"@type": "Organization", "name": "Concerné", "url": SITE}


def test_no_other_page_has_one(pages: httpx.Client) -> None:
    for language in LANGUAGES:
        for page in (Page.QUESTION, Page.HOW, Page.LEGAL):
            assert "ld+json" not in pages.get(language.path(page)).text


@pytest.mark.parametrize("text", ["</script><script>alert(1)", "<!--<script>", "&lt;", "é\u2028"])
def test_no_text_can_end_the_block(text: str) -> None:
    document: dict[str, Any] = {"name": text}
    block = str(data_block(document))
    assert not set("<>&") & set(block)
    assert json.loads(block) == document
