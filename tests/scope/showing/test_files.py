"""The file and the PDF: whole, the same each time, with nothing that runs or loads."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pypdfium2
import pytest

from app.errors import UnknownReportFile
from app.scope.csvtables import table_csv
from app.scope.report import ScopeReport
from app.scope.showing.files import csv_files, html_files, pdf_files, report_file
from app.scope.showing.html import report_html
from app.scope.showing.pdf import report_pdf
from app.scope.source import SourceTables
from app.scope.table import Dimension, ScopeTable
from tests.scope.examples import example_report
from tests.scope.showing.examples import PEOPLE, large_report, large_tables, report_of_two
from tests.web.pages.reading import Read, read

LANGUAGES = pytest.mark.parametrize("language", ["fr", "en"])
HOSTILE = '"><script>alert(1)</script>#let x = 1; $E=mc^2$ {{ 7*7 }} {% raw %} *b* @a \\ & é'


def opened(report: ScopeReport, language: str) -> tuple[str, Read]:
    text = report_html(report, language).decode()
    return text, read(re.sub(r"(?s)<style>.*?</style>", "", text))


def hostile() -> ScopeReport:
    """Return a report of which every text that the file brings would like to be markup."""
    report = example_report()
    (source,) = report.sources
    table = ScopeTable("laboratory", (Dimension("laboratory", (HOSTILE,)),), (40, 50), HOSTILE)
    assert source.counted is not None
    changed = replace(
        source, counted=replace(source.counted, tables=(table,)), rejected={HOSTILE: 3}
    )
    return replace(report, title=HOSTILE, sources=(changed,))


@LANGUAGES
def test_a_file_needs_nothing_beside_it_and_runs_nothing(language: str) -> None:
    text, page = opened(large_report(), language)
    assert page.one("html").attributes["lang"] == language
    for element in page.elements:
        assert element.tag not in ("script", "iframe", "img", "link", "object")
        for name, value in element.attributes.items():
            assert name not in ("style", "src", "srcset", "action"), element
            assert not name.startswith("on"), element
            if name == "href":
                licence = "https://creativecommons.org/licenses/by/4.0/"
                assert value == licence or (value or "").startswith(("data:text/csv;", "#"))
    policy = page.all("meta", **{"http-equiv": "Content-Security-Policy"})[0].attributes["content"]
    (style,) = re.findall(r"(?s)<style>(.*?)</style>", text)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'"
    assert "url(" not in style
    assert "@import" not in style


@LANGUAGES
def test_every_figure_has_its_table_its_rule_and_its_csv(language: str) -> None:
    _, page = opened(large_report(), language)
    names = {table.name: table for table in large_tables()}
    links = page.all("a")
    downloads = {str(e.attributes["download"]): e for e in links if "download" in e.attributes}
    assert set(downloads) == {f"megabus-2021-source-1-{name}.csv" for name in names}
    for name, table in names.items():
        link = downloads[f"megabus-2021-source-1-{name}.csv"]
        content = (link.attributes["href"] or "").partition("base64,")[2]
        assert base64.b64decode(content).decode() == table_csv(table)
        assert link.attributes["aria-label"]
    assert len(page.all("table")) == len(names)
    for cell in page.all("th"):
        assert cell.attributes["scope"] in ("col", "row")
    rule = {"fr": "Un nombre n’est montré que", "en": "Shown only where"}[language]
    assert page.text.count(rule) == len(names)
    for chart in page.all("svg"):
        is_named = chart.attributes.get("role") == "img" and chart.attributes.get("aria-label")
        assert is_named or chart.attributes["aria-hidden"] == "true"


@LANGUAGES
def test_no_text_of_a_report_is_markup(language: str) -> None:
    text, page = opened(hostile(), language)
    assert not page.all("script")
    assert "<script>alert" not in text
    assert page.text.count(HOSTILE) >= 4
    assert "49" not in page.one("title").text


@LANGUAGES
def test_the_same_report_is_the_same_bytes(language: str) -> None:
    for make in (report_html, report_pdf):
        assert make(large_report(), language) == make(large_report(), language)
        assert make(large_report(), language) != make(example_report(), language)


@LANGUAGES
def test_a_pdf_has_tags_a_title_a_language_and_every_number(language: str) -> None:
    content = report_pdf(large_report(), language)
    assert content.startswith(b"%PDF")
    document = pypdfium2.PdfDocument(content)
    assert pypdfium2.raw.FPDFCatalog_IsTagged(document.raw)
    title = {"fr": "L’étendue de la fuite", "en": "The scope of the leak"}[language]
    assert document.get_metadata_value("Title").endswith(title)
    assert b"pdfuaid:part" in content
    assert f"({language}".encode() in content or f"/Lang ({language})".encode() in content
    text = "".join(page.get_textpage().get_text_range() for page in document)
    shown = {"fr": "431\u202f207", "en": "431,207"}[language]
    assert shown in text
    for town in ("Locmariel", "Trévarn"):
        assert town in text
    document.close()


def test_a_pdf_is_not_dated_by_whoever_makes_it() -> None:
    document = pypdfium2.PdfDocument(report_pdf(large_report(), "fr"))
    assert document.get_metadata_value("CreationDate").startswith("D:20261125093100")
    document.close()


def test_no_text_of_a_report_is_read_by_typst() -> None:
    document = pypdfium2.PdfDocument(report_pdf(hostile(), "en"))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    for part in ("#let x = 1", "$E=mc^2$", "*b*", "{{ 7*7 }}"):
        assert part in text.replace("\r\n", " ")
    document.close()


@LANGUAGES
def test_a_report_of_several_files_is_a_file_and_a_pdf(language: str) -> None:
    _, page = opened(report_of_two(), language)
    assert len(page.all("table")) == len(large_tables())
    few = {"fr": "il faudrait 100 personnes", "en": "that needs 100 people"}[language]
    assert few in page.text
    assert few in text_of(report_pdf(report_of_two(), language))


@LANGUAGES
def test_a_file_that_is_nearly_another_says_why_it_has_no_tables(language: str) -> None:
    report = report_of_two()
    first, second = report.sources
    headline = SourceTables(people=PEOPLE + 3, rows_apart=None, tables=())
    near = replace(report, sources=(first, replace(second, counted=headline, is_withheld=True)))
    why = {"fr": "moins de 100 personnes le distinguent", "en": "fewer than 100 people set it"}
    assert why[language] in opened(near, language)[1].text
    assert why[language] in text_of(report_pdf(near, language))


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(text.split())


def test_every_file_is_had_by_its_name_and_no_other() -> None:
    report = large_report()
    files = [*csv_files(report), *html_files(report), *pdf_files(report)]
    assert len(files) == len(large_tables()) + 4
    for file in files:
        assert report_file(report, file.name) == file
    others = ("", ".csv", "scope.jws", "source-2-laboratory.csv", "../scope.fr.pdf", "scope.FR.pdf")
    for name in others:
        with pytest.raises(UnknownReportFile):
            report_file(report, name)


def test_a_report_that_was_made_before_is_not_given_for_another() -> None:
    report = large_report()
    before = report_file(report, "scope.fr.html")
    other = report_file(replace(report, title="Autre"), "scope.fr.html")
    assert other != before
    assert report_file(large_report(), "scope.fr.html") is before


@LANGUAGES
def test_a_report_that_was_signed_and_read_back_is_shown_the_same(language: str) -> None:
    read_back = ScopeReport.from_json(json.loads(large_report().canonical()))
    assert list(read_back.schemes) != list(large_report().schemes)
    assert report_html(read_back, language) == report_html(large_report(), language)
    assert report_pdf(read_back, language) == report_pdf(large_report(), language)
