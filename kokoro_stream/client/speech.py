"""One speech on a server: text goes there, events come back."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress

from .. import events
from ..chunks import text_of
from ..errors import ClosedError, ConnectionLostError, KokoroStreamError, OverloadedError, RateLimitError
from ..events import TERMINAL, AudioEnded, AudioFrame, Done, Event, Failed, Interrupted, TimedWord
from ..service import messages
from ..service.messages import ClientMessage, Limits, ServerMessage, SessionConfig
from ..service.wire import AudioHeader

Tokens = str | Iterable[object] | AsyncIterable[object]  # strings, or chunks that `text_of` understands
Terminal = Done | Interrupted | Failed

INBOX_EVENTS = 64  # the 2 s that the server runs ahead are 50 frames of 40 ms
ACK_SHARE = 1 / 8  # of the lead, for one ack while more is there: it costs the server what a frame of audio does
_SAMPLE_BYTES = {"pcm_s16le": 2, "pcm_f32le": 4, "mulaw": 1, "alaw": 1}
_SURROGATES = re.compile("[\ud800-\udfff]")  # cannot be written as UTF-8
_OWN_MARK = "\x1ffed:"  # begins the names of the marks by which `feed` learns that the server has room again


class RemoteSpeech:
    """One speech on a server, made by `Client.speak`.

    Take its events (`events`, or by iterating the audio alone) as they come: once ``INBOX_EVENTS`` wait, the whole
    connection waits with them. With ``acks`` a frame counts as played when the next event is asked for; the server is
    told now and then, and whenever nothing is left here. Without, it goes by the clock and by what `ack` tells it.
    """

    def __init__(
        self,
        context: str,
        config: SessionConfig,
        limits: Limits,
        send: Callable[[ClientMessage], Awaitable[None]],
        *,
        acks: bool,
    ) -> None:
        self.context = context
        self.config = config
        self._limits = limits
        self._send = send
        self._acks = acks
        self._text: list[str] = []
        self._fed = self._marked = self._settled = 0  # characters sent; before our last mark; before the last that came
        self._settling = asyncio.Event()
        self._coming: deque[TimedWord] = deque()  # words whose audio has not arrived yet
        self._begun = 0  # characters up to the last word whose audio has arrived
        self._inbox: asyncio.Queue[Event | Exception] = asyncio.Queue()  # bounded by _room, but for the terminal event
        self._room = asyncio.Semaphore(INBOX_EVENTS)
        self._played_ms = self._acked_ms = 0.0
        self._deaf = False  # interrupted or left: nobody wants what still arrives
        self._ended: asyncio.Future[Terminal] = asyncio.get_running_loop().create_future()

    def __repr__(self) -> str:
        state = type(self._ended.result()).__name__ if self._ended.done() else "under way"
        return f"RemoteSpeech({self.context!r}, {state}, {self._fed} characters)"

    @property
    def text_remaining(self) -> str:
        """The part of the text of which no audio has arrived."""
        return "".join(self._text)[self._begun :]

    async def feed(self, text: str) -> None:
        """Sends more text; waits while the server has as much as it takes, so take the events in another task.

        Cancelling it may leave the text sent in part. Raises `ClosedError` after the end, `ConnectionLostError`.
        """
        text = _SURROGATES.sub("\ufffd", text)
        limit = self._limits.max_waiting_chars
        size = max(1, min(self._limits.max_text_chars, limit // 4))  # a quarter at a time: the voice need not run dry
        for start in range(0, len(text), size):
            piece = text[start : start + size]
            while self._fed + len(piece) - self._settled > limit and not self._ended.done():
                self._settling.clear()
                await self._settling.wait()
            await self._say(messages.TextAppend(text=piece, context=self.context))
            self._text.append(piece)
            self._fed += len(piece)
            if self._fed - self._marked >= limit // 4:
                self._marked = self._fed
                await self.mark(f"{_OWN_MARK}{self._fed}")

    async def feed_all(self, tokens: Tokens) -> None:
        """Feeds what the tokens yield, then ends the text. What their source raises comes out of `events`."""
        try:
            if isinstance(tokens, str):
                await self.feed(tokens)
            elif isinstance(tokens, AsyncIterable):
                async for token in tokens:
                    await self.feed(text_of(token))
            else:
                for token in tokens:
                    await self.feed(text_of(token))
            await self.end()
        except (ClosedError, ConnectionLostError):
            pass  # the terminal event says so
        except Exception as error:  # noqa: BLE001 (raised again where the events are taken)
            self._inbox.put_nowait(error)

    async def flush(self) -> None:
        """Speak what is there without waiting for the end of the sentence."""
        await self._say(messages.TextFlush(context=self.context))

    async def mark(self, name: str) -> None:
        """Ask for a `MarkReached` when the text so far has become audio."""
        await self._say(messages.TextMark(name=name, context=self.context))

    async def end(self) -> None:
        """No more text."""
        await self._say(messages.TextEnd(context=self.context))

    async def ack(self, played_ms: float) -> None:
        """Tell how much has been played; the server stays ``max_lead_ms`` ahead of that."""
        self._acked_ms = played_ms
        with suppress(ConnectionLostError):  # the terminal event says so
            await self._send(messages.PlaybackAck(played_ms=played_ms, context=self.context))

    async def interrupt(self, played_ms: float | None = None) -> Interrupted:
        """Stop speaking; no audio comes out of `events` any more. ``played_ms`` is what was heard of it.

        Cancelling it does not take the interruption back. Raises what the speech failed with.
        """
        self._go_deaf()
        if not self._ended.done():
            await self._send(messages.Interrupt(context=self.context, played_ms=played_ms))
        match await asyncio.shield(self._ended):
            case Interrupted() as interrupted:
                return interrupted
            case Done(audio_ms=audio_ms):  # the two crossed: everything had been heard
                text = "".join(self._text)
                return Interrupted(audio_ms, audio_ms, text, "", len(text))
            case Failed() as failed:
                raise error_of(failed)

    async def events(self) -> AsyncIterator[Event]:
        """Everything in order, audio included; the last event is terminal. One listener at a time."""
        while not (self._ended.done() and self._inbox.empty()):
            event = await self._inbox.get()
            self._room.release()
            if isinstance(event, Exception):
                raise event
            yield event
            if isinstance(event, AudioFrame):
                self._played_ms = event.start_ms + 1000 * event.samples / event.sample_rate
            if self._acks and self._ack_is_due:
                await self.ack(self._played_ms)

    async def __aiter__(self) -> AsyncIterator[AudioFrame]:
        """The audio alone. Raises what the speech failed with."""
        async for event in self.events():
            if isinstance(event, AudioFrame):
                yield event
            elif isinstance(event, Failed):
                raise error_of(event)

    # --- the connection's side ---

    async def take(self, message: ServerMessage) -> None:
        """A message about this speech. Waits while the inbox is full."""
        if isinstance(message, messages.Mark) and message.name.startswith(_OWN_MARK):
            self._settled = int(message.name.removeprefix(_OWN_MARK))
            self._settling.set()
            return
        event = _event(message)
        if isinstance(message, messages.Error) and message.code == "rate_limit" and not message.ends_context:
            # Its piece of text was not taken: what follows must not be spoken behind the hole.
            event = Failed(message.code, message.message, message.retry_after_ms)
            await self._send(messages.Interrupt(context=self.context))
        if isinstance(event, TERMINAL):
            self._end(event)
        elif event is not None:
            if isinstance(event, events.Words):
                self._coming += event.words
            await self._put(event)

    async def take_audio(self, header: AudioHeader, pcm: bytes) -> None:
        """A binary message of this speech. Waits while the inbox is full."""
        rate = self.config.sample_rate
        samples = len(pcm) // _SAMPLE_BYTES[self.config.format]
        end_ms = 1000 * (header.sample_offset + samples) / rate
        words = []
        while self._coming and self._coming[0].start_ms < end_ms:
            words.append(self._coming.popleft())
            self._begun = words[-1].char_end
        if samples:
            start_ms = 1000 * header.sample_offset / rate
            await self._put(AudioFrame(pcm, rate, header.sample_offset, samples, start_ms, tuple(words)))
        if header.last:
            await self._put(AudioEnded(end_ms))

    def lose(self, cause: str) -> None:
        """The connection has gone."""
        if not self._ended.done():
            rest = self.text_remaining
            shown = rest if len(rest) <= 80 else f"{rest[:80]}… ({len(rest)} characters)"
            self._end(Failed("connection_lost", f"{cause}; not spoken: {shown!r}"))

    async def leave(self) -> None:
        """Nobody listens any more."""
        self._go_deaf()
        if not self._ended.done():
            with suppress(ConnectionLostError):
                await self._send(messages.Interrupt(context=self.context))

    @property
    def _ack_is_due(self) -> bool:
        new_ms = self._played_ms - self._acked_ms
        enough_ms = self.config.max_lead_ms * ACK_SHARE
        return not self._ended.done() and (new_ms >= enough_ms or (new_ms > 0 and self._inbox.empty()))

    async def _say(self, message: ClientMessage) -> None:
        if self._ended.done():
            raise ClosedError(f"{self!r} takes no more text")
        await self._send(message)

    async def _put(self, event: Event) -> None:
        if not self._deaf:
            await self._room.acquire()
            self._inbox.put_nowait(event)
            if self._deaf:  # since it waited
                self._go_deaf()

    def _end(self, terminal: Terminal) -> None:
        if self._ended.done():  # by us, before the server
            return
        self._ended.set_result(terminal)
        self._inbox.put_nowait(terminal)
        self._settling.set()

    def _go_deaf(self) -> None:
        self._deaf = True
        while not self._inbox.empty():
            self._inbox.get_nowait()
            self._room.release()
        if self._ended.done():
            self._inbox.put_nowait(self._ended.result())


def error_of(failed: Failed) -> KokoroStreamError:
    """What a speech failed with, to be raised."""
    if failed.code == "overloaded":
        return OverloadedError(failed.message, failed.retry_after_ms or 0)
    if failed.code == "rate_limit":
        return RateLimitError(failed.message, failed.retry_after_ms or 0)
    kind = ConnectionLostError if failed.code == "connection_lost" else KokoroStreamError
    return kind(failed.message)


def _event(message: ServerMessage) -> Event | None:
    """The event that a message about a speech tells of."""
    match message:
        case messages.SegmentStarted():
            return events.SegmentStarted(message.text, message.char_start, message.char_end, message.audio_start_ms)
        case messages.Words():
            return events.Words(
                tuple(TimedWord(w.word, w.start_ms, w.end_ms, w.char_start, w.char_end) for w in message.words)
            )
        case messages.Mark():
            return events.MarkReached(message.name, message.audio_ms)
        case messages.Warning():
            return events.Warned(message.code, message.message, message.char_start, message.char_end)
        case messages.Error(ends_context=False):
            return events.Warned(message.code, message.message)
        case messages.Error():
            return Failed(message.code, message.message, message.retry_after_ms)
        case messages.ContextDone():
            return Done(message.audio_ms, message.first_audio_ms, message.rtf, message.segments, message.windows)
        case messages.ContextInterrupted():
            return Interrupted(
                message.audio_sent_ms,
                message.audio_played_ms,
                message.text_spoken,
                message.text_remaining,
                message.char_index,
            )
    return None
