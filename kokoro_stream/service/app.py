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
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from .access import Access, AccessSettings, Rule
from .guard import Guard
from .service import Service
from .session import SERVER
from .settings import ServiceSettings
from .speaker import Speaker
from .websocket import stream

# Where everybody may come; "/…/*" is all below it. The rest needs a key, if any is set.
RULES: Mapping[str, Rule] = {"/healthz": "open"}


async def healthz(service: Service, request: Request) -> JSONResponse:
    """``/healthz``: 200 while new sessions are welcome, else 503."""
    status = "draining" if service.draining else "ok" if service.running else "starting"
    health = {
        "status": status,
        "server": SERVER,
        "model": service.speaker.model_name if service.running else None,
        "provider": service.speaker.provider if service.running else None,
        "sessions": service.guests,
    }
    return JSONResponse(health, 200 if status == "ok" else 503)


def create_app(speaker: Speaker, settings: ServiceSettings | None = None) -> Starlette:
    """The service with its doors ``/v1/stream`` and ``/healthz``. Its lifespan starts and stops the speaker."""
    service = Service(speaker, settings or ServiceSettings())
    app = Starlette(
        routes=[
            WebSocketRoute("/v1/stream", partial(stream, service)),
            Route("/healthz", partial(healthz, service)),
        ],
        middleware=_middleware(service.settings.access),
        lifespan=service.lifespan,
    )
    app.state.service = service
    return app


def _middleware(access: AccessSettings) -> list[Middleware]:
    """Outermost first: a web page is told also of refusals."""
    guard = Middleware(Guard, Access(access, {**RULES, "/metrics": access.metrics}))
    if not access.origins:
        return [guard]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=access.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type"],
        expose_headers=["Retry-After"],
    )
    return [cors, guard]


def lifespan_of(speech: Starlette) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """The lifespan for an application in which ``speech`` is mounted: servers run only the outermost application's."""
    service: Service = speech.state.service
    return service.lifespan
