"""The guard before all HTTP and WebSocket doors: ASGI middleware that lets `Access` decide."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextvars import ContextVar

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ..errors import AccessError, RateLimitError
from .access import Access, Caller, Request
from .log_fields import concerning
from .messages import PROTOCOL, Error
from .refusal import Refusal
from .session import OVERLOADED, UNAUTHORIZED
from .wire import encode

logger = logging.getLogger(__name__)

CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""Whose request is being served, if it came through a guard. Tasks inherit it from the one that creates them."""

_BEARER = "bearer."  # before the key among the subprotocols, the only thing that browsers let a page send
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_SAFE = ("GET", "HEAD", "OPTIONS")
_STATUS = {"unauthorized": 401, "forbidden": 403, "rate_limit": 429}

Refused = AccessError | RateLimitError


class Guard:
    """Hands on what may pass, with `CALLER` set, and answers the rest.

    HTTP requests are refused with 401, 403 or 429. A WebSocket whose key is refused is opened to be told why, since
    browsers show no page the status of a failed handshake, and closed with 4401 or 4429; one of a strange web page is
    not opened. ``refused`` is told the code of each refusal.
    """

    def __init__(self, app: ASGIApp, access: Access, *, refused: Callable[[str], None] = lambda code: None) -> None:
        self._app, self._access, self._refused = app, access, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request = self._request(scope)
        try:
            caller = self._access.admit(request, asyncio.get_running_loop().time())
        except (AccessError, RateLimitError) as error:
            self._refused(_code(error))
            logger.info("refused: %s", error, extra={"client": request.client, "path": request.path})
            await _refuse(error, scope, receive, send)
            return
        token = CALLER.set(caller)
        try:
            with concerning(client=request.client, key=caller.name):
                await self._app(scope, receive, send)
        finally:
            CALLER.reset(token)
            caller.leave()

    def _request(self, scope: Scope) -> Request:
        headers = Headers(scope=scope)
        return Request(
            path=scope["path"].removeprefix(scope.get("root_path", "")),
            changes=scope["type"] == "websocket" or scope["method"] not in _SAFE,
            token=_token(headers.get("authorization", ""), scope.get("subprotocols", ())),
            origin=headers.get("origin", ""),
            host=headers.get("host", ""),
            client=(scope.get("client") or ("",))[0],
            forwarded=any(name in headers for name in _FORWARDED),
        )


def _token(authorization: str, subprotocols: Iterable[str]) -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return next((name.removeprefix(_BEARER) for name in subprotocols if name.startswith(_BEARER)), "")


def _code(error: Refused) -> str:
    return error.code if isinstance(error, AccessError) else "rate_limit"


async def _refuse(error: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await _response(error)(scope, receive, send)
    elif _code(error) != "forbidden":
        await _turn_away(error, scope, receive, send)
    elif "websocket.http.response" in scope.get("extensions", {}):
        await _response(error)(scope, receive, send)  # a response sees for itself that it denies a handshake
    else:
        await send({"type": "websocket.close"})


def _response(error: Refused) -> Response:
    code = _code(error)
    retry_after_ms = error.retry_after_ms if isinstance(error, RateLimitError) else None
    refusal = Refusal(status=_STATUS[code], code=code, message=str(error), retry_after_ms=retry_after_ms)
    headers = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}
    return Response(refusal.body, refusal.status, {**headers, **refusal.headers}, "application/json")


async def _turn_away(error: Refused, scope: Scope, receive: Receive, send: Send) -> None:
    await receive()  # the request to connect
    await send({"type": "websocket.accept", "subprotocol": PROTOCOL if PROTOCOL in scope["subprotocols"] else None})
    retry_after_ms = error.retry_after_ms if isinstance(error, RateLimitError) else None
    told = Error(code=_code(error), message=str(error), fatal=True, retry_after_ms=retry_after_ms)
    await send({"type": "websocket.send", "text": encode(told)})
    await send({"type": "websocket.close", "code": UNAUTHORIZED if isinstance(error, AccessError) else OVERLOADED})
