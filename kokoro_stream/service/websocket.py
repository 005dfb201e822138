"""The WebSocket door, ``/v1/stream``."""

from __future__ import annotations

from starlette.responses import Response
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from ..errors import ProtocolError
from .link import GoneError
from .messages import PROTOCOL
from .refusal import Refusal
from .service import Service
from .session import POLICY


class WebSocketLink:
    """A WebSocket that has been accepted."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def receive(self) -> str:
        received = await self._socket.receive()
        if received["type"] == "websocket.disconnect":
            raise GoneError
        text = received.get("text")
        if not isinstance(text, str):
            raise ProtocolError("bad_message", "binary messages come from the server only; send JSON text")
        return text

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except (WebSocketDisconnect, WebSocketDisconnected) as error:
            raise GoneError from error

    async def send_audio(self, audio: bytes) -> None:
        try:
            await self._socket.send_bytes(audio)
        except (WebSocketDisconnect, WebSocketDisconnected) as error:
            raise GoneError from error

    async def close(self, code: int) -> None:
        try:
            await self._socket.close(code)
        except (WebSocketDisconnect, WebSocketDisconnected) as error:
            raise GoneError from error


async def stream(service: Service, socket: WebSocket) -> None:
    """One session of the native protocol, from the handshake on."""
    offered = socket.scope["subprotocols"]
    if not service.running:
        await _deny(
            socket, 503, "not_started", "the service was not started; give its lifespan_of(...) to the application"
        )
    elif offered and PROTOCOL not in offered:
        await _deny(socket, 400, "bad_subprotocol", f"this door speaks the subprotocol {PROTOCOL} only")
    else:
        await socket.accept(subprotocol=PROTOCOL if offered else None)
        await service.converse(WebSocketLink(socket))


async def _deny(socket: WebSocket, status: int, code: str, message: str) -> None:
    """Refuses the handshake, with a reason where the server can send one."""
    if "websocket.http.response" in socket.scope.get("extensions", {}):
        refusal = Refusal(status=status, code=code, message=message)
        await socket.send_denial_response(Response(refusal.body, status, media_type="application/json"))
    else:
        await socket.close(POLICY, message)
