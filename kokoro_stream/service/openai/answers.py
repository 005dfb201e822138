"""Answers to a request to speak: audio as it is made, or events that hold it; refusals before and after it began."""

from __future__ import annotations

import asyncio
import base64
import math
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from starlette.types import Send

from ..link import GoneError
from ..refusal import Refusal

TOKEN_MS = 50  # of audio; OpenAI counts what is spoken so


class Answer:
    """What goes back to one client. Nothing is sent before there is audio or a refusal, so that each has its status.

    Every method waits while the client does not read, and raises `GoneError` when that takes ``patience_s``.
    """

    def __init__(self, send: Send, request_id: str, patience_s: float) -> None:
        self._send = send
        self._patience_s = patience_s
        self.request_id = request_id
        self.started = False

    async def refuse(self, refusal: Refusal) -> None:
        """Says why there is no audio. Nothing may have been written."""
        await self._start(refusal.status, "application/json", {**refusal.headers})
        await self._deliver({"type": "http.response.body", "body": refusal.body})

    async def write(self, content_type: str, data: bytes, *, last: bool = False) -> None:
        """Sends more of the body; the first call sends the headers."""
        if not self.started:
            # A proxy that collects the whole answer first would make it late.
            await self._start(200, content_type, {"cache-control": "no-store", "x-accel-buffering": "no"})
        await self._deliver({"type": "http.response.body", "body": data, "more_body": not last})

    async def _start(self, status: int, content_type: str, headers: Mapping[str, str]) -> None:
        self.started = True
        named = {"content-type": content_type, "x-request-id": self.request_id, **headers}
        encoded = [(name.encode(), value.encode()) for name, value in named.items()]
        await self._deliver({"type": "http.response.start", "status": status, "headers": encoded})

    async def _deliver(self, message: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._send(message)
        except (OSError, TimeoutError) as error:  # ASGI: a server may raise OSError once the client has left
            raise GoneError from error


class Body(Protocol):
    """The audio of an answer, in one of its two forms."""

    async def audio(self, encoded: bytes) -> None:
        """The next bytes; maybe none."""

    async def end(self, characters: int, audio_ms: float) -> None:
        """All of it has been sent: that much was said, and took that long."""

    async def fail(self, refusal: Refusal) -> None:
        """It breaks off, after it has begun."""


class AudioBody:
    """The bytes of an audio file. One that breaks off is left without an end, which the client's library notices."""

    def __init__(self, answer: Answer, content_type: str) -> None:
        self._answer = answer
        self._content_type = content_type

    async def audio(self, encoded: bytes) -> None:
        if encoded:
            await self._answer.write(self._content_type, encoded)

    async def end(self, characters: int, audio_ms: float) -> None:
        await self._answer.write(self._content_type, b"", last=True)

    async def fail(self, refusal: Refusal) -> None:
        pass


class EventBody:
    """Server-sent events, as OpenAI's ``stream_format: sse``."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    async def audio(self, encoded: bytes) -> None:
        if encoded:
            await self._event({"type": "speech.audio.delta", "audio": base64.b64encode(encoded).decode()})

    async def end(self, characters: int, audio_ms: float) -> None:
        # The model's own tokens are phonemes: about one a character.
        spoken = math.ceil(audio_ms / TOKEN_MS)
        usage = {"input_tokens": characters, "output_tokens": spoken, "total_tokens": characters + spoken}
        await self._event({"type": "speech.audio.done", "usage": usage}, last=True)

    async def fail(self, refusal: Refusal) -> None:
        await self._event({"type": "speech.audio.error", "error": refusal.error}, last=True)

    async def _event(self, event: dict[str, Any], *, last: bool = False) -> None:
        await self._answer.write("text/event-stream", b"data: " + msgspec.json.encode(event) + b"\n\n", last=last)
