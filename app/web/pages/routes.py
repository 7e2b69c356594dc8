"""The addresses of the pages: each takes what is published, and fills one template."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from app.errors import InvalidField
from app.protocol.messages import Answer
from app.protocol.parameters import DatasetParameters
from app.web.addresses import site_address
from app.web.pages.askable import Askable, askable
from app.web.pages.assets import STATIC_PATH, Asset
from app.web.pages.forms import NOTHING_KEPT, Question, read_question
from app.web.pages.guidance import Guidance
from app.web.pages.languages import LANGUAGES, Language, Page, negotiate
from app.web.pages.rendering import Renderer, alternates_of, page_response
from app.web.pages.structured import data_block, dataset_of
from app.web.services import Services

_SEE_OTHER = 303
_UNPROCESSABLE = 422
_FOR_GOOD = "public, max-age=31536000, immutable"
_Endpoint = Callable[[Request], Awaitable[Response]]


class Pages:
    """The pages' endpoints.

    Args:
        services: the use cases, limits and settings.
        renderer: makes the pages.
        assets: what they load.
        guidance: what the operator wrote.
    """

    def __init__(
        self,
        services: Services,
        renderer: Renderer,
        assets: Mapping[str, Asset],
        guidance: Guidance,
    ) -> None:
        self._answering = services.answering
        self._history = services.history
        self._guidance = guidance
        self._limits = services.limits
        self._settings = services.settings
        self._renderer = renderer
        self._assets = {asset.path: asset for asset in assets.values()}

    def add_routes(self, routes: APIRouter) -> None:
        """Add every page in every language, and what they load."""

        def add(path: str, endpoint: _Endpoint, *methods: str) -> None:
            methods = methods or ("GET", "HEAD")
            routes.add_api_route(path, endpoint, methods=[*methods], include_in_schema=False)

        lookup = self._limited_lookup()
        add("/", self._choose_language)
        add(STATIC_PATH, self._asset)
        for language in LANGUAGES:
            paths = language.paths
            add(paths[Page.QUESTION], self._question(language))
            add(paths[Page.ANSWER], self._back_to_question(language))
            add(paths[Page.HOW], self._plain_page(language, Page.HOW))
            add(paths[Page.LEAK], self._leak(language))
            add(paths[Page.LEGAL], self._plain_page(language, Page.LEGAL))
            add(paths[Page.LABORATORY], self._laboratory(language))
            if self._settings.plain_lookup_page:
                add(paths[Page.PLAIN], self._question(language, is_private=False))
                add(paths[Page.ANSWER], self._answer(language, lookup), "POST")

    async def _choose_language(self, request: Request) -> Response:
        language = negotiate(request.headers.get("accept-language", ""))
        response = RedirectResponse(language.prefix, _SEE_OTHER)
        response.headers["Vary"] = "Accept-Language"
        return response

    async def _asset(self, request: Request) -> Response:
        asset = self._assets.get(request.scope["path"])
        if asset is None:
            raise HTTPException(404)
        content, encoding = asset.encoded(request.headers.get("accept-encoding", ""))
        headers = {"Cache-Control": _FOR_GOOD, **asset.headers, **encoding}
        return Response(content, headers=headers, media_type=asset.media_type)

    def _plain_page(self, language: Language, page: Page) -> _Endpoint:
        async def plain_page(_request: Request) -> Response:
            return self._renderer.response(language, f"{page.value}.html", alternates_of(page))

        return plain_page

    def _laboratory(self, language: Language) -> _Endpoint:
        async def laboratory(_request: Request) -> Response:
            # The same for everybody: the page itself asks who is signed in.
            return self._renderer.response(
                language,
                "laboratory.html",
                alternates_of(Page.LABORATORY),
                datasets=self._answering.catalogue.datasets,
            )

        return laboratory

    def _leak(self, language: Language) -> _Endpoint:
        async def leak(request: Request) -> Response:
            name = request.path_params["dataset"]
            dataset = self._answering.catalogue.dataset(name)
            alternates = alternates_of(Page.LEAK, dataset=name)
            news = await run_in_threadpool(self._history.news)
            metadata = dataset_of(
                dataset,
                news,
                language=language,
                site=site_address(request, self._settings),
                description=self._description(dataset, language),
                operator=self._guidance.operator,
            )
            return self._renderer.response(
                language,
                "leak.html",
                alternates,
                asked=askable(dataset),
                metadata=data_block(metadata),
            )

        return leak

    def _description(self, dataset: DatasetParameters, language: Language) -> str:
        written = self._guidance.leaks.get(dataset.dataset)
        return (written.of(language.code) if written is not None else "") or dataset.title

    def _question(self, language: Language, *, is_private: bool = True) -> _Endpoint:
        async def question(_request: Request) -> Response:
            return self._ask(language, NOTHING_KEPT, (), is_private=is_private)

        return question

    def _back_to_question(self, language: Language) -> _Endpoint:
        async def back_to_question(_request: Request) -> Response:
            return RedirectResponse(language.path(Page.QUESTION), _SEE_OTHER)

        return back_to_question

    def _answer(self, language: Language, lookup: _Endpoint) -> _Endpoint:
        async def read_and_lookup(request: Request) -> Response:
            question = read_question(request.headers.get("content-type", ""), await request.body())
            request.state.language, request.state.question = language, question
            request.state.dataset = question.dataset
            request.state.asked = self._asked(question)
            return await lookup(request)

        return read_and_lookup

    def _limited_lookup(self) -> _Endpoint:
        """Return what answers a form that was read, limited as a plain lookup is.

        One for all languages: the limiter counts by a function's name, and one of the same name
        for each language would count each question as often as there are languages.
        """

        @self._limits.per_dataset(cost=_identifiers)
        @self._limits.per_block(self._settings.limit_lookups, cost=_identifiers)
        async def lookup(request: Request) -> Response:
            language: Language = request.state.language
            question: Question = request.state.question
            asked: Askable | None = request.state.asked
            if asked is None:
                return self._ask(language, question.kept(), [_no_such_leak()])
            faults = question.faults(asked.fields)
            if faults:
                return self._ask(language, question.kept(), faults)
            return self._answered(language, asked, await self._look_up(asked, question))

        return lookup

    async def _look_up(self, asked: Askable, question: Question) -> Answer:
        """Look up by every scheme; exposed in one is exposed, and all take equally long."""
        dataset = asked.dataset.dataset
        indexes = [self._answering.public_index(dataset, name) for name in asked.names]
        found = [
            asyncio.wrap_future(self._answering.lookup(index, question.fields(scheme)))
            for scheme, index in zip(asked.names, indexes, strict=True)
        ]
        answers = {each.answer for each in await asyncio.gather(*found)}
        return Answer.EXPOSED if Answer.EXPOSED in answers else Answer.NOT_EXPOSED

    def _answered(self, language: Language, asked: Askable, answer: Answer) -> Response:
        """Make the page of an answer; yes and no are equally long, so that length tells nothing."""
        pages = {
            kind: self._renderer.html(language, template, alternates_of(Page.QUESTION), asked=asked)
            for kind, template in ((Answer.EXPOSED, "yes.html"), (Answer.NOT_EXPOSED, "no.html"))
        }
        return page_response(pages[answer].ljust(max(map(len, pages.values()))))

    def _ask(
        self,
        language: Language,
        kept: Mapping[str, str],
        faults: Sequence[InvalidField],
        *,
        is_private: bool = False,
    ) -> Response:
        return self._renderer.response(
            language,
            "question.html",
            alternates_of(Page.QUESTION if is_private else Page.PLAIN),
            status=_UNPROCESSABLE if faults else 200,
            is_private=is_private,
            askable=self._askable(),
            faults={fault.field: fault.reason for fault in faults},
            kept=kept,
        )

    def _askable(self) -> Sequence[Askable]:
        published = map(askable, self._answering.catalogue.datasets)
        return [each for each in published if each.schemes]

    def _asked(self, question: Question) -> Askable | None:
        return next((a for a in self._askable() if a.dataset.dataset == question.dataset), None)


def _identifiers(request: Request) -> int:
    """Limits count what is looked up, not requests; a refused form counts as one."""
    asked: Askable | None = request.state.asked
    return len(asked.schemes) if asked else 1


def _no_such_leak() -> InvalidField:
    return InvalidField("dataset", "missing", "no leak that the page can ask is chosen")
