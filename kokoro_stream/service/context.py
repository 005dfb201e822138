"""One context of a session: from its first text to its one terminal event.

`Context.run` pulls the speech's events and passes them on, audio no faster than the listener plays; the session's
reader calls the other methods, none of which waits.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import asdict
from typing import Protocol

from .. import events
from ..errors import SilentListenerError
from . import messages
from .messages import ServerMessage, SessionConfig
from .pacing import AckPacing, Pacing
from .speaker import Speech
from .telling import next_event
from .wire import AudioHeader

logger = logging.getLogger(__name__)


class Outlet(Protocol):
    """Where a context's messages go. Both wait while the client does not read."""

    async def send(self, message: ServerMessage) -> None:
        """Sends a control message."""

    async def send_audio(self, audio: bytes, *, unless: Callable[[], bool]) -> bool:
        """Sends a binary message when its turn has come, unless it is stale by then; tells whether it did."""


class Context:
    """One speech on its way to one listener. ``now_ms`` is the clock."""

    def __init__(
        self, name: str, number: int, speech: Speech, config: SessionConfig, outlet: Outlet, now_ms: Callable[[], float]
    ) -> None:
        self.name = name
        self.number = number
        self.speech = speech
        self._config = config
        self._outlet = outlet
        self._now_ms = now_ms
        self._pacing = (AckPacing if config.pace == "acks" else Pacing)(config.max_lead_ms)
        self._news = asyncio.Event()  # an ack or an interruption may end a wait of the pacing
        self._interrupted = asyncio.Event()
        self._heard_ms = 0.0
        self._sequence = 0
        self._samples = 0

    def __repr__(self) -> str:
        return f"Context({self.name!r}, number={self.number}, sent_ms={self._pacing.sent_ms:.0f})"

    def ack(self, played_ms: float) -> None:
        """The listener has played that much."""
        self._pacing.ack(played_ms, self._now_ms())
        self._news.set()

    def miss(self, gap: messages.PlaybackGap) -> None:
        """Some audio did not reach the listener, who heard silence instead."""
        lost = f"messages {gap.first_sequence} to {gap.last_sequence} ({gap.missing_ms:.0f} ms)"
        logger.warning("%r: the listener missed %s", self, lost)

    def interrupt(self, played_ms: float | None) -> None:
        """The listener cut in; no audio that has not been handed over yet goes out. The first interruption counts."""
        if self._interrupted.is_set():
            return
        estimate = self._pacing.played_ms(self._now_ms())
        self._heard_ms = estimate if played_ms is None else min(played_ms, self._pacing.sent_ms)
        self._interrupted.set()
        self._news.set()

    async def run(self) -> ServerMessage:
        """Speaks, and returns the terminal event, which is still to be sent; the machine is free by then.

        Cancelling it stops the machine; nothing more is sent then.
        """
        await self._outlet.send(messages.ContextStarted(context=self.name, number=self.number))
        async with self.speech, asyncio.TaskGroup() as tasks:
            stop = tasks.create_task(self._stop(), name=f"stop {self.name}")
            last = await self._deliver()
            if self._interrupted.is_set() and not isinstance(last, events.Failed):
                last = await stop
            stop.cancel()
        return self._message(last)

    async def _stop(self) -> events.Interrupted:
        await self._interrupted.wait()
        return await self.speech.interrupt(self._heard_ms)

    async def _deliver(self) -> events.Event:
        """Passes everything on, and returns the terminal event once the audio before it has been heard."""
        try:
            async with aclosing(self.speech.events()) as stream:
                while not isinstance(event := await next_event(stream, self), events.TERMINAL):
                    if not self._interrupted.is_set():
                        await self._pass_on(event)
            if isinstance(event, events.Done) and not self._interrupted.is_set():
                await self._hear_out()
        except SilentListenerError as error:
            return events.Failed("listener_silent", str(error))
        return event

    async def _pass_on(self, event: events.Event) -> None:
        match event:
            case events.AudioFrame():
                await self._play(event)
            case events.Words() if self._config.timestamps == "none":
                pass
            case _:
                await self._outlet.send(self._message(event))

    def _message(self, event: events.Event) -> ServerMessage:
        match event:
            case events.SegmentStarted():
                return messages.SegmentStarted(context=self.name, **asdict(event))
            case events.Words():
                words = tuple(messages.TimedWord(**asdict(word)) for word in event.words)
                return messages.Words(context=self.name, words=words)
            case events.MarkReached():
                return messages.Mark(context=self.name, **asdict(event))
            case events.Warned():
                return messages.Warning(context=self.name, **asdict(event))
            case events.Done():
                return messages.ContextDone(context=self.name, **asdict(event))
            case events.Interrupted():
                return messages.ContextInterrupted(context=self.name, **asdict(event))
            case events.Failed():
                return messages.Error(context=self.name, **asdict(event), fatal=False, ends_context=True)
        raise TypeError(f"{type(event).__name__} has no message")

    async def _play(self, frame: events.AudioFrame) -> None:
        """Sends the frame when the listener is near enough, or never if an interruption comes before."""
        duration_ms = 1000 * frame.samples / frame.sample_rate
        while (wait_ms := self._pacing.wait_ms(duration_ms, self._now_ms())) > 0:
            await self._wait(wait_ms)
            if self._interrupted.is_set():
                return
        if await self._send_audio(frame.pcm, frame.sample_offset):
            self._pacing.sent(duration_ms, self._now_ms())
            self._samples = frame.sample_offset + frame.samples

    async def _hear_out(self) -> None:
        """Says that no audio follows, and waits until the listener has played all of it or cuts in."""
        if self._config.binary_header:
            await self._send_audio(b"", self._samples, last=True)
        while (rest_ms := self._pacing.rest_ms(self._now_ms())) > 0 and not self._interrupted.is_set():
            await self._wait(rest_ms)

    async def _send_audio(self, pcm: bytes, sample_offset: int, *, last: bool = False) -> bool:
        if self._config.binary_header:
            pcm = AudioHeader(self.number, self._sequence, sample_offset, last).pack() + pcm
        self._sequence += 1
        return await self._outlet.send_audio(pcm, unless=self._interrupted.is_set)

    async def _wait(self, most_ms: float) -> None:
        """Until there is news from the listener, at most ``most_ms``."""
        self._news.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(most_ms / 1000):
                await self._news.wait()
