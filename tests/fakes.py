"""Fakes we own: a speaker that needs no model, and a peer that needs no network."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import numpy as np
from starlette.applications import Starlette
from starlette.types import Message

from kokoro_stream.config import SpeechConfig
from kokoro_stream.engine.vitals import Vitals
from kokoro_stream.errors import ClosedError, TextLimitError, UnknownLanguageError, UnknownVoiceError
from kokoro_stream.events import (
    AudioFrame,
    Done,
    Event,
    Failed,
    Interrupted,
    MarkReached,
    SegmentStarted,
    TimedWord,
    Warned,
    Words,
)
from kokoro_stream.service.messages import PROTOCOL
from kokoro_stream.service.wire import AudioHeader

SAMPLE_TYPES = {"pcm_s16le": "<i2", "pcm_f32le": "<f4", "mulaw": "u1", "alaw": "u1"}


def fake_samples(start: int, count: int, audio_format: str = "pcm_s16le") -> bytes:
    """Audio in which every sample tells its own position, so that a lost or repeated one shows."""
    return (np.arange(start, start + count) % 251).astype(SAMPLE_TYPES[audio_format]).tobytes()


class FakeSpeaker:
    """Speaks every character in ``ms_per_char``; a sentence is a segment, audio is made when it is asked for.

    With a ``gate``, each frame needs a permit from it. A segment that contains "explode" raises, one that contains
    "fail" ends the speech with `Failed`. More than ``places`` speeches at a time are refused as overload.
    """

    voices = ("af_fake", "am_fake")
    languages = ("en-us",)
    model_name = "fake"
    provider = "none"

    def __init__(
        self, *, ms_per_char: float = 1, gate: asyncio.Semaphore | None = None, places: float = float("inf")
    ) -> None:
        self.ms_per_char = ms_per_char
        self.gate = gate
        self.places = places
        self.entered = False
        self.live = 0
        self.frames_made = 0
        self.configs: list[SpeechConfig] = []
        self.interrupted = asyncio.Event()
        self.vitals = Vitals()

    async def __aenter__(self) -> Self:
        self.entered = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.entered = False

    def check(self, config: SpeechConfig) -> None:
        if config.voice not in ("", *self.voices):
            raise UnknownVoiceError(config.voice, ["af_fake"])
        if config.lang not in ("", "en-us"):
            raise UnknownLanguageError(config.lang, ["en-us"])

    def speak(self, *, config: SpeechConfig) -> FakeSpeech:
        self.configs.append(config)
        return FakeSpeech(self, config)


class FakeSpeech:
    """One speech of a `FakeSpeaker`."""

    def __init__(self, speaker: FakeSpeaker, config: SpeechConfig) -> None:
        self._speaker = speaker
        self._config = config
        self._text = ""
        self._admitted: bool | None = None  # None before the first text
        self._spoken = 0  # characters turned into audio
        self._flushed = 0  # characters to be spoken without waiting for more
        self._marks: list[tuple[int, str]] = []
        self._ended = False
        self._words: list[TimedWord] = []
        self._samples = 0
        self._segments = 0
        self._interrupted: Interrupted | None = None
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._speaker.live += 1
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._speaker.live -= 1
        self._speaker.places += self._admitted is True

    def feed(self, text: str) -> None:
        if self._ended:
            raise ClosedError("the speech takes no more text")
        waiting = len(self._text) - self._spoken + len(text)
        if waiting > self._config.max_waiting_chars:
            raise TextLimitError(waiting, self._config.max_waiting_chars)
        if text and self._admitted is None:
            self._admitted = self._speaker.places > 0
            self._speaker.places -= self._admitted
        self._text += text
        self._news.set()

    def flush(self) -> None:
        self._flushed = len(self._text)
        self._news.set()

    def mark(self, name: str) -> None:
        self._marks.append((len(self._text), name))
        self._news.set()

    def end(self) -> None:
        self.flush()
        self._ended = True

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        self._speaker.interrupted.set()
        sent_ms = self._ms(self._samples)
        played_ms = sent_ms if played_ms is None else played_ms
        border = max((word.char_end for word in self._words if word.start_ms < played_ms), default=0)
        self._interrupted = Interrupted(sent_ms, played_ms, self._text[:border], self._text[border:], border)
        self._news.set()
        if self._speaker.gate is not None:
            self._speaker.gate.release()  # whoever waits for a permit finds out
        return self._interrupted

    async def events(self) -> AsyncGenerator[Event, None]:
        async for event in self._uninterrupted():
            if self._interrupted:
                break
            yield event
        if self._interrupted:
            yield self._interrupted

    async def _uninterrupted(self) -> AsyncIterator[Event]:
        while not self._interrupted:
            self._news.clear()
            if self._admitted is False:
                yield Failed("overloaded", "asked to be busy", 250)
                return
            end = self._next_cut()
            if end is not None:
                async for event in self._segment(end):
                    yield event
                    if isinstance(event, Failed):
                        return
            while self._marks and self._marks[0][0] <= self._spoken:
                yield MarkReached(self._marks.pop(0)[1], self._ms(self._samples))
            if end is None and self._ended:
                for event in self._closing():
                    yield event
                return
            if end is None:
                await self._news.wait()

    def _next_cut(self) -> int | None:
        found = re.compile(r"[.!?](?=\s)").search(self._text, self._spoken)
        end = found.end() if found else self._flushed
        return end if end > self._spoken else None

    async def _segment(self, end: int) -> AsyncIterator[Event]:
        piece = self._text[self._spoken : end]
        start = self._spoken + len(piece) - len(piece.lstrip())
        self._spoken = end
        piece = piece.strip()
        if not any(character.isalnum() for character in piece):
            return
        if "explode" in piece:
            raise RuntimeError("asked to explode")
        if "fail" in piece:
            yield Failed("failed", "asked to fail")
            return
        self._segments += 1
        base_ms = self._ms(self._samples)
        yield SegmentStarted(piece, start, start + len(piece), base_ms)
        words = [
            TimedWord(
                found[0],
                base_ms + found.start() * self._speaker.ms_per_char,
                base_ms + found.end() * self._speaker.ms_per_char,
                start + found.start(),
                start + found.end(),
            )
            for found in re.finditer(r"\w+", piece)
        ]
        self._words += words
        yield Words(tuple(words))
        left = round(len(piece) * self._speaker.ms_per_char * self._config.sample_rate / 1000)
        while left > 0:
            if self._speaker.gate is not None:
                await self._speaker.gate.acquire()
            await asyncio.sleep(0)
            if self._interrupted:
                return
            frame = self._frame(min(left, self._config.sample_rate * self._config.frame_ms // 1000))
            left -= frame.samples
            yield frame

    def _frame(self, samples: int) -> AudioFrame:
        start = self._samples
        self._samples += samples
        self._speaker.frames_made += 1
        pcm = fake_samples(start, samples, self._config.format)
        return AudioFrame(pcm, self._config.sample_rate, start, samples, self._ms(start))

    def _closing(self) -> list[Event]:
        silence: list[Event] = []
        if not self._samples:
            silence.append(Warned("no_speakable_text", "there was nothing to say"))
            silence.append(self._frame(self._config.sample_rate // 50))
        return [*silence, Done(self._ms(self._samples), 1.0, 0.01, self._segments, self._segments)]

    def _ms(self, samples: int) -> float:
        return 1000 * samples / self._config.sample_rate


class Peer:
    """The client's side of a WebSocket to an ASGI application in the same event loop; no network, no server."""

    def __init__(self) -> None:
        self.to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.from_app: asyncio.Queue[Message] = asyncio.Queue()
        self.readable = asyncio.Event()  # cleared: the client does not read, and whoever sends to it waits
        self.readable.set()

    async def _send(self, message: Message) -> None:
        await self.readable.wait()
        self.from_app.put_nowait(message)

    def say(self, kind: str, **fields: Any) -> None:
        """Sends a message."""
        self.say_raw(json.dumps({"type": kind, **fields}))

    def say_raw(self, text: str) -> None:
        """Sends text as it is."""
        self.to_app.put_nowait({"type": "websocket.receive", "text": text})

    def vanish(self) -> None:
        """Breaks the connection."""
        self.to_app.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def hear(self) -> dict[str, Any]:
        """The next thing from the server: a message, or an ASGI close, or ``{"type": "audio", "header", "pcm"}``."""
        message = dict(await self.from_app.get())
        if message.get("text") is not None:
            decoded: dict[str, Any] = json.loads(message["text"])
            return decoded
        if message.get("bytes") is not None:
            header, pcm = AudioHeader.unpack(message["bytes"])
            return {"type": "audio", "header": header, "pcm": pcm}
        return message

    async def hear_until(self, *kinds: str) -> list[dict[str, Any]]:
        """Everything up to and including the first message of one of these types."""
        heard = [await self.hear()]
        while heard[-1]["type"] not in kinds:
            heard.append(await self.hear())
        return heard


@asynccontextmanager
async def peer_of(app: Starlette, *, subprotocols: tuple[str, ...] = (PROTOCOL,)) -> AsyncIterator[Peer]:
    """A peer connected to ``/v1/stream`` of an application whose lifespan is running."""
    peer = Peer()
    scope = {
        "type": "websocket",
        "path": "/v1/stream",
        "headers": [],
        "query_string": b"",
        "subprotocols": list(subprotocols),
        "extensions": {"websocket.http.response": {}},
    }
    peer.to_app.put_nowait({"type": "websocket.connect"})
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(app(scope, peer.to_app.get, peer._send), name="connection")
        try:
            yield peer
        finally:
            peer.vanish()
            peer.readable.set()
            await serving
