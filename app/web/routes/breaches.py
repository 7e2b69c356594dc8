"""Breach metadata for clients of Have I Been Pwned's API v3: of datasets, never of anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from app.errors import InvalidInput, NobodyAskedFor, ScopeWithheld, UnknownDataset
from app.protocol.messages import Json
from app.protocol.parameters import DatasetParameters
from app.scope.report import ScopeReport
from app.settings import ScopeAccess
from app.web.breaches import breach_of, data_classes
from app.web.decoding import described, parameters_of
from app.web.pages.guidance import Guidance
from app.web.questions import BreachesQuestion, BreachPath
from app.web.replies import json_reply
from app.web.schemas import BreachReply, problems
from app.web.services import Services

_ALL_PATH: Final = "/api/v3/breaches"
_ONE_PATH: Final = "/api/v3/breach/{name}"
_TRUTHS: Final[Mapping[str, bool]] = {"true": True, "false": False}


def add_routes(routes: APIRouter, services: Services, guidance: Guidance) -> None:
    """Add the routes; `guidance` has what the operator wrote of each leak."""
    catalogue = services.answering.catalogue

    async def breaches_of(datasets: Sequence[DatasetParameters]) -> list[Json]:
        news = await run_in_threadpool(services.history.news)
        reports = [await run_in_threadpool(_report, services, each) for each in datasets]
        return [
            breach_of(dataset, news, _description(dataset, guidance), report)
            for dataset, report in zip(datasets, reports, strict=True)
        ]

    @routes.get(
        _ALL_PATH,
        tags=["breaches"],
        response_model=list[BreachReply],
        responses=problems(422, 429, 503),
        openapi_extra=described(_ALL_PATH, BreachesQuestion),
    )
    async def breaches(request: Request) -> Response:
        """Every published dataset as a breach; a filter that is not known is passed over."""
        found = await breaches_of(catalogue.datasets)
        return json_reply([each for each in found if _matches(each, _filters(request))])

    @routes.get(
        "/api/v3/latestbreach",
        tags=["breaches"],
        response_model=BreachReply,
        responses=problems(404, 429, 503),
    )
    async def latest_breach(request: Request) -> Response:
        """The dataset that was published last, whatever was corrected since."""
        found = await breaches_of(catalogue.datasets)
        if not found:
            raise UnknownDataset("nothing is published")
        return json_reply(max(found, key=lambda each: str(each["AddedDate"])))

    @routes.get(
        "/api/v3/dataclasses",
        tags=["breaches"],
        response_model=list[str],
        responses=problems(429, 503),
    )
    async def classes(request: Request) -> Response:
        """What kinds of data are known to be in what is published."""
        return json_reply(data_classes(await breaches_of(catalogue.datasets)))

    @routes.get(
        _ONE_PATH,
        tags=["breaches"],
        response_model=BreachReply,
        responses=problems(404, 422, 429, 503),
        openapi_extra=described(_ONE_PATH, BreachPath),
    )
    async def breach(request: Request) -> Response:
        """One published dataset as a breach."""
        asked = parameters_of(BreachPath, request)
        (found,) = await breaches_of([catalogue.dataset(asked.name)])
        return json_reply(found)

    @routes.get("/api/{anything:path}", include_in_schema=False)
    async def nothing_else(request: Request) -> Response:
        """Whatever else that API has, in any version: above all, to ask for a person.

        Its clients read a 404 as "in no breach", and nobody has looked. A 403 they all report as
        an error, whether they show a key or not; and no key would change it, as a 401 would say.
        """
        raise NobodyAskedFor(
            "people are not asked for here, and nobody was looked up",
            hint="the site's own page asks, without the site learning who",
        )


def _description(dataset: DatasetParameters, guidance: Guidance) -> str:
    written = guidance.leaks.get(dataset.dataset)
    return written.en if written is not None and written.en else dataset.title


def _report(services: Services, dataset: DatasetParameters) -> ScopeReport | None:
    """Return the report, unless it is not for everybody, or there is none (any more)."""
    if services.settings.scope_access is not ScopeAccess.PUBLIC:
        return None
    try:
        return services.reporting.report(dataset.dataset)
    except (ScopeWithheld, UnknownDataset):
        return None


def _filters(request: Request) -> Mapping[str, str]:
    """Return what the list is to be filtered by; that API does not tell cases apart."""
    return {name.lower(): value for name, value in request.query_params.items() if value}


def _matches(breach: Json, filters: Mapping[str, str]) -> bool:
    domain, wanted = filters.get("domain"), filters.get("isspamlist")
    if wanted is not None and wanted.lower() not in _TRUTHS:
        raise InvalidInput("IsSpamList is neither true nor false")
    return (domain is None or domain.lower() == str(breach["Domain"]).lower()) and (
        wanted is None or _TRUTHS[wanted.lower()] is breach["IsSpamList"]
    )
