"""The service as an ASGI application: `create_app` by itself, or mounted in somebody else's Starlette or FastAPI::

speech = create_app(Speaker())
app = FastAPI(lifespan=lifespan_of(speech))
app.mount("/speech", speech)
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from . import messages
from .messages import PROTOCOL, ServerMessage
from .settings import ServiceSettings
from .speaker import Speaker
from .websocket import GOING_AWAY, OVERLOADED, POLICY, SERVER, Session
from .wire import encode

RETRY_AFTER_MS = 1000  # a reply lasts seconds; one of the sessions is likely to have ended
STOP_MS = 1000  # for interrupted speeches to stop their machine and say so


class Service:
    """What the doors share: who speaks, who is being spoken to, and whether the service is about to stop."""

    def __init__(self, speaker: Speaker, settings: ServiceSettings) -> None:
        self.speaker = speaker
        self.settings = settings
        self.running = False
        self.draining = False
        self._sessions: set[Session] = set()
        self._grace: asyncio.Timeout | None = None
        self._empty = asyncio.Event()
        self._empty.set()

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Starts the speaker, and stops it when the application ends."""
        async with self.speaker:
            self.running = True
            try:
                yield
            finally:
                self.running = False

    async def drain(self) -> None:
        """Lets the speeches under way end within ``grace_ms``, interrupts the others, and closes all sessions."""
        self.draining = True
        for session in tuple(self._sessions):
            session.close("going_away")
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.grace_ms / 1000) as self._grace:
                await self._empty.wait()
        for session in tuple(self._sessions):
            session.interrupt()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_MS / 1000):
                await self._empty.wait()

    def hurry(self) -> None:
        """Ends the grace of a `drain` under way."""
        if self._grace is not None:
            self._grace.reschedule(asyncio.get_running_loop().time())

    async def stream(self, socket: WebSocket) -> None:
        """``/v1/stream``: one session of the native protocol."""
        offered = socket.scope["subprotocols"]
        if not self.running:
            await _deny(socket, 503, "the service was not started; give its lifespan_of(...) to the application")
        elif offered and PROTOCOL not in offered:
            await _deny(socket, 400, f"this door speaks the subprotocol {PROTOCOL} only")
        else:
            await socket.accept(subprotocol=PROTOCOL if offered else None)
            await self._serve(socket)

    async def _serve(self, socket: WebSocket) -> None:
        if self.draining:
            await _turn_away(socket, messages.SessionGoodbye(reason="going_away"), GOING_AWAY)
            return
        if len(self._sessions) >= self.settings.max_sessions:
            await _turn_away(socket, _OVERLOADED, OVERLOADED)
            return
        session = Session(socket, self.speaker, self.settings)
        self._sessions.add(session)
        self._empty.clear()
        try:
            await session.run()
        finally:
            self._sessions.remove(session)
            if not self._sessions:
                self._empty.set()

    async def healthz(self, request: Request) -> JSONResponse:
        """``/healthz``: 200 while new sessions are welcome, else 503."""
        status = "draining" if self.draining else "ok" if self.running else "starting"
        health = {
            "status": status,
            "server": SERVER,
            "model": self.speaker.model_name if self.running else None,
            "provider": self.speaker.provider if self.running else None,
            "sessions": len(self._sessions),
        }
        return JSONResponse(health, 200 if status == "ok" else 503)


_OVERLOADED = messages.Error(
    code="overloaded",
    message="too many sessions are open; try again later",
    fatal=True,
    retry_after_ms=RETRY_AFTER_MS,
)


def create_app(speaker: Speaker, settings: ServiceSettings | None = None) -> Starlette:
    """The service with its doors ``/v1/stream`` and ``/healthz``. Its lifespan starts and stops the speaker."""
    service = Service(speaker, settings or ServiceSettings())
    app = Starlette(
        routes=[WebSocketRoute("/v1/stream", service.stream), Route("/healthz", service.healthz)],
        lifespan=service.lifespan,
    )
    app.state.service = service
    return app


def lifespan_of(speech: Starlette) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """The lifespan for an application in which ``speech`` is mounted: servers run only the outermost application's."""
    service: Service = speech.state.service
    return service.lifespan


async def _turn_away(socket: WebSocket, message: ServerMessage, close_code: int) -> None:
    with suppress(WebSocketDisconnect):
        await socket.send_text(encode(message))
        await socket.close(close_code)


async def _deny(socket: WebSocket, status: int, message: str) -> None:
    """Refuses the handshake, with a reason where the server can send one."""
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        await socket.send_denial_response(JSONResponse({"error": message}, status))
    else:
        await socket.close(POLICY, message)
