"""The page of a leak's scope: its report as figures, or to whom the report is given here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from app.errors import ScopeWithheld
from app.scope.report import ScopeReport
from app.scope.showing.files import csv_name, html_name, pdf_name
from app.scope.showing.html import report_fragment
from app.settings import ScopeAccess
from app.web.addresses import site_address
from app.web.pages.languages import LANGUAGES, Language, Page
from app.web.pages.rendering import Renderer, alternates_of
from app.web.services import Services

_SIGNED_PATH: Final = "/v1/datasets/{dataset}/scope"


class ScopePages:
    """The page's endpoints.

    Args:
        services: what is published, its reports, and to whom they are given.
        renderer: makes the page.
    """

    def __init__(self, services: Services, renderer: Renderer) -> None:
        self._services = services
        self._renderer = renderer
        self._is_public = services.settings.scope_access is ScopeAccess.PUBLIC

    def add_routes(self, routes: APIRouter) -> None:
        """Add the page in every language."""
        for language in LANGUAGES:
            path, endpoint = language.path(Page.SCOPE, dataset="{dataset}"), self._page(language)
            routes.add_api_route(path, endpoint, methods=["GET", "HEAD"], include_in_schema=False)

    def _page(self, language: Language) -> Callable[[Request], Awaitable[Response]]:
        async def page(request: Request) -> Response:
            name = request.path_params["dataset"]
            dataset = self._services.answering.catalogue.dataset(name)
            try:
                report = await run_in_threadpool(self._services.reporting.report, name)
            except ScopeWithheld:
                shown: dict[str, Any] = {"is_withheld": True}
            else:
                shown = await run_in_threadpool(self._shown, report, language)
            return self._renderer.response(
                language,
                "scope.html",
                alternates_of(Page.SCOPE, dataset=name),
                dataset=dataset,
                is_public=self._is_public,
                site=site_address(request, self._services.settings),
                **shown,
            )

        return page

    def _shown(self, report: ScopeReport, language: Language) -> dict[str, Any]:
        """Return what the template fills in: no number where reports are not for everybody."""
        signed = _SIGNED_PATH.format(dataset=report.dataset)
        return {
            "is_withheld": False,
            "body": _figures(report, language, signed) if self._is_public else Markup(),
            "signed_path": signed,
            "html_path": f"{signed}/{html_name(language.code)}",
            "pdf_path": f"{signed}/{pdf_name(language.code)}",
        }


def _figures(report: ScopeReport, language: Language, signed: str) -> Markup:
    sources = {source.number: source for source in report.sources}
    return report_fragment(
        report,
        language.code,
        csv_link=lambda shown, figure: f"{signed}/{csv_name(sources[shown.number], figure.table)}",
        signed_link=signed,
    )
