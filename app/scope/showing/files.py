"""The files of a report, by the names that `concerne scope export` writes them under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from app.errors import UnknownReportFile
from app.scope.csvtables import table_csv
from app.scope.report import ScopeReport
from app.scope.showing.html import report_html
from app.scope.showing.pdf import report_pdf
from app.scope.showing.words import LOCALES
from app.scope.source import ScopeSource
from app.scope.table import ScopeTable

CSV_MEDIA_TYPE: Final = "text/csv; charset=utf-8"
HTML_MEDIA_TYPE: Final = "text/html; charset=utf-8"
PDF_MEDIA_TYPE: Final = "application/pdf"
# Some reports of each kind and language; a PDF has some 250 kB and takes some 100 ms to make.
_KEPT_FILES: Final = 32


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file.

    Args:
        name: under which it is written.
        media_type: as it is served.
        content: the same for the same report.
    """

    name: str
    media_type: str
    content: bytes


def csv_name(source: ScopeSource, table: ScopeTable) -> str:
    """Return the name of a table's file."""
    return f"source-{source.number}-{table.name}.csv"


def html_name(language: str) -> str:
    """Return the name of the page that works from a disk."""
    return f"scope.{language}.html"


def pdf_name(language: str) -> str:
    """Return the name of the PDF."""
    return f"scope.{language}.pdf"


def csv_files(report: ScopeReport) -> Sequence[ReportFile]:
    """Return every table as CSV."""
    return [
        ReportFile(csv_name(source, table), CSV_MEDIA_TYPE, table_csv(table).encode())
        for source in report.sources
        for table in source.tables
    ]


def html_files(report: ScopeReport) -> Sequence[ReportFile]:
    """Return the page in every language."""
    return [
        ReportFile(html_name(language), HTML_MEDIA_TYPE, report_html(report, language))
        for language in LOCALES
    ]


def pdf_files(report: ScopeReport) -> Sequence[ReportFile]:
    """Return the PDF in every language."""
    return [
        ReportFile(pdf_name(language), PDF_MEDIA_TYPE, report_pdf(report, language))
        for language in LOCALES
    ]


_KINDS: Final = {".csv": csv_files, ".html": html_files, ".pdf": pdf_files}


def report_file(report: ScopeReport, name: str) -> ReportFile:
    """Return one file of a report; some that were made before are kept.

    Raises:
        UnknownReportFile: it has none of that name.
    """
    kind = f".{name.rpartition('.')[2]}"
    found = _made(_Kept(report), kind).get(name) if kind in _KINDS else None
    if found is None:
        raise UnknownReportFile(
            "the scope report has no such file",
            hint="its page links to them; concerne scope export writes them",
        )
    return found


class _Kept:
    """A report that is known again by its bytes."""

    def __init__(self, report: ScopeReport) -> None:
        self.report = report
        self._canonical = report.canonical()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self._canonical == other._canonical

    def __hash__(self) -> int:
        return hash(self._canonical)


@lru_cache(maxsize=_KEPT_FILES)
def _made(kept: _Kept, kind: str) -> Mapping[str, ReportFile]:
    return {file.name: file for file in _KINDS[kind](kept.report)}
