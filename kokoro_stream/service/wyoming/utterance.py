"""One request being spoken: text in while it is written, Wyoming's audio events out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Eventable
from wyoming.tts import SynthesizeStopped

from ... import events
from ...errors import ClosedError, TextLimitError
from ..session import code_of
from ..speaker import Speech
from ..telling import next_event

logger = logging.getLogger(__name__)

Send = Callable[[Eventable], Awaitable[None]]
FORMAT = {"width": 2, "channels": 1}  # of "pcm_s16le"


class Utterance:
    """A speech for one client, ended by exactly one of `AudioStop`, `SynthesizeStopped` and `Error`."""

    def __init__(self, speech: Speech, *, streamed: bool) -> None:
        self._speech = speech
        self._streamed = streamed
        self._started = False
        self._error: Error | None = None
        self._stopped = asyncio.Event()

    def feed(self, text: str) -> None:
        """More text. Never blocks. Too much text stops the utterance: the listener would miss what is refused."""
        try:
            self._speech.feed(text)
        except TextLimitError as error:
            self.stop(Error(str(error), code_of(error)))
        except ClosedError:
            pass  # it has failed meanwhile, which the client is being told

    def end(self) -> None:
        """No more text."""
        self._speech.end()

    def stop(self, error: Error) -> None:
        """No more audio, and the error as the end. The first reason counts."""
        self._error = self._error or error
        self._stopped.set()

    async def run(self, send: Send) -> None:
        """Speaks, as fast as the client reads. Cancelling it stops the machine; nothing more is sent then."""
        async with self._speech, asyncio.TaskGroup() as tasks:
            stop = tasks.create_task(self._stop(), name="stop utterance")
            last = await self._deliver(send)
            stop.cancel()
        if self._error is not None:
            await send(self._error)
        elif isinstance(last, events.Done):
            await send(AudioStop(timestamp=round(last.audio_ms)))
            if self._streamed:
                await send(SynthesizeStopped())
        elif isinstance(last, events.Failed):
            await send(Error(last.message, last.code))

    async def _stop(self) -> None:
        await self._stopped.wait()
        await self._speech.interrupt()

    async def _deliver(self, send: Send) -> events.Event:
        async with aclosing(self._speech.events()) as stream:
            while not isinstance(event := await next_event(stream, self), events.TERMINAL):
                match event:
                    case events.AudioFrame() if self._error is None:
                        await self._play(event, send)
                    case events.Warned():
                        where = f"characters {event.char_start}–{event.char_end}"
                        logger.info("%r: %s at %s", self, event.code, where)
        return event

    async def _play(self, frame: events.AudioFrame, send: Send) -> None:
        rate, start_ms = frame.sample_rate, round(frame.start_ms)
        if not self._started:
            self._started = True
            await send(AudioStart(rate=rate, **FORMAT, timestamp=start_ms))
        await send(AudioChunk(rate=rate, **FORMAT, audio=frame.pcm, timestamp=start_ms))


class Refusal:
    """A request that cannot be spoken; its turn to be told comes after the utterances before it."""

    def __init__(self, error: Error) -> None:
        self._error = error

    def feed(self, text: str) -> None:
        """Drops what was on its way when the request was refused."""

    def end(self) -> None:
        """Nothing is left to do."""

    def stop(self, error: Error) -> None:
        """Nothing is under way."""

    async def run(self, send: Send) -> None:
        """Tells why. Cancelling it tells nothing."""
        await send(self._error)
