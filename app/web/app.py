"""The application: routes, and around them, from the outside in, what holds for all of them."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from slowapi.errors import RateLimitExceeded
from starlette.middleware import Middleware

from app.web import problems
from app.web.authentication import Authentication
from app.web.bodies import BodyLimit
from app.web.headers import SecurityHeaders
from app.web.limits import RequestGuard
from app.web.pages.assets import load_assets
from app.web.pages.feeds import Feeds
from app.web.pages.guidance import HELP_FILE, load_guidance
from app.web.pages.refusals import PageRefusals
from app.web.pages.rendering import Renderer
from app.web.pages.routes import Pages
from app.web.pages.scope import ScopePages
from app.web.renewal import renewing
from app.web.requestlog import RequestLog
from app.web.routes import (
    allranges,
    breaches,
    clients,
    datasets,
    evaluations,
    health,
    lookups,
    ranges,
    scopes,
    sessions,
)
from app.web.routing import direct_route
from app.web.schemas import problems as describe_problems
from app.web.services import Services
from app.web.sessions import SessionAuthentication

TITLE = "Concerné"
DESCRIPTION = (
    "Was I in this leak? A plain lookup shows the identifier to the server; a private one "
    "(an evaluation, then a range) does not. No status but 200 is ever an answer. Who shows a "
    "personal credential (`Authorization: Bearer concerne_…`) asks by the schemes it was granted."
)


def create_app(services: Services) -> FastAPI:
    """Return the application over the given services."""
    settings = services.settings
    assets = load_assets()
    guidance = load_guidance(settings.help_file or HELP_FILE)
    contact = guidance.operator.client_contact
    renderer = Renderer(guidance, assets, is_plain_allowed=settings.plain_lookup_page)
    app = FastAPI(
        title=TITLE,
        description=DESCRIPTION,
        version="1",
        # The interactive pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        # Instead of the library's own 422, which nobody here ever gets to see.
        responses=describe_problems(401, 422, 429),
        lifespan=renewing(services),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(PageRefusals, renderer=renderer),
            Middleware(RequestLog),
            Middleware(
                Authentication,
                registry=services.registry,
                digests=services.digests,
                limit_refused=settings.limit_refused,
                limit_client=settings.limit_client,
                contact=contact,
            ),
            Middleware(
                SessionAuthentication,
                sessions=services.sessions,
                limit_client=settings.limit_client,
                contact=contact,
            ),
            Middleware(RequestGuard, setting=settings.limit_requests, digests=services.digests),
            Middleware(
                BodyLimit,
                bytes_maximum=settings.body_bytes_maximum,
                seconds_maximum=settings.body_seconds_maximum,
            ),
        ],
    )
    problems.install(app, contact=contact)

    @app.exception_handler(RateLimitExceeded)
    async def exceeded(request: Request, _error: RateLimitExceeded) -> Response:
        return services.limits.refusal(request)

    # Straight onto the application's own router: each router included costs every request a match.
    app.router.route_class = direct_route(services.limits)
    for subject in (
        ranges, allranges, evaluations, lookups, datasets, scopes, clients, sessions, health,
    ):  # fmt: skip
        subject.add_routes(app.router, services)
    breaches.add_routes(app.router, services, guidance)
    Feeds(services, renderer).add_routes(app.router)
    ScopePages(services, renderer).add_routes(app.router)
    Pages(services, renderer, assets, guidance).add_routes(app.router)
    return app
