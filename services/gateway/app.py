"""Composition root of the HTTP application: routes, and what is around them; holds no logic."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.types import Middleware

from libs.contracts.topics import MIB
from libs.running.serving import WHEN_STOPPING
from services.gateway.access.scopes import OPEN
from services.gateway.api import PREFIX
from services.gateway.api.bodies import MAX_BODY_BYTES
from services.gateway.api.description import SECURITY, TAGS
from services.gateway.api.docs_page import docs, docs_files, openapi_json
from services.gateway.api.documents import document_routes
from services.gateway.api.events import event_routes
from services.gateway.api.health import api_health_routes, root_health_routes
from services.gateway.api.home_page import home
from services.gateway.api.keys import key_routes
from services.gateway.api.matching import matching_routes
from services.gateway.api.published import DescribedForms
from services.gateway.api.readable_requests import refuse_unreadable
from services.gateway.api.score_log import score_log_routes
from services.gateway.api.webhooks import webhook_routes
from services.gateway.middleware.access_log import Access
from services.gateway.middleware.admission import Admission, TenantPlaces
from services.gateway.middleware.auth import authentication, refuse_unscoped_routes
from services.gateway.middleware.body_arrival import Arrivals, Pace
from services.gateway.middleware.body_decoding import BodyDecoding
from services.gateway.middleware.cross_origin import CrossOrigin
from services.gateway.middleware.draining import EarlyAnswers
from services.gateway.middleware.head_and_options import Methods
from services.gateway.middleware.outer_problems import OuterProblems
from services.gateway.middleware.rate_limiting import RateLimiting
from services.gateway.middleware.security_headers import SecurityHeaders
from services.gateway.parts import Lifetime, build
from services.gateway.problems import CODES, TYPE_PREFIX, answer_too_large, problems_plugin
from services.gateway.service import Gateway
from services.gateway.settings import GatewaySettings, listed

API_VERSION = "1.0"


def create_app(settings: GatewaySettings) -> Litestar:
    """The gateway's HTTP application; its parts start and stop with it."""
    return http_app(settings, *build(settings))


def http_app(settings: GatewaySettings, gateway: Gateway, lifetime: Lifetime) -> Litestar:
    """The HTTP application over parts that are already wired."""

    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for client in lifetime.clients:
                stack.push_async_callback(client.close)
            for part in lifetime.running:
                await part.start()
                stack.push_async_callback(part.stop)
            yield

    def seen_by_caller(request: Request[Any, Any, Any]) -> Gateway:
        return gateway.seen_by(request.scope.get("user"))

    api = Router(
        PREFIX,
        route_handlers=[
            document_routes("resume"),
            document_routes("job"),
            matching_routes,
            score_log_routes,
            key_routes,
            event_routes,
            webhook_routes,
            api_health_routes(lifetime.health),
        ],
    )
    app = Litestar(
        route_handlers=[api, *root_health_routes(lifetime.health), home, openapi_json, docs, docs_files()],
        dependencies={"gateway": Provide(seen_by_caller, sync_to_thread=False)},
        middleware=_middleware(lifetime),
        exception_handlers={RequestEntityTooLarge: answer_too_large},
        guards=[refuse_unreadable],
        plugins=[problems_plugin(), DescribedForms()],
        lifespan=[running],
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=_openapi(),
        logging_config=None,
    )
    refuse_unscoped_routes(app)
    app.state[WHEN_STOPPING] = [lifetime.streams.end_all]
    # Around the router, so that an address nobody answers is logged and traced as well.
    arrivals = Arrivals(
        count=settings.bodies_arriving_at_once,
        total_bytes=settings.arriving_mib_at_once * MIB,
        largest_body=MAX_BODY_BYTES,
        pace=Pace(settings.body_stall_seconds, settings.body_seconds, settings.body_bytes_per_second),
    )
    admission = Admission(
        requests=settings.requests_at_once, body_bytes=settings.body_mib_at_once * MIB, arrivals=arrivals
    )
    around = (Access(), SecurityHeaders(), *_cross_origin(settings), Methods())
    for layer in reversed((*around, EarlyAnswers(), OuterProblems(), BodyDecoding(), admission)):
        app.asgi_handler = layer(app.asgi_handler)
    return app


def _middleware(lifetime: Lifetime) -> list[Middleware]:
    """Before a route is called, in this order: who calls, whether its tenant has room, whether its key has quota."""
    limiting = () if lifetime.rate_limits is None else (RateLimiting(lifetime.rate_limits),)
    return [authentication(lifetime.entry), TenantPlaces(), *limiting]


def _cross_origin(settings: GatewaySettings) -> tuple[ASGIMiddleware, ...]:
    origins = listed(settings.cors_origins)
    return (CrossOrigin(frozenset(origins)),) if origins else ()


def _openapi() -> OpenAPIConfig:
    codes = "".join(f"\n| `{TYPE_PREFIX}{code}` | {status} | {title} |" for code, (status, title) in CODES.items())
    return OpenAPIConfig(
        title="Shortlist",
        version=API_VERSION,
        description=(
            "Resumes and jobs in, ranked and explained matches out. Every address works with and without a trailing "
            "slash. Errors are RFC 9457 problem details, of these types; with 422 the type is a document's own error "
            f"code.\n\n| type | status | title |\n|---|---|---|{codes}"
        ),
        tags=[Tag(name=name, description=told) for name, told in TAGS.items()],
        components=Components(
            security_schemes={
                SECURITY: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="An API key, or a token of your identity provider where the gateway takes these",
                )
            }
        ),
        openapi_router=Router("/openapi", route_handlers=[], opt={OPEN: True}, include_in_schema=False),
        render_plugins=[JsonRenderPlugin()],
    )
