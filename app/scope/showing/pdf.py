"""A report on paper: a tagged PDF (PDF/UA-1), the same bytes each time, made by Typst."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import typst

from app.scope.report import ScopeReport
from app.scope.showing.content import Content, SourceContent, content_of
from app.scope.showing.departments import shapes_of
from app.scope.showing.figures import Chart, Figure
from app.scope.showing.html import environment
from app.scope.showing.words import Words

TEMPLATE: Final = Path(__file__).parent / "templates" / "report.typ"
# Texts of the report's frame, by the names that both the template and the words have.
_FRAME: Final = (
    "heading", "lead", "figures", "sure", "cite", "total", "overlap", "rule", "map", "map_credit",
)  # fmt: skip
_MAP_STYLE: Final = (
    "path{stroke:#ffffff;stroke-width:3}text{font:700 38px sans-serif;fill:#16242b}"
    ".level-0{fill:#e9eef0}.level-1{fill:#d3e7ec}.level-2{fill:#a6cdd8}.level-3{fill:#78b1c0}"
    ".level-4{fill:#2b6f7f}.level-5{fill:#0b4b58}.on-4,.on-5{fill:#ffffff}"
)


def report_pdf(report: ScopeReport, language: str) -> bytes:
    """Return a report as a PDF.

    Nothing of the report is markup: Typst reads it as data. Its date is the report's, and its
    fonts are those that Typst brings, so that the same report is the same file anywhere.

    Args:
        report: as it was signed.
        language: `fr` or `en`.
    """
    words = Words(language)
    told = _told(content_of(report, language), words)
    made: bytes = typst.compile(
        TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(told, ensure_ascii=False)},
        pdf_standards=["ua-1"],
        timestamp=int(report.made_at.timestamp()),
    )
    return made


def _told(content: Content, words: Words) -> Mapping[str, Any]:
    return {
        "language": content.language,
        "title": content.title,
        "citation": content.citation,
        "identity": [asdict(fact) for fact in content.identity],
        "sources": [_source(source, words) for source in content.sources],
        **{name: words(name) for name in _FRAME},
    }


def _source(source: SourceContent, words: Words) -> Mapping[str, Any]:
    return {
        "title": source.title,
        "headlines": [asdict(fact) for fact in source.headlines],
        "missing": source.missing,
        "sure": [asdict(fact) for fact in source.sure],
        "figures": [_figure(figure, words) for figure in source.figures],
    }


def _figure(figure: Figure, words: Words) -> Mapping[str, Any]:
    told = {name: value for name, value in asdict(figure).items() if name != "table"}
    return told | {"map": _map(figure, words) if figure.chart is Chart.MAP else ""}


def _map(figure: Figure, words: Words) -> str:
    charts = environment().get_template("charts.html").module
    shapes = shapes_of(figure, words("none"))
    return str(charts.map(shapes, words("map"), style=_MAP_STYLE))  # type: ignore[attr-defined]  # its macro
