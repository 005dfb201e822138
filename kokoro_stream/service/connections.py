"""Connections of the HTTP server that bound what uvicorn leaves open: who is slow, silent, or one too many is cut off.

uvicorn itself times only the pause between two requests of a connection and the pings of a WebSocket. Here a request
has to arrive in time, head and body; whoever takes no more data is cut off; and closing waits for nobody, since a
transport that is closed still waits until its peer has taken what was written.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from .http import HttpSettings
from .messages import MAX_MESSAGE_BYTES

CLOSE_S = 5.0  # for the peer to take the last words
SHUTDOWN_S = 2  # for connections to end, once nobody is being served

_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class ConnectionConfig(uvicorn.Config):
    """uvicorn's settings for the application, with connections that keep to the ``limits``."""

    def __init__(self, app: ASGIApp, limits: HttpSettings) -> None:
        super().__init__(
            SubPath(app, limits.root_path.rstrip("/")) if limits.root_path else app,
            http=HttpConnection,
            ws=WebSocketConnection,
            ws_max_size=MAX_MESSAGE_BYTES,
            ws_ping_interval=limits.ping_ms / 1000,
            ws_ping_timeout=limits.ping_ms / 1000,
            ws_per_message_deflate=False,  # speech does not compress, but costs time and memory to try
            lifespan="off",  # uvicorn would log what goes wrong there; here it is raised
            log_config=None,  # logging is the business of whoever runs us
            access_log=False,
            proxy_headers=bool(limits.proxies),
            forwarded_allow_ips=list(limits.proxies),
            timeout_graceful_shutdown=SHUTDOWN_S,
            ssl_certfile=limits.certfile or None,
            ssl_keyfile=limits.keyfile or None,
            ssl_keyfile_password=limits.key_password.reveal() or None,
        )
        self.limits = limits


class SubPath:
    """Tells the application below which path a proxy shows it, whether or not the proxy has taken that off."""

    def __init__(self, app: ASGIApp, path: str) -> None:
        self._app, self._path = app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if not path.startswith(f"{self._path}/"):
            path = self._path + path
        await self._app({**scope, "root_path": self._path, "path": path}, receive, send)


if TYPE_CHECKING:
    _Base = asyncio.Protocol
else:
    _Base = object


class _Bounded(_Base):
    """What connections of both kinds share."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    config: Any
    _stalled: asyncio.TimerHandle | None = None

    @property
    def limits(self) -> HttpSettings:
        limits: HttpSettings = self.config.limits
        return limits

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.limits.stall_ms / 1000, self.transport.abort)

    def resume_writing(self) -> None:
        self._moves()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._moves()
        super().connection_lost(exc)

    def close(self) -> None:
        """Ends the connection, at the latest after `CLOSE_S`."""
        self.transport.close()
        self.loop.call_later(CLOSE_S, self.transport.abort)

    def _moves(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class WebSocketConnection(_Bounded, WebSocketsSansIOProtocol):
    """A WebSocket whose peer answers pings and takes what is sent, or is cut off."""

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.close()


class HttpConnection(_Bounded, H11Protocol):
    """A connection whose requests arrive in time, or are answered with 408; one too many is answered with 503."""

    _deaf = False  # what still comes is not looked at
    _deadline: asyncio.TimerHandle | None = None
    _awaited: object = None  # IDLE until a head is here, SEND_BODY until its body is

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        if len(self.connections) > self.limits.max_connections:
            self._dismiss(_BUSY)
        else:
            self._await()

    def data_received(self, data: bytes) -> None:
        if not self._deaf:
            super().data_received(data)
        if not self._deaf:
            self._await()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._await_nothing()
        self._deaf = True  # what comes from now on goes to the WebSocket
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._await_nothing()
        super().connection_lost(exc)

    def _await(self) -> None:
        """Starts the clock when a head or a body is due, and stops it when it is here."""
        state = self.conn.their_state
        times = {h11.IDLE: self.limits.head_ms, h11.SEND_BODY: self.limits.body_ms}
        if state is self._awaited and self._deadline is not None:
            return
        self._await_nothing()
        if state in times:
            self._awaited = state
            self._deadline = self.loop.call_later(times[state] / 1000, self._too_slow)

    def _await_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = self._awaited = None

    def _too_slow(self) -> None:
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self._dismiss(_TIMEOUT if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE} else b"")

    def _dismiss(self, last_words: bytes) -> None:
        """Says no more than that. To close while more comes would make the kernel throw away what was said."""
        self._deaf = True
        self.transport.write(last_words)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(CLOSE_S, self.transport.abort)
        else:
            self.close()
