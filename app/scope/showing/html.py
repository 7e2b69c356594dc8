"""A report as HTML: the inside of a page of the site, or a file that needs nothing beside it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from app.scope.csvtables import table_csv
from app.scope.report import ScopeReport
from app.scope.showing.content import SourceContent, content_of
from app.scope.showing.departments import HEIGHT, LICENCE, WIDTH, shapes_of
from app.scope.showing.figures import Figure
from app.scope.showing.words import Words

STYLE: Final = Path(__file__).parent / "scope.css"
"""The style sheet, which a page of the site links to."""

TEMPLATES: Final = Path(__file__).parent / "templates"

CsvLink = Callable[[SourceContent, Figure], str]


def report_fragment(
    report: ScopeReport, language: str, *, csv_link: CsvLink, signed_link: str
) -> Markup:
    """Return what stands under the heading of a page.

    Args:
        report: as it was signed.
        language: `fr` or `en`.
        csv_link: gives the address of a figure's table.
        signed_link: the address of the signed report, or empty.
    """
    return _rendered("report.html", report, language, csv_link=csv_link, signed_link=signed_link)


def report_html(report: ScopeReport, language: str) -> bytes:
    """Return a file with all of it: figures, style, and each table as CSV behind a link.

    It loads nothing and runs nothing, which its own policy says to browsers.
    """
    style = STYLE.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _rendered(
        "file.html",
        report,
        language,
        csv_link=_csv_inside,
        signed_link="",
        style=Markup(style),  # noqa: S704 ours
        style_digest=f"sha256-{digest}",
    ).encode()


def _csv_inside(_source: SourceContent, figure: Figure) -> str:
    content = base64.b64encode(table_csv(figure.table).encode()).decode()
    return f"data:text/csv;charset=utf-8;base64,{content}"


def _rendered(template: str, report: ScopeReport, language: str, **context: object) -> Markup:
    found = environment().get_template(template)
    content = content_of(report, language)
    return Markup(  # noqa: S704 escaped by the template
        found.render(content=content, words=Words(language), **context)
    )


@cache
def environment() -> Environment:
    """Return what reads the templates."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "shapes_of": shapes_of,
        "map_width": WIDTH,
        "map_height": HEIGHT,
        "map_licence": LICENCE,
    }
    return made
