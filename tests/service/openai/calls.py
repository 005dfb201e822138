"""HTTP requests to the door: over a real connection as other programs write them, or in the same loop without any."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.types import Message

SPEECH = "/v1/audio/speech"
JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class Answered:
    """What came back; header names are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded

    @property
    def error(self) -> dict[str, Any]:
        """The error, which has the four fields that OpenAI's have."""
        error: dict[str, Any] = self.json["error"]
        assert set(error) == {"message", "type", "param", "code"}
        return error

    @property
    def events(self) -> list[dict[str, Any]]:
        """The server-sent events."""
        assert self.headers["content-type"].startswith("text/event-stream")
        *events, end = self.body.decode().split("\n\n")
        assert end == ""
        return [json.loads(event.removeprefix("data: ")) for event in events]


def encoded(asked: Mapping[str, Any] | bytes) -> bytes:
    return asked if isinstance(asked, bytes) else json.dumps(asked).encode()


@dataclass(slots=True)
class Call:
    """The client's side of a request in the same event loop."""

    to_app: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)
    heard: list[Message] = field(default_factory=list)
    readable: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: the client does not read
    waits: asyncio.Event = field(default_factory=asyncio.Event)  # the server waits for the client to read

    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def begins(self) -> None:
        """Returns once there is some audio."""
        while len(self.heard) < 2:
            self.news.clear()
            await self.news.wait()

    async def _send(self, message: Message) -> None:
        if not self.readable.is_set():
            self.waits.set()
        await self.readable.wait()
        self.heard.append(message)
        self.news.set()

    def say(self, body: bytes, *, more: bool = False) -> None:
        self.to_app.put_nowait({"type": "http.request", "body": body, "more_body": more})

    def leave(self) -> None:
        self.to_app.put_nowait({"type": "http.disconnect"})

    @property
    def complete(self) -> bool:
        """The answer has come to its end."""
        return bool(self.heard) and not self.heard[-1].get("more_body", self.heard[-1]["type"].endswith("start"))

    @property
    def answered(self) -> Answered:
        start, *rest = self.heard
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answered(start["status"], headers, b"".join(message["body"] for message in rest))


@asynccontextmanager
async def calling(
    app: Starlette, *, path: str = SPEECH, headers: Mapping[str, str] = JSON, reads: bool = True
) -> AsyncIterator[Call]:
    """A request to an application whose lifespan is running, still without its body; leaving waits for its end."""
    call = Call()
    if reads:
        call.readable.set()
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "query_string": b"",
    }
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(app(scope, call.to_app.get, call._send), name="request")
        yield call


async def called(app: Starlette, asked: Mapping[str, Any] | bytes, headers: Mapping[str, str] = JSON) -> Answered:
    """The whole answer to a request."""
    async with calling(app, headers=headers) as call:
        call.say(encoded(asked))
    assert call.complete
    return call.answered


async def exchanged(address: str, request: str, body: bytes = b"") -> Answered:
    """The answer to a request written out, ``\\n`` for the ends of its lines, over a connection of its own."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        head = request.strip().replace("\n", "\r\n") + f"\r\nHost: {address}\r\nConnection: close\r\n"
        if body:
            head += f"Content-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"\r\n" + body)
        return _parsed(await reader.read())
    finally:
        writer.close()
        await writer.wait_closed()


def _parsed(received: bytes) -> Answered:
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _unchunked(body)
    return Answered(int(status.split()[1]), headers, body)


def _unchunked(body: bytes) -> bytes:
    """Fails when the last chunk is missing: the answer broke off."""
    whole = b""
    while True:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            return whole
        whole, body = whole + body[:length], body[length + 2 :]
