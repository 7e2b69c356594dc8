"""What the page sends: nothing of the person, and the same for a yes as for a no."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from app.crypto import oprf
from app.crypto.keyring import KeyRing
from app.crypto.stretch import stretch
from app.identity.schemes import scheme_named
from app.protocol.fingerprints import Locator
from app.protocol.parameters import key_name
from app.protocol.server import encode_identifier
from app.web.main import wire
from tests.browser.asking import LANGUAGES, ask, ready, spellings
from tests.browser.browsers import opening
from tests.conftest import DATASET, Leak

SCHEME = "nir-dob"


@dataclass
class Traffic:
    """Everything that a page sent and got, from the browser's own account of it."""

    requests: list[Request] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> Traffic:
        traffic = cls()

        def note(request: Request) -> None:
            traffic.requests.append(request)

        page.on("request", note)
        page.on("websocket", lambda _: pytest.fail("the page opened a socket"))
        return traffic

    def sent(self) -> bytes:
        """Return every byte that left: addresses, headers, bodies."""
        parts = []
        for request in self.requests:
            headers = "".join(f"{k}: {v}\n" for k, v in request.all_headers().items())
            parts.append(f"{request.method} {request.url}\n{headers}\n".encode())
            parts.append(request.post_data_buffer or b"")
        return b"\n".join(parts)

    def shape(self) -> list[tuple[Any, ...]]:
        """Return order, kind and sizes of all messages, without what differs by chance."""
        shapes = []
        for request in self.requests:
            response = request.response()
            assert response is not None
            sizes = request.sizes()
            path = urlsplit(request.url).path
            head, _, last = path.rpartition("/")
            shapes.append(
                (
                    request.method,
                    # Which range is asked for is pseudorandom, of the length of its number.
                    head if head.endswith("ranges") else path,
                    len(last) if head.endswith("ranges") else 0,
                    sizes["requestHeadersSize"],
                    sizes["requestBodySize"],
                    response.status,
                    sizes["responseHeadersSize"],
                    sizes["responseBodySize"],
                )
            )
        return shapes


def derived(leak: Leak, line: dict[str, Any]) -> dict[str, bytes]:
    """Compute all that the protocol makes of an identifier, with the key."""
    settings = leak.settings()
    catalogue = wire(settings).answering.catalogue
    catalogue.renew()
    parameters = catalogue.index(DATASET, SCHEME).parameters
    fields = {name: line[name] for name in scheme_named(SCHEME).fields}
    encoded = encode_identifier(SCHEME, fields)
    stretched = stretch(parameters.stretch, catalogue.deployment.stretch_salt, encoded)
    key = KeyRing(settings.keys).load(key_name(DATASET, SCHEME, parameters.epoch))
    element = oprf.evaluate(key, stretched)
    location = Locator(DATASET, SCHEME, parameters.prefix_bits).locate(element)
    return {
        "encoded input": encoded,
        "stretched value": bytes(stretched),
        "hashed to the group": bytes(oprf.hash_to_group(stretched)),
        "element": bytes(element),
        "fingerprint": bytes(location.fingerprint),
    }


def writings(value: bytes) -> set[bytes]:
    """Return a value in every way in which a program might write it."""
    standard, url = base64.b64encode(value), base64.urlsafe_b64encode(value)
    numbers = ",".join(map(str, value)).encode()
    return {value, value.hex().encode(), value.hex().upper().encode(), numbers} | {
        text.rstrip(b"=") for text in (standard, url, quote(standard.decode()).encode())
    }


@pytest.mark.promise("private")
@pytest.mark.parametrize("exposed", [True, False])
def test_no_request_holds_the_identifier_or_anything_computed_from_it(
    browser: Browser, site: str, leak: Leak, exposed: bool
) -> None:
    for line in leak.lines(SCHEME, exposed=exposed)[:3]:
        with opening(browser, "about:blank") as page:
            traffic = Traffic.of(page)
            page.goto(f"{site}/fr/")
            assert ask(page, line) == ("yes" if exposed else "no")
            page.goto(f"{site}/fr/fonctionnement")
            sent = traffic.sent()
        assert sent.count(b"/evaluations") == 1
        for text in spellings(line):
            for written in (text, quote(text), quote_plus(text)):
                assert written.encode() not in sent, "the identifier"
        for name, value in derived(leak, line).items():
            for each in writings(value):
                assert each not in sent, name


def test_the_search_would_find_them(leak: Leak) -> None:
    """A search that finds nothing is worth what it finds when there is something."""
    line = leak.lines(SCHEME, exposed=True)[0]
    for value in derived(leak, line).values():
        for each in writings(value):
            assert each in b"POST /x?y=" + each + b"\n"


@pytest.mark.promise("private")
def test_nothing_is_sent_while_a_person_types(browser: Browser, site: str, leak: Leak) -> None:
    line = leak.lines(SCHEME, exposed=True)[0]
    with opening(browser, f"{site}/en/") as page:
        ready(page)
        traffic = Traffic.of(page)
        page.locator("#nir").press_sequentially(line["nir"])
        page.fill("#birth-day", "1")
        page.keyboard.press("Tab")
        page.wait_for_timeout(200)
        assert traffic.requests == []


@pytest.mark.promise("equal")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_yes_and_a_no_make_the_same_exchange(
    browser: Browser, site: str, leak: Leak, language: str
) -> None:
    """Number, order and sizes of all messages. Blinded elements are asked anew each time."""
    shapes = []
    for exposed in (True, False, True, False):
        line = leak.lines(SCHEME, exposed=exposed)[0]
        with opening(browser, f"{site}/{language}/") as page:
            ready(page)
            page.wait_for_load_state("networkidle")
            traffic = Traffic.of(page)
            assert ask(page, line) == ("yes" if exposed else "no")
            page.wait_for_load_state("networkidle")
            shapes.append(traffic.shape())
    assert [path for _, path, *_ in shapes[0] if path.startswith("/v1/")] == [
        "/v1/parameters",
        f"/v1/datasets/{DATASET}",
        f"/v1/datasets/{DATASET}/schemes/{SCHEME}/evaluations",
        f"/v1/datasets/{DATASET}/schemes/{SCHEME}/ranges",
    ]
    assert all(shape == shapes[0] for shape in shapes)


@pytest.mark.promise("nothing-else")
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_comes_from_this_site(
    browser: Browser, site: str, leak: Leak, language: str
) -> None:
    with opening(browser, "about:blank") as page:
        traffic = Traffic.of(page)
        page.goto(f"{site}/{language}/")
        ask(page, leak.lines(SCHEME, exposed=True)[0])
        for request in traffic.requests:
            assert request.url.startswith(site)
            headers = request.all_headers()
            assert "cookie" not in headers
            # Those of a page, which has its style, its icon and its script from it, say "no".
            assert headers.get("referer") is None
        scripts = [r for r in traffic.requests if r.resource_type == "script"]
        assert len({r.url for r in scripts}) == 1
        assert page.get_attribute("script", "integrity").startswith("sha384-")  # type: ignore[union-attr]


def test_a_script_that_was_changed_on_its_way_does_not_run(browser: Browser, site: str) -> None:
    context = browser.new_context()
    page = context.new_page()

    def alter(route: Any) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=response.text() + "\n")

    page.route("**/page.js", alter)
    page.goto(f"{site}/fr/")
    page.wait_for_load_state("networkidle")
    assert page.locator("#ask").is_disabled()
    context.close()
