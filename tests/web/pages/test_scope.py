"""The page of a leak's scope: the numbers of the signed report, or to whom it is given."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.cli.ingestion import run_ingest
from app.clients.ports import Role
from app.crypto.signing import verify_signed
from app.scope.report import REPORT_KIND, ScopeReport
from app.scope.showing.content import content_of
from app.scope.showing.files import csv_files, html_files, pdf_files
from app.settings import ScopeAccess
from app.web.pages.languages import LANGUAGES, Language, Page
from tests.clients.examples import issued, new_client
from tests.conftest import Leak, cheap_settings
from tests.ingest.examples import PHONES_TOML, phones
from tests.serving import serving_settings
from tests.web.pages.reading import read
from tests.web.test_routes import assert_problem

SCOPE = "/v1/datasets/demo/scope"
IN_EACH = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)


@pytest.fixture(scope="module")
def report(pages: httpx.Client) -> ScopeReport:
    """What the server signed."""
    (key,) = pages.get("/.well-known/jwks.json").json()["keys"]
    signed = pages.get(SCOPE).text
    return ScopeReport.from_json(verify_signed(REPORT_KIND, signed, json.dumps(key)))


@pytest.fixture(scope="module")
def closed(
    leak: Leak, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str, httpx.Client]]:
    """A site that gives reports to journalists: a journalist's credential, a laboratory's, it."""
    data = tmp_path_factory.mktemp("closed") / "data"
    shutil.copytree(leak.data, data)
    journalist = issued(data, new_client(role=Role.JOURNALIST)).credential.text
    laboratory = issued(data, new_client()).credential.text
    settings = leak.settings(
        data=data, scope_access=ScopeAccess.JOURNALISTS, public_address="https://fuites.example"
    )
    with serving_settings(settings) as http:
        yield journalist, laboratory, http


@IN_EACH
def test_the_page_shows_the_signed_report(
    pages: httpx.Client, report: ScopeReport, language: Language
) -> None:
    page = read(pages.get(language.path(Page.SCOPE, dataset="demo")).text)
    content = content_of(report, language.code)
    assert content.fingerprint in page.text
    (source,) = content.sources
    for fact in (*source.headlines, *source.sure, *content.identity):
        assert fact.name in page.text
        assert fact.value in page.text
    assert len(source.figures) == len(page.all("table")) > 5
    for figure in source.figures:
        assert figure.title in page.text
        for line in figure.lines:
            assert line.label in page.text
            assert line.shown in page.text


@IN_EACH
def test_every_table_is_had_as_csv_from_its_figure(
    pages: httpx.Client, report: ScopeReport, language: Language
) -> None:
    page = read(pages.get(language.path(Page.SCOPE, dataset="demo")).text)
    links = {e.attributes["href"] for e in page.all("a") if e.attributes.get("download")}
    expected = {f"{SCOPE}/{file.name}": file for file in csv_files(report)}
    assert links == {SCOPE, *expected}
    for address, file in expected.items():
        response = pages.get(address)
        assert response.content == file.content
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert response.headers["content-disposition"] == (
            f'attachment; filename="demo-{file.name}"'
        )


def test_the_files_are_those_that_are_written_by_the_command(
    pages: httpx.Client, report: ScopeReport
) -> None:
    for file in (*html_files(report), *pdf_files(report)):
        response = pages.get(f"{SCOPE}/{file.name}")
        assert response.content == file.content
        assert response.headers["content-type"] == file.media_type
    assert_problem(pages.get(f"{SCOPE}/scope.de.pdf"), 404, "unknown-report-file")
    assert_problem(pages.get("/v1/datasets/other/scope/scope.fr.pdf"), 404, "unknown-dataset")


def test_the_page_of_a_leak_leads_to_it(pages: httpx.Client) -> None:
    for language in LANGUAGES:
        page = read(pages.get(language.path(Page.LEAK, dataset="demo")).text)
        path = language.path(Page.SCOPE, dataset="demo")
        assert page.one("a", href=path).text
        assert pages.get(language.path(Page.SCOPE, dataset="other")).status_code == 404


def test_a_page_is_the_same_bytes_each_time(pages: httpx.Client) -> None:
    for language in LANGUAGES:
        path = language.path(Page.SCOPE, dataset="demo")
        assert pages.get(path).content == pages.get(path).content


@IN_EACH
def test_where_reports_are_for_journalists_the_page_has_no_number_of_it(
    closed: tuple[str, str, httpx.Client], report: ScopeReport, language: Language
) -> None:
    _, _, http = closed
    response = http.get(language.path(Page.SCOPE, dataset="demo"))
    assert response.status_code == 200
    page = read(response.text)
    assert not page.all("table")
    assert not page.all("dl")
    assert content_of(report, language.code).fingerprint not in page.text
    assert re.findall(r"\d{2,}", page.one("main").text) == []
    assert f"{SCOPE}/scope.{language.code}.html" in response.text


def test_files_are_given_to_journalists_where_the_report_is(
    closed: tuple[str, str, httpx.Client], report: ScopeReport
) -> None:
    journalist, laboratory, http = closed
    for file in (*csv_files(report)[:2], html_files(report)[0], pdf_files(report)[1]):
        address = f"{SCOPE}/{file.name}"
        assert_problem(http.get(address), 401, "credential-refused")
        shown = {"Authorization": f"Bearer {laboratory}"}
        assert_problem(http.get(address, headers=shown), 403, "role-not-permitted")
        shown = {"Authorization": f"Bearer {journalist}"}
        assert http.get(address, headers=shown).content == file.content


def test_a_scope_that_is_withheld_is_said_to_be(tmp_path: Path) -> None:
    source, mapping = tmp_path / "few.csv", tmp_path / "few.toml"
    source.write_bytes(phones(30))
    mapping.write_text(PHONES_TOML, encoding="utf-8")
    settings = cheap_settings(tmp_path / "data")
    run_ingest(settings, source, "few", mapping)
    with serving_settings(settings) as http:
        for language in LANGUAGES:
            response = http.get(language.path(Page.SCOPE, dataset="few"))
            assert response.status_code == 200
            assert {"fr": "n’est pas publiée", "en": "is not published"}[language.code] in (
                response.text
            )
        assert_problem(http.get("/v1/datasets/few/scope/scope.fr.pdf"), 403, "scope-withheld")
