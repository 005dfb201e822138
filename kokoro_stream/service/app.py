"""The service as an ASGI application: `create_app` by itself, or mounted in somebody else's Starlette or FastAPI::

speech = create_app(Speaker())
app = FastAPI(lifespan=lifespan_of(speech))
app.mount("/speech", speech)
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

from .openai.routes import routes as openai_routes
from .page.page import page_routes
from .service import Service
from .session import SERVER
from .settings import ServiceSettings
from .speaker import Speaker
from .websocket import stream


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
    """The service: ``/v1/stream``, OpenAI's paths, ``/healthz`` and the web page. Its lifespan runs the speaker."""
    service = Service(speaker, settings or ServiceSettings())
    app = Starlette(
        routes=[
            WebSocketRoute("/v1/stream", partial(stream, service)),
            Route("/healthz", partial(healthz, service)),
            *openai_routes(service),
            *page_routes(),
        ],
        lifespan=service.lifespan,
    )
    app.state.service = service
    return app


def lifespan_of(speech: Starlette) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """The lifespan for an application in which ``speech`` is mounted: servers run only the outermost application's."""
    service: Service = speech.state.service
    return service.lifespan
