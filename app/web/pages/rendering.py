"""Templates to pages: escaped, complete or refused, and with the headers that pages need."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.web.pages.assets import Asset
from app.web.pages.catalogues import load_texts
from app.web.pages.guidance import Guidance
from app.web.pages.languages import LANGUAGES, Language, Page

TEMPLATES: Final = Path(__file__).parents[1] / "templates"

# The script is checked against its digest (SRI), talks to this origin only, and starts itself as
# a worker; what WebAssembly needs is allowed there, by that response, and not here.
PAGE_HEADERS: Final[Mapping[str, str]] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": (
        "browsing-topics=(), camera=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
}
_MEDIA_TYPE: Final = "text/html; charset=utf-8"
_MINUTE_SECONDS: Final = 60
_HOUR_SECONDS: Final = 3600


class Renderer:
    """Renders pages in every language.

    Args:
        guidance: what the operator wrote.
        assets: what pages load, by name.
        is_plain_allowed: whether a form may send numbers to the server.
    """

    def __init__(
        self, guidance: Guidance, assets: Mapping[str, Asset], *, is_plain_allowed: bool
    ) -> None:
        shared = {
            "asset": assets,
            "guidance": guidance,
            "is_plain_allowed": is_plain_allowed,
            "languages": LANGUAGES,
            "Page": Page,
        }
        self._environments = {language.code: _environment(language) for language in LANGUAGES}
        for environment in self._environments.values():
            environment.globals |= shared

    def html(
        self, language: Language, template: str, alternates: Mapping[str, str], **context: Any
    ) -> bytes:
        """Render a page.

        Args:
            language: in which.
            template: its file.
            alternates: the address of this page, or of the nearest one, by language code.
            context: what the template shows.
        """
        found = self._environments[language.code].get_template(template)
        return found.render(alternates=alternates, **context).encode()

    def response(
        self,
        language: Language,
        template: str,
        alternates: Mapping[str, str],
        *,
        status: int = 200,
        **context: Any,
    ) -> Response:
        """Render a page as a response."""
        return page_response(self.html(language, template, alternates, **context), status=status)


def page_response(html: bytes, *, status: int = 200) -> Response:
    """Give a page the headers of a page; those for everything are added further out."""
    return Response(html, status, dict(PAGE_HEADERS), _MEDIA_TYPE)


def alternates_of(page: Page, **parts: str) -> dict[str, str]:
    """Return a page's address in every language."""
    return {language.code: language.path(page, **parts) for language in LANGUAGES}


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["ext.i18n.trimmed"] = True
    texts = load_texts(language)
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # the extension's
    install(texts.gettext, texts.ngettext, newstyle=True)
    environment.globals["language"] = language
    environment.filters["day"] = lambda value: _day(value, language)
    environment.filters["month"] = lambda value: _month(value, language)
    environment.filters["count"] = lambda value: format_decimal(value, locale=language.locale)
    environment.filters["phone"] = lambda value: value.replace(" ", "\u00a0")
    environment.filters["minutes"] = lambda value: -(-value // _MINUTE_SECONDS)
    environment.filters["hours"] = lambda value: -(-value // _HOUR_SECONDS)
    return environment


def _day(value: date | datetime, language: Language) -> str:
    return format_date(value, "long", locale=language.locale)


def _month(value: str, language: Language) -> str:
    return format_date(date.fromisoformat(f"{value}-01"), "LLLL y", locale=language.locale)
