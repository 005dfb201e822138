"""One Wyoming client: Home Assistant opens a connection for every utterance, others keep theirs.

One task reads and never waits for speech, so that leaving is noticed while audio is being made; the other speaks what
was asked for, one utterance after the other. There is no event for cancelling: closing the connection is.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import ExitStack, suppress
from dataclasses import replace

from wyoming.error import Error
from wyoming.event import Event, Eventable, async_write_event
from wyoming.info import Info
from wyoming.ping import Pong

from ...config import SpeechConfig
from ...errors import ClosedError, KokoroStreamError, OverloadedError, ProtocolError
from ..accents import lang_for
from ..link import GoneError
from ..messages import GoodbyeReason
from ..service import Service
from ..session import code_of
from . import requests
from .framing import EventReader
from .program import voice_for
from .requests import Requests, Speak, request_of
from .utterance import Refusal, Utterance

logger = logging.getLogger(__name__)

UTTERANCES_WAITING = 4  # of a client that does not wait for answers; then it is not read from
READ_BYTES = 64 * 1024  # holds many events; what is read at once is parsed at once
PARTING_S = 1.0  # for the last event to leave; who does not read it has lost it
GOING_AWAY = Error("the server is going away; connect again later", "going_away")


class Connection:
    """What is said over one connection, to its end."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, service: Service, info: Info
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._service = service
        self._info = info
        self._idle_s = service.settings.idle_ms / 1000
        self._utterances: asyncio.Queue[Utterance | Refusal] = asyncio.Queue(UTTERANCES_WAITING)
        self._unspoken: list[Utterance | Refusal] = []  # those and the one being spoken
        self._open: Utterance | Refusal | None = None  # whose text is still being written
        self._closing = False
        self._over = asyncio.Event()
        self._turn = asyncio.Lock()  # first come, first served: an answer does not wait for the end of the speech
        self._now_s = asyncio.get_running_loop().time
        self._active_at_s = self._now_s()

    def __repr__(self) -> str:
        return f"Connection({self._writer.get_extra_info('peername')}, unspoken={len(self._unspoken)})"

    async def run(self) -> None:
        """Serves the client until either side ends the connection. Cancelling it stops what is under way."""
        with ExitStack() as stack:
            stack.callback(self._writer.transport.abort)
            try:
                await self._admitted(stack)
            except* GoneError:
                pass  # leaving has stopped the speech; there is nobody to tell
            except* Exception:  # whatever goes wrong with one client must not end the others
                logger.exception("%r failed", self)
            await self._part()

    def close(self, reason: GoodbyeReason) -> None:
        """No new utterances; the connection ends when those under way have ended."""
        self._closing = True
        self._end_if_over()

    def interrupt(self) -> None:
        """Stops what is under way."""
        for utterance in self._unspoken:
            utterance.stop(GOING_AWAY)

    async def _admitted(self, stack: ExitStack) -> None:
        try:
            stack.enter_context(self._service.hosting(self))
        except ClosedError:
            await self._send(GOING_AWAY)
        except OverloadedError as error:
            await self._send(Error(str(error), "overloaded"))
        else:
            await self._serve()

    async def _serve(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read(), name="wyoming read")
            tasks.create_task(self._speak(), name="wyoming speak")
            await self._over.wait()
            raise GoneError

    async def _part(self) -> None:
        """Lets the last event leave."""
        self._writer.close()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(PARTING_S):
                await self._writer.wait_closed()

    async def _read(self) -> None:
        events = EventReader()
        while True:
            events.feed(await self._receive())
            try:
                while (event := events.next()) is not None:
                    await self._handle(event)
            except ProtocolError as error:
                await self._send(Error(str(error), error.code))
                raise GoneError from error

    async def _receive(self) -> bytes:
        """More bytes. Raises GoneError when there are no more, or nothing has happened for too long."""
        while True:
            try:
                async with asyncio.timeout_at(self._active_at_s + self._idle_s):
                    received = await self._reader.read(READ_BYTES)
                break
            except TimeoutError:
                if self._now_s() >= self._active_at_s + self._idle_s:  # no audio has gone out meanwhile either
                    raise GoneError from None
            except OSError as error:
                raise GoneError from error
        if not received:
            raise GoneError
        return received

    async def _handle(self, event: Event) -> None:
        self._active_at_s = self._now_s()
        try:
            if (request := request_of(event)) is not None:
                await self._answer(request)
        except ProtocolError as error:
            await self._send(Error(str(error), error.code))

    async def _answer(self, request: Requests) -> None:
        match request:
            case requests.Describe():
                await self._send(self._info)
            case requests.Ping(text=text):
                await self._send(Pong(text))
            case requests.Synthesize() if self._open is not None:
                pass  # the whole text again, for servers that do not know streams
            case requests.Synthesize(text=text):
                utterance = await self._begin(request)
                utterance.feed(text)
                utterance.end()
            case requests.SynthesizeStart() if self._open is not None:
                raise ProtocolError("stream_open", "a text is still being written; send synthesize-stop first")
            case requests.SynthesizeStart():
                self._open = await self._begin(request, streamed=True)
            case requests.SynthesizeChunk() | requests.SynthesizeStop() if self._open is None:
                raise ProtocolError("no_stream", "no text is being written; send synthesize-start first")
            case requests.SynthesizeChunk(text=text):
                self._open.feed(text)
            case requests.SynthesizeStop():
                self._open.end()
                self._open = None

    async def _begin(self, request: Speak, *, streamed: bool = False) -> Utterance | Refusal:
        """Queues what will be spoken; waits while too much is waiting."""
        speaker = self._service.speaker
        utterance: Utterance | Refusal
        if self._closing:
            utterance = Refusal(GOING_AWAY)
        else:
            try:
                config = self._config(request)
                await asyncio.to_thread(speaker.check, config)
                utterance = Utterance(speaker.speak(config=config), streamed=streamed)
            except KokoroStreamError as error:
                utterance = Refusal(Error(str(error), code_of(error)))
        self._unspoken.append(utterance)
        await self._utterances.put(utterance)
        return utterance

    def _config(self, request: Speak) -> SpeechConfig:
        ours = self._service.settings.speech
        voice = voice_for(request.voice, self._service.speaker, ours.voice)
        lang = lang_for(voice, own=ours.voice, lang=ours.lang)
        return replace(ours, voice=voice, lang=lang, format="pcm_s16le", markup=request.text_format == "ssml")

    async def _speak(self) -> None:
        while True:
            utterance = await self._utterances.get()
            await utterance.run(self._send)
            self._unspoken.remove(utterance)
            self._end_if_over()

    def _end_if_over(self) -> None:
        if self._closing and not self._unspoken:
            self._over.set()

    async def _send(self, message: Eventable) -> None:
        """Waits while the client does not read. Raises GoneError, also when it has not read for too long."""
        async with self._turn:
            try:
                async with asyncio.timeout(self._idle_s):
                    await async_write_event(message.event(), self._writer)
            except OSError as error:  # TimeoutError is one
                raise GoneError from error
        self._active_at_s = self._now_s()
