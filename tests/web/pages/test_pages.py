"""Every page, in both languages: there, well formed, bound together, and with nothing foreign."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from app.errors import InvalidSettings
from app.web.app import create_app
from app.web.main import wire
from app.web.pages.assets import load_assets
from app.web.pages.guidance import HELP_FILE
from app.web.pages.languages import LANGUAGES, Page, negotiate
from app.web.pages.rendering import PAGE_HEADERS
from tests.conftest import Leak
from tests.serving import serving_settings
from tests.web.pages.conftest import Form
from tests.web.pages.reading import Read, read

GETS = [
    (language.code, language.path(page, dataset="demo"))
    for language in LANGUAGES
    for page in (Page.QUESTION, Page.PLAIN, Page.HOW, Page.LEAK, Page.SCOPE, Page.LEGAL)
]
ANSWERS = {language.code: language.path(Page.ANSWER) for language in LANGUAGES}


@pytest.fixture(scope="module")
def everything(
    pages: httpx.Client, leak: Leak, form: Form
) -> dict[tuple[str, str], httpx.Response]:
    """Every page and state, by language and name."""
    found = {(code, path): pages.get(path) for code, path in GETS}
    wrong = form(nir="1", day="", month="13")
    for code, path in ANSWERS.items():
        found[code, "yes"] = pages.post(path, data=form())
        found[code, "no"] = pages.post(path, data=form(exposed=False))
        found[code, "wrong"] = pages.post(path, data=wrong)
        found[code, "missing"] = pages.get(f"/{code}/nothing-here")
    with serving_settings(leak.settings(limit_lookups="1/hour")) as limited:
        for code, path in ANSWERS.items():
            limited.post(path, data=form())
            found[code, "unknown"] = limited.post(path, data=form())
    with serving_settings(leak.settings(plain_lookup_page=False)) as off:
        for code in ANSWERS:
            found[code, "off"] = off.get(f"/{code}/")
    return found


@pytest.fixture(scope="module")
def readable(everything: dict[tuple[str, str], httpx.Response]) -> dict[tuple[str, str], Read]:
    return {name: read(response.text) for name, response in everything.items()}


def test_every_page_is_there_in_both_languages(
    everything: dict[tuple[str, str], httpx.Response],
) -> None:
    expected = {"wrong": 422, "missing": 404, "unknown": 429}
    for (code, name), response in everything.items():
        assert response.status_code == expected.get(name, 200), (code, name)
        assert response.headers["content-type"] == "text/html; charset=utf-8"


def test_every_page_says_its_language_and_has_one_heading_and_its_landmarks(
    readable: dict[tuple[str, str], Read],
) -> None:
    for (code, name), page in readable.items():
        assert page.one("html").attributes["lang"] == code
        assert page.one("h1").text.strip(), name
        # A shape in a drawing can have a title, too.
        (title,) = (e for e in page.all("title") if "svg" not in e.parents)
        assert title.text.strip().endswith("Concerné")
        assert [len(page.all(tag)) for tag in ("main", "header", "footer")] == [1, 1, 1]
        assert len(page.ids) == len(set(page.ids)), name
        levels = [int(e.tag[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert all(b - a <= 1 for a, b in pairwise(levels)), (name, levels)
        assert page.elements[0].tag == "html"
        (first_link, *_) = page.all("a")
        assert first_link.attributes["href"] == "#content"


def test_every_input_has_a_label_and_every_reference_a_target(
    readable: dict[tuple[str, str], Read],
) -> None:
    for name, page in readable.items():
        labelled = {e.attributes["for"] for e in page.all("label")}
        typed = [e for e in page.all("input") if e.attributes.get("type") != "hidden"]
        assert {e.attributes["id"] for e in typed} == labelled, name
        for element in page.elements:
            for attribute in ("aria-describedby", "aria-labelledby"):
                targets = (element.attributes.get(attribute) or "").split()
                assert set(targets) <= set(page.ids), (name, targets)


def test_nothing_is_inline_or_foreign(everything: dict[tuple[str, str], httpx.Response]) -> None:
    for name, response in everything.items():
        page = read(response.text)
        for script in page.all("script"):
            if script.attributes.get("type") == "application/ld+json":
                # A data block: no browser takes it for a script.
                assert json.loads(script.text)["@context"] == "https://schema.org", name
                continue
            assert name[1] in ("/fr/", "/en/", "off")
            assert script.text == ""
            assert (script.attributes["integrity"] or "").startswith("sha384-")
        assert not page.all("style"), name
        assert not page.all("iframe"), name
        for element in page.elements:
            for attribute, value in element.attributes.items():
                assert attribute != "style"
                assert not attribute.startswith("on"), (name, attribute)
                if attribute in ("src", "action") or element.tag == "link":
                    assert not re.match(r"(?i)https?:|//", value or ""), (name, value)
        assert "set-cookie" not in response.headers


def test_every_link_leads_somewhere(
    pages: httpx.Client, readable: dict[tuple[str, str], Read]
) -> None:
    local: set[str] = set()
    for name, page in readable.items():
        for element in (e for e in page.elements if e.tag in ("a", "link")):
            target = element.attributes["href"] or ""
            if target.startswith("#"):
                assert target[1:] in page.ids, (name, target)
            elif target.startswith("/"):
                local.add(target)
            else:
                assert re.match(r"https://|tel:\+?\d+$", target), target
    for target in local:
        assert pages.get(target).status_code == 200, target


def test_every_page_leads_to_its_other_language(readable: dict[tuple[str, str], Read]) -> None:
    for (code, name), page in readable.items():
        alternates = {
            e.attributes["hreflang"]: e.attributes["href"]
            for e in page.all("a")
            if "hreflang" in e.attributes
        }
        assert set(alternates) == {"fr", "en"}, name
        assert page.one("a", **{"aria-current": "true"}).attributes["hreflang"] == code
        for other, target in alternates.items():
            assert (target or "").startswith(f"/{other}/")


def test_the_headers_of_pages_are_exactly_these(
    everything: dict[tuple[str, str], httpx.Response],
) -> None:
    assert PAGE_HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    expected = {name.lower(): value for name, value in PAGE_HEADERS.items()} | {
        "cache-control": "no-store",
        "content-type": "text/html; charset=utf-8",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
    }
    changing = {"content-length", "date", "retry-after", "ratelimit", "ratelimit-policy"}
    for name, response in everything.items():
        got = {n: v for n, v in response.headers.items() if n not in changing}
        assert got == expected, name


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "fr"),
        ("fr", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", "fr"),
        ("de, en;q=0.3", "en"),
        ("de", "fr"),
        ("*", "fr"),
        ("en;q=0", "fr"),
        ("fr;q=0, en;q=0.1", "en"),
        ("*;q=0.1, fr;q=0", "en"),
        ("en;q=x, fr;q=0.1", "fr"),
        (",;;=,q=1", "fr"),
    ],
)
def test_the_language_is_the_one_that_is_preferred(header: str, code: str) -> None:
    assert negotiate(header).code == code


def test_the_root_leads_to_the_preferred_language(pages: httpx.Client) -> None:
    for header, target in (("en", "/en/"), ("de", "/fr/")):
        response = pages.get("/", headers={"Accept-Language": header})
        assert (response.status_code, response.headers["location"]) == (303, target)
        assert response.headers["vary"] == "Accept-Language"


def test_the_address_of_an_answer_leads_back_to_the_question(pages: httpx.Client) -> None:
    """Whoever reloads, or keeps the address, gets an empty form."""
    for code, path in ANSWERS.items():
        response = pages.get(path)
        assert (response.status_code, response.headers["location"]) == (303, f"/{code}/")


def test_what_pages_load_may_be_kept_for_good_under_its_digest(pages: httpx.Client) -> None:
    page = read(pages.get("/fr/").text)
    addresses = [e.attributes["href"] for e in page.all("link") if "rel" in e.attributes]
    addresses = [a for a in addresses if a and a.startswith("/static/")]
    addresses += [page.one("script").attributes["src"]]
    assert len(addresses) == 4
    for address in addresses:
        response = pages.get(address or "")
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert pages.get("/static/0000000000000000/pages.css").status_code == 404


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("", None), ("br", None), ("gzip;q=0", None)],
)
def test_the_script_is_what_its_digest_says_and_small_on_the_wire(
    pages: httpx.Client, accepted: str, encoding: str | None
) -> None:
    script = read(pages.get("/fr/").text).one("script").attributes
    response = pages.get(script["src"] or "", headers={"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["vary"] == "Accept-Encoding"
    digest = base64.b64encode(hashlib.sha384(response.content).digest()).decode()
    assert script["integrity"] == f"sha384-{digest}"
    assert int(response.headers["content-length"]) < (100_000 if encoding else 200_000)


def test_the_script_as_a_worker_may_compile_and_talk_to_nobody(pages: httpx.Client) -> None:
    response = pages.get(read(pages.get("/fr/").text).one("script").attributes["src"] or "")
    policy = "default-src 'none'; script-src 'wasm-unsafe-eval'"
    assert response.headers["content-security-policy"] == policy
    assert response.headers["cross-origin-embedder-policy"] == "require-corp"


def test_a_script_that_was_not_built_is_noticed_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="has not been built") as raised:
        load_assets(tmp_path)
    assert raised.value.hint == "run scripts/build-client"


def test_pages_can_be_asked_for_their_headers_alone(pages: httpx.Client) -> None:
    for path in ("/", "/fr/", "/en/how-it-works"):
        whole, head = pages.get(path), pages.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b"")


@pytest.mark.parametrize("path", ["/fr/nothing", "/en/leaks/other", "/fr/fuites/x", "/en/a/b/c"])
def test_what_is_not_there_is_a_page_below_a_language(pages: httpx.Client, path: str) -> None:
    response = pages.get(path)
    assert response.status_code == 404
    assert read(response.text).one("html").attributes["lang"] == path[1:3]


def test_the_api_keeps_its_problem_documents(pages: httpx.Client) -> None:
    for path in ("/v1/datasets/other", "/nothing", "/french", "/static/x/y"):
        response = pages.get(path)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


@pytest.fixture
def without_form(leak: Leak) -> Iterator[httpx.Client]:
    with serving_settings(leak.settings(plain_lookup_page=False)) as client:
        yield client


def test_without_plain_lookups_no_form_has_an_address_and_there_is_nowhere_to_post(
    without_form: httpx.Client, form: Form
) -> None:
    for code, path in ANSWERS.items():
        page = read(without_form.get(f"/{code}/").text)
        (form_of_script,) = page.all("form")
        assert "action" not in form_of_script.attributes
        (way_out,) = page.all("noscript")[1:]
        assert "concerne ask --server URL --dataset demo" in way_out.text
        refused = without_form.post(path, data=form())
        assert refused.status_code == 405
        assert "data-answer" not in refused.text


def test_the_number_of_rows_in_the_coverage_is_the_files(pages: httpx.Client) -> None:
    document = pages.get("/v1/datasets/demo").json()
    text = read(pages.get("/en/leaks/demo").text).one("main").text
    unusable = document["rows"] - document["schemes"]["nir-dob"]["rows"]
    facts = {
        "Rows in the file": document["rows"],
        "Rows without a usable number or date of birth": unusable,
        "Of which wholly unreadable rows": document["rows_rejected"],
    }
    shown = re.sub(r"\s*\n\s*", "", text)
    for name, number in facts.items():
        assert f"{name}{number}" in shown


def test_an_operator_writes_whom_to_turn_to_in_a_file_of_their_own(
    leak: Leak, tmp_path: Path
) -> None:
    text = HELP_FILE.read_text(encoding="utf-8")
    own = tmp_path / "help.toml"
    own.write_text(text.replace('name = ""  ', 'name = "Laboratoire inventé"  ', 1), "utf-8")
    with serving_settings(leak.settings(help_file=own)) as http:
        assert "Laboratoire inventé" in http.get("/fr/mentions-legales").text
    own.write_text("looked_up = 1", "utf-8")
    with pytest.raises(InvalidSettings, match=r"help\.toml"):
        create_app(wire(leak.settings(help_file=own)))
