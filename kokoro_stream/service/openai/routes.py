"""The paths of the OpenAI-compatible door."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ...errors import ClosedError
from ..service import Service
from . import listings
from .errors import RefusedError, refusal_of
from .speaking import Speaking


def routes(service: Service) -> list[Route]:
    """What an application has to route here."""
    speaker = service.speaker
    return [
        Route("/v1/audio/speech", _Speech(service), methods=["POST"]),
        Route("/v1/audio/models", _listing(service, lambda request: listings.audio_models(speaker))),
        Route("/v1/audio/voices", _listing(service, lambda request: listings.audio_voices(speaker))),
        Route("/v1/models", _listing(service, lambda request: listings.models(speaker))),
        Route(
            "/v1/models/{name}", _listing(service, lambda request: listings.model(speaker, request.path_params["name"]))
        ),
    ]


class _Speech:
    """An ASGI application rather than an endpoint: its answer has no status before there is audio."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Speaking(self._service, scope, receive, send, _request_id()).run()


def _listing(
    service: Service, content: Callable[[Request], dict[str, Any]]
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that answers with JSON, or with a refusal."""

    async def endpoint(request: Request) -> Response:
        headers = {"x-request-id": _request_id()}
        try:
            if not service.running:
                raise ClosedError("the service was not started; give its lifespan_of(...) to the application")
            body = msgspec.json.encode(content(request))
        except (ClosedError, RefusedError) as error:
            refusal = refusal_of(error)
            return Response(refusal.body, refusal.status, {**headers, **refusal.headers}, "application/json")
        return Response(body, 200, headers, "application/json")

    return endpoint


def _request_id() -> str:
    return f"req_{secrets.token_hex(12)}"
