"""The feed: an Atom reader takes it, its names stay for ever, and it says nothing of anybody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import feedparser
import httpx
import pytest
from lxml import etree

from app.lifecycle.audit import Step
from app.lifecycle.history import News, NewsKind
from app.storage.audit import record_step
from app.storage.engine import open_database, writing
from app.web.pages.feeds import ENTRIES_MAXIMUM, feed_of
from app.web.pages.languages import ENGLISH, FRENCH, LANGUAGES, Language, Page
from tests.conftest import Leak
from tests.serving import serving_settings

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://fuites.example"
# RFC 4151, with a name for its authority.
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[a-z0-9/-]+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
LANGUAGE = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)


@pytest.fixture(scope="module")
def lived(leak: Leak, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A site where a leak was published, another one corrected and erased, and a person asked."""
    data = tmp_path_factory.mktemp("lived") / "data"
    shutil.copytree(leak.data, data)
    engine = open_database(data)
    for step, dataset, counts in (
        (Step.PUBLISHED, "other", {"epoch": 1, "rows": 70}),
        (Step.EVALUATED, "other", {"elements": 4096}),
        (Step.PUBLISHED, "other", {"epoch": 2, "rows": 100}),
        (Step.ERASED, "other", {"entries": 3}),
    ):
        with writing(engine) as session:
            record_step(session, step, dataset=dataset, by="Zoé Canari", counts=counts)
    engine.dispose()
    with serving_settings(leak.settings(data=data, public_address=SITE)) as http:
        yield http


def parsed(response: httpx.Response) -> Any:
    """Read a feed with a reader that is strict about it."""
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(response.content, response_headers=dict(response.headers))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


@LANGUAGE
def test_a_reader_takes_it(lived: httpx.Client, language: Language) -> None:
    feed = parsed(lived.get(language.path(Page.FEED)))
    assert feed.feed.id == SITE + language.path(Page.FEED)
    assert feed.feed.language == language.code
    assert feed.feed.updated == feed.entries[0].updated
    told = [(e.tags[0].term, e.title) for e in feed.entries]
    titles = {
        "fr": ["effacé", "corrigé, version 2", "publié", "publié"],
        "en": ["erased", "corrected, version 2", "published", "published"],
    }[language.code]
    colon = {"fr": "\u00a0: ", "en": ": "}[language.code]
    assert told == [
        (kind, f"{name}{colon}{title}")
        for kind, name, title in zip(
            ("erasure", "correction", "publication", "publication"),
            ("other", "other", "other", "demo"),
            titles,
            strict=True,
        )
    ]
    assert "400" in feed.entries[3].summary


@LANGUAGE
def test_it_has_what_rfc_4287_demands(lived: httpx.Client, language: Language) -> None:
    """§4.1.1, §4.1.2, §4.2.6: one id, title and instant each, an author, a link to itself."""
    root = ElementTree.fromstring(lived.get(language.path(Page.FEED)).content)
    assert root.tag == f"{ATOM}feed"
    elements = [root, *root.findall(f"{ATOM}entry")]
    assert len(elements) == 5
    for element in elements:
        for name in ("id", "title", "updated"):
            (found,) = element.findall(f"{ATOM}{name}")
            assert (found.text or "").strip() == found.text
        assert INSTANT.fullmatch(element.findtext(f"{ATOM}updated") or "")
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    links = {e.get("rel"): e.get("href") for e in root.findall(f"{ATOM}link")}
    assert links["self"] == root.findtext(f"{ATOM}id")
    for entry in elements[1:]:
        (link,) = entry.findall(f"{ATOM}link")
        (content,) = entry.findall(f"{ATOM}content")
        assert (link.get("rel"), content.get("type"), bool(content.text)) == (
            "alternate",
            "text",
            True,
        )
    ids = [e.findtext(f"{ATOM}id") or "" for e in elements[1:]]
    assert len(set(ids)) == len(ids)
    assert all(TAG.fullmatch(each) for each in ids)


def schema() -> etree.RelaxNG:
    return etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))


@LANGUAGE
def test_it_is_valid_by_a_grammar_of_rfc_4287(
    lived: httpx.Client, leak: Leak, tmp_path: Path, language: Language
) -> None:
    grammar = schema()
    with serving_settings(leak.settings(data=tmp_path / "data")) as empty:
        for http in (lived, empty):
            feed = etree.fromstring(http.get(language.path(Page.FEED)).content)
            assert grammar.validate(feed), grammar.error_log
            # §4.1.1, §4.1.2: no two alternates of one type and language.
            for element in [feed, *feed.findall(f"{ATOM}entry")]:
                links = [
                    (link.get("type"), link.get("hreflang"))
                    for link in element.findall(f"{ATOM}link[@rel='alternate']")
                ]
                assert len(set(links)) == len(links) == 1


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("<updated>2", "<updated>on 2"),
        ("Z</updated>", "</updated>"),
        ("<id>https:", "<id>"),
        ('<category term="', '<category name="'),
        ('<content type="text">', '<content type="markup">'),
        ("<subtitle>", "<subtitle>a</subtitle><subtitle>"),
        ("<author><name>", "<author><uri>x</uri><uri>y</uri><name>"),
        ("</entry>", "<more/></entry>"),
        (' href="', ' to="'),
        ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
        ("<published>", "<published>about "),
    ],
)
def test_the_grammar_refuses_what_is_no_feed(lived: httpx.Client, what: str, instead: str) -> None:
    text = lived.get(ENGLISH.path(Page.FEED)).text
    assert what in text
    assert not schema().validate(etree.fromstring(text.replace(what, instead).encode()))


def test_every_entry_leads_to_a_page_that_is_there(lived: httpx.Client) -> None:
    for language in LANGUAGES:
        for entry in parsed(lived.get(language.path(Page.FEED))).entries:
            assert entry.link.startswith(SITE + language.prefix)
            assert lived.get(entry.link.removeprefix(SITE)).status_code == 200


def test_names_are_those_of_every_language_and_of_every_time(lived: httpx.Client) -> None:
    feeds = [parsed(lived.get(language.path(Page.FEED))) for language in LANGUAGES]
    assert len({tuple(entry.id for entry in feed.entries) for feed in feeds}) == 1
    day = feeds[0].entries[0].updated[:10]
    assert feeds[0].entries[0].id == f"tag:fuites.example,{day}:dataset/other/2/erasure"


def test_nobody_is_named_in_it(lived: httpx.Client) -> None:
    for language in LANGUAGES:
        assert "Canari" not in lived.get(language.path(Page.FEED)).text


def test_a_reader_that_has_it_is_told_so(lived: httpx.Client) -> None:
    first = lived.get(FRENCH.path(Page.FEED))
    again = lived.get(FRENCH.path(Page.FEED), headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert lived.get(ENGLISH.path(Page.FEED)).headers["etag"] != first.headers["etag"]


def test_every_page_leads_to_it(lived: httpx.Client) -> None:
    for language in LANGUAGES:
        path = language.path(Page.FEED)
        expected = f'<link rel="alternate" href="{path}" type="application/atom+xml"'
        assert expected in lived.get(language.prefix).text


def test_a_site_with_nothing_to_tell_has_a_feed(leak: Leak, tmp_path: Path) -> None:
    with serving_settings(leak.settings(data=tmp_path / "data")) as http:
        feed = parsed(http.get(FRENCH.path(Page.FEED)))
        assert feed.entries == []
        assert INSTANT.fullmatch(feed.feed.updated)


@pytest.mark.parametrize("host", ['x"><script>', "user@host", "a/b", "", "x y", "évil.example"])
def test_a_forged_host_gets_nothing_into_it(leak: Leak, host: str) -> None:
    with serving_settings(leak.settings()) as http:
        raw = [(b"Host", host.encode())]
        for path in (FRENCH.path(Page.FEED), FRENCH.path(Page.LEAK, dataset="demo")):
            response = http.send(httpx.Request("GET", f"{http.base_url}{path}", headers=raw))
            assert response.status_code == 200
            assert "http://localhost/fr/" in response.text
            assert 'script>"' not in response.text


def test_without_an_address_it_has_the_one_that_was_asked(leak: Leak) -> None:
    with serving_settings(leak.settings()) as http:
        feed = parsed(http.get(FRENCH.path(Page.FEED)))
        assert feed.feed.id == f"{http.base_url}{FRENCH.path(Page.FEED)}"
        (entry,) = feed.entries
        assert TAG.fullmatch(entry.id)
        assert http.get(entry.link).status_code == 200


def test_a_long_life_is_told_from_its_end() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    news = [
        News(NewsKind.CORRECTION, began + timedelta(hours=n), "demo", n + 1, n)
        for n in range(ENTRIES_MAXIMUM + 7)
    ]
    feed = feed_of(news, FRENCH, SITE, {"demo"})
    assert [entry.news for entry in feed.entries] == news[:6:-1]
    assert feed.updated == feed.entries[0].updated == "2026-01-05T10:00:00Z"
