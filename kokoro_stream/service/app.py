"""The service as an ASGI application: `create_app` by itself, or mounted in somebody else's Starlette or FastAPI::

speech = create_app(Speaker())
app = FastAPI(lifespan=lifespan_of(speech))
app.mount("/speech", speech)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute

from .access import Access, Rule
from .guard import Guard
from .health import Health
from .openai.routes import routes as openai_routes
from .page.page import page_routes
from .service import Service
from .settings import ServiceSettings
from .speaker import Speaker
from .websocket import stream

# Where everybody may come; "/…/*" is all below it. The rest needs a key, if any is set.
RULES: Mapping[str, Rule] = {"/": "open", "/page/*": "open", "/healthz": "open", "/readyz": "open"}


def create_app(speaker: Speaker, settings: ServiceSettings | None = None) -> Starlette:
    """The service: ``/v1/stream``, OpenAI's paths, what `Health` tells, the web page. Its lifespan runs the speaker."""
    service = Service(speaker, settings or ServiceSettings())
    health = Health(service)
    app = Starlette(
        routes=[
            WebSocketRoute("/v1/stream", partial(stream, service)),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
            *openai_routes(service),
            *page_routes(),
        ],
        middleware=_middleware(service),
        lifespan=service.lifespan,
    )
    app.state.service = service
    return app


def _middleware(service: Service) -> list[Middleware]:
    """Outermost first: a web page is told also of refusals."""
    access = service.settings.access
    rules = {**RULES, "/metrics": access.metrics}
    guard = Middleware(Guard, Access(access, rules), refused=lambda code: service.metrics.refused.labels(code).inc())
    if not access.origins:
        return [guard]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=access.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["*"],  # OpenAI's client has many of its own; without cookies there is nothing to protect
        expose_headers=["Retry-After", "Retry-After-Ms", "X-Request-Id"],
    )
    return [cors, guard]


def lifespan_of(speech: Starlette) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """The lifespan for an application in which ``speech`` is mounted: servers run only the outermost application's."""
    service: Service = speech.state.service
    return service.lifespan
